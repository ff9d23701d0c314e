package io.tidegate.fake;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real redis-server on a free port of loopback, that keeps nothing. Its program is REDIS_BINARY, or what script/lib/redis.sh put below the root. */
public final class RedisServer implements AutoCloseable {
  private static final long STARTS_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(20);

  public final int port;
  private final Path directory;
  private final List<String> more;
  private Process process;

  private RedisServer(int port, Path directory, List<String> more) throws IOException {
    this.port = port;
    this.directory = directory;
    this.more = more;
    this.process = launch();
  }

  /** @param more arguments, such as {@code --requirepass word} */
  public static RedisServer start(String... more) throws IOException {
    return new RedisServer(FreePorts.number(), Files.createTempDirectory("redis"), List.of(more));
  }

  private Process launch() throws IOException {
    String binary = System.getenv("REDIS_BINARY");
    Path installed = Path.of(System.getProperty("tidegate.root", ".."), ".local/redis/redis-server");
    if (binary == null && Files.isExecutable(installed)) {
      binary = installed.toAbsolutePath().toString();
    }
    if (binary == null) {
      throw new IllegalStateException("REDIS_BINARY is not set: REDIS_BINARY=$(script/lib/redis.sh)");
    }
    List<String> command = new ArrayList<>(List.of(binary, "--port", "" + port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--rdbcompression", "no", "--dir",
        directory.toString()));
    command.addAll(more);
    Process started = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(new File(directory.toFile(), "log")).start();
    long since = System.nanoTime();
    while (System.nanoTime() - since < STARTS_WITHIN_NANOS) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
        if (started.isAlive()) {
          return started;
        }
        break;
      } catch (IOException notYet) {
        if (!started.isAlive()) {
          break;
        }
        Thread.onSpinWait();
      }
    }
    started.destroyForcibly();
    throw new IOException("redis-server did not start: " + Files.readString(directory.resolve("log")));
  }

  /** Ends it at once, as a lost machine does. */
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Again on the same port, empty. */
  public void again() throws IOException {
    process = launch();
  }

  /** It takes connections and bytes, and answers nothing. */
  public void hang() throws IOException {
    signal("-STOP");
  }

  public void goOn() throws IOException {
    signal("-CONT");
  }

  private void signal(String which) throws IOException {
    try {
      new ProcessBuilder("kill", which, "" + process.pid()).start().waitFor();
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  /** The answer to one inline command, as it comes on the wire; read until the peer has been silent for a moment or said {@code +OK}. */
  public byte[] raw(String command) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write((command + "\r\nQUIT\r\n").getBytes(StandardCharsets.UTF_8));
      return socket.getInputStream().readAllBytes();
    }
  }

  /** Everything it holds, as it would write it to its disk. */
  public byte[] dump() throws IOException {
    raw("SAVE");
    return Files.readAllBytes(directory.resolve("dump.rdb"));
  }

  public long keys() throws IOException {
    String answer = new String(raw("DBSIZE"), StandardCharsets.UTF_8);
    return Long.parseLong(answer.substring(1, answer.indexOf('\r')));
  }

  @Override
  public void close() throws IOException {
    goOn();
    kill();
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(directory);
  }
}
