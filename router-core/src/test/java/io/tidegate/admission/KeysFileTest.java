package io.tidegate.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Caller;
import io.tidegate.model.Problem;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeysFileTest {
  private static final String HASH = Callers.hashOf("one");
  private static final String OTHER = Callers.hashOf("two");

  @Test
  void readsLinesCommentsAndBlankLines() {
    KeysFile.Parsed parsed = KeysFile.parse("keys", "# callers\n\nhospital:radiology:" + HASH + "\r\n  # old\nhospital:radiology:"
        + OTHER.toUpperCase(java.util.Locale.ROOT) + " \n");
    assertThat(parsed.problems()).isEmpty();
    assertThat(parsed.entries()).containsExactly(new KeyEntry(new Caller("hospital", "radiology"), HASH),
        new KeyEntry(new Caller("hospital", "radiology"), OTHER));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "hospital                    | 1  | has not the form",
      "hospital:radiology          | 1  | has not the form",
      ":radiology:HASH             | 1  | tenant is not a name",
      "Hospital:radiology:HASH     | 1  | tenant is not a name",
      "-h:radiology:HASH           | 1  | tenant is not a name",
      "hospital::HASH              | 10 | name is not a name",
      "hospital:a b:HASH           | 10 | name is not a name",
      "hospital:radiology:         | 20 | not a SHA-256",
      "hospital:radiology:12ab     | 20 | not a SHA-256",
      "hospital:radiology:HASHx    | 20 | not a SHA-256",
      "hospital:radiology:zHASH    | 20 | not a SHA-256",
  })
  @DisplayName("K3 each broken line is a problem with its place and a fix")
  void brokenLines(String line, int column, String message) {
    List<Problem> problems = KeysFile.parse("keys", "# one\n" + line.strip().replace("HASH", HASH) + "\n").problems();
    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).line()).isEqualTo(2);
    assertThat(problems.get(0).column()).isEqualTo(column);
    assertThat(problems.get(0).message()).contains(message);
    assertThat(problems.get(0).fix()).isNotBlank();
  }

  @Test
  @DisplayName("B2 a key written where its hash belongs is not shown")
  void keyIsNeverQuoted() {
    List<Problem> problems = KeysFile.parse("keys", "hospital:radiology:tgk_SECRET\ntgk_SECRET\ntgk_SECRET:x:y\n").problems();
    assertThat(problems).hasSize(4);
    assertThat(problems.toString()).doesNotContain("SECRET");
  }

  @Test
  void allProblemsAtOnceAndDuplicates() {
    List<Problem> problems = KeysFile.parse("keys", "a:b:" + HASH + "\nc:d:" + HASH + "\nbad\n").problems();
    assertThat(problems).extracting(Problem::line).containsExactly(2, 3);
    assertThat(problems.get(0).message()).contains("same key is on line 1");
  }

  @Test
  @DisplayName("G2 a file without a caller is a problem, not an open door")
  void emptyFile() {
    assertThat(KeysFile.parse("keys", "# nobody\n").problems()).hasSize(1);
    assertThat(KeysFile.parse("keys", "").problems()).hasSize(1);
  }

  @Test
  @DisplayName("G8 the number of keys and of problems is bounded")
  void bounded() {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i <= KeysFile.MAX_KEYS; i++) {
      many.append("a:b:").append(String.format("%064x", i)).append('\n');
    }
    assertThat(KeysFile.parse("keys", many.toString()).problems()).extracting(Problem::message)
        .containsExactly("there are more than 10000 keys");
    assertThat(KeysFile.parse("keys", "bad\n".repeat(5000)).problems()).hasSize(100);
  }
}
