package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands for systemd (decisions 39): {@code script/lib/supervisor.py} with three listening sockets that it hands to the packaged daemon, which runs by
 * its own launcher, as units that start, stop and overlap.
 */
final class Supervisor implements AutoCloseable {
  static final String MAIN = "tidegate.service";
  static final String STAND_IN = "tidegate-standin.service";
  private static final int MOST_BYTES = 1 << 20;

  final Path directory;
  final Path config;
  final int http;
  final int grpc;
  final int admin;
  private final Path launcher;
  private final Process process;

  /** What an order came to. */
  record Did(int code, String text) {}

  /**
   * @param options of supervisor.py
   * @param yaml configuration, to which the listeners are added
   */
  Supervisor(Path directory, List<String> options, String yaml) throws IOException {
    this(directory, launcher(), options, yaml);
  }

  /** @param launcher of the version to run: looked at anew whenever a unit starts */
  Supervisor(Path directory, Path launcher, List<String> options, String yaml) throws IOException {
    this.launcher = launcher;
    this.directory = directory;
    this.config = directory.resolve("tidegate.yaml");
    List<String> command = new ArrayList<>(List.of("python3", script().toString(), directory.toString()));
    command.addAll(options);
    command.addAll(List.of("127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0", "--", launcher.toString(), "serve", "--config", config.toString()));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    http = port(said.readLine());
    grpc = port(said.readLine());
    admin = port(said.readLine());
    write(yaml);
    Files.writeString(directory.resolve("units").resolve(STAND_IN), "");
    Files.createSymbolicLink(directory.resolve("systemctl"), script());
  }

  /** Replaces the configuration in one step. */
  void write(String yaml) throws IOException {
    write(yaml, "", "");
  }

  /** @param httpMore further keys of {@code http}, each with a leading comma */
  void write(String yaml, String httpMore, String grpcMore) throws IOException {
    Path fresh = Files.writeString(directory.resolve("fresh.yaml"), "http: {listen: '127.0.0.1:" + http + "'" + httpMore + "}\ngrpc: {listen: '127.0.0.1:" + grpc + "'"
        + grpcMore + "}\nadmin: {listen: '127.0.0.1:" + admin + "'}\n" + yaml);
    Files.move(fresh, config, java.nio.file.StandardCopyOption.ATOMIC_MOVE, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  static Path launcher() {
    return TestBed.root().resolve("router-core/target/tidegate/bin/tidegate").toAbsolutePath().normalize();
  }

  private static Path script() {
    return TestBed.root().resolve("script/lib/supervisor.py").toAbsolutePath().normalize();
  }

  private static int port(String line) {
    assertThat(line).as("the supervisor says where it listens").isNotNull();
    return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
  }

  /** One order, and its end. */
  Did order(String words) throws IOException {
    try (SocketChannel control = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      control.connect(UnixDomainSocketAddress.of(directory.resolve("control")));
      control.write(ByteBuffer.wrap((words + "\n").getBytes(StandardCharsets.UTF_8)));
      ByteBuffer answer = ByteBuffer.allocate(MOST_BYTES);
      while (control.read(answer) >= 0) {
        // To the end.
      }
      String text = new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
      int line = text.indexOf('\n');
      return new Did(Integer.parseInt(text.substring(0, line)), text.substring(line + 1));
    }
  }

  /** An order that must succeed. */
  void ordered(String words) throws IOException {
    Did did = order(words);
    assertThat(did.code()).as("%s: %s%n%s", words, did.text(), log(words.substring(words.lastIndexOf(' ') + 1))).isZero();
  }

  /** What a unit printed, the newest part of it. */
  String log(String unit) throws IOException {
    Path file = directory.resolve(unit + ".log");
    String all = Files.exists(file) ? Files.readString(file) : "";
    return all.substring(Math.max(0, all.length() - 4_000));
  }

  /** Runs {@code tidegate} with this supervisor for its systemctl. */
  Did tidegate(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PATH", directory + ":" + System.getenv("PATH"));
    builder.environment().put("SUPERVISOR", directory.resolve("control").toString());
    Process ran = builder.start();
    ran.getOutputStream().close();
    String text = new String(ran.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Did(ran.waitFor(), text);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.getOutputStream().close();
    process.waitFor();
    Files.delete(directory.resolve("systemctl"));
  }
}
