package io.tidegate.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Replaces the running daemon by what is installed now, with a second one beside it all the while, so that no request is lost and none waits for a
 * start. The sockets are systemd's: whichever process lives accepts from them.
 *
 * <ol>
 * <li>A stand-in of the same unit, drop-ins included, is started; it takes requests as soon as it says that it is ready. If it does not come up, the
 *   running daemon was never touched.
 * <li>The unit is restarted: the old process finishes what it has, the new one starts.
 * <li>The stand-in finishes what it has, and goes.
 * </ol>
 */
@Command(name = "tidegate upgrade", description = "Puts a new daemon in the place of the running one without losing a request: a stand-in is started "
    + "beside it, the unit is restarted, the stand-in goes. Needs systemd, tidegate.socket and the right to manage units. Exits with 1 if a "
    + "step failed; what was running before still runs then.")
final class UpgradeCommand implements Callable<Integer> {
  @Option(names = "--unit", paramLabel = "NAME", description = "The service. Default: ${DEFAULT-VALUE}.")
  String unit = "tidegate.service";

  @Option(names = "--socket", paramLabel = "NAME", description = "Its socket unit. Default: ${DEFAULT-VALUE}.")
  String socket = "tidegate.socket";

  @Option(names = "--units", paramLabel = "DIRECTORY", description = "Where the stand-in's unit is put for the time. Default: ${DEFAULT-VALUE}.")
  Path units = Path.of("/run/systemd/system");

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  private final Terminal terminal;
  private final String systemctl;

  UpgradeCommand(Terminal terminal) {
    this(terminal, "systemctl");
  }

  UpgradeCommand(Terminal terminal, String systemctl) {
    this.terminal = terminal;
    this.systemctl = systemctl;
  }

  private record Ran(int status, String output) {
    boolean good() {
      return status == 0;
    }
  }

  @Override
  public Integer call() {
    if (!unit.matches("[A-Za-z0-9@:_.-]+\\.service") || !socket.matches("[A-Za-z0-9@:_.-]+\\.socket")) {
      terminal.err().println("tidegate upgrade: --unit ends with .service, and --socket with .socket");
      return Exit.USAGE;
    }
    try {
      return upgrade();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      terminal.err().println("tidegate upgrade: interrupted. 'systemctl status " + unit + " " + standIn() + "' shows what runs");
      return Exit.FOUND;
    } catch (IOException missing) {
      terminal.err().println("tidegate upgrade: systemctl cannot be run (" + missing.getClass().getSimpleName() + "). Fix: this needs systemd; elsewhere, stop the daemon and "
          + "start it again");
      return Exit.FOUND;
    }
  }

  private String standIn() {
    return unit.substring(0, unit.length() - ".service".length()) + "-standin.service";
  }

  private int upgrade() throws IOException, InterruptedException {
    if (!systemctl("is-active", "--quiet", socket).good()) {
      return failed(socket + " is not active, so a restart would refuse connections. Fix: stop " + unit + " once, then systemctl enable --now " + socket
          + " and start it again", "");
    }
    if (!systemctl("is-active", "--quiet", unit).good()) {
      return failed(unit + " does not run, so there is nothing to replace. Fix: systemctl start " + unit, "");
    }
    Ran text = systemctl("cat", unit);
    if (!text.good()) {
      return failed("the unit " + unit + " cannot be read", text.output());
    }
    Path file = units.resolve(standIn());
    try {
      Files.createDirectories(units);
      Files.writeString(file, "# Made by 'tidegate upgrade' from " + unit + " and its drop-ins; it removes this file when it is done.\n" + text.output()
          + "\n[Service]\nSockets=" + socket + "\n# It goes with the unit that it belongs to.\nRuntimeDirectory=\n", StandardCharsets.UTF_8);
    } catch (IOException e) {
      remove(file);
      return failed("the stand-in's unit cannot be written to " + units + " (" + e.getClass().getSimpleName() + "). Fix: run it as root", "");
    }
    Ran known = systemctl("daemon-reload");
    if (!known.good()) {
      return undone(file, "systemd did not read the stand-in's unit", known.output());
    }
    terminal.out().println("1/3 starting " + standIn());
    Ran started = systemctl("start", standIn());
    if (!started.good()) {
      systemctl("stop", standIn());
      return undone(file, "the new daemon did not become ready; " + unit + " was not touched. Fix: see journalctl -u " + standIn(), started.output());
    }
    terminal.out().println("2/3 restarting " + unit + ", which finishes what it has");
    Ran restarted = systemctl("restart", unit);
    if (!restarted.good()) {
      return failed(unit + " did not come back; " + standIn() + " goes on answering. Fix: see journalctl -u " + unit + ", mend it, systemctl start " + unit
          + ", then systemctl stop " + standIn(), restarted.output());
    }
    terminal.out().println("3/3 stopping " + standIn() + ", which finishes what it has");
    Ran stopped = systemctl("stop", standIn());
    remove(file);
    systemctl("daemon-reload");
    if (!stopped.good()) {
      return failed(standIn() + " could not be stopped", stopped.output());
    }
    terminal.out().println("done");
    return Exit.GOOD;
  }

  /** Leaves nothing of the stand-in. */
  private int undone(Path file, String what, String said) throws IOException, InterruptedException {
    remove(file);
    systemctl("daemon-reload");
    return failed(what, said);
  }

  private void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      terminal.err().println("tidegate upgrade: " + file + " could not be removed (" + e.getClass().getSimpleName() + "). Fix: remove it, then systemctl daemon-reload");
    }
  }

  private int failed(String what, String said) {
    terminal.err().println("tidegate upgrade: " + what);
    if (!said.isBlank()) {
      terminal.err().println(said.strip().lines().limit(20).collect(Collectors.joining("\n")));
    }
    return Exit.FOUND;
  }

  private Ran systemctl(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(systemctl));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // No pager, no colours, no questions.
    builder.environment().putAll(Map.of("SYSTEMD_PAGER", "", "SYSTEMD_COLORS", "0", "LC_ALL", "C"));
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.waitFor(), output);
  }
}
