package io.tidegate.terminal;

import io.tidegate.terminal.CommandPage.Entry;
import java.util.List;
import picocli.CommandLine;

/** The commands as a page of documentation: the part of {@code docs/commands.md} that is not written by hand. */
public final class CommandReference {
  private CommandReference() {}

  /** All below {@code root}, in Markdown; the root itself is the page. */
  public static String of(CommandLine root) {
    StringBuilder out = new StringBuilder(1 << 14);
    for (CommandPage page : CommandPage.of(root)) {
      if (page.name().indexOf(' ') < 0 || !page.commands().isEmpty() && page.options().isEmpty()) {
        continue;
      }
      out.append("### `").append(page.name()).append("`\n\n").append(text(String.join(" ", page.description()))).append("\n\n```\n");
      page.synopsis().forEach(line -> out.append(line).append('\n'));
      out.append("```\n\n");
      entries(out, page.parameters());
      entries(out, page.options());
    }
    return out.toString();
  }

  private static void entries(StringBuilder out, List<Entry> entries) {
    for (Entry entry : entries) {
      out.append("- `").append(entry.term()).append("`: ").append(text(entry.meaning())).append('\n');
    }
    if (!entries.isEmpty()) {
      out.append('\n');
    }
  }

  private static String text(String text) {
    return text.replace("%n", " ").replace("<", "&lt;").replace("{{", "`{{").replace("}}", "}}`");
  }
}
