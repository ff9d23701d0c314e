package io.tidegate.lab.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidegate.lab.config.EmulatorConfig;
import io.tidegate.lab.plan.Field;
import io.tidegate.lab.plan.Plan;
import io.tidegate.lab.plan.Request;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** llama.cpp's server (upstreams.md section 4): 503 everywhere while loading, slots, an early 200, native embedding forms. */
final class LlamaCppSite extends Site {
  private static final Set<String> KEYLESS = Set.of("/health", "/v1/health", "/models", "/v1/models", "/");

  LlamaCppSite(EmulatorConfig config, Switches switches, Load load) {
    super(config, switches, load);
  }

  @Override
  public Plan answer(Request request, long number) {
    if (switches.loading() && switches.health() != Switches.Health.LYING) {
      return Plan.refused(request, this, Complaint.LOADING);
    }
    if (!KEYLESS.contains(request.path()) && !authorised(request)) {
      return Plan.refused(request, this, Complaint.UNAUTHORIZED);
    }
    String call = request.method() + " " + request.path();
    if (request.method().equals("GET")) {
      Plan unhealthy = unhealthy(request);
      return unhealthy != null ? unhealthy : status(request);
    }
    Complaint obstacle = obstacle();
    if (obstacle != null) {
      return Plan.refused(request, this, obstacle);
    }
    return switch (call) {
      case "POST /v1/chat/completions", "POST /chat/completions" -> generate(request, number, true);
      case "POST /v1/completions" -> generate(request, number, false);
      case "POST /v1/embeddings" -> embeddings(request, false);
      case "POST /embedding", "POST /embeddings" -> embeddings(request, true);
      case "POST /tokenize" -> tokenize(request);
      case "POST /apply-template" -> template(request);
      default -> Plan.refused(request, this, Complaint.NOT_FOUND);
    };
  }

  private Plan status(Request request) {
    return switch (request.path()) {
      case "/health", "/v1/health" -> json(request, Json.object().put("status", "ok"));
      case "/slots" -> slots(request);
      case "/props" -> json(request, Json.object().put("total_slots", config.slots()).put("is_sleeping", false)
          .put("model_path", "/emulated/" + config.models().get(0) + ".gguf"));
      case "/models", "/v1/models" -> models(request);
      case "/metrics" -> config.metrics() ? metrics(request) : Plan.refused(request, this, Complaint.NOT_SUPPORTED);
      case "/" -> text(request, 200, "text/html", "<html><body>EMULATED llama.cpp server</body></html>");
      default -> Plan.refused(request, this, Complaint.NOT_FOUND);
    };
  }

  private Plan slots(Request request) {
    int running = running();
    if (request.query().contains("fail_on_no_slot=1") && running >= config.slots()) {
      return Plan.refused(request, this, Complaint.BUSY);
    }
    ArrayNode all = Json.object().putArray("slots");
    for (int i = 0; i < config.slots(); i++) {
      all.addObject().put("id", i).put("n_ctx", config.contextTokens()).put("is_processing", i < running);
    }
    return Plan.json(request, this, 200, Json.bytes(all));
  }

  private Plan metrics(Request request) {
    return text(request, 200, "text/plain; version=0.0.4", "# HELP llamacpp:requests_processing EMULATED\n"
        + "# TYPE llamacpp:requests_processing gauge\nllamacpp:requests_processing " + running()
        + "\n# HELP llamacpp:requests_deferred EMULATED\n# TYPE llamacpp:requests_deferred gauge\nllamacpp:requests_deferred " + waiting() + "\n");
  }

  /** {@code content} instead of {@code input} flips to the native form even on the /v1 path. */
  private Plan embeddings(Request request, boolean nativePath) {
    if (!config.embeddings()) {
      return Plan.refused(request, this, Complaint.NOT_SUPPORTED);
    }
    ObjectNode root = Json.parse(request.body());
    if (root == null || !nativePath && root.has("input")) {
      return embed(request);
    }
    JsonNode input = root.has("content") ? root.get("content") : root.path("input");
    List<String> inputs = Embeddings.inputs(input);
    if (inputs == null) {
      return Plan.refused(request, this, Complaint.BAD_REQUEST);
    }
    ArrayNode all = Json.object().putArray("all");
    for (int i = 0; i < inputs.size(); i++) {
      ArrayNode nested = all.addObject().put("index", i).putArray("embedding").addArray();
      Embeddings.floats(nested, Embeddings.vector(inputs.get(i), config.embeddingDimensions(), config.seed()));
    }
    return new Plan(request, this, false, new Plan.Slot("", 0), Plan.whole(200, JSON, Json.bytes(all)));
  }

  private Plan tokenize(Request request) {
    ObjectNode root = Json.parse(request.body());
    if (root == null) {
      return Plan.refused(request, this, Complaint.BAD_REQUEST);
    }
    ObjectNode node = Json.object();
    ArrayNode tokens = node.putArray("tokens");
    for (String piece : CannedText.pieces(root.path("content").asText(""))) {
      tokens.add(Math.floorMod(piece.hashCode(), 32_000));
    }
    return json(request, node);
  }

  /** The one answer that must repeat its input: that is what the path is for. */
  private Plan template(Request request) {
    ObjectNode root = Json.parse(request.body());
    if (root == null) {
      return Plan.refused(request, this, Complaint.BAD_REQUEST);
    }
    return json(request, Json.object().put("prompt", new Call(root, "", true).joined()));
  }

  @Override
  boolean accepts(Request request, String key) {
    return key.equals(request.field("x-api-key"));
  }

  @Override
  String owner() {
    return "llamacpp";
  }

  @Override
  void describe(ObjectNode one, String model) {
    one.putObject("status").put("value", "loaded");
    one.putObject("meta").put("n_ctx_train", config.contextTokens());
  }

  /** One model; its name in a request is not looked at. */
  @Override
  @Nullable String model(@Nullable String named) {
    String known = super.model(named);
    return known != null ? known : config.models().get(0);
  }

  @Override
  public void last(ObjectNode node, int promptTokens, int completionTokens) {
    node.putObject("timings").put("cache_n", 0).put("prompt_n", promptTokens).put("predicted_n", completionTokens);
  }

  @Override
  List<Field> fields(Request request, Field type) {
    return List.of(type, new Field("server", "llama.cpp"), new Field("x-emulated", "llama_cpp"));
  }

  @Override
  public Refused refused(Complaint complaint) {
    Words words = words(complaint);
    String type = switch (complaint) {
      case UNAUTHORIZED -> "authentication_error";
      case FORBIDDEN -> "permission_error";
      case NOT_FOUND, NO_SUCH_MODEL -> "not_found_error";
      case CONTEXT_TOO_LONG -> "exceed_context_size_error";
      case NOT_SUPPORTED -> "not_supported_error";
      case BUSY, LOADING -> "unavailable_error";
      case SERVER_ERROR -> "server_error";
      default -> "invalid_request_error";
    };
    ObjectNode node = Json.object();
    ObjectNode error = node.putObject("error").put("code", words.status()).put("message", words.message()).put("type", type);
    if (complaint == Complaint.CONTEXT_TOO_LONG) {
      error.put("n_prompt_tokens", config.contextTokens() + 1).put("n_ctx", config.contextTokens());
    }
    return new Refused(words.status(), Json.bytes(node));
  }

  /** Before September 2025 a bare {@code error:} line; never a {@code [DONE]}. */
  @Override
  public List<byte[]> inStream() {
    String json = new String(refused(Complaint.SERVER_ERROR).body(), StandardCharsets.UTF_8);
    String inner = json.substring("{\"error\":".length(), json.length() - 1);
    String line = config.oldForms() ? "error: " + inner + "\n\n" : "data: " + json + "\n\n";
    return List.of(line.getBytes(StandardCharsets.UTF_8));
  }
}
