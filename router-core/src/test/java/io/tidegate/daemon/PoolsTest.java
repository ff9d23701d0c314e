package io.tidegate.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PoolsTest {
  private final AtomicInteger done = new AtomicInteger();

  @Test
  @DisplayName("H2 what was begun, or waits, is done before the end")
  void finished() {
    ThreadPoolExecutor pool = Pools.bounded("test", 1, 2);
    for (int i = 0; i < 2; i++) {
      pool.execute(() -> {
        while (!pool.isShutdown()) {
          Thread.onSpinWait();
        }
        LockSupport.parkNanos(20_000_000);
        done.incrementAndGet();
      });
    }
    Pools.finish(pool, Duration.ofSeconds(30));
    assertThat(done).hasValue(2);
  }

  @Test
  @DisplayName("B6 a task that hangs does not hold up the end")
  void hung() throws Exception {
    ThreadPoolExecutor pool = Pools.bounded("test", 1, 1);
    CountDownLatch answered = new CountDownLatch(1);
    pool.execute(() -> {
      try {
        answered.await();
      } catch (InterruptedException never) {
        done.incrementAndGet();
      }
    });
    Pools.finish(pool, Duration.ofMillis(10));
    assertThat(pool.isTerminated()).isFalse();
    answered.countDown();
    assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThat(done).as("it was left to end by itself").hasValue(0);
  }
}
