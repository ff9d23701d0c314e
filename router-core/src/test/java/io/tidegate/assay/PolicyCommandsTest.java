package io.tidegate.assay;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.classify.Classifier;
import io.tidegate.policy.Policies;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyCommandsTest {
  private final PolicyCommands commands = new PolicyCommands(Classifier::allDetectors, Policies.TODAY);
  private final StringWriter printed = new StringWriter();
  private final PrintWriter out = new PrintWriter(printed, true);

  @TempDir private Path directory;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  @Test
  @DisplayName("the shipped policies are good, and every test in them passes")
  void shippedPoliciesAreGood() {
    List<Path> shipped = List.of(Path.of("../policies"), Path.of("../policies/examples"));
    assertThat(commands.check(shipped.subList(0, 1), out)).as(printed.toString()).isEqualTo(PolicyCommands.GOOD);
    assertThat(commands.check(shipped, out)).as(printed.toString()).isEqualTo(PolicyCommands.GOOD);
    assertThat(commands.test(shipped.subList(0, 1), TestOptions.NONE, new io.tidegate.daemon.RehearsalPlugs(), out)).as(printed.toString()).isEqualTo(PolicyCommands.GOOD);
    assertThat(commands.test(shipped, TestOptions.NONE, new io.tidegate.daemon.RehearsalPlugs(), out)).as(printed.toString()).isEqualTo(PolicyCommands.GOOD);
    for (String alone : List.of("overflow", "pseudonyms")) {
      assertThat(commands.test(List.of(Path.of("../policies/examples", alone)), TestOptions.NONE, new io.tidegate.daemon.RehearsalPlugs(), out))
          .as(printed.toString()).isEqualTo(PolicyCommands.GOOD);
    }
    assertThat(printed.toString()).contains("good: 1 file, baseline@1, ").contains("pass  resident identity number").doesNotContain("FAIL");
  }

  @Test
  @DisplayName("every rule of the shipped policy whose types this build detects has a test that fires it")
  void everyShippedRuleIsTested() throws IOException {
    String shipped = Files.readString(Path.of("../policies/baseline.yaml"));
    String tests = shipped.substring(shipped.indexOf("\ntests:"));
    assertThat(shipped.lines().filter(line -> line.startsWith("    - id: ")).map(line -> line.substring(10)))
        .hasSizeGreaterThan(8).allSatisfy(id -> assertThat(tests).containsPattern("rules: \\[[^\\]]*\\b" + id + "\\b"));
  }

  @Test
  @DisplayName("problems are printed as file:line:column with a fix; check says 1, test says 78")
  void reportsProblems() throws IOException {
    Path file = write("a.yaml", Policies.file("a", "rules: [{id: x, types: [CN_DI], raiseTo: restricted, reason: r}]"));
    assertThat(commands.check(List.of(directory), out)).isEqualTo(PolicyCommands.PROBLEMS);
    assertThat(printed.toString()).contains(file + ":6:27: no detector reports the entity type 'CN_DI'. Fix: did you mean CN_ID?")
        .contains("1 problem in 1 file");
    assertThat(commands.test(List.of(file), TestOptions.NONE, new io.tidegate.daemon.RehearsalPlugs(), out)).isEqualTo(PolicyCommands.BAD_CONFIG);
  }

  @Test
  @DisplayName("what only policy and detectors together show is a problem too")
  void reportsMismatches() throws IOException {
    write("a.yaml", Policies.file("a", "detectors: [{id: cn-id, regex: 'xyz'}]\nexclusions: [{id: e, detector: cn-idd, equals: [x], owner: o, expires: 2030-01-01}]",
        "  - {name: t, text: '{{cnid}}', expect: {rules: []}}\n"));
    assertThat(commands.check(List.of(directory), out)).isEqualTo(PolicyCommands.PROBLEMS);
    assertThat(printed.toString()).contains(":6:20: the detector id 'cn-id' is taken by a built-in detector. Fix: choose another id")
        .contains(":7:21: the exclusion 'e' names a detector that does not exist. Fix: did you mean 'cn-id'?")
        .contains(":9:5: there is no placeholder {{cnid}}. Fix: did you mean {{cn_id}}?");
  }

  @Test
  @DisplayName("check notes what is hardly meant, with file, line, column and fix; --strict makes it a problem")
  void notesWhatIsHardlyMeant() throws IOException {
    Path file = write("a.yaml", Policies.file("a", """
        rules:
          - {id: seen, types: [EMAIL], raiseTo: confidential, reason: r}
          - {id: unseen, types: [PHONE], raiseTo: confidential, reason: r}
          - {id: never, when: latency > BATCH, raiseTo: restricted, reason: r}
          - {id: tried, types: [EMAIL], raiseTo: restricted, reason: r, mode: shadow}
        latency: {rules: [{id: mail, when: "findings.has('EMAIL')", latency: batch}]}
        """, "  - {name: t, text: 'Write to {{email}}', expect: {rules: [seen]}}\n"));
    assertThat(commands.check(List.of(file), out)).isEqualTo(PolicyCommands.GOOD);
    assertThat(printed.toString().lines().filter(line -> line.startsWith("note: "))).containsExactly(
        "note: " + file + ":9:12: the condition of 'never' can never hold. Fix: correct it, or remove the rule",
        "note: " + file + ":8:12: no test fires 'unseen'. Fix: add a test that does, so that a change cannot break it unnoticed",
        "note: " + file + ":9:12: no test fires 'never'. Fix: add a test that does, so that a change cannot break it unnoticed");
    assertThat(commands.check(List.of(file), true, out)).isEqualTo(PolicyCommands.PROBLEMS);
    assertThat(printed.toString()).contains("3 problems in 1 file");
  }

  @Test
  @DisplayName("the shipped policies hold nothing that is hardly meant")
  void shippedPoliciesAreStrict() {
    List<Path> shipped = List.of(Path.of("../policies"), Path.of("../policies/examples"));
    commands.check(shipped, true, out);
    assertThat(printed.toString().lines().filter(line -> !line.startsWith("good: "))).isEmpty();
  }

  @Test
  @DisplayName("a failed test, and a policy without tests, say 1")
  void failedTests() throws IOException {
    Path bad = write("a.yaml", Policies.file("a", "", "  - {name: t, text: hello, expect: {sensitivity: restricted}}\n"));
    assertThat(commands.test(List.of(bad), TestOptions.NONE, new io.tidegate.daemon.RehearsalPlugs(), out)).isEqualTo(PolicyCommands.PROBLEMS);
    assertThat(printed.toString()).contains("FAIL  t  (" + bad + ":7:5)").contains("sensitivity is internal, expected restricted")
        .contains("0 of 1 tests passed");
    Path none = write("b.yaml", Policies.file("b", ""));
    assertThat(commands.test(List.of(none), TestOptions.NONE, new io.tidegate.daemon.RehearsalPlugs(), out)).isEqualTo(PolicyCommands.PROBLEMS);
    assertThat(printed.toString()).contains("The policies have no tests.");
  }

  @Test
  @DisplayName("no path and a missing path are usage errors; an empty directory is a problem")
  void usage() {
    assertThat(commands.check(List.of(), out)).isEqualTo(PolicyCommands.USAGE);
    assertThat(commands.test(List.of(directory.resolve("none")), TestOptions.NONE, new io.tidegate.daemon.RehearsalPlugs(), out)).isEqualTo(PolicyCommands.USAGE);
    assertThat(commands.check(List.of(directory), out)).isEqualTo(PolicyCommands.PROBLEMS);
    assertThat(printed.toString()).contains("no such file or directory").contains("there is no policy file");
  }

  @Test
  @DisplayName("what has expired is noted, and is no problem")
  void notes() throws IOException {
    write("a.yaml", Policies.file("a", "grants: [{id: g, tenants: [t], owner: o, expires: 2026-11-23}]"));
    assertThat(commands.check(List.of(directory), out)).isEqualTo(PolicyCommands.GOOD);
    assertThat(printed.toString()).contains("note: ").contains("the grant 'g' expired after 2026-11-23 and has no effect");
  }
}
