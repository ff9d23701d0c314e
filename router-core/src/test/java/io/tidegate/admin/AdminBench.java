package io.tidegate.admin;

import io.netty.channel.Channel;
import io.netty.channel.unix.DomainSocketAddress;
import io.tidegate.net.EventLoops;
import io.tidegate.net.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An admin listener over pages that note what is asked of them. */
final class AdminBench implements AdminPages, AutoCloseable {
  static final long SNAPSHOT_MILLIS = 100;

  final EventLoops loops = new EventLoops(Transport.best(), 1);
  final ExecutorService pool = Executors.newSingleThreadExecutor();
  /** Acts that were done, and texts that were to be judged, in order. */
  final List<String> done = new CopyOnWriteArrayList<>();
  final AtomicInteger snapshots = new AtomicInteger();
  volatile byte[] snapshot = {'{', '}'};
  private final Channel channel;

  AdminBench(AdminRules rules) {
    this(rules, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  AdminBench(AdminRules rules, SocketAddress address) {
    try {
      channel = new AdminServer(loops, this, new AdminPools(pool, pool, pool), rules, SNAPSHOT_MILLIS).start(address);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static AdminBench unix(AdminRules rules, Path socket) {
    return new AdminBench(rules, new DomainSocketAddress(socket.toFile()));
  }

  int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /** The whole answer to a request, as it came. */
  String raw(String request) throws IOException {
    try (Socket socket = connect()) {
      try {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      } catch (IOException refused) {
        // Who refuses a request need not read it to its end. The answer says why; without one, reading it fails.
      }
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(20_000);
    socket.connect(channel.localAddress(), 2_000);
    return socket;
  }

  String get(String path, String... headers) throws IOException {
    return raw("GET " + path + " HTTP/1.1\r\nHost: localhost:" + port() + "\r\n" + lines(headers) + "\r\n");
  }

  String post(String path, String body, String... headers) throws IOException {
    return raw(posting(path, body, "localhost:" + port(), headers));
  }

  private static String posting(String path, String body, String host, String... headers) {
    return "POST " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + lines(headers) + "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
  }

  static String unixPost(Path socket, String path, String body, String... headers) throws IOException {
    try (SocketChannel peer = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      peer.connect(UnixDomainSocketAddress.of(socket));
      peer.write(ByteBuffer.wrap(posting(path, body, "localhost", headers).getBytes(StandardCharsets.UTF_8)));
      return new String(Channels.newInputStream(peer).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String lines(String... headers) {
    return headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
  }

  static String body(String answer) {
    return answer.substring(answer.indexOf("\r\n\r\n") + 4);
  }

  @Override
  public java.util.concurrent.CompletionStage<Boolean> live() {
    return java.util.concurrent.CompletableFuture.completedFuture(true);
  }

  @Override
  public boolean ready() {
    return true;
  }

  @Override
  public String openMetrics() {
    return "up 1\n# EOF\n";
  }

  @Override
  public String metrics() {
    return "up 1\n";
  }

  @Override
  public String status() {
    return "{\"status\":1}";
  }

  @Override
  public String shadow() {
    return "{}";
  }

  @Override
  public Optional<String> explain(String id, boolean text) {
    return Optional.empty();
  }

  @Override
  public byte[] view(AdminView view) {
    return ("{\"" + view.word() + "\":1}").getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] snapshot() {
    snapshots.incrementAndGet();
    return snapshot;
  }

  @Override
  public byte[] judge(byte[] question) {
    String asked = new String(question, StandardCharsets.UTF_8);
    if (asked.contains("wrong")) {
      throw new IllegalArgumentException("it is no question");
    }
    done.add("judge " + asked);
    return "{\"sensitivity\":\"internal\"}".getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void logLevel(String level) {
    done.add("level " + level);
  }

  @Override
  public void acted(String operator, String what) {
    done.add(operator + ": " + what);
  }

  @Override
  public String purgeCache(@Nullable String tenant, @Nullable String model, @Nullable String policy, @Nullable String session) {
    done.add("purge " + tenant);
    return "{\"memory\":1}";
  }

  @Override
  public Reload reloadPolicies() {
    done.add("reload");
    return new Reload(true, "{\"outcome\":\"unchanged\"}");
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    loops.close();
    pool.shutdownNow();
  }
}
