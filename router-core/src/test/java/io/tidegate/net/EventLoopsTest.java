package io.tidegate.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EventLoopsTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(50);

  private static boolean turn(EventLoops loops, Duration patience) {
    return loops.turn(patience).toCompletableFuture().join();
  }

  @Test
  @DisplayName("H9 loops turn when all of them take a task; one that is held, or all that have ended, do not")
  void turns() {
    EventLoops loops = new EventLoops(Transport.best(), 3);
    try (loops) {
      assertThat(turn(loops, LONG)).isTrue();
      CountDownLatch over = new CountDownLatch(1);
      Iterator<EventExecutor> all = loops.group().iterator();
      all.next();
      all.next().execute(() -> {
        try {
          over.await();
        } catch (InterruptedException end) {
          Thread.currentThread().interrupt();
        }
      });
      assertThat(turn(loops, SHORT)).isFalse();
      over.countDown();
      assertThat(turn(loops, LONG)).isTrue();
    }
    assertThat(turn(loops, LONG)).isFalse();
  }
}
