package io.tidegate.daemon;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/** How much the daemon's own loggers say. Libraries stay as they are, since their lower levels print what passes through them (B1). */
final class LogLevel {
  private static final String OURS = "io.tidegate";

  private LogLevel() {}

  /** {@code error}, {@code warn}, {@code info} or {@code debug}; empty where somebody else's logging is in place. */
  static String now() {
    return LoggerFactory.getILoggerFactory() instanceof LoggerContext context
        ? context.getLogger(OURS).getEffectiveLevel().toString().toLowerCase(Locale.ROOT) : "";
  }

  static void set(String level) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger(OURS).setLevel(Level.toLevel(level, Level.INFO));
    }
  }
}
