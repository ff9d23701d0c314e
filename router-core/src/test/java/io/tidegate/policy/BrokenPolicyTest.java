package io.tidegate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Cases are data: {@code broken/NAME.yaml} and the problems it must give, {@code broken/NAME.problems}, to the letter. */
class BrokenPolicyTest {
  private static final Path CASES = Path.of("src/test/resources/io/tidegate/policy/broken");

  static List<String> cases() throws IOException {
    try (Stream<Path> files = Files.list(CASES)) {
      return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".yaml")).sorted().toList();
    }
  }

  @Test
  @DisplayName("the folder of cases is there, and each has its problems")
  void casesAreComplete() throws IOException {
    assertThat(cases()).hasSizeGreaterThanOrEqualTo(90).allSatisfy(name -> assertThat(CASES.resolve(name.replace(".yaml",
        ".problems"))).isNotEmptyFile());
  }

  @ParameterizedTest
  @MethodSource("cases")
  @DisplayName("G2 a broken policy gives no bundle, and each mistake has file, line, column and fix")
  void namesEachMistake(String name) throws IOException {
    PolicyCompiler.Result result = PolicyCompiler.compile(Map.of(name, Files.readAllBytes(CASES.resolve(name))), Policies.TODAY);
    assertThat(result.bundle()).isEmpty();
    assertThat(result.problems().stream().map(Problem::toString).collect(Collectors.joining("\n", "", "\n")))
        .isEqualTo(Files.readString(CASES.resolve(name.replace(".yaml", ".problems"))));
  }

  @Test
  @DisplayName("all mistakes of all files are reported at once")
  void collectsOverFiles() {
    PolicyCompiler.Result result = Policies.compile(
        Policies.file("a", "onError: ignore\nrules: [{id: x, types: [CN_DI], raiseTo: restricted, reason: r}]"),
        Policies.file("b", "detectors: [{id: d, regex: '['}]"));
    assertThat(result.problems()).extracting(Problem::file).containsExactly("p0.yaml", "p0.yaml", "p1.yaml");
  }

  @Test
  @DisplayName("what two files both set is a mistake, named with both places")
  void refusesWhatIsSetTwice() {
    String both = """
        rules: [{id: r, types: [EMAIL], raiseTo: restricted, reason: r}]
        lists: {l: {terms: [x]}}
        detectors: [{id: d, regex: 'xyz'}]
        tenants: {t: {floor: internal}}
        latency: {default: batch}
        routes: {internal: {batch: [private]}}
        cache: {internal: {store: false}}
        """;
    assertThat(Policies.compile(Policies.file("same", both), Policies.file("same", both)).problems()).extracting(Problem::message)
        .containsExactlyInAnyOrder(
            "the policy name 'same' is taken by p0.yaml",
            "the rule id 'r' is given twice (first in p0.yaml, line 6)",
            "the list 'l' is given twice (first in p0.yaml, line 7)",
            "the detector id 'd' is given twice (first in p0.yaml, line 8)",
            "this tenant is given twice (first in p0.yaml, line 9)",
            "'latency' is given twice (first in p0.yaml, line 10)",
            "'routes' is given twice (first in p0.yaml, line 11)",
            "'cache' is given twice (first in p0.yaml, line 12)");
  }

  @Test
  @DisplayName("no file and too many files are problems, not an empty policy")
  void refusesNoFileAndTooMany() {
    assertThat(PolicyCompiler.compile(Map.of(), Policies.TODAY).bundle()).isEmpty();
    assertThat(PolicyCompiler.compile(Map.of(), Policies.TODAY).problems()).hasSize(1);
    Map<String, byte[]> many = new TreeMap<>();
    for (int i = 0; i < 65; i++) {
      many.put("p" + i, new byte[0]);
    }
    assertThat(PolicyCompiler.compile(many, Policies.TODAY).problems()).extracting(Problem::message).containsExactly("there are more than 64 policy files");
  }
}
