package io.tidegate.cli;

import io.tidegate.admission.Callers;
import io.tidegate.admission.KeysFile;
import io.tidegate.wire.JsonWriter;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a caller's key. It is printed once and kept nowhere. */
@Command(name = "tidegate keys new", description = "Makes a caller's key, and the line for the keys file (callers.keysFile).")
final class KeysCommand implements Callable<Integer> {
  /** Makes a key recognisable to secret scanners, our own detector included. */
  private static final String PREFIX = "tgk_";
  private static final int KEY_BYTES = 32;

  @Parameters(index = "0", paramLabel = "TENANT", description = "Who pays and is isolated.")
  String tenant = "";

  @Parameters(index = "1", paramLabel = "NAME", description = "The workload inside the tenant.")
  String name = "";

  @Option(names = "--group", paramLabel = "GROUP", description = "A group the caller belongs to, for policies to name. May be given several times.")
  List<String> groups = List.of();

  @Option(names = "--json", description = "Prints one JSON object.")
  boolean json;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  private final Terminal terminal;

  KeysCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    byte[] chance = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(chance);
    String key = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(chance);
    String line = tenant + ":" + name + ":" + Callers.hashOf(key)
        + (groups.isEmpty() ? "" : ":" + String.join(",", groups));
    KeysFile.Parsed parsed = KeysFile.parse("(command line)", line);
    if (!parsed.problems().isEmpty()) {
      parsed.problems().forEach(problem -> terminal.err().println(problem.message() + ". Fix: " + problem.fix()));
      return Exit.USAGE;
    }
    if (json) {
      terminal.json(new JsonWriter().beginObject().key("key").string(key).key("line").string(line).endObject());
      return Exit.GOOD;
    }
    terminal.out().println("Key, for the caller (shown this once): " + key);
    terminal.out().println("Line, for the keys file:");
    terminal.out().println(line);
    return Exit.GOOD;
  }
}
