package io.tidegate.terminal;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * One command in words, as picocli's model has it: what manual pages and the reference are made of.
 *
 * @param name such as {@code tidegate policy prove}
 * @param description one paragraph each
 * @param synopsis lines, the first with the name
 * @param parameters then {@code options}: what is written, and what it means
 * @param commands names and descriptions of its subcommands
 */
record CommandPage(String name, List<String> description, List<String> synopsis, List<Entry> parameters, List<Entry> options, List<Entry> commands) {
  /** What is written, and what it means. */
  record Entry(String term, String meaning) {}

  /** The pages of all commands, the root first, in the order in which they were added. */
  static List<CommandPage> of(CommandLine root) {
    List<CommandPage> pages = new ArrayList<>();
    add(root, pages);
    return pages;
  }

  private static void add(CommandLine command, List<CommandPage> pages) {
    pages.add(page(command));
    for (CommandLine below : command.getSubcommands().values()) {
      if (!below.getCommandSpec().usageMessage().hidden()) {
        add(below, pages);
      }
    }
  }

  private static CommandPage page(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    List<Entry> parameters = new ArrayList<>();
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      if (!parameter.hidden()) {
        parameters.add(new Entry(parameter.paramLabel(), meaning(parameter)));
      }
    }
    List<Entry> options = new ArrayList<>();
    for (OptionSpec option : spec.options()) {
      if (!option.hidden()) {
        options.add(new Entry(String.join(", ", option.names()) + (option.arity().max() == 0 ? "" : " " + option.paramLabel()), meaning(option)));
      }
    }
    options.sort(java.util.Comparator.comparing(entry -> entry.term().replaceFirst("^.*?--", "")));
    List<Entry> commands = new ArrayList<>();
    command.getSubcommands().forEach((name, below) -> {
      if (!below.getCommandSpec().usageMessage().hidden()) {
        commands.add(new Entry(name, String.join(" ", below.getCommandSpec().usageMessage().description())));
      }
    });
    Help help = new Help(spec, Help.defaultColorScheme(Help.Ansi.OFF));
    return new CommandPage(spec.qualifiedName(), List.of(spec.usageMessage().description()), help.synopsis(0).lines().map(String::strip).toList(), parameters,
        options, commands);
  }

  private static String meaning(ArgSpec argument) {
    return String.join(" ", argument.description());
  }

  /** The first sentence of the description, without its full stop. */
  String brief() {
    String all = String.join(" ", description);
    int end = all.indexOf(". ");
    String first = end < 0 ? all : all.substring(0, end);
    return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
  }
}
