package io.tidegate.daemon.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tidegate.telemetry.Names;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class NoticesTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(Notices.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private long nanos = Long.MAX_VALUE - 5;
  private final Notices notices = new Notices(registry, () -> nanos);

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void silence() {
    logger.detachAppender(log);
  }

  private void second() {
    nanos += TimeUnit.SECONDS.toNanos(1);
  }

  @Test
  @DisplayName("R2.7 a disk that fails for a minute is counted each time and said twice")
  void disk() {
    for (int i = 0; i < 60; i++) {
      notices.diskFailed(new IOException("patient"));
      second();
    }
    assertThat(registry.get(Names.JOBS_DISK_FAILURES).counter().count()).isEqualTo(60);
    assertThat(log.list).hasSize(2).allSatisfy(line -> assertThat(line.getFormattedMessage()).contains("IOException").doesNotContain("patient"));
  }

  @Test
  @DisplayName("G3 R2.7 a fault that comes again each second is said twice a minute, another one at once; its words are not said")
  void defects() {
    RuntimeException same = new IllegalStateException("patient");
    for (int i = 0; i < 60; i++) {
      notices.defect(same);
      second();
    }
    notices.defect(new StackOverflowError("patient"));
    assertThat(registry.get(Names.DEFECTS).counter().count()).isEqualTo(61);
    assertThat(log.list).hasSize(3).allSatisfy(line -> assertThat(line.getFormattedMessage()).doesNotContain("patient"));
    assertThat(log.list.get(2).getFormattedMessage()).contains("StackOverflowError");
  }
}
