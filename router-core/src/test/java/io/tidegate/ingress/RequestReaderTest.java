package io.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Caller;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.wire.JsonLimits;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderTest {
  private static final String TEXT = "\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]";
  private final RequestReader reader = new RequestReader(JsonLimits.DEFAULT);

  private Reading read(Operation operation, String body) {
    return reader.read(operation, body.getBytes(StandardCharsets.UTF_8), RequestFacts.of(Caller.DEFAULT), "id", 5);
  }

  private ModelRequest accepted(Operation operation, String body) {
    return read(operation, body).fold(request -> request, error -> {
      throw new AssertionError(error.message() + " " + error.param());
    });
  }

  private ErrorAnswer refused(Operation operation, String body) {
    return read(operation, body).fold(request -> {
      throw new AssertionError("was accepted");
    }, error -> error);
  }

  private static String chat(String members) {
    return "{\"model\":\"m\"," + TEXT + (members.isEmpty() ? "" : ",") + members + "}";
  }

  @ParameterizedTest(name = "A16 {0}")
  @DisplayName("A13 A16 fields that choose a destination, run a template or switch the form are refused by name")
  @ValueSource(strings = {"api_base", "api_key", "base_url", "custom_llm_provider", "chat_template", "id_slot"})
  void refusedFields(String field) {
    for (Operation operation : Operation.values()) {
      String body = "{\"" + field + "\":null,\"model\":\"m\",\"prompt\":\"x\",\"input\":\"x\"," + (operation == Operation.CHAT ? TEXT + "," : "")
          + "\"z\":1}";
      ErrorAnswer error = refused(operation, body);
      assertThat(error.refusal()).isEqualTo(Refusal.INVALID_REQUEST);
      assertThat(error.param()).isEqualTo(field);
    }
    String escaped = field.replace("e", "\\u0065");
    assertThat(refused(Operation.CHAT, chat("\"" + escaped + "\":1")).param()).isEqualTo(field);
  }

  @Test
  @DisplayName("A13 embeddings take their text from input alone")
  void nativeForms() {
    assertThat(refused(Operation.EMBEDDING, "{\"model\":\"m\",\"input\":\"x\",\"content\":\"y\"}").param()).isEqualTo("content");
    assertThat(refused(Operation.EMBEDDING, "{\"model\":\"m\",\"input\":\"x\",\"messages\":[{}]}").param()).isEqualTo("messages");
    assertThat(accepted(Operation.CHAT, chat("\"content\":\"y\"")).model()).isEqualTo("m");
  }

  @ParameterizedTest(name = "{0} → {1}")
  @DisplayName("A12 a field that routing needs is checked, and named when it is wrong")
  @CsvSource(delimiter = '|', value = {
    "{}|model", "{\"model\":null}|model", "{\"model\":[]}|model", "{\"model\":\"\"}|model", "{\"model\":\"a\\nb\"}|model",
    "{\"model\":\"a\\u202eb\"}|model", "{\"model\":\"a\\u007f\"}|model", "{\"model\":\"m\"}|messages",
    "{\"model\":\"m\",\"messages\":null}|messages", "{\"model\":\"m\",\"messages\":\"x\"}|messages", "{\"model\":\"m\",\"messages\":[]}|messages",
    "{\"model\":\"m\",\"messages\":[1],\"stream\":1}|stream", "{\"model\":\"m\",\"messages\":[1],\"stream\":\"true\"}|stream",
    "{\"model\":\"m\",\"messages\":[1],\"stream_options\":[]}|stream_options",
    "{\"model\":\"m\",\"messages\":[1],\"stream_options\":{\"include_usage\":1}}|stream_options.include_usage",
    "{\"model\":\"m\",\"messages\":[1],\"temperature\":\"0\"}|temperature", "{\"model\":\"m\",\"messages\":[1],\"temperature\":true}|temperature"})
  void wrongFields(String body, String param) {
    assertThat(refused(Operation.CHAT, body).param()).isEqualTo(param);
  }

  @Test
  @DisplayName("A12 the payload of each operation")
  void payloads() {
    assertThat(refused(Operation.COMPLETION, "{\"model\":\"m\"}").param()).isEqualTo("prompt");
    assertThat(refused(Operation.COMPLETION, "{\"model\":\"m\",\"prompt\":{}}").param()).isEqualTo("prompt");
    assertThat(refused(Operation.EMBEDDING, "{\"model\":\"m\",\"input\":null}").param()).isEqualTo("input");
    assertThat(refused(Operation.EMBEDDING, "{\"model\":\"m\",\"input\":\"x\",\"stream\":true}").param()).isEqualTo("stream");
    assertThat(accepted(Operation.COMPLETION, "{\"prompt\":[1,2],\"model\":\"m\"}").operation()).isEqualTo(Operation.COMPLETION);
    assertThat(accepted(Operation.EMBEDDING, "{\"input\":[[1],[2]],\"model\":\"m\",\"stream\":false}").sampled()).isFalse();
  }

  @Test
  @DisplayName("A12 what is not an object, or not JSON, is refused; past a bound it is too large")
  void notAnObject() {
    assertThat(refused(Operation.CHAT, "[]").refusal()).isEqualTo(Refusal.INVALID_REQUEST);
    assertThat(refused(Operation.CHAT, "").refusal()).isEqualTo(Refusal.INVALID_REQUEST);
    assertThat(refused(Operation.CHAT, "{\"secret\":tru}").message()).doesNotContain("secret");
    assertThat(refused(Operation.CHAT, "{\"a\":" + "[".repeat(100)).refusal()).isEqualTo(Refusal.TOO_LARGE);
  }

  @Test
  @DisplayName("R null means absent; the flags are read")
  void flags() {
    ModelRequest plain = accepted(Operation.CHAT, chat("\"stream\":null,\"stream_options\":null,\"temperature\":null"));
    assertThat(plain.stream()).isFalse();
    assertThat(plain.usageAsked()).isFalse();
    assertThat(plain.sampled()).isTrue();
    ModelRequest asked = accepted(Operation.CHAT, chat("\"stream\":true,\"stream_options\":{\"include_usage\":true},\"temperature\":0"));
    assertThat(asked.stream()).isTrue();
    assertThat(asked.usageAsked()).isTrue();
    assertThat(asked.sampled()).isFalse();
    assertThat(accepted(Operation.CHAT, chat("\"temperature\":0.01")).sampled()).isTrue();
    assertThat(accepted(Operation.CHAT, chat("\"temperature\":0.0,\"n\":4,\"unknown\":{\"model\":7}")).sampled()).isFalse();
  }

  @Test
  @DisplayName("R model names: 1 to 256 printable characters of any script")
  void modelNames() {
    assertThat(accepted(Operation.CHAT, chat("").replace("\"m\"", "\"auto\"")).model()).isEqualTo("auto");
    assertThat(accepted(Operation.CHAT, chat("").replace("\"m\"", "\"\u6a21\u578b\"")).model()).isEqualTo("\u6a21\u578b");
    assertThat(accepted(Operation.CHAT, chat("").replace("\"m\"", "\"" + "x".repeat(256) + "\"")).model()).hasSize(256);
    assertThat(refused(Operation.CHAT, chat("").replace("\"m\"", "\"" + "x".repeat(257) + "\"")).param()).isEqualTo("model");
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("A13 media that an upstream would fetch is refused, wherever it stands")
  @ValueSource(strings = {"{\"image_url\":\"http://x/y\"}", "{\"image_url\":{\"url\":\"https://x/y\"}}", "{\"image_url\":{\"url\":\" data:x\"}}",
    "{\"image_url\":{\"url\":\"DATA:x\"}}", "{\"image_url\":{\"url\":7}}", "{\"image_url\":{\"url\":\"\"}}", "{\"image_url\":[\"http://x\"]}",
    "{\"im\\u0061ge_url\":{\"ur\\u006c\":\"http://x\"}}", "{\"video_url\":{\"url\":\"file:///etc/passwd\"}}", "{\"audio_url\":\"ftp://x\"}",
    "{\"a\":{\"b\":[{\"image_url\":\"//x\"}]}}"})
  void remoteMedia(String part) {
    String body = "{\"model\":\"m\",\"messages\":[{\"content\":[{\"text\":\"t\"}," + part + "]}]}";
    assertThat(refused(Operation.CHAT, body).param()).startsWith("messages[0].content[1]");
    assertThat(refused(Operation.CHAT, chat("\"extra\":" + part)).param()).startsWith("extra");
  }

  @Test
  @DisplayName("A13 embedded media, and schemas that only name such a property, pass")
  void embeddedMedia() {
    accepted(Operation.CHAT, "{\"model\":\"m\",\"messages\":[{\"content\":[{\"image_url\":{\"url\":\"data:image/png;base64,AA==\",\"detail\":\"low\"}},"
        + "{\"image_url\":\"dat\\u0061:x\"},{\"image_url\":null}]}]}");
    accepted(Operation.CHAT, chat("\"tools\":[{\"function\":{\"parameters\":{\"properties\":{\"image_url\":{\"url\":\"http://x\"}}}}}]"));
  }

  @Test
  @DisplayName("R what the protocol says is carried over")
  void facts() {
    ModelRequest request = accepted(Operation.CHAT, chat(""));
    assertThat(request.id()).isEqualTo("id");
    assertThat(request.arrivedNanos()).isEqualTo(5);
    assertThat(request.caller()).isEqualTo(Caller.DEFAULT);
    assertThat(request.toString()).doesNotContain("hello");
  }

  @Test
  @DisplayName("R ids are unique and do not count up; the budget gives what it took")
  void idsAndBudget() {
    RequestIds ids = new RequestIds(1, 2);
    java.util.Set<String> seen = new java.util.HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      assertThat(seen.add(ids.get())).isTrue();
    }
    assertThat(seen).allMatch(id -> id.matches("[0-9a-f]{24}"));
    BodyBudget budget = new BodyBudget(10);
    assertThat(budget.take(6)).isTrue();
    assertThat(budget.take(5)).isFalse();
    assertThat(budget.heldBytes()).isEqualTo(6);
    assertThat(budget.take(4)).isTrue();
    budget.give(10);
    assertThat(budget.heldBytes()).isZero();
  }
}
