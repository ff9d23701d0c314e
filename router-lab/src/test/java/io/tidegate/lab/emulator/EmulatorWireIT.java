package io.tidegate.lab.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidegate.lab.config.EmulatedDialect;
import io.tidegate.lab.config.EmulatorConfig;
import io.tidegate.lab.tls.SelfMadeCertificate;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What all dialects share: the OpenAI forms over HTTP/1.1, h2c and TLS. */
class EmulatorWireIT {
  private static final String QUESTION = "the-secret-word-quagga and \"quotes\"";
  private static final String TOOLS = """
      "tools":[{"type":"function","function":{"name":"look_up","parameters":{"type":"object","properties":{
      "city":{"type":"string"},"days":{"type":"integer"},"unit":{"enum":["c","f"]}}}}}]""";

  private static String path(EmulatedDialect dialect, String path) {
    return (dialect == EmulatedDialect.DEEPSEEK ? "" : "/v1") + path;
  }

  private static String chatPath(EmulatedDialect dialect) {
    return path(dialect, "/chat/completions");
  }

  @ParameterizedTest(name = "upstreams 9 {0} answers a chat, says who answered and echoes nothing")
  @EnumSource
  void chat(EmulatedDialect dialect) {
    try (Emulator emulator = Emulator.start(EmulatorConfig.of(dialect))) {
      HttpResponse<String> answer = Http.post(emulator, chatPath(dialect), Http.chat(emulator.models().get(0), QUESTION));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      JsonNode body = Http.json(answer);
      String content = body.at("/choices/0/message/content").asText();
      assertThat(content).startsWith("Answered by the emulated " + dialect.label() + " · model " + emulator.models().get(0))
          .contains("1 message with " + QUESTION.length() + " characters");
      assertThat(answer.body()).doesNotContain("quagga");
      assertThat(body.path("object").asText()).isEqualTo("chat.completion");
      assertThat(body.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
      assertThat(body.path("model").asText()).isEqualTo(emulator.models().get(0));
      JsonNode usage = body.path("usage");
      assertThat(usage.path("total_tokens").asInt()).isEqualTo(usage.path("prompt_tokens").asInt() + usage.path("completion_tokens").asInt());
      assertThat(usage.path("completion_tokens").asInt()).isPositive();
    }
  }

  @ParameterizedTest(name = "upstreams 1 {0} streams role, content, finish, usage when asked, [DONE]")
  @EnumSource
  void stream(EmulatedDialect dialect) {
    try (Emulator emulator = Emulator.start(EmulatorConfig.of(dialect))) {
      String model = emulator.models().get(0);
      String body = Http.post(emulator, chatPath(dialect),
          Http.chat(model, QUESTION, "\"stream\":true", "\"stream_options\":{\"include_usage\":true}")).body();
      assertThat(Http.events(body)).endsWith("[DONE]");
      List<JsonNode> chunks = Http.chunks(body);
      assertThat(chunks.get(0).at("/choices/0/delta/role").asText()).isEqualTo("assistant");
      assertThat(chunks.stream().skip(1).filter(chunk -> chunk.at("/choices/0/delta").has("role"))).isEmpty();
      assertThat(chunks.stream().map(chunk -> chunk.path("id").asText()).distinct()).hasSize(1);
      assertThat(Http.joined(chunks, 0, "content")).startsWith("Answered by the emulated").doesNotContain("quagga");
      JsonNode finish = chunks.get(chunks.size() - 2);
      assertThat(finish.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
      assertThat(finish.at("/choices/0/delta")).isEmpty();
      JsonNode last = chunks.get(chunks.size() - 1);
      assertThat(last.path("choices")).isEmpty();
      assertThat(last.at("/usage/total_tokens").asInt()).isPositive();

      List<JsonNode> unasked = Http.chunks(Http.post(emulator, chatPath(dialect), Http.chat(model, QUESTION, "\"stream\":true")).body());
      assertThat(unasked).noneMatch(chunk -> chunk.path("usage").isObject());
    }
  }

  @ParameterizedTest(name = "upstreams 1 {0} streams a tool call in pieces that are no JSON until joined")
  @EnumSource
  void tools(EmulatedDialect dialect) {
    try (Emulator emulator = Emulator.start(EmulatorConfig.of(dialect))) {
      String model = emulator.models().get(0);
      List<JsonNode> chunks = Http.chunks(Http.post(emulator, chatPath(dialect), Http.chat(model, "please look_up this", TOOLS, "\"stream\":true")).body());
      StringBuilder arguments = new StringBuilder();
      int pieces = 0;
      boolean cutInEscape = false;
      for (JsonNode chunk : chunks) {
        JsonNode call = chunk.at("/choices/0/delta/tool_calls/0");
        if (!call.isMissingNode()) {
          assertThat(call.path("index").asInt(-1)).isZero();
          assertThat(call.has("id")).isEqualTo(pieces == 0);
          String piece = call.at("/function/arguments").asText();
          cutInEscape |= piece.endsWith("\\");
          arguments.append(piece);
          pieces++;
        }
      }
      assertThat(pieces).isGreaterThan(5);
      assertThat(cutInEscape).as("a piece that stops inside an escape").isTrue();
      JsonNode parsed = Http.json(arguments.toString());
      assertThat(parsed.path("city").asText()).contains("Zürich \"Altstadt\" 北 🌤");
      assertThat(parsed.path("unit").asText()).isEqualTo("c");
      assertThat(chunks.get(chunks.size() - 1).at("/choices/0/finish_reason").asText()).isEqualTo("tool_calls");

      JsonNode whole = Http.json(Http.post(emulator, chatPath(dialect), Http.chat(model, "please look_up this", TOOLS)));
      assertThat(whole.at("/choices/0/message/tool_calls/0/function/name").asText()).isEqualTo("look_up");
      JsonNode words = Http.json(Http.post(emulator, chatPath(dialect), Http.chat(model, "please look_up this", TOOLS, "\"tool_choice\":\"none\"")));
      // Ollama drops tool_choice.
      assertThat(words.at("/choices/0/message").has("tool_calls")).isEqualTo(dialect == EmulatedDialect.OLLAMA);
    }
  }

  @ParameterizedTest(name = "upstreams 1 {0}: n choices come interleaved, where the dialect has n")
  @EnumSource
  void choices(EmulatedDialect dialect) {
    try (Emulator emulator = Emulator.start(EmulatorConfig.of(dialect))) {
      List<JsonNode> chunks = Http.chunks(
          Http.post(emulator, chatPath(dialect), Http.chat(emulator.models().get(0), "x", "\"n\":3", "\"stream\":true")).body());
      long indices = chunks.stream().map(chunk -> chunk.at("/choices/0/index").asInt()).distinct().count();
      boolean many = dialect != EmulatedDialect.DEEPSEEK && dialect != EmulatedDialect.OLLAMA;
      assertThat(indices).isEqualTo(many ? 3 : 1);
      if (many) {
        assertThat(chunks.subList(3, 9).stream().map(chunk -> chunk.at("/choices/0/index").asInt())).containsExactly(0, 1, 2, 0, 1, 2);
        assertThat(Http.joined(chunks, 2, "content")).startsWith("Answered by");
      }
    }
  }

  @ParameterizedTest(name = "upstreams 1 {0}: models, unknown paths, unknown models, broken bodies")
  @EnumSource
  void refusals(EmulatedDialect dialect) {
    try (Emulator emulator = Emulator.start(EmulatorConfig.of(dialect))) {
      JsonNode models = Http.json(Http.get(emulator, path(dialect, "/models")));
      assertThat(models.path("data").findValuesAsText("id")).containsAll(emulator.models());
      assertThat(Http.post(emulator, path(dialect, "/none"), "{}").statusCode()).isEqualTo(404);
      assertThat(Http.post(emulator, chatPath(dialect), "{\"mess").statusCode()).isEqualTo(400);
      int unknown = Http.post(emulator, chatPath(dialect), Http.chat("no-such-model", "x")).statusCode();
      assertThat(unknown).isEqualTo(switch (dialect) {
        case LLAMA_CPP -> 200;
        case DEEPSEEK -> 400;
        default -> 404;
      });
    }
  }

  @Test
  @DisplayName("upstreams 1 embeddings come as floats or little-endian base64, of the same numbers, in the dimensions asked")
  void embeddings() {
    try (Emulator emulator = Emulator.start(EmulatorConfig.of(EmulatedDialect.OPENAI))) {
      String input = "\"model\":\"text-embedding-3-small\",\"input\":[\"one text\",\"another text\"],\"dimensions\":12";
      JsonNode floats = Http.json(Http.post(emulator, "/v1/embeddings", "{" + input + "}"));
      JsonNode packed = Http.json(Http.post(emulator, "/v1/embeddings", "{" + input + ",\"encoding_format\":\"base64\"}"));
      assertThat(floats.path("data")).hasSize(2);
      assertThat(floats.at("/data/1/index").asInt()).isEqualTo(1);
      assertThat(floats.path("usage").has("completion_tokens")).isFalse();
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(packed.at("/data/1/embedding").asText())).order(ByteOrder.LITTLE_ENDIAN);
      assertThat(bytes.remaining()).isEqualTo(12 * Float.BYTES);
      double square = 0;
      for (int i = 0; i < 12; i++) {
        float number = bytes.getFloat();
        assertThat(number).isEqualTo(floats.at("/data/1/embedding/" + i).floatValue());
        square += number * number;
      }
      assertThat(square).isCloseTo(1, within(1e-5));
      JsonNode tokens = Http.json(Http.post(emulator, "/v1/embeddings", "{\"model\":\"text-embedding-3-small\",\"input\":[[1,2],[3]]}"));
      assertThat(tokens.path("data")).hasSize(2);
    }
  }

  @Test
  @DisplayName("upstreams 1 completions take a string, strings, tokens and a suffix")
  void completions() {
    try (Emulator emulator = Emulator.start(EmulatorConfig.of(EmulatedDialect.VLLM))) {
      for (String prompt : List.of("\"x\"", "[\"a\",\"b\"]", "[1,2,3]", "[[1],[2]]")) {
        JsonNode body = Http.json(Http.post(emulator, "/v1/completions", "{\"prompt\":" + prompt + ",\"suffix\":\"end\"}"));
        assertThat(body.path("object").asText()).isEqualTo("text_completion");
        assertThat(body.path("choices")).hasSize(prompt.startsWith("[\"") || prompt.startsWith("[[") ? 2 : 1);
        assertThat(body.at("/choices/0/text").asText()).contains("before a suffix of 3 characters").contains("Answered by the emulated");
      }
      List<JsonNode> chunks = Http.chunks(Http.post(emulator, "/v1/completions", "{\"prompt\":\"x\",\"stream\":true}").body());
      assertThat(chunks).allMatch(chunk -> chunk.path("choices").get(0).has("text"));
    }
  }

  @Test
  @DisplayName("upstreams 9 the same seed and order give the same words; another seed gives others")
  void seeded() {
    String[] words = new String[3];
    for (int i = 0; i < 3; i++) {
      try (Emulator emulator = Emulator.start(EmulatorConfig.builder(EmulatedDialect.OPENAI).seed(i / 2).build())) {
        JsonNode body = Http.json(Http.post(emulator, "/v1/chat/completions", Http.chat("gpt-5-mini", "x")));
        words[i] = body.path("id").asText() + body.at("/choices/0/message/content").asText();
      }
    }
    assertThat(words[0]).isEqualTo(words[1]).isNotEqualTo(words[2]);
  }

  @Test
  @DisplayName("upstreams 9 max_tokens cuts with finish_reason length; json formats give JSON")
  void limitsAndFormats() {
    try (Emulator emulator = Emulator.start(EmulatorConfig.of(EmulatedDialect.OPENAI))) {
      JsonNode cut = Http.json(Http.post(emulator, "/v1/chat/completions", Http.chat("gpt-5-mini", "x", "\"max_completion_tokens\":3")));
      assertThat(cut.at("/choices/0/finish_reason").asText()).isEqualTo("length");
      assertThat(cut.at("/usage/completion_tokens").asInt()).isEqualTo(3);
      JsonNode json = Http.json(Http.post(emulator, "/v1/chat/completions", Http.chat("gpt-5-mini", "x", "\"response_format\":{\"type\":\"json_object\"}")));
      assertThat(Http.json(json.at("/choices/0/message/content").asText()).path("model").asText()).isEqualTo("gpt-5-mini");
    }
  }

  @Test
  @DisplayName("upstreams 9 h2 with prior knowledge: streams in parallel on one connection")
  void http2() {
    try (Emulator emulator = Emulator.start(EmulatorConfig.of(EmulatedDialect.VLLM)); H2Client client = new H2Client(emulator.port())) {
      H2Client.Stream first = client.post("/v1/chat/completions", Http.chat("qwen3-32b", QUESTION, "\"stream\":true"));
      H2Client.Stream second = client.post("/v1/chat/completions", Http.chat("qwen3-32b", QUESTION));
      assertThat(first.end()).isEqualTo("end");
      assertThat(second.end()).isEqualTo("end");
      assertThat(Http.events(first.body())).endsWith("[DONE]");
      assertThat(Http.json(second.body()).path("object").asText()).isEqualTo("chat.completion");
      assertThat(emulator.received().connections()).isEqualTo(1);
      assertThat(emulator.received().requests()).allMatch(request -> request.http2());
    }
  }

  @ParameterizedTest(name = "upstreams 9 TLS with ALPN: {0}")
  @EnumSource
  void tls(HttpClient.Version version) throws Exception {
    SelfMadeCertificate certificate = SelfMadeCertificate.forLoopback();
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(certificate.trustStore());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    HttpClient client = HttpClient.newBuilder().version(version).sslContext(context).build();
    try (Emulator emulator = Emulator.start(EmulatorConfig.builder(EmulatedDialect.DEEPSEEK).tls(certificate).build())) {
      HttpRequest request = Http.request(emulator, "/chat/completions")
          .POST(HttpRequest.BodyPublishers.ofString(Http.chat("deepseek-flash", QUESTION, "\"stream\":true"))).build();
      HttpResponse<String> answer = Http.send(client, request);
      assertThat(answer.version()).isEqualTo(version);
      assertThat(Http.events(answer.body())).endsWith("[DONE]");
      assertThat(Canary.search(emulator, "secret-word-quagga")).as("the record is of plain bytes").isNotEmpty();
      assertThat(certificate.pem()).startsWith("-----BEGIN CERTIFICATE-----\nMII").endsWith("-----END CERTIFICATE-----\n");
    }
  }
}
