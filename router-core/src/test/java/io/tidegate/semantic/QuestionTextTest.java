package io.tidegate.semantic;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Operation;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class QuestionTextTest {
  private static Optional<String> of(Operation operation, String body) throws JsonException {
    return QuestionText.of(JsonText.parse(body.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT), operation).map(QuestionText::text);
  }

  private static Optional<String> chat(String messages) throws JsonException {
    return of(Operation.CHAT, "{\"messages\":" + messages + ",\"model\":\"auto\"}");
  }

  @Test
  @DisplayName("the last message, if it is the user's and plain text")
  void last() throws JsonException {
    assertThat(chat("[{\"role\":\"user\",\"content\":\"a\\nb\"}]")).contains("a\nb");
    assertThat(chat("[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"},{\"content\":\"c\",\"role\":\"user\"}]")).contains("c");
    assertThat(chat("[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}]}]")).contains("a");
  }

  @Test
  @DisplayName("C1 anything else is no question: pictures, several parts, tool results, prefilled answers, lists of prompts, vectors")
  void none() throws JsonException {
    assertThat(chat("[]")).isEmpty();
    assertThat(chat("[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"}]")).isEmpty();
    assertThat(chat("[{\"role\":\"tool\",\"content\":\"a\"}]")).isEmpty();
    assertThat(chat("[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]}]")).isEmpty();
    assertThat(chat("[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:\"}}]}]")).isEmpty();
    assertThat(chat("[{\"role\":\"user\",\"content\":null}]")).isEmpty();
    assertThat(of(Operation.COMPLETION, "{\"prompt\":\"a\"}")).contains("a");
    assertThat(of(Operation.COMPLETION, "{\"prompt\":[\"a\"]}")).isEmpty();
    assertThat(of(Operation.EMBEDDING, "{\"input\":\"a\"}")).isEmpty();
  }
}
