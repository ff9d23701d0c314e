package io.tidegate.daemon.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.FakeLoop;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class WatchdogTest {
  private final FakeLoop first = new FakeLoop();
  private final FakeLoop second = new FakeLoop();
  private final AtomicInteger signs = new AtomicInteger();
  private final Watchdog watchdog = new Watchdog(List.of(first, second), 300, signs::incrementAndGet);

  private void bothMove(int rounds) {
    for (int i = 0; i < rounds; i++) {
      first.advance(100);
      second.advance(100);
    }
  }

  @Test
  @DisplayName("H8 three signs fit into the patience of the service manager")
  void signsComeInTime() {
    watchdog.start();
    bothMove(9);
    assertThat(signs.get()).isBetween(8, 10);
  }

  @Test
  @DisplayName("H8 no sign while either loop stands still, and no tasks pile up on it")
  void everyLoopMustMove() {
    watchdog.start();
    bothMove(2);
    int before = signs.get();
    first.advance(10_000);
    assertThat(signs.get()).isEqualTo(before);
    second.run();
    assertThat(signs.get()).isEqualTo(before + 1);
    second.advance(10_000);
    assertThat(signs.get()).isEqualTo(before + 1);
    bothMove(3);
    assertThat(signs.get()).isGreaterThan(before + 2);
  }

  @Test
  @DisplayName("H1 after close no sign and no timer is left")
  void closeEnds() {
    watchdog.start();
    bothMove(2);
    int before = signs.get();
    watchdog.close();
    bothMove(5);
    assertThat(signs.get()).isEqualTo(before);
    assertThat(first.pendingTimers()).isZero();
  }

  @Test
  @DisplayName("H8 the interval counts for the process it names only")
  void intervalIsOurs() {
    assertThat(Watchdog.intervalNanos(Map.of("WATCHDOG_USEC", "20000000"), 7)).isEqualTo(OptionalLong.of(20_000_000_000L));
    assertThat(Watchdog.intervalNanos(Map.of("WATCHDOG_USEC", "5", "WATCHDOG_PID", "7"), 7)).isEqualTo(OptionalLong.of(5000));
    assertThat(Watchdog.intervalNanos(Map.of("WATCHDOG_USEC", "5", "WATCHDOG_PID", "8"), 7)).isEmpty();
    assertThat(Watchdog.intervalNanos(Map.of(), 7)).isEmpty();
    assertThat(Watchdog.intervalNanos(Map.of("WATCHDOG_USEC", "soon"), 7)).isEmpty();
    assertThat(Watchdog.intervalNanos(Map.of("WATCHDOG_USEC", "0"), 7)).isEmpty();
    assertThat(Watchdog.intervalNanos(Map.of("WATCHDOG_USEC", "5", "WATCHDOG_PID", "x"), 7)).isEmpty();
  }
}
