package io.tidegate.lab.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidegate.lab.config.EmulatorConfig;
import io.tidegate.lab.plan.ErrorForms;
import io.tidegate.lab.plan.Field;
import io.tidegate.lab.plan.Plan;
import io.tidegate.lab.plan.Request;
import io.tidegate.lab.plan.Step;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One emulated upstream without its sockets: routing, checks and forms common to all; subclasses override what their dialect does otherwise.
 * Safe for any thread.
 */
public abstract class Site implements ErrorForms, Shape {
  static final Field JSON = new Field("content-type", "application/json");
  static final Field SSE = new Field("content-type", "text/event-stream; charset=utf-8");

  final EmulatorConfig config;
  final Switches switches;
  final Load load;

  Site(EmulatorConfig config, Switches switches, Load load) {
    this.config = config;
    this.switches = switches;
    this.load = load;
  }

  public static Site of(EmulatorConfig config, Switches switches, Load load) {
    return switch (config.dialect()) {
      case OPENAI -> new OpenAiSite(config, switches, load);
      case DEEPSEEK -> new DeepSeekSite(config, switches, load);
      case VLLM -> new VllmSite(config, switches, load);
      case LLAMA_CPP -> new LlamaCppSite(config, switches, load);
      case OLLAMA -> new OllamaSite(config, switches, load);
    };
  }

  /** Plans the answer to the {@code number}-th request. */
  public abstract Plan answer(Request request, long number);

  // ---- load, as the gauges show it

  final int running() {
    Switches.Frozen frozen = switches.frozen();
    return frozen != null ? frozen.running() : switches.health() == Switches.Health.LYING ? 0 : load.running();
  }

  final int waiting() {
    Switches.Frozen frozen = switches.frozen();
    return frozen != null ? frozen.waiting() : switches.health() == Switches.Health.LYING ? 0 : load.waiting();
  }

  /** What a health path says first; null = the honest answer. */
  final @Nullable Plan unhealthy(Request request) {
    return switch (switches.health()) {
      case FAILING -> Plan.refused(request, this, Complaint.BUSY);
      case HANGING -> new Plan(request, this, false, null, List.of(new Step.Hang()));
      case HONEST, LYING -> null;
    };
  }

  // ---- checks

  final boolean authorised(Request request) {
    if (switches.keyRevoked()) {
      return false;
    }
    String key = config.apiKey();
    return key == null || ("Bearer " + key).equals(request.field("authorization")) || accepts(request, key);
  }

  /** Another place where the dialect takes a key. */
  boolean accepts(Request request, String key) {
    return false;
  }

  /** Which served model a request means, or null if none. */
  @Nullable String model(@Nullable String named) {
    return named != null && config.models().contains(named) ? named : null;
  }

  /** A reason to refuse a well-formed call, or null. */
  @Nullable Complaint complaint(Call call) {
    return call.promptTokens() > config.contextTokens() ? Complaint.CONTEXT_TOO_LONG : null;
  }

  // ---- habits of the dialect

  int choices(Call call) {
    return call.choices();
  }

  /** The token limit from the fields the dialect reads; 0 = none. */
  int maxTokens(Call call) {
    JsonNode newer = call.root().path("max_completion_tokens");
    return newer.isNumber() ? newer.asInt() : call.root().path("max_tokens").asInt(0);
  }

  boolean thinks(Call call) {
    JsonNode effort = call.root().path("reasoning_effort");
    return call.chat() && (effort.isTextual() ? !effort.asText().equals("none") : config.thinks());
  }

  boolean readsToolChoice() {
    return true;
  }

  /** Time before the first token of a call that starts now. */
  Duration thinkTime(Call call) {
    return config.thinkTime();
  }

  String pool(Call call) {
    return "";
  }

  int priority(Call call) {
    return 0;
  }

  /** More header fields of an answer. */
  List<Field> fields(Request request, Field type) {
    return List.of(type, new Field("x-emulated", config.dialect().name().toLowerCase(java.util.Locale.ROOT)));
  }

  /** A finished stream's events in the dialect's own order. */
  final Plan generate(Request request, long number, boolean chat) {
    ObjectNode root = Json.parse(request.body());
    if (root == null || chat && !root.path("messages").isArray() || !chat && !root.has("prompt")) {
      return Plan.refused(request, this, Complaint.BAD_REQUEST);
    }
    String model = model(root.path("model").isTextual() ? root.get("model").textValue() : null);
    if (model == null) {
      return Plan.refused(request, this, Complaint.NO_SUCH_MODEL);
    }
    Call call = new Call(root, model, chat);
    Complaint complaint = complaint(call);
    if (complaint != null) {
      return Plan.refused(request, this, complaint);
    }
    int choices = Math.min(128, choices(call) * (chat ? 1 : call.prompts()));
    Replies replies = Replies.to(call, new Replies.Asked(choices, maxTokens(call), thinks(call), readsToolChoice()), config, number);
    ChatForm form = new ChatForm(this, call, replies, Chance.id(config.seed(), number), config.clock().instant().getEpochSecond());
    Pace pace = new Pace(config, Chance.of(config.seed() + 1, request.body()));
    Plan.Slot slot = new Plan.Slot(pool(call), priority(call));
    if (!call.stream(false)) {
      return new Plan(request, this, false, slot, pace.body(thinkTime(call), fields(request, JSON), form.body(), replies.tokens()));
    }
    pace.beginStream(thinkTime(call), fields(request, SSE));
    form.events(pace);
    return new Plan(request, this, true, slot, pace.end());
  }

  final Plan embed(Request request) {
    ObjectNode root = Json.parse(request.body());
    List<String> inputs = root == null ? null : Embeddings.inputs(root.path("input"));
    if (root == null || inputs == null) {
      return Plan.refused(request, this, Complaint.BAD_REQUEST);
    }
    String model = model(root.path("model").isTextual() ? root.get("model").textValue() : null);
    if (model == null) {
      return Plan.refused(request, this, Complaint.NO_SUCH_MODEL);
    }
    if (Embeddings.tokens(root.path("input")) && !readsTokenArrays()) {
      return Plan.refused(request, this, Complaint.BAD_REQUEST);
    }
    ObjectNode node = Embeddings.list(inputs, root, model, Embeddings.dimensions(root, config.embeddingDimensions()), config.seed());
    Pace pace = new Pace(config, Chance.of(config.seed(), request.body()));
    return new Plan(request, this, false, new Plan.Slot("", 0), pace.body(config.thinkTime(), fields(request, JSON), Json.bytes(node), 0));
  }

  boolean readsTokenArrays() {
    return true;
  }

  final Plan models(Request request) {
    ObjectNode node = Json.object().put("object", "list");
    ArrayNode data = node.putArray("data");
    for (String model : config.models()) {
      ObjectNode one = data.addObject().put("id", model).put("object", "model").put("created", 1_750_000_000).put("owned_by", owner());
      describe(one, model);
    }
    return json(request, node);
  }

  abstract String owner();

  /** Fields of a listed model beyond OpenAI's. */
  void describe(ObjectNode one, String model) {}

  final Plan json(Request request, ObjectNode node) {
    return Plan.json(request, this, 200, Json.bytes(node));
  }

  final Plan text(Request request, int status, String type, String text) {
    return new Plan(request, this, false, null,
        Plan.whole(status, new Field("content-type", type), text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }

  /** What stands in the way of any model call: a dead engine, an empty account, loading; null if nothing. */
  final @Nullable Complaint obstacle() {
    if (switches.balanceEmpty()) {
      return Complaint.PAYMENT;
    }
    if (switches.dead()) {
      return Complaint.SERVER_ERROR;
    }
    return switches.loading() ? Complaint.LOADING : null;
  }

  // ---- Shape, as OpenAI has it

  @Override
  public @Nullable String reasoningField() {
    return "reasoning_content";
  }

  @Override
  public void top(ObjectNode node) {}

  @Override
  public void choice(ObjectNode choice) {}

  @Override
  public void last(ObjectNode node, int promptTokens, int completionTokens) {}

  @Override
  public ObjectNode usage(Call call, int completionTokens, int reasoningTokens) {
    int prompt = call.promptTokens();
    ObjectNode usage = Json.object().put("prompt_tokens", prompt).put("completion_tokens", completionTokens)
        .put("total_tokens", prompt + completionTokens);
    return usage;
  }

  @Override
  public boolean nullUsage() {
    return false;
  }

  @Override
  public boolean continuousUsage(Call call) {
    return false;
  }

  @Override
  public boolean streamUsage(Call call) {
    return call.asksUsage();
  }

  // ---- ErrorForms

  /** Status and words of a complaint, as most servers have them. */
  static Words words(Complaint complaint) {
    return switch (complaint) {
      case BAD_REQUEST -> new Words(400, "invalid_request_error", null, "The request body is not what this endpoint expects.");
      case CONTEXT_TOO_LONG -> new Words(400, "invalid_request_error", "context_length_exceeded", "The request exceeds the context size.");
      case MISSING_REASONING -> new Words(400, "invalid_request_error", "invalid_request_error",
          "The reasoning_content in the thinking mode must be passed back to the API.");
      case UNAUTHORIZED -> new Words(401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided.");
      case PAYMENT -> new Words(402, "insufficient_quota", "insufficient_quota", "Insufficient Balance");
      case FORBIDDEN -> new Words(403, "permission_error", "permission_denied", "Not allowed.");
      case NOT_FOUND -> new Words(404, "invalid_request_error", "not_found", "No such path.");
      case NO_SUCH_MODEL -> new Words(404, "invalid_request_error", "model_not_found", "The model does not exist.");
      case UNPROCESSABLE -> new Words(422, "invalid_request_error", "invalid_parameter", "A parameter has an invalid value.");
      case RATE_LIMIT -> new Words(429, "rate_limit_error", "rate_limit_exceeded", "Rate limit reached.");
      case SERVER_ERROR -> new Words(500, "server_error", "server_error", "Internal server error.");
      case NOT_SUPPORTED -> new Words(501, "not_supported_error", "not_supported", "This server does not support that.");
      case BUSY -> new Words(503, "service_unavailable_error", "server_is_overloaded", "The server is overloaded, please try again later.");
      case LOADING -> new Words(503, "service_unavailable_error", "service_unavailable_error", "Loading model");
    };
  }

  /** What an error says, in OpenAI's vocabulary. */
  record Words(int status, String type, @Nullable String code, String message) {}

  /** OpenAI's error object. */
  static ObjectNode error(String message, String type, @Nullable String code) {
    ObjectNode node = Json.object();
    node.putObject("error").put("message", message).put("type", type).putNull("param").put("code", code);
    return node;
  }

  @Override
  public Refused refused(Complaint complaint) {
    Words words = words(complaint);
    return new Refused(words.status(), Json.bytes(error(words.message(), words.type(), words.code())));
  }

  @Override
  public List<byte[]> inStream() {
    return List.of(Json.event(error("The server had an error while processing your request.", "server_error", "server_error")));
  }
}
