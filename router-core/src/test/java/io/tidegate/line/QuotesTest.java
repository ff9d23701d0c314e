package io.tidegate.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuotesTest {
  private static final String PROMPT = "Write to Johnson about maximum temperature, order 4711, 患者张伟, password Tr0ub4dor&3.";

  private static JsonText body(String content) throws JsonException {
    return JsonText.parse(("{\"model\":\"deepseek-chat-v3\",\"messages\":[{\"role\":\"user\",\"content\":" + JsonWriter.quote(content) + "}]}").getBytes(StandardCharsets.UTF_8),
        JsonLimits.DEFAULT);
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("G3 an upstream's message goes on without what it quotes")
  @CsvSource(delimiter = '|', value = {
      "cannot read: Write to Johnson about maximum | cannot read: ***",
      "CANNOT READ: WRITE TO JOHNSON ABOUT | CANNOT READ: ***",
      "unknown name \"Johnson\" | unknown name \"***\"",
      "no such order: 4711 | no such order: ***",
      "无效：张伟。 | 无效：***。",
      "bad value Tr0ub4dor&3 | bad value ***"})
  void masks(String message, String told) throws JsonException {
    assertThat(Quotes.masked(message, body(PROMPT))).isEqualTo(told);
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("decisions 34 what helps a caller stays: fields, limits, models, plain words")
  @CsvSource(delimiter = '|', value = {
      "This model's maximum context length is 131072 tokens.", "'temperature' must be a number", "The model `deepseek-chat-v3` does not exist",
      "messages[0].content: Input should be a valid string", "Invalid request about temperature"})
  void keeps(String message) throws JsonException {
    // A prompt that has the same word between no marks does not make it a quote.
    assertThat(Quotes.masked(message, body("What is about maximum warmth?"))).isEqualTo(message);
  }

  @Test
  @DisplayName("G3 a quote in the spelling of the body is one as well")
  void escapes() throws JsonException {
    JsonText body = JsonText.parse("{\"messages\":[{\"content\":\"\\u60a3\\u8005\\u5f20\\u4f1f\\nAnna\"}]}".getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
    assertThat(Quotes.masked("near \\u60a3\\u8005\\u5f20\\u4f1f", body)).isEqualTo("near \\***");
    assertThat(Quotes.masked("near 患者张伟", body)).isEqualTo("near ***");
  }

  @Test
  @DisplayName("G8 a long body is not searched: the message goes as a whole")
  void longBody() throws JsonException {
    assertThat(Quotes.masked("Bad request", body("x".repeat(Quotes.MAX_BODY_BYTES)))).isNull();
    assertThat(Quotes.masked(null, body("x"))).isNull();
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("decisions 34 G3 what long bodies are refused for is said all the same, in words of ours")
  @CsvSource(delimiter = '|', value = {"This model's maximum context length is 131072 tokens. However, you requested 250000 tokens", "the request exceeds the available context size, try increasing it",
      "The request exceeds the context size.", "Input is longer than the Context Window"})
  void longerThanTheContext(String message) throws JsonException {
    assertThat(Quotes.masked(message, body("maximum context length 4711 ".repeat(Quotes.MAX_BODY_BYTES / 16)))).isEqualTo(Quotes.CONTEXT).doesNotContain("131072");
  }
}
