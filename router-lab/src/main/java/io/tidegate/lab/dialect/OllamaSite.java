package io.tidegate.lab.dialect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidegate.lab.config.EmulatorConfig;
import io.tidegate.lab.plan.Field;
import io.tidegate.lab.plan.Plan;
import io.tidegate.lab.plan.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ollama (upstreams.md section 5): loads at first use, one request at a time per model, drops fields silently, faults silently. */
final class OllamaSite extends Site {
  private static final Field NDJSON = new Field("content-type", "application/x-ndjson");
  private static final String DIGEST = "e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1";

  private final NativeErrors nativeErrors = new NativeErrors();

  OllamaSite(EmulatorConfig config, Switches switches, Load load) {
    super(config, switches, load);
  }

  /** {@code {"error":"text"}}. */
  private final class NativeErrors implements io.tidegate.lab.plan.ErrorForms {
    @Override
    public Refused refused(Complaint complaint) {
      Words words = words(complaint);
      return new Refused(words.status(), Json.bytes(Json.object().put("error", message(complaint, words))));
    }

    @Override
    public List<byte[]> inStream() {
      return List.of(Json.line(Json.object().put("error", "an error was encountered while running the model")));
    }
  }

  @Override
  public Plan answer(Request request, long number) {
    boolean nativePath = request.path().startsWith("/api");
    String call = request.method() + " " + request.path();
    switch (call) {
      case "GET /", "HEAD /", "GET /api/tags", "GET /api/ps", "GET /api/version", "GET /v1/models" -> {
        Plan unhealthy = unhealthy(request);
        return unhealthy != null ? unhealthy : status(request);
      }
      default -> { }
    }
    Complaint obstacle = switches.keyRevoked() ? Complaint.UNAUTHORIZED : obstacle();
    if (obstacle != null) {
      return Plan.refused(request, nativePath ? nativeErrors : this, obstacle);
    }
    return switch (call) {
      case "POST /v1/chat/completions" -> generate(request, number, true);
      case "POST /v1/completions" -> generate(request, number, false);
      case "POST /v1/embeddings" -> embed(request);
      case "POST /api/chat" -> generateNative(request, number, true);
      case "POST /api/generate" -> generateNative(request, number, false);
      default -> Plan.refused(request, nativePath ? nativeErrors : this, Complaint.NOT_FOUND);
    };
  }

  private Plan status(Request request) {
    return switch (request.path()) {
      case "/" -> text(request, 200, "text/plain; charset=utf-8", "Ollama is running");
      case "/api/version" -> json(request, Json.object().put("version", "0.0.0-emulated"));
      case "/api/tags" -> tags(request);
      case "/api/ps" -> loadedOnes(request);
      default -> models(request);
    };
  }

  private Plan tags(Request request) {
    ObjectNode node = Json.object();
    ArrayNode models = node.putArray("models");
    for (String model : config.models()) {
      describeNative(models.addObject(), model).put("size", 5_000_000_000L).put("modified_at", "2026-01-01T00:00:00Z");
    }
    for (String model : config.cloudModels()) {
      describeNative(models.addObject(), model).put("size", 400).put("modified_at", "2026-01-01T00:00:00Z")
          .put("remote_model", model).put("remote_host", "https://ollama.example:443");
    }
    return json(request, node);
  }

  private static ObjectNode describeNative(ObjectNode one, String model) {
    one.put("name", model).put("model", model).put("digest", DIGEST);
    one.putObject("details").put("format", "gguf").put("family", "emulated").put("parameter_size", "8B").put("quantization_level", "Q4_K_M");
    return one;
  }

  private Plan loadedOnes(Request request) {
    long now = System.nanoTime();
    ObjectNode node = Json.object();
    ArrayNode models = node.putArray("models");
    for (String model : config.models()) {
      Long used = switches.loaded().get(model);
      if (used != null && now - used < config.keepLoaded().toNanos()) {
        describeNative(models.addObject(), model).put("size_vram", 5_000_000_000L).put("context_length", config.contextTokens())
            .put("expires_at", config.clock().instant().plus(config.keepLoaded()).minusNanos(now - used).toString());
      }
    }
    return json(request, node);
  }

  /** Ollama's own API: streams unless told not to. */
  private Plan generateNative(Request request, long number, boolean chat) {
    ObjectNode root = Json.parse(request.body());
    if (root == null || chat && !root.path("messages").isArray() || !chat && !root.path("prompt").isTextual()) {
      return Plan.refused(request, nativeErrors, Complaint.BAD_REQUEST);
    }
    String model = model(root.path("model").isTextual() ? root.get("model").textValue() : null);
    if (model == null) {
      return Plan.refused(request, nativeErrors, Complaint.NO_SUCH_MODEL);
    }
    Call call = new Call(root, model, chat);
    boolean thinks = root.path("think").asBoolean(config.thinks());
    int limit = root.path("options").path("num_predict").asInt(0);
    Replies replies = Replies.to(call, new Replies.Asked(1, limit, thinks, false), config, number);
    ChatForm form = new ChatForm(this, call, replies, Chance.id(config.seed(), number), config.clock().instant().getEpochSecond());
    Pace pace = new Pace(config, Chance.of(config.seed() + 1, request.body()));
    Plan.Slot slot = new Plan.Slot(pool(call), 0);
    String now = config.clock().instant().toString();
    if (!call.stream(true)) {
      return new Plan(request, nativeErrors, false, slot,
          pace.body(thinkTime(call), fields(request, JSON), form.nativeBody(now), replies.tokens()));
    }
    pace.beginStream(thinkTime(call), fields(request, NDJSON));
    form.lines(pace, now);
    return new Plan(request, nativeErrors, true, slot, pace.end());
  }

  @Override
  String owner() {
    return "library";
  }

  @Override
  @Nullable String model(@Nullable String named) {
    return named != null && config.cloudModels().contains(named) ? named : super.model(named);
  }

  @Override
  @Nullable Complaint complaint(Call call) {
    return !call.chat() && !call.root().path("prompt").isTextual() ? Complaint.BAD_REQUEST : super.complaint(call);
  }

  @Override
  boolean readsTokenArrays() {
    return false;
  }

  /** {@code n}, {@code tool_choice}, {@code max_completion_tokens} are silently dropped. */
  @Override
  int choices(Call call) {
    return 1;
  }

  @Override
  int maxTokens(Call call) {
    return call.root().path("max_tokens").asInt(0);
  }

  @Override
  boolean readsToolChoice() {
    return false;
  }

  @Override
  Duration thinkTime(Call call) {
    long now = System.nanoTime();
    Long used = switches.loaded().put(call.model(), now);
    boolean warm = used != null && now - used < config.keepLoaded().toNanos();
    return warm ? config.thinkTime() : config.thinkTime().plus(config.loadTime());
  }

  @Override
  String pool(Call call) {
    return call.model();
  }

  @Override
  public @Nullable String reasoningField() {
    return "reasoning";
  }

  @Override
  public void top(ObjectNode node) {
    node.put("system_fingerprint", "fp_ollama");
  }

  @Override
  public Refused refused(Complaint complaint) {
    Words words = words(complaint);
    String type = words.status() == 400 ? "invalid_request_error" : words.status() == 404 ? "not_found_error" : "api_error";
    return new Refused(words.status(), Json.bytes(error(message(complaint, words), type, null)));
  }

  private static String message(Complaint complaint, Words words) {
    return complaint == Complaint.BUSY ? "server busy, please try again.  maximum pending requests exceeded" : words.message();
  }

  /** From its source: the native error is read as a chunk, which gives one empty delta, then the end, and no {@code [DONE]}. */
  @Override
  public List<byte[]> inStream() {
    ObjectNode node = Json.object().put("id", "chatcmpl-0").put("object", "chat.completion.chunk").put("created", 0).put("model", "")
        .put("system_fingerprint", "fp_ollama");
    ObjectNode choice = node.putArray("choices").addObject().put("index", 0);
    choice.putObject("delta").put("role", "assistant").put("content", "");
    choice.putNull("finish_reason");
    List<byte[]> events = new ArrayList<>();
    events.add(Json.event(node));
    return events;
  }
}
