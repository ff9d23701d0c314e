package io.tidegate.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class WatchersTest {
  private final AdminBench bench = new AdminBench(AdminRules.DEFAULT);
  private final List<Socket> open = new ArrayList<>();

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
    bench.close();
  }

  private Socket watch() throws IOException {
    Socket socket = bench.connect();
    open.add(socket);
    socket.getOutputStream().write("GET /admin/events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  private static String line(BufferedReader in, String begin) throws IOException {
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.startsWith(begin)) {
        return line;
      }
    }
    throw new AssertionError("the stream ended before '" + begin + "'");
  }

  private static void until(String what, BooleanSupplier condition) {
    long since = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - since > Duration.ofSeconds(25).toNanos()) {
        throw new AssertionError("not within its time: " + what);
      }
      Thread.onSpinWait();
    }
  }

  @Test
  @DisplayName("G8 all watchers get the same snapshots, made once for all of them and not at all while nobody watches")
  void oneForAll() throws IOException {
    bench.snapshot = "{\"x\":\"ä\"}".getBytes(StandardCharsets.UTF_8);
    assertThat(bench.snapshots).hasValue(0);
    long begun = System.nanoTime();
    List<BufferedReader> readers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      readers.add(reader(watch()));
    }
    for (BufferedReader in : readers) {
      assertThat(line(in, "content-type")).contains("text/event-stream");
      assertThat(line(in, "event:")).isEqualTo("event: snapshot");
      assertThat(in.readLine()).isEqualTo("data: {\"x\":\"ä\"}");
      assertThat(in.readLine()).isEmpty();
      line(in, "data:");
    }
    int made = bench.snapshots.get();
    long periods = Duration.ofNanos(System.nanoTime() - begun).toMillis() / AdminBench.SNAPSHOT_MILLIS;
    assertThat(made).as("snapshots for two events of eight in %d periods", periods).isBetween(2, (int) periods + 1);
    for (Socket socket : open) {
      socket.close();
    }
    // It turns once more at most for those who left, then it rests; one who comes later begins it anew.
    until("it rests", () -> rested());
    int before = bench.snapshots.get();
    line(reader(watch()), "data:");
    assertThat(bench.snapshots.get()).isGreaterThan(before);
  }

  private boolean rested() {
    int before = bench.snapshots.get();
    long since = System.nanoTime();
    while (System.nanoTime() - since < Duration.ofMillis(4 * AdminBench.SNAPSHOT_MILLIS).toNanos()) {
      if (bench.snapshots.get() != before) {
        return false;
      }
      Thread.onSpinWait();
    }
    return true;
  }

  @Test
  @DisplayName("G8 one watcher more than there are places for is told so, and a place that is left is free again")
  void places() throws IOException {
    for (int i = 0; i < Watchers.MOST; i++) {
      line(reader(watch()), "data:");
    }
    assertThat(bench.get("/admin/events")).startsWith("HTTP/1.1 503").contains("retry-after: 5");
    assertThat(bench.get("/livez")).startsWith("HTTP/1.1 200");
    open.remove(0).close();
    until("a place is free", () -> {
      try {
        Socket socket = watch();
        return reader(socket).readLine().contains("200");
      } catch (IOException refused) {
        return false;
      }
    });
  }

  @Test
  @DisplayName("G8 a watcher that takes nothing is dropped, and until then holds one snapshot back, not one a second")
  void slowWatcher() throws Exception {
    bench.snapshot = "x".repeat(8 << 20).getBytes(StandardCharsets.US_ASCII);
    Socket slow = bench.connect();
    open.add(slow);
    slow.getOutputStream().write("GET /admin/events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    until("more snapshots were begun than it has patience for", () -> bench.snapshots.get() > Watchers.PATIENCE);
    // The last of them is made, and was seen to: the bench has one thread that makes them, and one loop.
    bench.pool.submit(() -> { }).get();
    bench.loops.group().submit(() -> { }).get();
    long taken = 0;
    byte[] chunk = new byte[64 << 10];
    try {
      for (int n = slow.getInputStream().read(chunk); n >= 0 && taken < 3L * (8 << 20); n = slow.getInputStream().read(chunk)) {
        taken += n;
      }
    } catch (IOException reset) {
      // Dropped, however that looks from here.
    }
    assertThat(taken).isLessThan(2L * (8 << 20));
  }

  @Test
  @DisplayName("a snapshot that fails ends no stream: the next one comes")
  void failing() throws IOException {
    bench.snapshot = null;
    BufferedReader in = reader(watch());
    until("it was tried", () -> bench.snapshots.get() > 0);
    bench.snapshot = "{}".getBytes(StandardCharsets.US_ASCII);
    assertThat(line(in, "data:")).isEqualTo("data: {}");
  }
}
