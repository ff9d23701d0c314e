package io.tidegate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class JsonLoggingTest {
  private final LoggerContext context = new LoggerContext();
  private final Logger logger = context.getLogger("io.tidegate.test");

  @Test
  void oneLineOfJsonWithTimeLevelLoggerThreadAndMessage() throws IOException {
    JsonNode line = line("listening on {}", null, "127.0.0.1:7400");
    assertThat(line.get("formattedMessage").asText()).isEqualTo("listening on 127.0.0.1:7400");
    assertThat(line.get("level").asText()).isEqualTo("INFO");
    assertThat(line.get("loggerName").asText()).isEqualTo("io.tidegate.test");
    assertThat(line.get("timestamp").asLong()).isPositive();
    assertThat(line.fieldNames()).toIterable().doesNotContain("context", "mdc", "arguments", "sequenceNumber");
  }

  @Test
  @DisplayName("G3 the message of an exception, its causes and its suppressed ones is not written; classes and frames are")
  void exceptionsAreSilent() {
    IOException cause = new IOException("CANARY cause");
    IllegalStateException thrown = new IllegalStateException("CANARY", cause);
    thrown.addSuppressed(new IllegalArgumentException("CANARY suppressed"));
    String text = text("failed", thrown);
    assertThat(text).doesNotContain("CANARY");
    assertThat(text).contains("java.lang.IllegalStateException", "java.io.IOException", "java.lang.IllegalArgumentException",
        "JsonLoggingTest", "exceptionsAreSilent");
  }

  @Test
  @DisplayName("B3 no control, bidi, tag or line-separating character reaches a terminal raw, and the text can be read back")
  void forgedLines() throws IOException {
    String forged = "a\r\n{\"level\":\"ERROR\"}\u001b[31m\u0007\u007f\u0085\u202e\u2028\u2066\u200b\ufeff\udb40\udc41 \"\\ 病 😀";
    String text = text("{}", null, forged);
    assertThat(text).endsWith("\n");
    assertThat(text.strip().chars()).noneMatch(c -> c < 0x20 || c == 0x7f || c == 0x85 || c == 0x202e || c == 0x2028 || c == 0x2066
        || c == 0x200b || c == 0xfeff || c == 0xdb40);
    assertThat(text).contains("病 😀");
    assertThat(new ObjectMapper().readTree(text).get("formattedMessage").asText()).isEqualTo(forged);
  }

  @Test
  @DisplayName("H7 a full queue drops lines and never blocks; libraries stay at WARN")
  void queueNeverBlocks() {
    Configurator logging = new JsonLogging();
    logging.setContext(context);
    assertThat(logging.configure(context)).isEqualTo(Configurator.ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY);
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    AsyncAppender queue = (AsyncAppender) root.getAppender("queue");
    assertThat(queue.isNeverBlock()).isTrue();
    assertThat(queue.isIncludeCallerData()).isFalse();
    assertThat(queue.getQueueSize()).isEqualTo(1024);
    assertThat(context.getLogger("io.netty.handler").getEffectiveLevel()).isEqualTo(Level.WARN);
    assertThat(context.getLogger("io.tidegate.daemon").getEffectiveLevel()).isEqualTo(Level.INFO);
    context.stop();
  }

  @Test
  void configuratorIsFoundAsAService() {
    assertThat(java.util.ServiceLoader.load(Configurator.class)).hasAtLeastOneElementOfType(JsonLogging.class);
  }

  private JsonNode line(String message, @Nullable Throwable thrown, Object... arguments) throws IOException {
    return new ObjectMapper().readTree(text(message, thrown, arguments));
  }

  private String text(String message, @Nullable Throwable thrown, Object... arguments) {
    SilentJsonEncoder encoder = new SilentJsonEncoder();
    encoder.setContext(context);
    encoder.start();
    return new String(encoder.encode(new LoggingEvent("test", logger, Level.INFO, message, thrown, arguments)), StandardCharsets.UTF_8);
  }
}
