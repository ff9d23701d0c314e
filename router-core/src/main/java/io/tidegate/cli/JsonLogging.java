package io.tidegate.cli;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.LoggerFactory;

/**
 * Sets up logging: one JSON object per line on standard output, written by a thread of its own, INFO and above, libraries at WARN.
 *
 * <p>Found by logback as a service, in place of a {@code logback.xml}: reading XML costs about 95 ms of every start (150 ms against 65 ms up
 * to the first line, five runs each on two cores, JDK 17). An operator who needs something else names a file with
 * {@code -Dlogback.configurationFile}.
 *
 * <p>The queue holds 1024 lines; past it lines are dropped, never waited for, because event loops log too (H7).
 */
public final class JsonLogging extends ContextAwareBase implements Configurator {
  private static final int QUEUE_LINES = 1024;
  /** What is queued takes a few milliseconds; on a machine that stands still the last lines are worth a wait. */
  private static final int FLUSH_MILLIS = 5_000;
  /**
   * gRPC logs past SLF4J, to standard error, a stack trace for each broken frame, and may quote a header's name (G3, B3). The daemon counts its own
   * defects. Held here: the log manager forgets levels of loggers that nobody holds.
   */
  private static final java.util.logging.Logger GRPC = java.util.logging.Logger.getLogger("io.grpc");

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (System.getProperty("logback.configurationFile") != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    GRPC.setLevel(java.util.logging.Level.OFF);
    SilentJsonEncoder encoder = new SilentJsonEncoder();
    encoder.setContext(context);
    encoder.start();
    ConsoleAppender<ILoggingEvent> output = new ConsoleAppender<>();
    output.setContext(context);
    output.setName("stdout");
    output.setEncoder(encoder);
    output.start();
    AsyncAppender queue = new AsyncAppender();
    queue.setContext(context);
    queue.setName("queue");
    queue.setQueueSize(QUEUE_LINES);
    queue.setNeverBlock(true);
    queue.setMaxFlushTime(FLUSH_MILLIS);
    queue.setIncludeCallerData(false);
    queue.addAppender(output);
    queue.start();
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
    context.getLogger("io.tidegate").setLevel(Level.INFO);
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(queue);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /**
   * Sets how much the daemon itself says; libraries stay at WARN, since their lower levels print what passes through them (B1).
   *
   * @param level {@code error}, {@code warn}, {@code info} or {@code debug}
   */
  public static void level(String level) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger("io.tidegate").setLevel(Level.toLevel(level, Level.INFO));
    }
  }

  /** For a client: what Netty warns of says nothing to its user. */
  static void quiet() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger("io.netty").setLevel(Level.ERROR);
    }
  }

  /** Writes out what is queued and ends logging; the last act of a process. Waits at most 5 s. */
  public static void stop() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.stop();
    }
  }
}
