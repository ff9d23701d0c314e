package io.tidegate.lab.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidegate.lab.config.EmulatorConfig;
import io.tidegate.lab.plan.Plan;
import io.tidegate.lab.plan.Request;
import org.jspecify.annotations.Nullable;

/** The plain form that the others deviate from (upstreams.md section 1). */
final class OpenAiSite extends Site {
  OpenAiSite(EmulatorConfig config, Switches switches, Load load) {
    super(config, switches, load);
  }

  @Override
  public Plan answer(Request request, long number) {
    if (!authorised(request)) {
      return Plan.refused(request, this, Complaint.UNAUTHORIZED);
    }
    String call = request.method() + " " + request.path();
    if (call.equals("GET /v1/models")) {
      Plan unhealthy = unhealthy(request);
      return unhealthy != null ? unhealthy : models(request);
    }
    Complaint obstacle = obstacle();
    if (obstacle != null) {
      return Plan.refused(request, this, obstacle);
    }
    return switch (call) {
      case "POST /v1/chat/completions" -> generate(request, number, true);
      case "POST /v1/completions" -> generate(request, number, false);
      case "POST /v1/embeddings" -> embed(request);
      default -> Plan.refused(request, this, Complaint.NOT_FOUND);
    };
  }

  @Override
  String owner() {
    return "emulated";
  }

  /** Counted, never shown. */
  @Override
  public @Nullable String reasoningField() {
    return null;
  }

  @Override
  public void top(ObjectNode node) {
    node.put("service_tier", "default").put("system_fingerprint", "fp_emulated");
  }

  @Override
  public boolean nullUsage() {
    return true;
  }

  @Override
  public ObjectNode usage(Call call, int completionTokens, int reasoningTokens) {
    ObjectNode usage = super.usage(call, completionTokens, reasoningTokens);
    usage.putObject("prompt_tokens_details").put("cached_tokens", 0).put("audio_tokens", 0);
    usage.putObject("completion_tokens_details").put("reasoning_tokens", reasoningTokens).put("audio_tokens", 0)
        .put("accepted_prediction_tokens", 0).put("rejected_prediction_tokens", 0);
    return usage;
  }

  @Override
  public Refused refused(Complaint complaint) {
    if (complaint != Complaint.PAYMENT) {
      return super.refused(complaint);
    }
    // OpenAI has no 402: an empty account is a quota.
    return new Refused(429, Json.bytes(error("You exceeded your current quota.", "insufficient_quota", "insufficient_quota")));
  }
}
