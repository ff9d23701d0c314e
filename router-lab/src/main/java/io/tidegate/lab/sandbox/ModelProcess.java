package io.tidegate.lab.sandbox;

import io.tidegate.model.Cidr;
import io.tidegate.model.Dialect;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The real private model: {@code tidegate model serve} in a process without network, and a supervisor that starts it again when it dies. Leaves its
 * process id in {@code model.pid} and what it says in {@code model.log}. It ends with this process, however that ends.
 */
final class ModelProcess implements AutoCloseable {
  private static final String NAME = "tidegate-model";
  /** A socket's path has at most 107 bytes. */
  private static final int MAX_SOCKET_PATH = 90;
  private static final long PATIENCE_MILLIS = 10_000;
  private static final long STEP_MILLIS = 50;
  private static final long REST_MILLIS = 500;
  private static final int USAGE = 2;
  private static final int BAD_CONFIGURATION = 78;

  private final List<String> command;
  private final Path folder;
  private final Path socket;
  private final Upstream upstream;
  private final Thread supervisor;
  private volatile boolean closing;
  private volatile Process process;

  private ModelProcess(Path file, Path folder, String launcher) throws IOException {
    this.folder = folder;
    Path near = folder.toAbsolutePath().normalize().resolve("model.sock");
    this.socket = near.toString().length() <= MAX_SOCKET_PATH ? near : Files.createTempDirectory("tg").resolve("model.sock");
    String name = String.valueOf(file.getFileName()).replaceAll("\\.gguf$", "");
    this.command = new ArrayList<>(withoutNetwork());
    command.addAll(List.of(launcher, "model", "serve", "--file", file.toString(), "--listen", "unix:" + socket, "--socket-mode", "0600", "--name", name,
        "--with-parent"));
    this.upstream = new Upstream(NAME, Zone.PRIVATE, Dialect.LLAMA_CPP, List.of(name), name, Map.of(), true, false, "/v1", List.<Cidr>of(), null, null, true,
        List.of(Endpoint.unix(NAME, socket.toString(), 100)), null, Duration.ofSeconds(1), 256);
    this.process = begin();
    this.supervisor = new Thread(this::supervise, "model-supervisor");
    supervisor.setDaemon(true);
    supervisor.start();
  }

  /**
   * Starts it and waits until it answers, but not for ever: a large file takes its time, and the daemon can wait for it by itself.
   *
   * @param launcher path of bin/tidegate
   */
  static ModelProcess start(Path file, Path folder, String launcher) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("TIDEGATE_MODEL names no file: " + file);
    }
    ModelProcess started = new ModelProcess(file.toAbsolutePath(), Files.createDirectories(folder), launcher);
    for (long waited = 0; waited < PATIENCE_MILLIS && started.process.isAlive() && !started.answers(); waited += STEP_MILLIS) {
      rest(STEP_MILLIS);
    }
    if (!started.process.isAlive()) {
      started.close();
      throw new IOException("the model did not start, see " + folder.resolve("model.log"));
    }
    return started;
  }

  Upstream upstream() {
    return upstream;
  }

  /** A network namespace of its own, with nothing in it, where this user may make one. */
  private static List<String> withoutNetwork() {
    for (List<String> way : List.of(List.of("unshare", "-n"), List.of("unshare", "-rn"))) {
      List<String> trial = new ArrayList<>(way);
      trial.add("true");
      try {
        if (new ProcessBuilder(trial).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0) {
          return way;
        }
      } catch (IOException notThere) {
        break;
      } catch (InterruptedException hurried) {
        Thread.currentThread().interrupt();
      }
    }
    System.err.println("tidegate sandbox: this user may not make a network namespace, so the model's process keeps the network (the systemd unit takes it away)");
    return List.of();
  }

  private Process begin() throws IOException {
    // Ctrl-C goes to every process of the terminal: answers under way still need their model.
    List<String> shielded = new ArrayList<>(List.of("/bin/sh", "-c", "trap '' INT; exec \"$@\"", "model"));
    shielded.addAll(command);
    Process started = new ProcessBuilder(shielded).redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("model.log").toFile()))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    Files.writeString(folder.resolve("model.pid"), started.pid() + "\n");
    return started;
  }

  private void supervise() {
    while (!closing) {
      try {
        int code = process.waitFor();
        if (closing || code == USAGE || code == BAD_CONFIGURATION) {
          return;
        }
        rest(REST_MILLIS);
        process = begin();
      } catch (IOException notStarted) {
        rest(REST_MILLIS);
      } catch (InterruptedException closed) {
        return;
      }
    }
  }

  private boolean answers() {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.write(ByteBuffer.wrap("GET /health HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
      ByteBuffer head = ByteBuffer.allocate(12);
      while (head.hasRemaining() && channel.read(head) >= 0) {
        // On.
      }
      return new String(head.array(), StandardCharsets.US_ASCII).endsWith("200");
    } catch (IOException notYet) {
      return false;
    }
  }

  private static void rest(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closing = true;
    supervisor.interrupt();
    Process last = process;
    last.destroy();
    try {
      if (!last.waitFor(3, TimeUnit.SECONDS)) {
        last.destroyForcibly();
      }
      Files.deleteIfExists(folder.resolve("model.pid"));
      Files.deleteIfExists(socket);
    } catch (InterruptedException hurried) {
      last.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (IOException leftBehind) {
      // In the folder for such things.
    }
  }
}
