package io.tidegate.lab.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.FreePorts;
import io.tidegate.lab.e2e.ConsoleBlocks.Command;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who reads a page and does what it says: one terminal for {@code script/server}, another for everything else, in a folder that looks like
 * a fresh clone (it holds links to what git keeps and to what was built). The {@link #PORTS} stand for free ones, in commands and outputs alike.
 */
final class Reader implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  /** The daemon's three come first; the others are those of other programs on these pages. */
  private static final List<String> PORTS = List.of("7400", "7401", "7402", "7403", "7443", "8089", "8300", "8301", "8302", "8443", "8500", "9191");
  private static final List<String> CLONED = List.of("conf", "deploy", "docs", "policies", "router-core", "router-lab", "router-proto", "script", "systemd");

  private final Path clone;
  private final List<Integer> ports = new ArrayList<>();
  private final Path shellLog;
  private final Process shell;
  private @Nullable Process server;
  private List<ProcessHandle> emulators = List.of();
  private int commands;

  Reader() throws IOException {
    clone = QuickFolder.create("tidegate-tour").toRealPath();
    for (String name : CLONED) {
      Files.createSymbolicLink(clone.resolve(name), TestBed.root().toRealPath().resolve(name));
    }
    PORTS.forEach(number -> ports.add(FreePorts.number()));
    shellLog = clone.resolve("shell.log");
    shell = process(shellLog, "bash", "--norc", "--noprofile").start();
  }

  /** Runs one command and compares its output with the page's. */
  void does(Command command) throws IOException, InterruptedException {
    String text = withPorts(command.text());
    List<String> printed = command.output().stream().map(this::withPorts).toList();
    if (text.matches("(?s)script/server\\b.*")) {
      stopServer();
      startServer(text);
      assertPrinted(command, printed, () -> read(serverLog()));
      return;
    }
    Path script = clone.resolve("command-" + ++commands);
    Path output = clone.resolve("command-" + commands + ".out");
    Path done = clone.resolve("command-" + commands + ".done");
    Files.writeString(script, text + "\n");
    // In the shell itself, so that functions and variables stay; without input, as nobody is there to type.
    shell.getOutputStream().write((". ./" + script.getFileName() + " </dev/null >" + output.getFileName() + " 2>&1; : >" + done.getFileName() + "\n")
        .getBytes(UTF_8));
    shell.getOutputStream().flush();
    until(command.place() + " has ended", () -> Files.exists(done));
    if (text.startsWith("kill ")) {
      until(command.place() + " has killed an emulator", () -> !emulators.stream().allMatch(ProcessHandle::isAlive));
    }
    assertPrinted(command, printed, () -> read(output));
  }

  /** Starts a server as the quick start says, unless one runs. */
  void hasServer() throws IOException {
    if (server == null) {
      startServer("script/server");
    }
  }

  /** For pages that leave it to the quick start. */
  void hasPath() throws IOException, InterruptedException {
    does(new Command("PATH", "export PATH=$PWD/router-core/target/tidegate/bin:$PATH", List.of()));
  }

  private void startServer(String command) throws IOException {
    // A process group of its own, in which Ctrl-C is not ignored, as in a terminal.
    server = process(serverLog(), "setsid", "env", "--default-signal=INT", "bash", "-c", "exec " + command).start();
    until("the server is ready", () -> !server.isAlive() || isReady());
    assertThat(server.isAlive()).as("the server runs: %s", read(serverLog())).isTrue();
    emulators = server.descendants().toList();
    if (!command.contains(" -c ")) {
      assertThat(emulators).as("an emulator for each side, since no model service was found on this host").hasSize(2);
    }
  }

  /** Ctrl-C in the server's terminal: it ends well, and its emulators with it. */
  void stopServer() throws IOException, InterruptedException {
    Process running = server;
    if (running == null) {
      return;
    }
    server = null;
    try {
      new ProcessBuilder("kill", "-INT", "--", "-" + running.pid()).inheritIO().start().waitFor();
      assertThat(running.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("Ctrl-C ends the server").isTrue();
      assertThat(running.exitValue()).as("exit code after Ctrl-C: %s", read(serverLog())).isZero();
      until("the emulators have ended", () -> emulators.stream().noneMatch(ProcessHandle::isAlive));
    } finally {
      running.destroyForcibly();
      emulators.forEach(ProcessHandle::destroyForcibly);
    }
  }

  private Path serverLog() {
    return clone.resolve("server.log");
  }

  private ProcessBuilder process(Path log, String... command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(clone.toFile()).redirectErrorStream(true).redirectOutput(log.toFile());
    Map<String, String> environment = builder.environment();
    // A model service that this machine happens to have would answer instead of an emulator.
    environment.remove("DEEPSEEK_API_KEY");
    environment.put("PATH", TestBed.root().toAbsolutePath().resolve("router-lab/target/clients/python/bin").normalize() + ":" + environment.get("PATH"));
    environment.put("TIDEGATE_BUILD", "no");
    environment.put("TIDEGATE_HTTP_LISTEN", "127.0.0.1:" + ports.get(0));
    environment.put("TIDEGATE_GRPC_LISTEN", "127.0.0.1:" + ports.get(1));
    environment.put("TIDEGATE_ADMIN_LISTEN", "127.0.0.1:" + ports.get(2));
    return builder;
  }

  private boolean isReady() {
    try {
      HttpURLConnection ask = (HttpURLConnection) URI.create("http://127.0.0.1:" + ports.get(2) + "/readyz").toURL().openConnection();
      ask.setConnectTimeout(1_000);
      ask.setReadTimeout(1_000);
      return ask.getResponseCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  private String withPorts(String text) {
    String replaced = text;
    for (int i = 0; i < ports.size(); i++) {
      replaced = replaced.replaceAll("\\b" + PORTS.get(i) + "\\b", ports.get(i).toString());
    }
    return replaced;
  }

  /** Log lines are written by a thread of their own, so output may come a moment late. */
  private static void assertPrinted(Command command, List<String> printed, java.util.function.Supplier<String> output) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
    List<String> actual = output.get().lines().toList();
    while (!Printed.matches(printed, actual) && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(50_000_000);
      actual = output.get().lines().toList();
    }
    if (!Printed.matches(printed, actual)) {
      assertThat(String.join("\n", Printed.trimmed(actual))).as("%s: $ %s", command.place(), command.text())
          .isEqualTo(String.join("\n", Printed.trimmed(printed)));
    }
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException unreadable) {
      throw new AssertionError("not readable: " + file, unreadable);
    }
  }

  private void until(String what, BooleanSupplier reached) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (int looks = 1; !reached.getAsBoolean(); looks++) {
      if (System.nanoTime() - deadline > 0 && looks >= 100) {
        throw new AssertionError("not within " + PATIENCE + ": " + what + "\n" + read(shellLog) + read(serverLog()));
      }
      LockSupport.parkNanos(10_000_000);
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    try {
      stopServer();
    } finally {
      shell.descendants().forEach(ProcessHandle::destroyForcibly);
      shell.destroyForcibly().waitFor();
      try (Stream<Path> files = Files.walk(clone)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
