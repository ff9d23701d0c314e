package io.tidegate.daemon.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.net.EventLoops;
import io.tidegate.net.Transport;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class NotifierTest {
  private final EventLoops loops = new EventLoops(Transport.best(), 2);

  @TempDir
  Path folder;

  @AfterEach
  void stop() {
    loops.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"path", "abstract"})
  @DisplayName("H8 states arrive in order over a path and over an abstract name")
  void statesArrive(String kind) {
    String address = kind.equals("path") ? folder.resolve("notify").toString() : "@tidegate-test-" + ProcessHandle.current().pid();
    try (NotifySocket socket = new NotifySocket(address); Notifier notifier = Notifier.connect(loops.group(), address)) {
      assertThat(notifier.connected()).isTrue();
      notifier.status("2 upstreams\nREADY=1");
      notifier.ready();
      notifier.reload(() -> "");
      notifier.stopping();
      assertThat(socket.next(5000)).isEqualTo("STATUS=2 upstreams READY=1");
      assertThat(socket.next(5000)).isEqualTo("READY=1");
      assertThat(socket.next(5000)).matches("RELOADING=1\nMONOTONIC_USEC=\\d+");
      assertThat(socket.next(5000)).isEqualTo("READY=1");
      assertThat(socket.next(5000)).isEqualTo("STOPPING=1");
    }
  }

  @Test
  @DisplayName("H8 a reload that comes while another runs begins when that one has ended, for whoever waits for the end of either")
  void reloadsFollowEachOther() throws InterruptedException {
    String address = folder.resolve("notify").toString();
    try (NotifySocket socket = new NotifySocket(address); Notifier notifier = Notifier.connect(loops.group(), address)) {
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      Thread first = new Thread(() -> notifier.reload(() -> {
        inside.countDown();
        return await(go);
      }));
      first.start();
      inside.await();
      Thread second = new Thread(() -> notifier.reload(() -> ""));
      second.start();
      while (second.getState() != Thread.State.BLOCKED && second.isAlive()) {
        Thread.onSpinWait();
      }
      go.countDown();
      first.join();
      second.join();
      for (int i = 0; i < 2; i++) {
        assertThat(socket.next(5000)).startsWith("RELOADING=1");
        assertThat(socket.next(5000)).isEqualTo("READY=1");
      }
    }
  }

  private static String await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    return "";
  }

  @Test
  @DisplayName("H8 what was said before the end is out when close returns")
  void closeFlushes() {
    String address = folder.resolve("notify").toString();
    try (NotifySocket socket = new NotifySocket(address)) {
      Notifier notifier = Notifier.connect(loops.group(), address);
      notifier.stopping();
      notifier.close();
      loops.close();
      assertThat(socket.next(10_000)).isEqualTo("STOPPING=1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "relative", "/nowhere/at/all", "@no-such-name"})
  @DisplayName("H8 without a service manager, or with one that is gone, all is silent")
  void nobodyListens(String address) {
    try (Notifier notifier = Notifier.connect(loops.group(), address)) {
      assertThat(notifier.connected()).isFalse();
      notifier.ready();
      notifier.status("x");
    }
    try (Notifier notifier = Notifier.connect(loops.group(), null)) {
      assertThat(notifier.connected()).isFalse();
    }
  }

  @Test
  @DisplayName("H8 signs of life come while the loops move, stop while one is blocked, and come again")
  void blockedLoopEndsTheSigns() throws InterruptedException {
    String address = folder.resolve("notify").toString();
    Map<String, String> environment = Map.of("WATCHDOG_USEC", "300000", "WATCHDOG_PID", Long.toString(ProcessHandle.current().pid()));
    try (NotifySocket socket = new NotifySocket(address); Notifier notifier = Notifier.connect(loops.group(), address);
        Watchdog watchdog = Watchdog.start(loops, notifier, environment, ProcessHandle.current().pid())) {
      assertThat(socket.next(5000)).isEqualTo("WATCHDOG=1");
      assertThat(socket.next(5000)).isEqualTo("WATCHDOG=1");
      CountDownLatch blocked = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      // The second loop has no timer of the watchdog and no notify socket: only its own silence can be noticed.
      var second = loops.group().iterator();
      second.next();
      second.next().execute(() -> {
        blocked.countDown();
        try {
          release.await();
        } catch (InterruptedException stopped) {
          Thread.currentThread().interrupt();
        }
      });
      blocked.await();
      // A sign that was on its way when the loop stopped.
      socket.next(150);
      socket.forget();
      assertThat(socket.next(900)).isNull();
      release.countDown();
      assertThat(socket.next(5000)).isEqualTo("WATCHDOG=1");
      assertThat(watchdog).isNotNull();
    }
  }
}
