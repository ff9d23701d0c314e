package io.tidegate.terminal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What stands behind a stream of this process: a terminal of some size, or a file, a pipe, nothing. One that cannot move its cursor ({@code TERM=dumb})
 * counts as none. Colours only on a terminal, and never where {@code NO_COLOR} is set to anything (no-color.org).
 *
 * @param terminal somebody looks at it
 * @param colour escape sequences for colours may be written
 */
public record Screen(boolean terminal, boolean colour, int columns, int rows) {
  /** Standard output's and standard error's numbers. */
  public static final int OUT = 1;
  public static final int ERR = 2;

  private static final int COLUMNS = 100;
  private static final int ROWS = 40;
  private static final int STTY_SECONDS = 2;

  /** No terminal. */
  public static final Screen NONE = new Screen(false, false, COLUMNS, ROWS);

  /** Behind a descriptor of this process, {@link #OUT} or {@link #ERR}. */
  public static Screen of(int descriptor, Map<String, String> environment) {
    if (environment.getOrDefault("TERM", "dumb").equals("dumb") || !isTerminal(descriptor)) {
      return NONE;
    }
    int[] size = size(environment);
    return new Screen(true, environment.getOrDefault("NO_COLOR", "").isEmpty(), size[1], size[0]);
  }

  /** By the kernel's word: {@code System.console()} speaks of input too, and since JDK 22 is there without a terminal. */
  private static boolean isTerminal(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException unknown) {
      return false;
    }
  }

  private static int[] size(Map<String, String> environment) {
    int rows = number(environment.getOrDefault("LINES", ""), 0);
    int columns = number(environment.getOrDefault("COLUMNS", ""), 0);
    if (rows > 0 && columns > 0) {
      return new int[] {rows, columns};
    }
    try {
      Process stty = new ProcessBuilder("stty", "size").redirectInput(Path.of("/dev/tty").toFile()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String[] said = new String(stty.getInputStream().readNBytes(64), StandardCharsets.US_ASCII).strip().split(" ");
      if (stty.waitFor(STTY_SECONDS, TimeUnit.SECONDS) && said.length == 2) {
        return new int[] {number(said[0], ROWS), number(said[1], COLUMNS)};
      }
    } catch (IOException noStty) {
      // The usual size stands in.
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    return new int[] {ROWS, COLUMNS};
  }

  private static int number(String text, int otherwise) {
    try {
      int number = Integer.parseInt(text);
      return number > 0 && number < 10_000 ? number : otherwise;
    } catch (NumberFormatException none) {
      return otherwise;
    }
  }

  /** The text in bold. */
  public String bold(String text) {
    return colour ? "\u001b[1m" + text + "\u001b[0m" : text;
  }

  /** The text as good news. */
  public String good(String text) {
    return colour ? "\u001b[32m" + text + "\u001b[0m" : text;
  }

  /** The text as something that wants to be looked at. */
  public String bad(String text) {
    return colour ? "\u001b[31m" + text + "\u001b[0m" : text;
  }

  /** The text as less important. */
  public String faint(String text) {
    return colour ? "\u001b[2m" + text + "\u001b[0m" : text;
  }
}
