package io.tidegate.lab.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidegate.lab.config.EmulatedDialect;
import io.tidegate.lab.config.EmulatorConfig;
import io.tidegate.lab.dialect.Switches;
import io.tidegate.lab.fault.Faults;
import io.tidegate.lab.fault.StreamFaults;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What each dialect alone does: upstreams.md section 9, "own duties". */
class DialectDutiesIT {
  private static Emulator start(EmulatedDialect dialect) {
    return Emulator.start(EmulatorConfig.of(dialect));
  }

  private static JsonNode error(HttpResponse<String> answer) {
    return Http.json(answer).path("error");
  }

  // ---- DeepSeek

  private static String deepSeek(String text, String... more) {
    return Http.chat("deepseek-flash", text, more);
  }

  @Test
  @DisplayName("upstreams 2 DeepSeek thinks unless told not to, beside the content")
  void deepSeekThinks() {
    try (Emulator emulator = start(EmulatedDialect.DEEPSEEK)) {
      JsonNode thought = Http.json(Http.post(emulator, "/v1/chat/completions", deepSeek("x")));
      assertThat(thought.at("/choices/0/message/reasoning_content").asText()).isNotEmpty();
      assertThat(thought.at("/usage/completion_tokens_details/reasoning_tokens").asInt()).isPositive();
      List<JsonNode> chunks = Http.chunks(Http.post(emulator, "/chat/completions", deepSeek("x", "\"stream\":true")).body());
      assertThat(Http.joined(chunks, 0, "reasoning_content")).isEqualTo(thought.at("/choices/0/message/reasoning_content").asText());
      JsonNode plain = Http.json(Http.post(emulator, "/chat/completions", deepSeek("x", "\"thinking\":{\"type\":\"disabled\"}")));
      assertThat(plain.at("/choices/0/message").has("reasoning_content")).isFalse();
    }
  }

  @Test
  @DisplayName("upstreams 2 DeepSeek answers 400 to a tool turn without its reasoning, and takes it with it or without thinking")
  void deepSeekWantsReasoningBack() {
    String turns = "{\"model\":\"deepseek-flash\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"assistant\",%s\"tool_calls\":[{\"id\":\"1\","
        + "\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"1\",\"content\":\"y\"}]%s}";
    try (Emulator emulator = start(EmulatedDialect.DEEPSEEK)) {
      assertThat(Http.post(emulator, "/chat/completions", turns.formatted("", "")).statusCode()).isEqualTo(400);
      assertThat(Http.post(emulator, "/chat/completions", turns.formatted("\"reasoning_content\":\"\",", "")).statusCode()).isEqualTo(200);
      assertThat(Http.post(emulator, "/chat/completions", turns.formatted("", ",\"thinking\":{\"type\":\"disabled\"}")).statusCode()).isEqualTo(200);
    }
  }

  @Test
  @DisplayName("upstreams 2 DeepSeek counts cache hits in whole units, per user_id")
  void deepSeekCache() {
    try (Emulator emulator = start(EmulatedDialect.DEEPSEEK)) {
      String text = "all work and no play ".repeat(60);
      JsonNode first = Http.json(Http.post(emulator, "/chat/completions", deepSeek(text, "\"user_id\":\"a\""))).path("usage");
      JsonNode again = Http.json(Http.post(emulator, "/chat/completions", deepSeek(text, "\"user_id\":\"a\""))).path("usage");
      JsonNode other = Http.json(Http.post(emulator, "/chat/completions", deepSeek(text, "\"user_id\":\"b\""))).path("usage");
      assertThat(first.path("prompt_cache_hit_tokens").asInt()).isZero();
      assertThat(again.path("prompt_cache_hit_tokens").asInt()).isGreaterThan(300);
      assertThat(again.path("prompt_cache_hit_tokens").asInt() + again.path("prompt_cache_miss_tokens").asInt())
          .isEqualTo(again.path("prompt_tokens").asInt());
      assertThat(other.path("prompt_cache_hit_tokens").asInt()).isZero();
    }
  }

  @Test
  @DisplayName("upstreams 2 DeepSeek's account: cap 429, empty balance 402, wrong key 401, no embeddings, FIM under /beta")
  void deepSeekAccount() {
    EmulatorConfig config = EmulatorConfig.builder(EmulatedDialect.DEEPSEEK).apiKey("k").slots(1).build();
    try (Emulator emulator = Emulator.start(config); RawSocket holder = new RawSocket(emulator.port())) {
      String[] key = {"authorization", "Bearer k"};
      assertThat(Http.post(emulator, "/chat/completions", deepSeek("x")).statusCode()).isEqualTo(401);
      emulator.script(StreamFaults.stall(2));
      String body = deepSeek("x", "\"stream\":true");
      holder.write("POST /chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer k\r\ncontent-length: " + body.length() + "\r\n\r\n" + body);
      holder.readUntil("assistant");
      HttpResponse<String> full = Http.post(emulator, "/chat/completions", deepSeek("x"), key);
      assertThat(full.statusCode()).isEqualTo(429);
      assertThat(error(full).path("code").asText()).isEqualTo("rate_limit_error");
      assertThat(full.headers().firstValue("retry-after")).isEmpty();
      holder.close();
      Poll.until("the slot is free", Duration.ofSeconds(20), () -> emulator.load().running() == 0);
      emulator.switches().balanceEmpty(true);
      HttpResponse<String> broke = Http.post(emulator, "/chat/completions", deepSeek("x"), key);
      assertThat(broke.statusCode()).isEqualTo(402);
      assertThat(error(broke).path("message").asText()).isEqualTo("Insufficient Balance");
      assertThat(Http.json(Http.get(emulator, "/user/balance", key)).path("is_available").asBoolean(true)).isFalse();
      emulator.switches().balanceEmpty(false);
      assertThat(Http.post(emulator, "/v1/embeddings", "{\"model\":\"deepseek-flash\",\"input\":\"x\"}", key).statusCode()).isEqualTo(404);
      assertThat(Http.json(Http.post(emulator, "/beta/completions", "{\"model\":\"deepseek-v4-pro\",\"prompt\":\"a\",\"suffix\":\"b\"}", key))
          .at("/choices/0/text").asText()).contains("filled in");
    }
  }

  @Test
  @DisplayName("upstreams 2 DeepSeek keeps waiting connections alive with comments or blank lines, and closes when computing does not begin")
  void deepSeekKeepAlive() {
    EmulatorConfig.Builder builder = EmulatorConfig.builder(EmulatedDialect.DEEPSEEK).thinkTime(Duration.ofMillis(100)).keepAliveEvery(Duration.ofMillis(30));
    try (Emulator emulator = Emulator.start(builder.build())) {
      String stream = Http.post(emulator, "/chat/completions", deepSeek("x", "\"stream\":true")).body();
      assertThat(stream).startsWith(": keep-alive\n\n: keep-alive\n\n: keep-alive\n\ndata: {");
      String body = Http.post(emulator, "/chat/completions", deepSeek("x")).body();
      assertThat(body).startsWith("\n\n\n{");
    }
    try (Emulator emulator = Emulator.start(builder.inferenceStartLimit(Duration.ofMillis(50)).build()); RawSocket raw = new RawSocket(emulator.port())) {
      assertThat(raw.post("/chat/completions", deepSeek("x", "\"stream\":true")).readToEnd(20_000)).isEqualTo(RawSocket.End.FIN);
      assertThat(raw.text()).contains(": keep-alive").doesNotContain("data:");
    }
  }

  @Test
  @DisplayName("upstreams 2 DeepSeek's JSON mode can be blank, and capacity can cut an answer with status 200")
  void deepSeekBlankAndCut() {
    try (Emulator emulator = start(EmulatedDialect.DEEPSEEK)) {
      emulator.script(Faults.blankContent(), Faults.finish("insufficient_system_resource"));
      JsonNode blank = Http.json(Http.post(emulator, "/chat/completions", deepSeek("json", "\"response_format\":{\"type\":\"json_object\"}")));
      assertThat(blank.at("/choices/0/message/content").asText()).isBlank().isNotEmpty();
      assertThat(blank.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
      HttpResponse<String> cut = Http.post(emulator, "/chat/completions", deepSeek("x"));
      assertThat(cut.statusCode()).isEqualTo(200);
      assertThat(Http.json(cut).at("/choices/0/finish_reason").asText()).isEqualTo("insufficient_system_resource");
    }
  }

  // ---- vLLM

  private static String vllm(String text, String... more) {
    return Http.chat("qwen3-32b", text, more);
  }

  @Test
  @DisplayName("upstreams 3 vLLM's errors: integer codes, a string for 401, flat in old versions; the key guards /v1 only")
  void vllmErrors() {
    try (Emulator emulator = Emulator.start(EmulatorConfig.builder(EmulatedDialect.VLLM).apiKey("k").build())) {
      HttpResponse<String> refused = Http.post(emulator, "/v1/chat/completions", vllm("x"));
      assertThat(refused.statusCode()).isEqualTo(401);
      assertThat(refused.body()).isEqualTo("{\"error\":\"Unauthorized\"}");
      assertThat(Http.get(emulator, "/health").statusCode()).isEqualTo(200);
      JsonNode error = error(Http.post(emulator, "/v1/chat/completions", Http.chat("none", "x"), "authorization", "Bearer k"));
      assertThat(error.path("code").isInt()).isTrue();
      assertThat(error.path("type").asText()).isEqualTo("NotFoundError");
    }
    try (Emulator emulator = Emulator.start(EmulatorConfig.builder(EmulatedDialect.VLLM).oldForms(true).build())) {
      JsonNode flat = Http.json(Http.post(emulator, "/v1/chat/completions", Http.chat("none", "x")));
      assertThat(flat.path("object").asText()).isEqualTo("error");
      assertThat(flat.path("code").asInt()).isEqualTo(404);
    }
  }

  @Test
  @DisplayName("upstreams 3 vLLM: reasoning in its own field, stop_reason, forced usage, [DONE] even after a fault, a named tool ends with stop")
  void vllmForms() {
    try (Emulator emulator = Emulator.start(EmulatorConfig.builder(EmulatedDialect.VLLM).thinks(true).forcedUsage(true).build())) {
      List<JsonNode> chunks = Http.chunks(Http.post(emulator, "/v1/chat/completions", vllm("x", "\"stream\":true")).body());
      assertThat(Http.joined(chunks, 0, "reasoning")).isNotEmpty();
      assertThat(Http.joined(chunks, 0, "reasoning_content")).isEmpty();
      assertThat(chunks.get(chunks.size() - 1).path("usage").isObject()).isTrue();
      assertThat(chunks.get(chunks.size() - 2).at("/choices/0").has("stop_reason")).isTrue();
      emulator.script(StreamFaults.failInStream(4));
      String failed = Http.post(emulator, "/v1/chat/completions", vllm("x", "\"stream\":true")).body();
      List<String> events = Http.events(failed);
      assertThat(events).hasSize(6).endsWith("[DONE]");
      assertThat(Http.json(events.get(4)).at("/error/code").asInt()).isEqualTo(500);
      JsonNode named = Http.json(Http.post(emulator, "/v1/chat/completions", vllm("x", "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]",
          "\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}}")));
      assertThat(named.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
      assertThat(named.at("/choices/0/message/tool_calls/0/function/arguments").asText()).isEqualTo("\"Z\\u00fcrich \\\"Altstadt\\\" 北 🌤\"");
      JsonNode counted = Http.chunks(Http.post(emulator, "/v1/chat/completions",
          vllm("x", "\"stream\":true", "\"stream_options\":{\"include_usage\":true,\"continuous_usage_stats\":true}")).body()).get(1);
      assertThat(counted.path("usage").isObject()).isTrue();
    }
  }

  @Test
  @DisplayName("upstreams 3 vLLM's gauges follow the queue; a bounded queue refuses; a dead engine shows in /health")
  void vllmLoad() {
    EmulatorConfig config = EmulatorConfig.builder(EmulatedDialect.VLLM).slots(1).queue(1).build();
    try (Emulator emulator = Emulator.start(config); RawSocket first = new RawSocket(emulator.port()); RawSocket second = new RawSocket(emulator.port())) {
      emulator.script(StreamFaults.stall(1));
      first.post("/v1/chat/completions", vllm("x", "\"stream\":true")).readUntil("assistant");
      second.post("/v1/chat/completions", vllm("x", "\"stream\":true"));
      Poll.until("one waits", Duration.ofSeconds(5), () -> emulator.load().waiting() == 1);
      assertThat(Http.get(emulator, "/metrics").body()).contains("vllm:num_requests_running{engine=\"0\",model_name=\"qwen3-32b\"} 1.0")
          .contains("vllm:num_requests_waiting{engine=\"0\",model_name=\"qwen3-32b\"} 1.0").contains("vllm:kv_cache_usage_perc");
      assertThat(Http.json(Http.get(emulator, "/load")).path("server_load").asInt()).isEqualTo(2);
      assertThat(Http.post(emulator, "/v1/chat/completions", vllm("x")).statusCode()).isEqualTo(503);
      emulator.switches().freezeGauges(0, 0);
      assertThat(Http.json(Http.get(emulator, "/load")).path("server_load").asInt()).isZero();
      first.close();
      second.readUntil("[DONE]");
      assertThat(emulator.received().cancellations()).hasSize(1);
      HttpResponse<String> told = Http.post(emulator, "/v1/chat/completions", vllm("x"), "endpoint-load-metrics-format", "TEXT");
      assertThat(told.headers().firstValue("endpoint-load-metrics").orElse("")).startsWith("TEXT ").contains("num_requests_waiting=0");
      emulator.switches().dead(true);
      assertThat(Http.get(emulator, "/health").statusCode()).isEqualTo(503);
      assertThat(Http.post(emulator, "/v1/chat/completions", vllm("x")).statusCode()).isEqualTo(500);
      emulator.switches().health(Switches.Health.LYING);
      assertThat(Http.get(emulator, "/health").statusCode()).isEqualTo(200);
    }
  }

  @Test
  @DisplayName("upstreams 3 vLLM refuses a priority unless enabled, and then lets the lower number go first")
  void vllmPriority() {
    try (Emulator emulator = start(EmulatedDialect.VLLM)) {
      assertThat(Http.post(emulator, "/v1/chat/completions", vllm("x", "\"priority\":1")).statusCode()).isEqualTo(400);
    }
    EmulatorConfig config = EmulatorConfig.builder(EmulatedDialect.VLLM).slots(1).priorityScheduling(true).build();
    try (Emulator emulator = Emulator.start(config); RawSocket holder = new RawSocket(emulator.port());
        RawSocket late = new RawSocket(emulator.port()); RawSocket urgent = new RawSocket(emulator.port())) {
      emulator.script(StreamFaults.stall(1));
      holder.post("/v1/chat/completions", vllm("x", "\"stream\":true")).readUntil("assistant");
      late.post("/v1/chat/completions", vllm("x", "\"priority\":5", "\"stream\":true"));
      Poll.until("one waits", Duration.ofSeconds(5), () -> emulator.load().waiting() == 1);
      emulator.always(StreamFaults.stall(1));
      urgent.post("/v1/chat/completions", vllm("x", "\"priority\":-5", "\"stream\":true"));
      Poll.until("two wait", Duration.ofSeconds(5), () -> emulator.load().waiting() == 2);
      holder.close();
      urgent.readUntil("assistant");
      assertThat(late.readToEnd(100)).as("the other still waits").isEqualTo(RawSocket.End.SILENCE);
      assertThat(late.text()).isEmpty();
    }
  }

  // ---- llama.cpp

  @Test
  @DisplayName("upstreams 4 llama.cpp answers 503 on every path while loading")
  void llamaLoading() {
    try (Emulator emulator = start(EmulatedDialect.LLAMA_CPP)) {
      emulator.switches().loading(true);
      for (String path : List.of("/health", "/v1/models", "/slots", "/anything")) {
        HttpResponse<String> answer = Http.get(emulator, path);
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("{\"error\":{\"code\":503,\"message\":\"Loading model\",\"type\":\"unavailable_error\"}}");
      }
      emulator.switches().loading(false);
      assertThat(Http.get(emulator, "/health").body()).isEqualTo("{\"status\":\"ok\"}");
    }
  }

  @Test
  @DisplayName("upstreams 4 llama.cpp: 200 before the first token, pings, slots, timings, faults without [DONE] in new and old form")
  void llamaStream() {
    EmulatorConfig.Builder builder = EmulatorConfig.builder(EmulatedDialect.LLAMA_CPP).slots(1).metrics(false).keepAliveEvery(Duration.ofMillis(40))
        .thinkTime(Duration.ofMillis(100));
    String body = Http.chat("any", "x", "\"stream\":true");
    try (Emulator emulator = Emulator.start(builder.build()); RawSocket holder = new RawSocket(emulator.port()); RawSocket raw = new RawSocket(emulator.port())) {
      emulator.script(StreamFaults.stall(1));
      holder.post("/v1/chat/completions", body).readUntil("200 OK");
      assertThat(Http.json(Http.get(emulator, "/slots")).get(0).path("is_processing").asBoolean()).isTrue();
      assertThat(Http.get(emulator, "/slots?fail_on_no_slot=1").statusCode()).isEqualTo(503);
      assertThat(Http.get(emulator, "/health").statusCode()).isEqualTo(200);
      holder.close();
      Poll.until("the slot is free", Duration.ofSeconds(20), () -> emulator.load().running() == 0);
      raw.post("/v1/chat/completions", body).readUntil("[DONE]");
      assertThat(raw.text()).containsSubsequence(":\n\n", ":\n\n", "data: {", "\"timings\":{\"cache_n\":0");
      assertThat(raw.text()).contains("\"model\":\"qwen3-8b-q4\"");
      assertThat(Http.json(Http.get(emulator, "/props")).path("total_slots").asInt()).isEqualTo(1);
      assertThat(Http.get(emulator, "/metrics").statusCode()).isEqualTo(501);
      emulator.script(StreamFaults.failInStream(2));
      List<String> events = Http.events(Http.post(emulator, "/v1/chat/completions", body).body());
      assertThat(events).hasSize(3).doesNotContain("[DONE]");
      assertThat(Http.json(events.get(2)).at("/error/code").asInt()).isEqualTo(500);
    }
    try (Emulator emulator = Emulator.start(builder.oldForms(true).build())) {
      emulator.script(StreamFaults.failInStream(2));
      assertThat(Http.post(emulator, "/v1/chat/completions", body).body()).contains("\n\nerror: {\"code\":500").doesNotContain("[DONE]");
    }
  }

  @Test
  @DisplayName("upstreams 4 llama.cpp: keyless paths, X-Api-Key, context error with numbers, embeddings in three forms or 501")
  void llamaOthers() {
    EmulatorConfig.Builder builder = EmulatorConfig.builder(EmulatedDialect.LLAMA_CPP).apiKey("k").contextTokens(50);
    try (Emulator emulator = Emulator.start(builder.build())) {
      assertThat(Http.get(emulator, "/v1/models").statusCode()).isEqualTo(200);
      assertThat(Http.get(emulator, "/props").statusCode()).isEqualTo(401);
      HttpResponse<String> tooLong = Http.post(emulator, "/v1/chat/completions", Http.chat("m", "x".repeat(1000)), "x-api-key", "k");
      assertThat(tooLong.statusCode()).isEqualTo(400);
      assertThat(error(tooLong).path("type").asText()).isEqualTo("exceed_context_size_error");
      assertThat(error(tooLong).path("n_ctx").asInt()).isEqualTo(50);
      JsonNode openAi = Http.json(Http.post(emulator, "/v1/embeddings", "{\"input\":\"x\"}", "x-api-key", "k"));
      assertThat(openAi.at("/data/0/embedding")).hasSize(64);
      JsonNode flipped = Http.json(Http.post(emulator, "/v1/embeddings", "{\"content\":\"x\"}", "x-api-key", "k"));
      assertThat(flipped.at("/0/embedding/0")).hasSize(64);
      JsonNode own = Http.json(Http.post(emulator, "/embedding", "{\"content\":\"x\"}", "x-api-key", "k"));
      assertThat(own.isArray()).isTrue();
      assertThat(Http.json(Http.post(emulator, "/tokenize", "{\"content\":\"two words\"}", "x-api-key", "k")).path("tokens")).hasSize(2);
    }
    try (Emulator emulator = Emulator.start(builder.embeddings(false).build())) {
      assertThat(Http.post(emulator, "/v1/embeddings", "{\"input\":\"x\"}", "x-api-key", "k").statusCode()).isEqualTo(501);
    }
  }

  // ---- Ollama

  private static String ollama(String text, String... more) {
    return Http.chat("qwen3:8b", text, more);
  }

  @Test
  @DisplayName("upstreams 5 Ollama: one at a time, a queue, then 503 server busy")
  void ollamaQueue() {
    EmulatorConfig config = EmulatorConfig.builder(EmulatedDialect.OLLAMA).queue(1).build();
    try (Emulator emulator = Emulator.start(config); RawSocket first = new RawSocket(emulator.port()); RawSocket second = new RawSocket(emulator.port())) {
      emulator.script(StreamFaults.stall(1));
      first.post("/v1/chat/completions", ollama("x", "\"stream\":true")).readUntil("assistant");
      second.post("/v1/chat/completions", ollama("x", "\"stream\":true"));
      Poll.until("one waits", Duration.ofSeconds(5), () -> emulator.load().waiting() == 1);
      HttpResponse<String> busy = Http.post(emulator, "/v1/chat/completions", ollama("x"));
      assertThat(busy.statusCode()).isEqualTo(503);
      assertThat(error(busy).path("type").asText()).isEqualTo("api_error");
      assertThat(error(busy).path("code").isNull()).isTrue();
      assertThat(error(busy).path("message").asText()).startsWith("server busy");
      assertThat(Http.json(Http.post(emulator, "/api/chat", ollama("x"))).path("error").asText()).startsWith("server busy");
    }
  }

  @Test
  @DisplayName("upstreams 5 Ollama loads at first use, shows it in /api/ps, and can lose it again")
  void ollamaLoads() {
    EmulatorConfig config = EmulatorConfig.builder(EmulatedDialect.OLLAMA).loadTime(Duration.ofMillis(200)).cloudModels("big:cloud").build();
    try (Emulator emulator = Emulator.start(config)) {
      assertThat(Http.get(emulator, "/").body()).isEqualTo("Ollama is running");
      assertThat(Http.json(Http.get(emulator, "/api/ps")).path("models")).isEmpty();
      long before = System.nanoTime();
      assertThat(Http.post(emulator, "/v1/chat/completions", ollama("x")).statusCode()).isEqualTo(200);
      assertThat(System.nanoTime() - before).isGreaterThan(200_000_000);
      assertThat(Http.json(Http.get(emulator, "/api/ps")).at("/models/0/name").asText()).isEqualTo("qwen3:8b");
      emulator.switches().evict("qwen3:8b");
      assertThat(Http.json(Http.get(emulator, "/api/ps")).path("models")).isEmpty();
      JsonNode tags = Http.json(Http.get(emulator, "/api/tags")).path("models");
      assertThat(tags.findValuesAsText("name")).contains("qwen3:8b", "big:cloud");
      assertThat(tags.get(2).path("remote_host").asText()).startsWith("https://");
      assertThat(tags.get(0).has("remote_host")).isFalse();
    }
  }

  @Test
  @DisplayName("upstreams 5 Ollama drops max_completion_tokens, refuses token arrays, ends a fault silently, streams NDJSON of its own")
  void ollamaForms() {
    try (Emulator emulator = start(EmulatedDialect.OLLAMA)) {
      JsonNode dropped = Http.json(Http.post(emulator, "/v1/chat/completions", ollama("x", "\"max_completion_tokens\":2")));
      assertThat(dropped.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
      JsonNode cut = Http.json(Http.post(emulator, "/v1/chat/completions", ollama("x", "\"max_tokens\":2")));
      assertThat(cut.at("/choices/0/finish_reason").asText()).isEqualTo("length");
      assertThat(Http.post(emulator, "/v1/completions", "{\"model\":\"qwen3:8b\",\"prompt\":[1,2]}").statusCode()).isEqualTo(400);
      emulator.script(StreamFaults.failInStream(3), StreamFaults.failInStream(3));
      List<String> events = Http.events(Http.post(emulator, "/v1/chat/completions", ollama("x", "\"stream\":true")).body());
      assertThat(events).hasSize(4);
      assertThat(Http.json(events.get(3)).at("/choices/0/delta/content").asText("none")).isEmpty();
      String[] failed = Http.post(emulator, "/api/chat", ollama("x")).body().split("\n");
      assertThat(Http.json(failed[failed.length - 1]).path("error").isTextual()).isTrue();
      HttpResponse<String> lines = Http.post(emulator, "/api/chat", ollama("x", "\"think\":true"));
      assertThat(lines.headers().firstValue("content-type")).hasValue("application/x-ndjson");
      List<JsonNode> objects = lines.body().lines().map(Http::json).toList();
      assertThat(objects.get(0).at("/message/thinking").asText()).isNotEmpty();
      assertThat(objects.get(objects.size() - 1).path("done_reason").asText()).isEqualTo("stop");
      assertThat(Http.json(Http.post(emulator, "/api/generate", "{\"model\":\"qwen3:8b\",\"prompt\":\"x\",\"stream\":false}")).path("response").asText())
          .contains("Answered by the emulated Ollama");
    }
  }

  @Test
  @DisplayName("upstreams 9 health can fail or hang while calls succeed, and a revoked key refuses all")
  void health() {
    try (Emulator emulator = start(EmulatedDialect.OPENAI)) {
      emulator.switches().health(Switches.Health.FAILING);
      assertThat(Http.get(emulator, "/v1/models").statusCode()).isEqualTo(503);
      assertThat(Http.post(emulator, "/v1/chat/completions", Http.chat("gpt-5-mini", "x")).statusCode()).isEqualTo(200);
      emulator.switches().health(Switches.Health.HANGING);
      try (RawSocket raw = new RawSocket(emulator.port())) {
        assertThat(raw.write("GET /v1/models HTTP/1.1\r\nhost: x\r\n\r\n").readToEnd(100)).isEqualTo(RawSocket.End.SILENCE);
        assertThat(raw.bytes()).isEmpty();
      }
      emulator.switches().keyRevoked(true);
      assertThat(Http.post(emulator, "/v1/chat/completions", Http.chat("gpt-5-mini", "x")).statusCode()).isEqualTo(401);
    }
  }
}
