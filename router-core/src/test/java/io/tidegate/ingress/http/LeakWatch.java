package io.tidegate.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Fails a class of tests in which a buffer was dropped without release (hazard H6). Every buffer is watched. */
public final class LeakWatch implements BeforeAllCallback, AfterAllCallback {
  private final ListAppender<ILoggingEvent> reports = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);

  @Override
  public void beforeAll(ExtensionContext context) {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    reports.start();
    logger.addAppender(reports);
  }

  @Override
  public void afterAll(ExtensionContext context) throws InterruptedException {
    for (int i = 0; i < 5; i++) {
      System.gc();
      Thread.sleep(20); // the collector hands references over in its own time
      ByteBufAllocator.DEFAULT.buffer(1).release(); // reports are made when the next buffer is
    }
    logger.detachAppender(reports);
    assertThat(reports.list).extracting(ILoggingEvent::getFormattedMessage).filteredOn(text -> text.contains("LEAK")).isEmpty();
  }
}
