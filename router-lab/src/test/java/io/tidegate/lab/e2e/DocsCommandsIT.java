package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.lab.e2e.ConsoleBlocks.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Runs the console blocks of every page in docs, with a server started as the quick start says, and compares their outputs. */
class DocsCommandsIT {
  @Test
  @DisplayName("issue 3, 1: the commands in docs give the output printed there")
  void commands() throws Exception {
    List<String> tried = new ArrayList<>();
    for (Path page : pages()) {
      List<Command> commands = ConsoleBlocks.of(page);
      if (commands.isEmpty()) {
        continue;
      }
      tried.add(page.getFileName().toString());
      // Each page for itself: what one leaves behind must not help the next.
      try (Reader reader = new Reader()) {
        reader.hasServer();
        reader.hasPath();
        for (Command command : commands) {
          reader.does(command);
        }
      }
    }
    assertThat(tried).contains("developers.md", "operations.md", "auditors.md");
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.walk(TestBed.root().resolve("docs"))) {
      return files.filter(file -> file.toString().endsWith(".md")).sorted().toList();
    }
  }
}
