package io.tidegate.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Problem;
import io.tidegate.model.Sensitivity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class YamlMapTest {
  private final List<Problem> problems = new ArrayList<>();

  private YamlMap read(String text) {
    return YamlDocument.parse("f.yaml", text.getBytes(StandardCharsets.UTF_8), YamlLimits.DEFAULT, problems).orElseThrow();
  }

  @Test
  @DisplayName("values of every kind are read, and words that only YAML 1.1 takes for booleans stay texts")
  void readsEveryKind() {
    YamlMap map = read("""
        text: no
        quoted: "on"
        version: 1.10
        count: 42
        share: 0.25
        on: true
        wait: 250ms
        day: 30d
        size: 16MiB
        level: Restricted
        levels: [public, INTERNAL]
        names: [a, b]
        inner: {x: 1}
        rows:
          - {id: r1}
          - id: r2
        """);
    assertThat(map.string("text")).isEqualTo("no");
    assertThat(map.string("quoted")).isEqualTo("on");
    assertThat(map.string("version")).isEqualTo("1.10");
    assertThat(map.integer("count", 0, 100, 1)).isEqualTo(42);
    assertThat(map.integer("absent", 0, 100, 7)).isEqualTo(7);
    assertThat(map.decimal("share", 0, 1, 0)).isEqualTo(0.25);
    assertThat(map.bool("on", false)).isTrue();
    assertThat(map.duration("wait", Duration.ZERO, Duration.ofDays(1), Duration.ZERO)).isEqualTo(Duration.ofMillis(250));
    assertThat(map.duration("day", Duration.ZERO, Duration.ofDays(99), Duration.ZERO)).isEqualTo(Duration.ofDays(30));
    assertThat(map.bytes("size", 0, 1L << 40, 0)).isEqualTo(16 << 20);
    assertThat(map.enumeration("level", Sensitivity.class, Sensitivity.PUBLIC)).isEqualTo(Sensitivity.RESTRICTED);
    assertThat(map.enumerations("levels", Sensitivity.class)).containsExactly(Sensitivity.PUBLIC, Sensitivity.INTERNAL);
    assertThat(map.strings("names")).containsExactly("a", "b");
    assertThat(map.map("inner").integer("x", 0, 9, 0)).isEqualTo(1);
    assertThat(map.maps("rows")).extracting(row -> row.string("id")).containsExactly("r1", "r2");
    assertThat(map.list("rows")).isEqualTo(2);
    assertThat(map.has("absent")).isFalse();
    map.end();
    assertThat(problems).isEmpty();
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        Arguments.of("count: four", "f.yaml:1:8: 'count' must be a whole number from 0 to 100. Fix: write a whole number from 0 to 100"),
        Arguments.of("count: 101", "f.yaml:1:8: 'count' must be a whole number from 0 to 100. Fix: write a whole number from 0 to 100"),
        Arguments.of("count: '4'", "f.yaml:1:9: 'count' must be a whole number from 0 to 100. Fix: write a whole number from 0 to 100"),
        Arguments.of("count: 99999999999999999999", "f.yaml:1:8: 'count' must be a whole number from 0 to 100. Fix: write a whole number from 0 to 100"),
        Arguments.of("count:", "f.yaml:1:1: 'count' has no value. Fix: give it a value, or remove the key"),
        Arguments.of("count: [1]", "f.yaml:1:8: 'count' must be a whole number, not a list. Fix: write a whole number after 'count:'"),
        Arguments.of("flag: yes", "f.yaml:1:7: 'flag' must be true or false. Fix: write true or false"),
        Arguments.of("wait: 5", "f.yaml:1:7: 'wait' must be a duration from 1ms to 1h, such as 250ms, 5s, 10m, 1h. "
            + "Fix: write a duration from 1ms to 1h, such as 250ms, 5s, 10m, 1h"),
        Arguments.of("wait: 2h", "f.yaml:1:7: 'wait' must be a duration from 1ms to 1h, such as 250ms, 5s, 10m, 1h. "
            + "Fix: write a duration from 1ms to 1h, such as 250ms, 5s, 10m, 1h"),
        Arguments.of("size: 5MB", "f.yaml:1:7: 'size' must be a size from 1KiB to 1GiB, such as 64KiB, 16MiB, 1GiB. "
            + "Fix: write a size from 1KiB to 1GiB, such as 64KiB, 16MiB, 1GiB"),
        Arguments.of("level: resticted", "f.yaml:1:8: 'level' must be one of: public, internal, confidential, restricted. Fix: did you mean 'restricted'?"),
        Arguments.of("level: secret", "f.yaml:1:8: 'level' must be one of: public, internal, confidential, restricted. "
            + "Fix: write one of: public, internal, confidential, restricted"),
        Arguments.of("names: a", "f.yaml:1:8: 'names' must be a list, not a single value. Fix: write 'names: [a, b]' or one '- entry' a line"),
        Arguments.of("names: [a, [b]]", "f.yaml:1:12: each entry of 'names' must be a text, not a list. Fix: write '- value'"),
        Arguments.of("rows: [a]", "f.yaml:1:8: each entry of 'rows' must be a mapping, not a single value. Fix: write '- key: value'"),
        Arguments.of("inner: 5", "f.yaml:1:8: 'inner' must be a mapping, not a single value. Fix: write the keys below 'inner:', indented"),
        Arguments.of("cuont: 5", "f.yaml:1:1: unknown key 'cuont'. Fix: did you mean 'count'?"),
        Arguments.of("zebra: 5", "f.yaml:1:1: unknown key 'zebra'. Fix: remove it; known here: count, flag, inner, level, names, rows, size, wait"));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  @DisplayName("each mistake names file, line, column and fix")
  void namesEachMistake(String text, String expected) {
    YamlMap map = read(text);
    map.integer("count", 0, 100, 1);
    map.bool("flag", false);
    map.duration("wait", Duration.ofMillis(1), Duration.ofHours(1), Duration.ofSeconds(1));
    map.bytes("size", 1024, 1 << 30, 2048);
    map.enumeration("level", Sensitivity.class, Sensitivity.PUBLIC);
    map.strings("names");
    map.maps("rows");
    map.map("inner").end();
    map.end();
    assertThat(problems).extracting(Problem::toString).containsExactly(expected);
  }

  @Test
  @DisplayName("all mistakes of a file are reported at once")
  void collectsAll() {
    YamlMap map = read("a: x\nb: y\nc: 1\n");
    map.integer("a", 0, 1, 0);
    map.bool("b", false);
    map.string("name");
    map.end();
    assertThat(problems).extracting(Problem::line).containsExactly(1, 2, 1, 3);
  }

  @Test
  @DisplayName("G3 a message repeats no value")
  void repeatsNoValue() {
    YamlMap map = read("a: hunter2-secret\nb: {c: hunter2-secret}\nlevel: hunter2-secret\n");
    map.integer("a", 0, 1, 0);
    map.string("b");
    map.enumeration("level", Sensitivity.class, Sensitivity.PUBLIC);
    map.end();
    assertThat(problems).hasSize(3).noneMatch(problem -> problem.toString().contains("hunter2"));
    assertThat(map.toString() + map.text("a")).doesNotContain("hunter2");
  }

  @Test
  @DisplayName("a place inside a text is a place in the file, for plain, quoted and block texts")
  void placesInsideTexts() {
    YamlMap map = read("a: xyz\nb: 'xyz'\nc: |\n    one\n    two\n");
    assertThat(map.text("a").orElseThrow().at(1, 3)).isEqualTo(new YamlPosition("f.yaml", 1, 6));
    assertThat(map.text("b").orElseThrow().at(1, 3)).isEqualTo(new YamlPosition("f.yaml", 2, 7));
    assertThat(map.text("c").orElseThrow().at(2, 1)).isEqualTo(new YamlPosition("f.yaml", 5, 5));
  }
}
