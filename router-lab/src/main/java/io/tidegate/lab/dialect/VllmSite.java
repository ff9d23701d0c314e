package io.tidegate.lab.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidegate.lab.config.EmulatorConfig;
import io.tidegate.lab.plan.Field;
import io.tidegate.lab.plan.Plan;
import io.tidegate.lab.plan.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** vLLM's server (upstreams.md section 3): integer codes, gauges, priority, a fault in a stream that still says {@code [DONE]}. */
final class VllmSite extends Site {
  VllmSite(EmulatorConfig config, Switches switches, Load load) {
    super(config, switches, load);
  }

  @Override
  public Plan answer(Request request, long number) {
    // The key guards /v1 only.
    if (request.path().startsWith("/v1") && !authorised(request)) {
      return Plan.refused(request, this, Complaint.UNAUTHORIZED);
    }
    String call = request.method() + " " + request.path();
    switch (call) {
      case "GET /health", "GET /metrics", "GET /load", "GET /v1/models", "GET /version" -> {
        Plan unhealthy = unhealthy(request);
        return unhealthy != null ? unhealthy : status(request, call);
      }
      default -> { }
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

  private Plan status(Request request, String call) {
    return switch (call) {
      case "GET /health" -> text(request, switches.dead() && switches.health() == Switches.Health.HONEST ? 503 : 200, "text/plain", "");
      case "GET /metrics" -> text(request, 200, "text/plain; version=0.0.4; charset=utf-8", gauges());
      case "GET /load" -> json(request, Json.object().put("server_load", running() + waiting()));
      case "GET /version" -> json(request, Json.object().put("version", "0.0.0+emulated"));
      default -> models(request);
    };
  }

  private String gauges() {
    StringBuilder out = new StringBuilder(1024);
    gauge(out, "num_requests_running", running());
    gauge(out, "num_requests_waiting", waiting());
    gauge(out, config.oldForms() ? "gpu_cache_usage_perc" : "kv_cache_usage_perc", Math.min(1, running() / (double) config.slots()));
    return out.toString();
  }

  private void gauge(StringBuilder out, String name, double value) {
    out.append("# HELP vllm:").append(name).append(" EMULATED\n# TYPE vllm:").append(name).append(" gauge\nvllm:").append(name)
        .append("{engine=\"0\",model_name=\"").append(config.models().get(0)).append("\"} ").append(value).append('\n');
  }

  @Override
  String owner() {
    return "vllm";
  }

  @Override
  void describe(ObjectNode one, String model) {
    one.put("root", model).putNull("parent").put("max_model_len", config.contextTokens());
  }

  /** No model named: the one that is served. */
  @Override
  @Nullable String model(@Nullable String named) {
    return named == null ? config.models().get(0) : super.model(named);
  }

  @Override
  @Nullable Complaint complaint(Call call) {
    return priority(call) != 0 && !config.priorityScheduling() ? Complaint.BAD_REQUEST : super.complaint(call);
  }

  @Override
  int priority(Call call) {
    return call.root().path("priority").asInt(0);
  }

  @Override
  List<Field> fields(Request request, Field type) {
    if (!"TEXT".equalsIgnoreCase(request.field("endpoint-load-metrics-format"))) {
      return super.fields(request, type);
    }
    List<Field> fields = new ArrayList<>(super.fields(request, type));
    fields.add(new Field("endpoint-load-metrics", String.format(Locale.ROOT,
        "TEXT named_metrics.kv_cache_usage_perc=%.3f, named_metrics.num_requests_waiting=%d",
        Math.min(1, running() / (double) config.slots()), waiting())));
    return fields;
  }

  @Override
  public @Nullable String reasoningField() {
    return "reasoning";
  }

  @Override
  public void choice(ObjectNode choice) {
    choice.putNull("stop_reason");
  }

  @Override
  public boolean continuousUsage(Call call) {
    return call.root().path("stream_options").path("continuous_usage_stats").asBoolean(false);
  }

  @Override
  public boolean streamUsage(Call call) {
    return config.forcedUsage() || super.streamUsage(call);
  }

  @Override
  public Refused refused(Complaint complaint) {
    if (complaint == Complaint.UNAUTHORIZED) {
      return new Refused(401, "{\"error\":\"Unauthorized\"}".getBytes(StandardCharsets.UTF_8));
    }
    Words words = words(complaint);
    return new Refused(words.status(), Json.bytes(errorOf(words)));
  }

  private ObjectNode errorOf(Words words) {
    String type = switch (words.status()) {
      case 404 -> "NotFoundError";
      case 422 -> "UnprocessableEntityError";
      case 500, 503 -> "InternalServerError";
      case 501 -> "NotImplementedError";
      default -> "BadRequestError";
    };
    ObjectNode node = Json.object();
    ObjectNode error = config.oldForms() ? node.put("object", "error") : node.putObject("error");
    error.put("message", words.message()).put("type", type).putNull("param").put("code", words.status());
    return node;
  }

  @Override
  public List<byte[]> inStream() {
    return List.of(Json.event(errorOf(words(Complaint.SERVER_ERROR))), "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII));
  }
}
