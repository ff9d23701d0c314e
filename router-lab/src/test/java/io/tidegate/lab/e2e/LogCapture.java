package io.tidegate.lab.e2e;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.LoggerFactory;

/**
 * Everything that is logged while it is open: what {@code io.tidegate} says at DEBUG, exception messages included, and what any logger writes to
 * standard output, as an operator would collect it. Standard output goes on.
 */
final class LogCapture implements AutoCloseable {
  private final StringBuffer events = new StringBuffer();
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final PrintStream before = System.out;
  private final Logger own = (Logger) LoggerFactory.getLogger("io.tidegate");
  private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
    @Override
    protected void append(ILoggingEvent event) {
      events.append(event.getLoggerName()).append(' ').append(event.getFormattedMessage()).append('\n');
      for (IThrowableProxy thrown = event.getThrowableProxy(); thrown != null; thrown = thrown.getCause()) {
        events.append(thrown.getClassName()).append(": ").append(thrown.getMessage()).append('\n');
      }
    }
  };

  LogCapture() {
    own.setLevel(Level.DEBUG);
    appender.start();
    own.addAppender(appender);
    System.setOut(new PrintStream(new OutputStream() {
      @Override
      public void write(int one) {
        write(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int count) {
        synchronized (output) {
          output.write(bytes, from, count);
        }
        before.write(bytes, from, count);
      }
    }, true, StandardCharsets.UTF_8));
  }

  byte[] events() {
    return events.toString().getBytes(StandardCharsets.UTF_8);
  }

  byte[] output() {
    synchronized (output) {
      return output.toByteArray();
    }
  }

  @Override
  public void close() {
    System.setOut(before);
    own.detachAppender(appender);
    own.setLevel(Level.INFO);
  }
}
