package io.tidegate.lab.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidegate.lab.config.EmulatorConfig;
import io.tidegate.lab.plan.Plan;
import io.tidegate.lab.plan.Request;
import org.jspecify.annotations.Nullable;

/** DeepSeek's public API (upstreams.md section 2): thinking by default, cache accounting, an account with a balance, no embeddings. */
final class DeepSeekSite extends Site {
  private final PrefixCache cache;

  DeepSeekSite(EmulatorConfig config, Switches switches, Load load) {
    super(config, switches, load);
    this.cache = new PrefixCache(config.prefixUnits());
  }

  @Override
  public Plan answer(Request request, long number) {
    if (!authorised(request)) {
      return Plan.refused(request, this, Complaint.UNAUTHORIZED);
    }
    String path = request.path().startsWith("/v1/") ? request.path().substring(3) : request.path();
    String call = request.method() + " " + path;
    if (call.equals("GET /models") || call.equals("GET /user/balance")) {
      Plan unhealthy = unhealthy(request);
      return unhealthy != null ? unhealthy : call.equals("GET /models") ? models(request) : balance(request);
    }
    Complaint obstacle = obstacle();
    if (obstacle != null) {
      return Plan.refused(request, this, obstacle);
    }
    return switch (call) {
      case "POST /chat/completions", "POST /beta/chat/completions" -> generate(request, number, true);
      case "POST /beta/completions", "POST /completions" -> generate(request, number, false);
      default -> Plan.refused(request, this, Complaint.NOT_FOUND);
    };
  }

  private Plan balance(Request request) {
    boolean empty = switches.balanceEmpty();
    ObjectNode node = Json.object().put("is_available", !empty);
    node.putArray("balance_infos").addObject().put("currency", "USD").put("total_balance", empty ? "0.00" : "10.00")
        .put("granted_balance", "0.00").put("topped_up_balance", empty ? "0.00" : "10.00");
    return json(request, node);
  }

  @Override
  String owner() {
    return "deepseek";
  }

  /** The older name is still served by flash. */
  @Override
  @Nullable String model(@Nullable String named) {
    return super.model("deepseek-v4-flash".equals(named) ? "deepseek-flash" : named);
  }

  @Override
  @Nullable Complaint complaint(Call call) {
    if (!call.chat() && call.tokenPrompt()) {
      return Complaint.UNPROCESSABLE;
    }
    if (thinks(call) && reasoningMissing(call)) {
      return Complaint.MISSING_REASONING;
    }
    return super.complaint(call);
  }

  /** An assistant turn with tool calls must bring its reasoning back. */
  private static boolean reasoningMissing(Call call) {
    for (JsonNode message : call.root().path("messages")) {
      if (message.path("role").asText("").equals("assistant") && message.path("tool_calls").size() > 0
          && !message.path("reasoning_content").isTextual()) {
        return true;
      }
    }
    return false;
  }

  @Override
  int choices(Call call) {
    return 1;
  }

  @Override
  int maxTokens(Call call) {
    return call.root().path("max_tokens").asInt(0);
  }

  @Override
  boolean thinks(Call call) {
    String type = call.root().path("thinking").path("type").asText("");
    return call.chat() && (type.equals("enabled") || config.thinks() && !type.equals("disabled"));
  }

  /** The account cap is counted per model. */
  @Override
  String pool(Call call) {
    return call.model();
  }

  @Override
  public void top(ObjectNode node) {
    node.put("system_fingerprint", "fp_emulated_deepseek");
  }

  @Override
  public boolean nullUsage() {
    return true;
  }

  @Override
  public ObjectNode usage(Call call, int completionTokens, int reasoningTokens) {
    ObjectNode usage = super.usage(call, completionTokens, reasoningTokens);
    int prompt = call.promptTokens();
    int hit = Math.min(prompt, cache.hit(call.model() + '/' + call.root().path("user_id").asText(""), call.joined()) / 4);
    usage.putObject("prompt_tokens_details").put("cached_tokens", hit);
    usage.putObject("completion_tokens_details").put("reasoning_tokens", reasoningTokens);
    return usage.put("prompt_cache_hit_tokens", hit).put("prompt_cache_miss_tokens", prompt - hit);
  }

  @Override
  public Refused refused(Complaint complaint) {
    Words words = words(complaint);
    ObjectNode node = switch (complaint) {
      case UNAUTHORIZED -> error("Authentication Fails (governor)", "authentication_error", "invalid_request_error");
      case PAYMENT -> error("Insufficient Balance", "unknown_error", "invalid_request_error");
      case NO_SUCH_MODEL -> error("Model Not Exist", "invalid_request_error", "invalid_request_error");
      default -> error(words.message(), words.type(), words.type());
    };
    return new Refused(complaint == Complaint.NO_SUCH_MODEL ? 400 : words.status(), Json.bytes(node));
  }
}
