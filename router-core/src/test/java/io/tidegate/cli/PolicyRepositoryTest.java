package io.tidegate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Runs the steps of the CI example as they stand in its file, in a clone with a branch, and a tidegate on the PATH that is this build. */
@Tag("once")
class PolicyRepositoryTest {
  private static final Path EXAMPLE = Path.of("../docs/examples/policy-repository");

  @TempDir Path folder;
  private Path clone = Path.of("");

  /** What came of one step. */
  private record Outcome(int exit, String output) {}

  @BeforeEach
  void repository() throws Exception {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path tidegate = Files.writeString(bin.resolve("tidegate"), "#!/bin/sh\nexec '" + System.getProperty("java.home") + "/bin/java' -XX:TieredStopAtLevel=1 -cp '"
        + classPath() + "' io.tidegate.cli.Tidegate \"$@\"\n");
    Files.setPosixFilePermissions(tidegate, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path origin = folder.resolve("origin");
    copy(EXAMPLE, origin);
    Files.copy(Path.of("../policies/baseline.yaml"), origin.resolve("policies/baseline.yaml"));
    good(origin, "git init -q -b main . && git add -A && git -c user.name=t -c user.email=t@example.org commit -qm first");
    clone = folder.resolve("clone");
    good(folder, "git clone -q origin clone && cd clone && git checkout -q -b change");
  }

  @Test
  @DisplayName("issue 4, 10: an unchanged branch and one that tightens pass every step")
  void tightening() throws Exception {
    assertThat(steps()).containsOnlyKeys("Which build is this", "Check", "Test", "Prove", "Diff against main");
    Outcome unchanged = run(steps().get("Diff against main"), Map.of());
    assertThat(unchanged.output()).startsWith("unchanged: ");
    assertThat(unchanged.exit()).isZero();
    change("hosts.yaml", "revision: 1", "revision: 2");
    change("hosts.yaml", "raiseTo: confidential", "raiseTo: restricted");
    change("hosts.yaml", "sensitivity: confidential", "sensitivity: restricted");
    for (Map.Entry<String, String> step : steps().entrySet()) {
      Outcome outcome = run(step.getValue(), Map.of());
      assertThat(outcome.exit()).as("%s: %s", step.getKey(), outcome.output()).isZero();
    }
    assertThat(run(steps().get("Diff against main"), Map.of()).output()).startsWith("tightened: ");
  }

  @Test
  @DisplayName("issue 4, 10: a loosening fails the comparison with main until it is approved")
  void loosening() throws Exception {
    change("hosts.yaml", "count: 2", "count: 3");
    String diff = steps().get("Diff against main");
    Outcome refused = run(diff, Map.of("LOOSENING_APPROVED", "false"));
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.output()).contains("loosens   rule hosts: count 3, not 2");
    Outcome approved = run(diff, Map.of("LOOSENING_APPROVED", "true"));
    assertThat(approved.exit()).as(approved.output()).isZero();
  }

  @Test
  @DisplayName("issue 4, 10: a mistake, a failing test and a policy that does not compile each fail their step, approved or not")
  void mistakes() throws Exception {
    change("hosts.yaml", "rules: [hosts, weak-signal]", "rules: [hosts]");
    Outcome test = run(steps().get("Test"), Map.of());
    assertThat(test.exit()).isEqualTo(1);
    assertThat(test.output()).contains("FAIL  two addresses", "rules that should not have fired: weak-signal");
    change("hosts.yaml", "raiseTo: confidential", "raisTo: confidential");
    Outcome check = run(steps().get("Check"), Map.of());
    assertThat(check.exit()).isEqualTo(1);
    assertThat(check.output()).contains("policies/hosts.yaml:", "did you mean 'raiseTo'?");
    assertThat(run(steps().get("Diff against main"), Map.of("LOOSENING_APPROVED", "true")).exit()).isEqualTo(78);
  }

  /** Name of a step → what it runs. */
  private static Map<String, String> steps() throws IOException {
    Map<?, ?> workflow = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(Files.readString(EXAMPLE.resolve(".github/workflows/policy.yml")));
    Map<?, ?> job = (Map<?, ?>) ((Map<?, ?>) workflow.get("jobs")).get("policy");
    Map<String, String> steps = new LinkedHashMap<>();
    for (Object step : (List<?>) job.get("steps")) {
      Object run = ((Map<?, ?>) step).get("run");
      if (run != null) {
        steps.put(String.valueOf(((Map<?, ?>) step).get("name")), run.toString());
      }
    }
    return steps;
  }

  private void change(String file, String what, String to) throws IOException {
    Path path = clone.resolve("policies").resolve(file);
    String text = Files.readString(path);
    assertThat(text).contains(what);
    Files.writeString(path, text.replace(what, to));
  }

  /** As the runner does: bash -e -o pipefail. */
  private Outcome run(String script, Map<String, String> environment) throws Exception {
    return in(clone, script, environment);
  }

  private void good(Path where, String script) throws Exception {
    Outcome outcome = in(where, script, Map.of());
    assertThat(outcome.exit()).as(outcome.output()).isZero();
  }

  private Outcome in(Path where, String script, Map<String, String> environment) throws Exception {
    Path log = Files.createTempFile(folder, "step", ".log");
    ProcessBuilder builder = new ProcessBuilder("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script).directory(where.toFile())
        .redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
    builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
    Process process = builder.start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("ends: %s", script).isTrue();
    return new Outcome(process.exitValue(), Files.readString(log));
  }

  /** Absolute: the steps run elsewhere. */
  private static String classPath() {
    List<String> parts = new ArrayList<>();
    for (String part : System.getProperty("java.class.path").split(":")) {
      parts.add(Path.of(part).toAbsolutePath().normalize().toString());
    }
    return String.join(":", parts);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }
}
