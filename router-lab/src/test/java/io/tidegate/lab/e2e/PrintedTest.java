package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrintedTest {
  @TempDir
  Path folder;

  @Test
  @DisplayName("issue 3 a page's output matches itself, and nothing that differs outside its ellipses")
  void comparison() {
    List<String> printed = List.of("HTTP/1.1 200 OK", "…", "x-tidegate-destination: PUBLIC", "id: …, ms=…");
    assertThat(Printed.matches(printed, List.of("HTTP/1.1 200 OK\r", "date: x", "more", "x-tidegate-destination: PUBLIC", "id: 7, ms=12", ""))).isTrue();
    assertThat(Printed.matches(printed, List.of("HTTP/1.1 200 OK", "x-tidegate-destination: PUBLIC", "id: , ms="))).isTrue();
    assertThat(Printed.matches(printed, List.of("HTTP/1.1 200 OK", "x-tidegate-destination: PRIVATE", "id: 7, ms=12"))).isFalse();
    assertThat(Printed.matches(printed, List.of("HTTP/1.1 200 OK", "x-tidegate-destination: PUBLIC", "id: 7, ms=12", "one line more"))).isFalse();
    assertThat(Printed.matches(printed, List.of("HTTP/1.1 200 OK", "x-tidegate-destination: PUBLIC"))).isFalse();
    assertThat(Printed.matches(List.of(), List.of("unexpected"))).isFalse();
    assertThat(Printed.matches(List.of("a…"), List.of("(a)b"))).isFalse();
  }

  @Test
  @DisplayName("issue 3 commands with a continued line, a here-document and no output are read whole")
  void commands() throws IOException {
    Path page = Files.writeString(folder.resolve("page.md"), """
        ```sh
        $ not this
        ```
        ```console
        $ one \\
          more
        out
        $ cat <<'EOF'
        $ text
        EOF
        $ text
        $ quiet
        ```
        """);
    assertThat(ConsoleBlocks.of(page)).containsExactly(
        new ConsoleBlocks.Command("page.md:5", "one \\\n  more", List.of("out")),
        new ConsoleBlocks.Command("page.md:8", "cat <<'EOF'\n$ text\nEOF", List.of()),
        new ConsoleBlocks.Command("page.md:11", "text", List.of()),
        new ConsoleBlocks.Command("page.md:12", "quiet", List.of()));
  }
}
