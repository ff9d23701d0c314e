package io.tidegate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.Environment;
import io.tidegate.terminal.Completion;
import io.tidegate.terminal.ManualPages;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The tree that completion and manual pages are made of is what the program does. */
class CommandTreeTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private Terminal terminal() {
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    return new Terminal(stream, stream);
  }

  private CommandLine tree() {
    return CommandTree.of(Environment.empty(), terminal(), (config, terminal) -> 0);
  }

  /** Whole names of the commands that do something → the command. */
  static Map<String, CommandLine> leaves(CommandLine command) {
    Map<String, CommandLine> leaves = new TreeMap<>();
    command.getSubcommands().values().forEach(below -> {
      if (below.getSubcommands().isEmpty()) {
        leaves.put(below.getCommandSpec().qualifiedName(), below);
      } else {
        leaves.putAll(leaves(below));
      }
    });
    return leaves;
  }

  @Test
  @DisplayName("I7 every command of the tree is what the program runs under that name, with the same options")
  void sameCommands() {
    leaves(tree()).forEach((name, command) -> {
      out.reset();
      String[] words = (name.substring("tidegate ".length()) + " --help").split(" ");
      int exit = new Tidegate(Environment.empty(), terminal(), (config, terminal) -> 0).run(words);
      String help = out.toString(StandardCharsets.UTF_8);
      assertThat(exit).as(name).isZero();
      // A command that stands in two places calls itself by one of them.
      assertThat(help).as(name).contains(name.equals("tidegate audit replay") ? "tidegate policy replay" : name);
      command.getCommandSpec().optionsMap().keySet().forEach(option -> assertThat(help).as(name).contains(option));
    });
  }

  @Test
  @DisplayName("I7 every word that the program knows is in the tree and in its help")
  void allWords() throws IOException {
    String source = Files.readString(Path.of("src/main/java/io/tidegate/cli/Tidegate.java"));
    Set<String> known = new TreeSet<>();
    Matcher words = Pattern.compile("case ((?:\"[^\"]+\"(?:, )?)+) ->").matcher(source);
    while (words.find()) {
      for (String word : words.group(1).split(", ")) {
        known.add(word.replace("\"", ""));
      }
    }
    known.removeIf(word -> word.startsWith("-") || word.equals("help"));
    Set<String> there = new TreeSet<>();
    leaves(tree()).keySet().forEach(name -> there.addAll(Set.of(name.substring("tidegate ".length()).split(" "))));
    there.remove("new");
    assertThat(there).isEqualTo(known);
    out.reset();
    new Tidegate(Environment.empty(), terminal(), (config, terminal) -> 0).run("help");
    String help = out.toString(StandardCharsets.UTF_8);
    leaves(tree()).forEach((name, command) -> {
      String shown = name.substring("tidegate ".length());
      assertThat(help).contains(shown.equals("cache") ? "cache status" : shown.equals("audit replay") ? "policy replay" : shown);
    });
  }

  @Test
  void everyOptionAndArgumentIsDescribed() {
    leaves(tree()).forEach((name, command) -> command.getCommandSpec().args().forEach(argument -> assertThat(argument.description())
        .as("%s %s", name, argument.paramLabel()).isNotEmpty()));
  }

  @Test
  @DisplayName("I7 manual pages: one a command, the same bytes each time, nothing that roff would take for a request")
  void manualPages() throws IOException {
    assertThat(new Tidegate(Environment.empty(), terminal(), (config, terminal) -> 0).run("man", "--output", folder.toString())).isZero();
    Map<String, String> again = ManualPages.of(CommandTree.withChapters(Environment.empty(), terminal(), (config, terminal) -> 0), "development");
    assertThat(again.keySet()).contains("tidegate.1", "tidegate-policy-prove.1", "tidegate-status.1", "tidegate-audit.1");
    Set<String> macros = Set.of(".TH", ".SH", ".TP", ".PP", ".nf", ".fi", ".nh", ".ad");
    for (Map.Entry<String, String> page : again.entrySet()) {
      String text = Files.readString(folder.resolve("man1").resolve(page.getKey()));
      assertThat(text).isEqualTo(page.getValue()).startsWith(".TH \"TIDEGATE").contains("\n.SH NAME\n", "\n.SH SYNOPSIS\n", "\n.SH DESCRIPTION\n", "\n.SH EXIT STATUS\n");
      assertThat(text.lines()).as(page.getKey()).noneMatch(line -> line.startsWith("'") || line.startsWith(".") && !macros.contains(line.split(" ")[0]));
      assertThat(text).as(page.getKey()).doesNotContain("${", "%n", "\u001b");
    }
    assertThat(again.get("tidegate-policy-prove.1")).contains("\\fB\\-\\-accept WORD\\fR");
  }

  @Test
  @DisplayName("I7 bash completes commands and options by the script that is printed")
  void bashCompletes() throws Exception {
    Path script = Files.writeString(folder.resolve("tidegate.bash"), Completion.bash(tree()));
    assertThat(completed(script, "tidegate policy pro", 2)).containsExactly("prove");
    assertThat(completed(script, "tidegate policy prove --ac", 3)).containsExactly("--accept");
    assertThat(completed(script, "tidegate sta", 1)).containsExactly("status");
    assertThat(completed(script, "tidegate tail --sensitivity REST", 3)).containsExactly("RESTRICTED");
    assertThat(Completion.zsh(tree())).startsWith("#compdef tidegate\n").contains("bashcompinit");
  }

  /** What bash offers for the last word. */
  private static Set<String> completed(Path script, String line, int word) throws IOException, InterruptedException {
    String program = "source " + script + "; COMP_WORDS=(" + line + "); COMP_CWORD=" + word + "; COMP_LINE='" + line + "'; COMP_POINT=" + line.length()
        + "; _complete_tidegate; printf '%s\\n' \"${COMPREPLY[@]}\"";
    Process bash = new ProcessBuilder("bash", "--norc", "-c", program).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor(20, TimeUnit.SECONDS)).isTrue();
    Set<String> words = new TreeSet<>();
    said.lines().map(String::strip).filter(each -> !each.isEmpty()).forEach(words::add);
    return words;
  }

  @Test
  void whereToIsAsked() {
    assertThat(new Tidegate(Environment.empty(), terminal(), (config, terminal) -> 0).run("man")).isEqualTo(2);
    assertThat(new Tidegate(Environment.empty(), terminal(), (config, terminal) -> 0).run("completion", "fish")).isEqualTo(2);
    out.reset();
    assertThat(new Tidegate(Environment.empty(), terminal(), (config, terminal) -> 0).run("completion", "zsh")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("#compdef tidegate\n");
  }
}
