package io.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each file of {@code config/broken} says in its head which problems it has: {@code # expect line:column | part of the message | part of the fix}.
 * It must have these and no others.
 */
class BrokenConfigTest {
  private static final Path FOLDER = Path.of("src/test/resources/config/broken");

  static Stream<String> files() throws IOException {
    try (Stream<Path> paths = Files.list(FOLDER)) {
      return paths.map(path -> path.getFileName().toString()).sorted().toList().stream();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  @DisplayName("K3 a broken configuration gives all its problems, each with file, line, column and fix, and no secret (B2)")
  void brokenFile(String file) throws IOException {
    String text = Files.readString(FOLDER.resolve(file));
    List<String[]> expected = text.lines().filter(line -> line.startsWith("# expect ")).map(line -> line.substring(9).split(" \\| ")).toList();
    assertThat(expected).isNotEmpty();
    FakeEnvironment environment = new FakeEnvironment();

    ConfigLoader.Loaded loaded = ConfigLoader.load(environment.config(text), environment);

    assertThat(loaded.config()).isEmpty();
    assertThat(loaded.problems()).as(loaded.problems().toString()).hasSize(expected.size());
    assertThat(loaded.problems().toString()).doesNotContain("CANARY");
    for (String[] expect : expected) {
      assertThat(loaded.problems()).as(String.join(" | ", expect)).anySatisfy(problem -> {
        assertThat(problem.file()).isEqualTo("tidegate.yaml");
        assertThat(problem.line() + ":" + problem.column()).isEqualTo(expect[0].strip());
        assertThat(problem.message()).contains(expect[1].strip());
        assertThat(problem.fix()).contains(expect[2].strip());
      });
    }
  }

  @Test
  void thereAreEnoughCases() throws IOException {
    assertThat(files()).hasSizeGreaterThan(80);
  }

  @Test
  void missingFile() {
    List<Problem> problems = ConfigLoader.load(Path.of("/nowhere/tidegate.yaml"), new FakeEnvironment()).problems();
    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).toString()).isEqualTo(
        "/nowhere/tidegate.yaml: there is no such file. Fix: correct --config, or leave it out for the defaults");
  }

  @Test
  @DisplayName("K3 a configuration that every user can write is refused: it says what is private")
  void writableFile() {
    FakeEnvironment environment = new FakeEnvironment().open("tidegate.yaml");
    List<Problem> problems = ConfigLoader.load(environment.config("loops: 1\n"), environment).problems();
    assertThat(problems).extracting(Problem::fix).containsExactly("run: chmod o-w tidegate.yaml");
  }

  @Test
  @DisplayName("G8 a file beyond the bound is refused")
  void hugeFile() {
    FakeEnvironment environment = new FakeEnvironment();
    assertThat(ConfigLoader.load(environment.config("#".repeat(1 << 21)), environment).problems()).hasSize(1);
  }

  @Test
  @DisplayName("K3 a mistake in the keys file is reported with that file's line")
  void brokenKeysFile() {
    FakeEnvironment environment = new FakeEnvironment().file("/etc/tidegate/keys", "# keys\nhospital:radiology:CANARY\n");
    List<Problem> problems = ConfigLoader.load(environment.config("callers: {keysFile: /etc/tidegate/keys}\n"), environment).problems();
    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).toString()).startsWith("/etc/tidegate/keys:2:20: the hash is not a SHA-256").doesNotContain("CANARY");
  }
}
