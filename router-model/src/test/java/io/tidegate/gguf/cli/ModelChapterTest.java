package io.tidegate.gguf.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.terminal.Chapter;
import io.tidegate.terminal.CommandReference;
import io.tidegate.terminal.ManualPages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class ModelChapterTest {
  private static CommandLine root() {
    CommandLine root = new CommandLine(CommandSpec.create().name("tidegate"));
    for (Chapter chapter : ServiceLoader.load(Chapter.class)) {
      root.addSubcommand(chapter.name(), chapter.commands());
    }
    return root;
  }

  @Test
  @DisplayName("I7.9 docs/commands.md says of the model's commands and options what the program says: tidegate man --markdown makes it")
  void everyCommandAndFlag() throws IOException {
    Path page = Path.of("../docs/commands.md");
    String part = "<!-- model -->\n\n" + CommandReference.of(root()) + "<!-- /model -->";
    if ("yes".equals(System.getenv("DOCS_WRITE"))) {
      Files.writeString(page, Files.readString(page).replaceAll("(?s)<!-- model -->.*<!-- /model -->", Matcher.quoteReplacement(part)));
    }
    assertThat(Files.readString(page)).as("run this test with DOCS_WRITE=yes to write it anew").contains(part);
  }

  @Test
  @DisplayName("I7 manual pages of the model's commands are made with the others")
  void manualPages() {
    assertThat(ManualPages.of(root(), "1").keySet()).containsExactly("tidegate-model-bench.1", "tidegate-model-serve.1", "tidegate-model-sign.1", "tidegate-model-sync.1",
        "tidegate-model.1", "tidegate.1");
  }

  @Test
  void everyWordIsInTheChapter() {
    // measure is what bench starts, for itself.
    root().getSubcommands().get("model").getSubcommands().forEach((name, command) -> assertThat(ModelMain.run(name, "--help")).isZero());
  }
}
