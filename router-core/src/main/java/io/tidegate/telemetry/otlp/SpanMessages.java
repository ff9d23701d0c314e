package io.tidegate.telemetry.otlp;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.line.RequestTrace;
import io.tidegate.line.RequestTrace.End;
import io.tidegate.line.RequestTrace.Timed;
import io.tidegate.line.RequestTrace.Tried;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.RouteInfo;
import io.tidegate.telemetry.GenAi;
import io.tidegate.telemetry.Label;
import io.tidegate.telemetry.RequestOutcome;
import java.time.Instant;
import java.util.List;

/**
 * {@code ExportTraceServiceRequest}s: a span for each request, step and attempt. Every attribute is a word of an enum, a name of the configuration, an id of ours or a
 * number (G3).
 */
final class SpanMessages {
  private static final int INTERNAL = 1;
  private static final int SERVER = 2;
  private static final int CLIENT = 3;
  private static final int ERROR = 2;
  private static final double NANOS_PER_SECOND = 1e9;

  /**
   * A trace to be sent.
   *
   * @param at when it was over
   * @param nanos the same by its loop's clock
   */
  record Kept(RequestTrace trace, Instant at, long nanos) {
    long unixNanos(long ticker) {
      return at.getEpochSecond() * 1_000_000_000L + at.getNano() - (nanos - ticker);
    }
  }

  private final Source source;

  SpanMessages(Source source) {
    this.source = source;
  }

  byte[] of(List<Kept> traces) {
    return new ProtoWriter().message(1, resource -> source.around(resource, scope -> traces.forEach(kept -> spans(scope, kept)))).toBytes();
  }

  private static void spans(ProtoWriter scope, Kept kept) {
    RequestTrace trace = kept.trace();
    scope.message(2, span -> request(span, kept));
    long child = trace.span();
    for (Timed step : trace.steps()) {
      // Ids of steps follow from the request's: nobody else refers to them.
      child = child * 0x9e3779b97f4a7c15L + 1;
      long id = child == 0 ? 1 : child;
      scope.message(2, span -> begin(span, kept, id, trace.span(), Label.word(step.step()), INTERNAL, step.fromNanos(), step.toNanos()));
    }
    for (Tried tried : trace.attempts()) {
      scope.message(2, span -> attempt(span, kept, tried));
    }
  }

  private static Attributes begin(ProtoWriter span, Kept kept, long id, long parent, String name, int kind, long from, long to) {
    RequestTrace trace = kept.trace();
    span.id(1, trace.high(), trace.low()).id(2, id);
    if (parent != 0) {
      span.id(4, parent);
    }
    span.text(5, name).varint(6, kind).fixed64(7, kept.unixNanos(from)).fixed64(8, kept.unixNanos(to)).fixed32(16, trace.chosen() ? 1 : 0);
    return new Attributes(span, 9);
  }

  private static void request(ProtoWriter span, Kept kept) {
    RequestTrace trace = kept.trace();
    End end = trace.end();
    RouteInfo route = end.route();
    RequestOutcome outcome = RequestOutcome.of(end.destination(), end.refusal());
    String operation = end.operation().telemetryName();
    Attributes told = begin(span, kept, trace.span(), trace.parent(), operation, SERVER, trace.beganNanos(), trace.beganNanos() + end.durationNanos());
    told.text(GenAi.OPERATION, operation).text("tidegate.request.id", route.requestId()).text("tidegate.outcome", Label.word(outcome))
        .text("tidegate.sensitivity", Label.word(route.sensitivity())).text("tidegate.latency_class", Label.word(route.latencyClass()))
        .text("tidegate.destination", end.destination() == null ? "none" : Label.word(end.destination())).text("tidegate.upstream", route.upstream())
        .text("tidegate.rules", route.rule()).text("tidegate.policy", route.policy()).text("tidegate.cache", Label.word(route.cache()))
        .count("tidegate.attempts", trace.attempts().size());
    usage(told, end.usage());
    if (end.refusal() != null) {
      told.text(GenAi.ERROR, end.refusal().code());
    }
    if (outcome == RequestOutcome.ERROR) {
      span.message(15, status -> status.varint(3, ERROR));
    }
  }

  private static void attempt(ProtoWriter span, Kept kept, Tried tried) {
    String operation = kept.trace().end().operation().telemetryName();
    String model = tried.model();
    Attributes told = begin(span, kept, tried.span(), kept.trace().span(), model == null ? operation : operation + ' ' + model, CLIENT, tried.fromNanos(), tried.toNanos());
    told.text(GenAi.OPERATION, operation).text(GenAi.PROVIDER, Label.word(tried.dialect())).text("gen_ai.request.model", model)
        .text("server.address", tried.endpoint().host()).text("tidegate.upstream", tried.upstream()).text("tidegate.zone", Label.word(tried.zone()))
        .text("tidegate.endpoint", tried.endpoint().id());
    if (tried.endpoint().port() > 0) {
      told.count("server.port", tried.endpoint().port());
    }
    usage(told, tried.usage());
    if (tried.firstNanos() != 0) {
      told.seconds("gen_ai.response.time_to_first_chunk", (tried.firstNanos() - tried.fromNanos()) / NANOS_PER_SECOND);
    }
    AttemptFailure.Kind failure = tried.failure();
    if (failure != null) {
      told.text(GenAi.ERROR, Label.word(failure));
      if (failure != AttemptFailure.Kind.CANCELLED) {
        span.message(15, status -> status.varint(3, ERROR));
      }
    }
  }

  private static void usage(Attributes told, Usage usage) {
    told.count("gen_ai.usage.input_tokens", usage.inputTokens()).count("gen_ai.usage.output_tokens", usage.outputTokens())
        .count("gen_ai.usage.cache_read.input_tokens", usage.cachedTokens()).count("gen_ai.usage.reasoning.output_tokens", usage.reasoningTokens());
  }
}
