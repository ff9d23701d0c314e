package io.tidegate.lab.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The commands of a page: in each block fenced as {@code console}, a line that begins with {@code "$ "} is a command, with all lines that belong
 * to it (after a backslash, and up to the end of a here-document); what follows is its output.
 */
final class ConsoleBlocks {
  private static final Pattern HERE_DOCUMENT = Pattern.compile("<<-?'?(\\w+)'?");

  /**
   * @param place file and line, for messages
   * @param output as printed on the page; see {@link Printed}
   */
  record Command(String place, String text, List<String> output) {}

  private ConsoleBlocks() {}

  static List<Command> of(Path page) throws IOException {
    List<String> lines = Files.readAllLines(page);
    List<Command> commands = new ArrayList<>();
    boolean inside = false;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (!inside) {
        inside = line.strip().equals("```console");
      } else if (line.strip().equals("```")) {
        inside = false;
      } else if (line.startsWith("$ ")) {
        String place = page.getFileName() + ":" + (i + 1);
        StringBuilder text = new StringBuilder(line.substring(2));
        while (text.toString().endsWith("\\")) {
          text.append('\n').append(lines.get(++i));
        }
        Matcher here = HERE_DOCUMENT.matcher(text);
        if (here.find()) {
          do {
            text.append('\n').append(lines.get(++i));
          } while (!lines.get(i).equals(here.group(1)));
        }
        List<String> output = new ArrayList<>();
        while (!lines.get(i + 1).startsWith("$ ") && !lines.get(i + 1).strip().equals("```")) {
          output.add(lines.get(++i));
        }
        commands.add(new Command(place, text.toString(), List.copyOf(output)));
      } else {
        throw new IllegalStateException(page.getFileName() + ":" + (i + 1) + ": a console block begins with a command");
      }
    }
    return commands;
  }
}
