package io.tidegate.gguf.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gguf.engine.Batcher;
import io.tidegate.gguf.fake.FakeWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The wire contract of llama.cpp's server (upstreams 4), over a real Unix socket, from a model that says its prompt over and over. */
class ModelServerTest {
  private static final String CHAT = "/v1/chat/completions";

  private final FakeWeights weights = new FakeWeights();
  private Path folder = Path.of("");
  private Path socket = Path.of("");
  private ModelServer server;
  private EngineThreads engine;
  private Batcher batcher;

  @BeforeEach
  void start() throws IOException {
    folder = Files.createTempDirectory("tgm");
    socket = folder.resolve("s");
    server = new ModelServer(new Settings(socket, "rw-rw----", 4096, 8, 3, true), new Random(1), InstantSource.fixed(Instant.ofEpochSecond(77)));
    batcher = new Batcher(weights, 2, 256, 1, 20, System::nanoTime);
    engine = new EngineThreads(batcher);
    server.ready(new Service(weights, batcher, 5));
  }

  @AfterEach
  void stop() throws IOException {
    CountDownLatch gate = weights.gate;
    if (gate != null) {
      gate.countDown();
    }
    server.close();
    engine.close();
    Files.deleteIfExists(socket);
    Files.delete(folder);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    for (long end = System.nanoTime() + 20_000_000_000L; !condition.getAsBoolean(); Thread.sleep(2)) {
      assertThat(System.nanoTime() - end).as("waited too long").isNegative();
    }
  }

  private String ask(String path, String body) throws IOException {
    try (UnixClient client = new UnixClient(socket)) {
      return client.post(path, body);
    }
  }

  private String get(String path) throws IOException {
    try (UnixClient client = new UnixClient(socket)) {
      return client.get(path);
    }
  }

  private static String user(String text, String more) {
    return "{\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]" + more + "}";
  }

  @Test
  @DisplayName("R5.1 a chat is answered in the OpenAI shape, with the template's text and exact usage")
  void chat() throws IOException {
    String answer = ask(CHAT, user("hi", ",\"max_tokens\":4"));
    assertThat(answer).startsWith("HTTP/1.1 200 OK").contains("\"object\":\"chat.completion\"", "\"created\":77", "\"model\":\"fake\"",
        "\"message\":{\"role\":\"assistant\",\"content\":\"u:hi\"}", "\"finish_reason\":\"length\"",
        "\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":4,\"total_tokens\":11}");
  }

  @Test
  @DisplayName("R5.1 a stream is role, pieces, reason, usage if asked, [DONE]; and the connection is kept")
  void stream() throws IOException {
    try (UnixClient client = new UnixClient(socket)) {
      String answer = client.post(CHAT, user("hi", ",\"max_tokens\":3,\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
      assertThat(UnixClient.events(answer)).hasSize(7);
      assertThat(UnixClient.events(answer).get(0)).contains("\"delta\":{\"role\":\"assistant\",\"content\":\"\"}");
      assertThat(UnixClient.events(answer).get(1)).contains("\"object\":\"chat.completion.chunk\"", "\"delta\":{\"content\":\"u\"}");
      assertThat(UnixClient.events(answer).get(4)).contains("\"delta\":{}", "\"finish_reason\":\"length\"");
      assertThat(UnixClient.events(answer).get(5)).contains("\"choices\":[]", "\"completion_tokens\":3");
      assertThat(UnixClient.events(answer).get(6)).isEqualTo("[DONE]");
      assertThat(client.get("/health")).endsWith("{\"status\":\"ok\"}");
    }
  }

  @Test
  @DisplayName("R5.1 completions take a text, tokens, several of them, and n; each choice has its own index")
  void completions() throws IOException {
    assertThat(ask("/v1/completions", "{\"prompt\":\"abc\",\"max_tokens\":3}")).contains("\"object\":\"text_completion\"", "\"text\":\"abc\"");
    assertThat(ask("/v1/completions", "{\"prompt\":[97,98],\"max_tokens\":2}")).contains("\"text\":\"ab\"");
    String several = ask("/v1/completions", "{\"prompt\":[\"xy\",[122]],\"max_tokens\":2,\"n\":1}");
    assertThat(several).contains("\"index\":0,\"text\":\"xy\"", "\"index\":1,\"text\":\"zz\"", "\"prompt_tokens\":3,\"completion_tokens\":4");
  }

  @Test
  @DisplayName("R5.1 vectors come as numbers or base64, with the tokens of all inputs; a text that is too long gets 400 with both numbers")
  void embeddings() throws IOException {
    assertThat(ask("/v1/embeddings", "{\"input\":[\"ab\",\"c\"]}")).contains("\"index\":1,\"embedding\":[1,0.5]", "\"prompt_tokens\":3");
    assertThat(ask("/v1/embeddings", "{\"input\":\"ab\",\"encoding_format\":\"base64\"}")).contains("\"embedding\":\"AAAAQAAAAD8=\"");
    assertThat(ask("/v1/embeddings", "{\"input\":\"" + "x".repeat(65) + "\"}")).startsWith("HTTP/1.1 400").contains("\"n_prompt_tokens\":65,\"n_ctx\":64");
    assertThat(ask("/v1/embeddings", "{\"input\":[\"a\",\"b\",\"c\",\"d\"]}")).startsWith("HTTP/1.1 400");
  }

  @Test
  @DisplayName("R5.1 a prompt past the context gets 400 exceed_context_size_error with both numbers, streamed or not, before any status went out")
  void tooLong() throws IOException {
    for (String stream : new String[] {"false", "true"}) {
      assertThat(ask(CHAT, user("x".repeat(300), ",\"stream\":" + stream))).startsWith("HTTP/1.1 400")
          .contains("\"type\":\"exceed_context_size_error\"", "\"n_prompt_tokens\":305,\"n_ctx\":256");
    }
  }

  @ParameterizedTest
  @DisplayName("R5.1 what cannot be honoured is refused with the field's name, never ignored")
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "400 | not json",
      "400 | {\"messages\":[]}",
      "400 | {\"messages\":[{\"role\":\"root\",\"content\":\"x\"}]}",
      "400 | {\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"temperature\":9}",
      "400 | {\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"max_tokens\":0}",
      "400 | {\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"max_tokens\":1.5}",
      "400 | {\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"n\":17}",
      "400 | {\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"stop\":\"\"}",
      "400 | {\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"stream\":1}",
      "400 | {\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"messages\":[]}",
      "501 | {\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"tools\":[{}]}",
      "501 | {\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"logprobs\":true}",
      "501 | {\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"chat_template\":\"{{x}}\"}",
      "501 | {\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"response_format\":{\"type\":\"json_schema\"}}",
      "501 | {\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"x\"}}]}]}",
      "501 | {\"messages\":[{\"role\":\"tool\",\"content\":\"x\"}]}"})
  void refused(int status, String body) throws IOException {
    String answer = ask(CHAT, body);
    assertThat(answer).startsWith("HTTP/1.1 " + status).contains("{\"error\":{\"code\":" + status);
    assertThat(weights.opened.get(0).batches).isEmpty();
  }

  @Test
  @DisplayName("G8 slots, then the queue, then 503 with Retry-After, which does not say that the model is being loaded; slots tell it")
  void busy() throws Exception {
    weights.gate = new CountDownLatch(1);
    try (UnixClient one = new UnixClient(socket); UnixClient two = new UnixClient(socket); UnixClient three = new UnixClient(socket)) {
      one.send("POST", CHAT, user("a", ""));
      two.send("POST", CHAT, user("b", ""));
      await(() -> batcher.load().busy() + batcher.load().waiting() == 2);
      three.send("POST", CHAT, user("c", ""));
      await(() -> batcher.load().busy() >= 1 && batcher.load().busy() + batcher.load().waiting() == 3);
      String refused = ask(CHAT, user("d", ""));
      assertThat(refused).startsWith("HTTP/1.1 503").containsIgnoringCase("retry-after: 1").contains("\"type\":\"overloaded_error\"").doesNotContain("oading");
      assertThat(get("/slots")).contains("\"is_processing\":true");
      weights.gate.countDown();
      assertThat(one.receive()).startsWith("HTTP/1.1 200");
      assertThat(two.receive()).startsWith("HTTP/1.1 200");
      assertThat(three.receive()).startsWith("HTTP/1.1 200");
    }
    await(() -> batcher.load().busy() == 0);
    assertThat(get("/metrics")).contains("llamacpp:requests_refused_total 1\n", "llamacpp:requests_finished_total 3\n", "llamacpp:requests_processing 0\n");
  }

  @Test
  @DisplayName("R5.1 a full server says so to /slots?fail_on_no_slot=1, and /health stays well")
  void noSlot() throws Exception {
    assertThat(get("/slots?fail_on_no_slot=1")).startsWith("HTTP/1.1 200");
    weights.gate = new CountDownLatch(1);
    try (UnixClient one = new UnixClient(socket); UnixClient two = new UnixClient(socket)) {
      one.send("POST", CHAT, user("a", ""));
      two.send("POST", CHAT, user("b", ""));
      await(() -> batcher.load().waiting() + batcher.load().busy() == 2);
      weights.gate.countDown();
      one.receive();
      two.receive();
    }
    assertThat(get("/health")).startsWith("HTTP/1.1 200");
  }

  @Test
  @DisplayName("R5 a caller who disconnects has its generation cancelled: the model makes no more tokens for it")
  void disconnect() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    weights.gate = gate;
    try (UnixClient client = new UnixClient(socket)) {
      client.send("POST", CHAT, user("a", ",\"stream\":true,\"max_tokens\":200"));
      await(() -> batcher.load().busy() == 1);
    }
    // The server has one loop: it has seen the close before it answers on a later connection.
    assertThat(get("/health")).startsWith("HTTP/1.1 200");
    gate.countDown();
    await(() -> batcher.load().cancelled() == 1);
    assertThat(batcher.load().decodeTokens()).isLessThan(200);
    await(() -> batcher.load().busy() == 0);
  }

  @Test
  @DisplayName("R5 a run that fails in the middle of a stream ends it with an error event and without [DONE]; whole answers get 500")
  void failures() throws IOException {
    weights.failAt = 3;
    String stream = ask(CHAT, user("a", ",\"stream\":true"));
    assertThat(UnixClient.events(stream)).last().asString().startsWith("{\"error\":{\"code\":500");
    assertThat(stream).doesNotContain("[DONE]");
    weights.failAt = weights.opened.get(0).batches.size();
    assertThat(ask(CHAT, user("a", ""))).startsWith("HTTP/1.1 500").contains("\"type\":\"server_error\"");
  }

  @Test
  @DisplayName("G8 a body past the bound gets 413, whether its length was told or not, and the connection ends")
  void bounded() throws IOException {
    assertThat(ask(CHAT, user("x".repeat(5000), ""))).startsWith("HTTP/1.1 413").containsIgnoringCase("connection: close");
    try (UnixClient client = new UnixClient(socket)) {
      client.raw("POST " + CHAT + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n" + "x".repeat(4096) + "\r\n1\r\nx\r\n");
      assertThat(client.receive()).startsWith("HTTP/1.1 413");
    }
  }

  @Test
  @DisplayName("G8 connections past the bound are closed, and those that end make room")
  void connections() throws Exception {
    for (int i = 0; i < 8; i++) {
      new UnixClient(socket).close();
    }
    await(() -> {
      try {
        return get("/health").startsWith("HTTP/1.1 200");
      } catch (IOException closed) {
        return false;
      }
    });
    UnixClient[] all = new UnixClient[8];
    for (int i = 0; i < 8; i++) {
      all[i] = new UnixClient(socket);
    }
    await(() -> {
      try (UnixClient extra = new UnixClient(socket)) {
        return extra.get("/health").isEmpty();
      } catch (IOException closed) {
        return true;
      }
    });
    for (UnixClient client : all) {
      client.close();
    }
  }

  @Test
  @DisplayName("R5.1 a path there is not, a method it does not take, a request that is no HTTP")
  void paths() throws IOException {
    assertThat(get("/v1/secret")).startsWith("HTTP/1.1 404").contains("\"type\":\"not_found_error\"");
    assertThat(get(CHAT)).startsWith("HTTP/1.1 405");
    try (UnixClient client = new UnixClient(socket)) {
      client.raw("\u0001\u0002\r\n\r\n");
      assertThat(client.receive()).startsWith("HTTP/1.1 400");
    }
    assertThat(get("/v1/models")).contains("\"id\":\"fake\"", "\"n_ctx\":256");
    assertThat(get("/props")).contains("\"total_slots\":2");
  }

  @Test
  @DisplayName("R5.1 while the model is loaded every path says so with 503 unavailable_error")
  void loading() throws IOException {
    Path other = folder.resolve("l");
    try (ModelServer young = new ModelServer(new Settings(other, "rw-------", 4096, 8, 3, true), new Random(1), InstantSource.system());
        UnixClient client = new UnixClient(other)) {
      assertThat(client.get("/health")).startsWith("HTTP/1.1 503").contains("\"message\":\"Loading model\",\"type\":\"unavailable_error\"");
      assertThat(client.post(CHAT, user("a", ""))).startsWith("HTTP/1.1 503");
      assertThat(Files.getPosixFilePermissions(other)).hasSize(2);
    }
    Files.deleteIfExists(other);
  }

  @Test
  @DisplayName("R5 a socket left by a killed server is taken over, a living one is not, and nothing else is removed")
  void socketFile() throws IOException {
    Settings settings = new Settings(socket, "rw-------", 4096, 8, 3, true);
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> new ModelServer(settings, new Random(1), InstantSource.system()))
        .isInstanceOf(IOException.class).hasMessageContaining("somebody listens");
    Path file = Files.writeString(folder.resolve("f"), "mine");
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> new ModelServer(new Settings(file, "rw-------", 4096, 8, 3, true), new Random(1),
        InstantSource.system())).hasMessageContaining("not a socket");
    assertThat(Files.readString(file)).isEqualTo("mine");
    Files.delete(file);
  }
}
