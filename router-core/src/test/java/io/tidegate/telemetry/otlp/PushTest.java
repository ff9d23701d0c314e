package io.tidegate.telemetry.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class PushTest {
  private static final long OFTEN_MILLIS = 1;

  private final Logger logger = (Logger) LoggerFactory.getLogger(Push.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void silence() {
    logger.detachAppender(log);
  }

  @Test
  @DisplayName("A round that fails, one time after the other, is logged at the begin of that and at its end; the next rounds come")
  void loggedOnce() {
    Queue<Push.Taken> rounds = new ConcurrentLinkedQueue<>(List.of(Push.Taken.NOTHING_THERE, Push.Taken.YES, Push.Taken.YES));
    int[] defects = new int[1];
    CompletableFuture<Void> over = new CompletableFuture<>();
    try (Push push = new Push("spans", OFTEN_MILLIS, () -> {
      if (defects[0] < 5) {
        defects[0]++;
        throw new IllegalStateException("CANARY");
      }
      if (defects[0] == 5) {
        defects[0]++;
        throw new StackOverflowError();
      }
      Push.Taken next = rounds.poll();
      if (rounds.isEmpty()) {
        over.complete(null);
      }
      return next == null ? Push.Taken.NOTHING_THERE : next;
    })) {
      over.join();
    }
    assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage).containsExactly("otlp: spans are not sent (they cannot be made: IllegalStateException); requests go on",
        "otlp: the collector takes spans again");
  }
}
