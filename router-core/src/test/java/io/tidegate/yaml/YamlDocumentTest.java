package io.tidegate.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Problem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class YamlDocumentTest {
  private static final YamlLimits SMALL = new YamlLimits(2_000, 6, 100);

  private final List<Problem> problems = new ArrayList<>();

  private Optional<YamlMap> read(byte[] bytes) {
    return YamlDocument.parse("f.yaml", bytes, SMALL, problems);
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of("a: 1\nb: c: d\n", 2, 5, "mapping values are not allowed"),
        Arguments.of("a: [1, 2\nb: 3\n", 2, 2, "not valid YAML"),
        Arguments.of("a: 'open\n", 2, 1, "not valid YAML"),
        Arguments.of("a: 1\n\tb: 2\n", 2, 1, "not valid YAML"),
        Arguments.of("a: @x\n", 1, 4, "cannot start any token"),
        Arguments.of("a: 1\n  b: 2\n", 2, 4, "mapping values are not allowed"),
        Arguments.of("a: 1\na: 2\n", 2, 1, "key 'a' is given twice (first on line 1)"),
        Arguments.of("a: &x 1\n", 1, 4, "anchors (&x) are not read"),
        Arguments.of("a: &x 1\nb: *x\n", 1, 4, "anchors (&x) are not read"),
        Arguments.of("a: !!int '1'\n", 1, 4, "tags (tag:yaml.org,2002:int) are not read"),
        Arguments.of("a: !java.net.URL x\n", 1, 4, "tags (!java.net.URL) are not read"),
        Arguments.of("? [a, b]\n: 1\n", 1, 3, "a key must be a plain word"),
        Arguments.of("~: 1\n", 1, 1, "a key must be a plain word"),
        Arguments.of("a: 1\n---\nb: 2\n", 2, 1, "a second document begins here"),
        Arguments.of("%YAML 1.1\n---\na: 1\n", 1, 1, "directives are not read"),
        Arguments.of("", 0, 0, "the file is empty"),
        Arguments.of("# nothing\n", 0, 0, "the file is empty"),
        Arguments.of("- a\n- b\n", 1, 1, "the file is not a mapping"),
        Arguments.of("just words\n", 1, 1, "the file is not a mapping"),
        Arguments.of("\uFEFFa: 1\n", 1, 1, "byte order mark"),
        Arguments.of("a: [[[[[[[[1]]]]]]]]\n", 1, 9, "nested deeper than 6 levels"),
        Arguments.of("a: [" + "1,".repeat(200) + "1]\n", 1, 199, "more than 100 keys and values"),
        Arguments.of("a: " + "x".repeat(3_000), 0, 0, "the file has 3003 bytes, more than 2000"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  @DisplayName("G8 what is not read is one problem with its place and a fix")
  void refusesWithPlace(String text, int line, int column, String message) {
    read(text.getBytes(StandardCharsets.UTF_8));
    assertThat(problems).isNotEmpty();
    Problem first = problems.get(0);
    assertThat(first.message()).contains(message);
    assertThat(List.of(first.line(), first.column())).containsExactly(line, column);
    assertThat(first.fix()).isNotBlank();
  }

  @Test
  @DisplayName("bytes that are not UTF-8 are refused with their place")
  void refusesOtherEncodings() {
    assertThat(read(new byte[] {'a', ':', ' ', 'x', '\n', 'b', ':', ' ', (byte) 0xff, '\n'})).isEmpty();
    assertThat(problems).extracting(Problem::toString).containsExactly("f.yaml:2:4: a byte here is not UTF-8. Fix: save the file as UTF-8");
  }

  @Test
  @DisplayName("G8 no input makes the reader throw")
  void neverThrows() {
    byte[] seed = "a: {b: [1, 'x', \"y\"]}\nc: |\n  text\n- &a *b !!c ? : % @ \t\u0000\n".getBytes(StandardCharsets.UTF_8);
    for (int round = 0; round < 3_000; round++) {
      Random random = new Random(round);
      byte[] bytes = seed.clone();
      for (int i = 0; i < 1 + round % 9; i++) {
        bytes[random.nextInt(bytes.length)] = random.nextBoolean() ? seed[random.nextInt(seed.length)] : (byte) random.nextInt(256);
      }
      Optional<YamlMap> map = read(bytes);
      assertThat(map.isPresent() || !problems.isEmpty()).as("seed %d", round).isTrue();
      problems.clear();
    }
  }
}
