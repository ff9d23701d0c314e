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
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Runs the console blocks of every page in docs, with a server started as the quick start says, and compares their outputs. */
class DocsCommandsIT {
  @TestFactory
  @DisplayName("issue 3, 1: the commands in docs give the output printed there")
  List<DynamicTest> commands() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path page : pages()) {
      List<Command> commands = ConsoleBlocks.of(page);
      if (!commands.isEmpty()) {
        tests.add(DynamicTest.dynamicTest(page.getFileName().toString(), page.toUri(), () -> run(commands)));
      }
    }
    return tests;
  }

  @Test
  @DisplayName("the pages for each kind of reader have commands")
  void nonePassedOver() throws IOException {
    for (String page : List.of("developers.md", "operations.md", "auditors.md", "policies.md", "admin-page.md", "commands.md")) {
      assertThat(ConsoleBlocks.of(TestBed.root().resolve("docs").resolve(page))).as(page).isNotEmpty();
    }
  }

  /** Each page for itself: what one leaves behind must not help the next. */
  private static void run(List<Command> commands) throws IOException, InterruptedException {
    try (Reader reader = new Reader()) {
      reader.hasServer();
      reader.hasPath();
      for (Command command : commands) {
        reader.does(command);
      }
    }
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.walk(TestBed.root().resolve("docs"))) {
      return files.filter(file -> file.toString().endsWith(".md")).sorted().toList();
    }
  }
}
