package io.tidegate.terminal;

import io.tidegate.terminal.CommandPage.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;

/**
 * Manual pages for {@code man}: {@code tidegate.1}, and {@code tidegate-policy-prove.1} for each command. Made of the same model that parses command
 * lines, so that they cannot differ. Plain man(7) macros; no date, so that two builds make the same bytes.
 */
public final class ManualPages {
  private static final String EXITS = "0 good, 1 found something wrong, 2 usage, 78 bad configuration";

  private ManualPages() {}

  /** File names and their contents. */
  public static Map<String, String> of(CommandLine root, String version) {
    Map<String, String> pages = new TreeMap<>();
    List<CommandPage> all = CommandPage.of(root);
    for (CommandPage page : all) {
      pages.put(file(page.name()), roff(page, all, version));
    }
    return pages;
  }

  /** Writes them into {@code directory}, which is made if it is missing; how many there are. */
  public static int write(CommandLine root, String version, Path directory) throws IOException {
    Files.createDirectories(directory);
    Map<String, String> pages = of(root, version);
    for (Map.Entry<String, String> page : pages.entrySet()) {
      Files.writeString(directory.resolve(page.getKey()), page.getValue(), StandardCharsets.UTF_8);
    }
    return pages.size();
  }

  private static String file(String command) {
    return command.replace(' ', '-') + ".1";
  }

  private static String roff(CommandPage page, List<CommandPage> all, String version) {
    StringBuilder out = new StringBuilder(1 << 11);
    String title = page.name().replace(' ', '-');
    out.append(".TH ").append(quoted(title.toUpperCase(java.util.Locale.ROOT))).append(" 1 \"\" ").append(quoted("tidegate " + version)).append(" \"Tidegate\"\n");
    out.append(".nh\n.ad l\n");
    out.append(".SH NAME\n").append(text(title)).append(" \\- ").append(text(page.brief())).append('\n');
    out.append(".SH SYNOPSIS\n.nf\n");
    page.synopsis().forEach(line -> out.append(line(line)).append('\n'));
    out.append(".fi\n.SH DESCRIPTION\n");
    for (String paragraph : page.description()) {
      out.append(".PP\n").append(line(paragraph)).append('\n');
    }
    entries(out, "ARGUMENTS", page.parameters());
    entries(out, "OPTIONS", page.options());
    entries(out, "COMMANDS", page.commands());
    out.append(".SH EXIT STATUS\n").append(line(EXITS)).append(".\n");
    out.append(".SH FILES\n.TP\n").append(line("/etc/tidegate/tidegate.yaml")).append('\n').append(line("The configuration of a packaged installation; see --config.")).append('\n');
    String others = String.join(", ", all.stream().filter(other -> other != page && (other.name().startsWith(page.name() + " ")
        && other.name().indexOf(' ', page.name().length() + 1) < 0 || page.name().startsWith(other.name() + " "))).map(other -> text(other.name().replace(' ', '-')) + "(1)")
        .toList());
    if (!others.isEmpty()) {
      out.append(".SH SEE ALSO\n").append(others).append('\n');
    }
    return out.toString();
  }

  private static void entries(StringBuilder out, String heading, List<Entry> entries) {
    if (entries.isEmpty()) {
      return;
    }
    out.append(".SH ").append(heading).append('\n');
    for (Entry entry : entries) {
      out.append(".TP\n\\fB").append(text(entry.term())).append("\\fR\n").append(line(entry.meaning().isEmpty() ? "-" : entry.meaning())).append('\n');
    }
  }

  /** A line of text: one that begins with a control character would be read as a request. */
  private static String line(String text) {
    String escaped = text(text);
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }

  private static String text(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-").replace("%n", " ");
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\"", "") + "\"";
  }
}
