package io.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Caller;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.wire.JsonLimits;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchReaderTest {
  private final BatchReader reader = new BatchReader(new RequestReader(JsonLimits.DEFAULT), JsonLimits.DEFAULT, 3);
  private final AtomicInteger ids = new AtomicInteger();

  private BatchReader.Batch read(String body) {
    return reader.read(body.getBytes(StandardCharsets.UTF_8), RequestFacts.of(Caller.DEFAULT), () -> "id" + ids.incrementAndGet(), 5);
  }

  private List<Reading> items(String items) {
    BatchReader.Batch batch = read("{\"requests\":[" + items + "]}");
    assertThat(batch.error()).isNull();
    return batch.items();
  }

  private ModelRequest accepted(String item) {
    return items(item).get(0).fold(request -> request, error -> {
      throw new AssertionError(error.message() + " " + error.param());
    });
  }

  private ErrorAnswer refused(String item) {
    return items(item).get(0).fold(request -> {
      throw new AssertionError("was accepted");
    }, error -> error);
  }

  private static String text(ModelRequest request) {
    return StandardCharsets.UTF_8.decode(request.prompt().json().buffer()).toString();
  }

  @Test
  @DisplayName("R2.1 the seed's form, unchanged: a prompt with its parameters is a chat request")
  void seed() {
    ModelRequest request = accepted("{\"prompt\":\"Say \\\"hi\\\" \\u4f60\",\"parameters\":{\"temperature\":0,\"max_tokens\":5}}");
    assertThat(text(request)).isEqualTo("{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"Say \\\"hi\\\" \\u4f60\"}],\"temperature\":0,\"max_tokens\":5}");
    assertThat(request.operation()).isEqualTo(Operation.CHAT);
    assertThat(request.model()).isEqualTo("auto");
    assertThat(request.sampled()).isFalse();
    assertThat(request.id()).isEqualTo("id1");
  }

  @Test
  @DisplayName("R2.1 a prompt alone will do, and the model stands in the item or in its parameters")
  void model() {
    assertThat(accepted("{\"prompt\":\"hi\"}").model()).isEqualTo("auto");
    assertThat(accepted("{\"prompt\":\"hi\",\"model\":\"qwen\"}").model()).isEqualTo("qwen");
    assertThat(accepted("{\"prompt\":\"hi\",\"parameters\":{\"model\":\"qwen\"}}").model()).isEqualTo("qwen");
    assertThat(accepted("{\"prompt\":\"hi\",\"parameters\":null}").model()).isEqualTo("auto");
  }

  @Test
  @DisplayName("R2.1 an item may hold messages, with its other fields untouched, or input for embeddings")
  void others() {
    ModelRequest chat = accepted("{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"temperature\":0,\"x\":{\"y\":[1]}}");
    assertThat(text(chat)).isEqualTo("{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"temperature\":0,\"x\":{\"y\":[1]}}");
    assertThat(accepted("{\"input\":[\"a\",\"b\"]}").operation()).isEqualTo(Operation.EMBEDDING);
  }

  @Test
  @DisplayName("R2.1 one bad item is its own error, and the others are read")
  void badItem() {
    List<Reading> items = items("{\"prompt\":\"hi\"},{\"prompt\":7},{\"prompt\":\"ho\"}");
    assertThat(items).hasSize(3);
    assertThat(items.get(0)).isInstanceOf(Reading.Accepted.class);
    assertThat(items.get(1)).isInstanceOf(Reading.Refused.class);
    assertThat(items.get(2)).isInstanceOf(Reading.Accepted.class);
  }

  @ParameterizedTest
  @DisplayName("R2.1 an item without exactly one payload is refused")
  @ValueSource(strings = {"{}", "7", "{\"parameters\":{}}", "{\"prompt\":\"a\",\"messages\":[{}]}", "{\"prompt\":[\"a\"]}", "{\"prompt\":\"a\",\"parameters\":[]}",
      "{\"parameters\":{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}}"})
  void payloads(String item) {
    assertThat(refused(item).refusal()).isEqualTo(Refusal.INVALID_REQUEST);
  }

  @Test
  @DisplayName("A12 a name given in the item and again in its parameters is refused, so neither can hide the other")
  void twice() {
    assertThat(refused("{\"prompt\":\"a\",\"model\":\"m\",\"parameters\":{\"model\":\"n\"}}").message()).contains("JSON");
    assertThat(refused("{\"prompt\":\"a\",\"parameters\":{\"messages\":[]}}").message()).contains("JSON");
  }

  @Test
  @DisplayName("A13 A16 what is refused in a request by itself is refused in an item, by name")
  void refusedFields() {
    assertThat(refused("{\"prompt\":\"a\",\"parameters\":{\"api_base\":\"http://evil\"}}").param()).isEqualTo("api_base");
    assertThat(refused("{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"http://evil\"}}]}]}").param())
        .startsWith("messages[0]");
  }

  @Test
  @DisplayName("R2.1 items are not streamed")
  void streams() {
    assertThat(refused("{\"prompt\":\"a\",\"parameters\":{\"stream\":true}}").param()).isEqualTo("stream");
    assertThat(accepted("{\"prompt\":\"a\",\"parameters\":{\"stream\":false}}").stream()).isFalse();
  }

  @ParameterizedTest
  @DisplayName("R2.1 a malformed envelope is one error for all")
  @ValueSource(strings = {"", "[]", "{}", "{\"requests\":{}}", "{\"requests\":[]}", "{\"requests\":[{\"prompt\":\"a\"}],\"model\":\"m\"}",
      "{\"model\":\"m\",\"requests\":[{\"prompt\":\"a\"}]}", "{\"requests\":[{\"prompt\":\"a\"},{\"prompt\":\"a\"},{\"prompt\":\"a\"},{\"prompt\":\"a\"}]}"})
  void envelope(String body) {
    assertThat(Objects.requireNonNull(read(body).error()).httpStatus()).isEqualTo(400);
  }
}
