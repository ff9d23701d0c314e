package io.tidegate.line;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.Candidate;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Destination;
import io.tidegate.model.Dialect;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.TraceContext;
import io.tidegate.model.Zone;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one request did and when, by the loop's clock: for its trace. Made only where traces are on; times, names of the configuration and numbers only, never text (G3).
 * Confined to its walk's loop until it is over; it does not change after that.
 */
public final class RequestTrace {
  /** More are not noted. */
  private static final int MOST_STEPS = 32;
  private static final int MOST_ATTEMPTS = 64;

  /** What a request goes through besides attempts. */
  public enum Step { CLASSIFY, DECIDE, QUEUE }

  /** One of them. */
  public record Timed(Step step, long fromNanos, long toNanos) {}

  private final @Nullable TraceContext from;
  private final long high;
  private final long low;
  private final long span;
  private final boolean chosen;
  private final boolean ours;
  private final Propagation propagation;
  private final Spans spans;
  private final long beganNanos;
  private final List<Timed> steps = new ArrayList<>(4);
  private final List<Tried> attempts = new ArrayList<>(2);
  private boolean kept;
  private @Nullable End end;

  /** Gives each span its id. On the trace's loop. */
  public interface Spans {
    /** Never 0. */
    long next();
  }

  /** Who is told of the trace. */
  public enum Propagation {
    NOBODY, PRIVATE, ALL;

    boolean reaches(Zone zone) {
      return this == ALL || this == PRIVATE && zone == Zone.PRIVATE;
    }
  }

  /** @param durationNanos from its arrival */
  public record End(Operation operation, RouteInfo route, @Nullable Destination destination, @Nullable Refusal refusal, long durationNanos, Usage usage) {}

  /**
   * @param from the caller's; null if it named none, or nothing readable
   * @param chosen it is kept whatever becomes of it
   * @param ours somebody collects our spans; else what the caller says is passed on as it is, as if we were not there
   */
  public RequestTrace(@Nullable TraceContext from, long high, long low, Spans spans, boolean chosen, boolean ours, Propagation propagation, long beganNanos) {
    this.from = from;
    this.high = from == null ? high : from.high();
    this.low = from == null ? low : from.low();
    this.spans = spans;
    this.span = spans.next();
    this.chosen = chosen;
    this.ours = ours;
    this.kept = chosen;
    this.propagation = propagation;
    this.beganNanos = beganNanos;
  }

  void step(Step step, long fromNanos, long toNanos) {
    if (end == null && steps.size() < MOST_STEPS) {
      steps.add(new Timed(step, fromNanos, toNanos));
    }
  }

  /** Null past a bound that no configuration reaches. */
  @Nullable Tried attempt(Candidate candidate, Endpoint endpoint, long nowNanos) {
    if (attempts.size() == MOST_ATTEMPTS) {
      return null;
    }
    String model = candidate.model();
    // A model that is not configured by name was named by the caller.
    Tried tried = new Tried(this, spans.next(), candidate.upstream().name(), candidate.upstream().zone(), candidate.upstream().models().contains(model) ? model : null,
        candidate.upstream().dialect(), endpoint, nowNanos);
    attempts.add(tried);
    return tried;
  }

  /** The request is over: nothing is noted from here on. */
  void over(End how) {
    for (Tried tried : attempts) {
      tried.end(AttemptFailure.Kind.CANCELLED, beganNanos + how.durationNanos());
    }
    end = how;
  }

  /** It goes to whoever collects traces. */
  public void keep() {
    kept = true;
  }

  /** Whether it is known by now that it will be kept. */
  public boolean kept() {
    return kept;
  }

  /** Whether it was chosen at its begin: what its upstreams are told. */
  public boolean chosen() {
    return chosen;
  }

  public long high() {
    return high;
  }

  public long low() {
    return low;
  }

  /** The request's own. */
  public long span() {
    return span;
  }

  /** The caller's; 0 for none. */
  public long parent() {
    return from == null ? 0 : from.span();
  }

  /** {@code Ticker} time of its arrival. */
  public long beganNanos() {
    return beganNanos;
  }

  public List<Timed> steps() {
    return steps;
  }

  public List<Tried> attempts() {
    return attempts;
  }

  /** How it ended. */
  public End end() {
    End known = end;
    if (known == null) {
      throw new IllegalStateException("not over yet");
    }
    return known;
  }

  /** One attempt. */
  public static final class Tried {
    private final RequestTrace trace;
    private final long span;
    private final String upstream;
    private final Zone zone;
    private final @Nullable String model;
    private final Dialect dialect;
    private final Endpoint endpoint;
    private final long fromNanos;
    private long toNanos;
    private long firstNanos;
    private boolean over;
    private AttemptFailure.@Nullable Kind failure;
    private Usage usage = Usage.UNKNOWN;

    private Tried(RequestTrace trace, long span, String upstream, Zone zone, @Nullable String model, Dialect dialect, Endpoint endpoint, long fromNanos) {
      this.trace = trace;
      this.span = span;
      this.upstream = upstream;
      this.zone = zone;
      this.model = model;
      this.dialect = dialect;
      this.endpoint = endpoint;
      this.fromNanos = fromNanos;
    }

    /** What its upstream is told; null for nothing. A PUBLIC one never sees the state, which is the caller's text. */
    @Nullable TraceContext told() {
      if (!trace.propagation.reaches(zone)) {
        return null;
      }
      TraceContext from = trace.from;
      if (!trace.ours) {
        return from == null ? null : from.below(from.span(), from.sampled(), zone == Zone.PRIVATE);
      }
      return from == null ? TraceContext.begun(trace.high, trace.low, span, trace.chosen) : from.below(span, trace.chosen, zone == Zone.PRIVATE);
    }

    void first(long nowNanos) {
      firstNanos = nowNanos;
    }

    void used(Usage told) {
      if (!over) {
        usage = told;
      }
    }

    void end(AttemptFailure.@Nullable Kind why, long nowNanos) {
      if (!over) {
        over = true;
        failure = why;
        toNanos = nowNanos;
      }
    }

    public long span() {
      return span;
    }

    public String upstream() {
      return upstream;
    }

    public Zone zone() {
      return zone;
    }

    /** Null if the configuration does not name it. */
    public @Nullable String model() {
      return model;
    }

    public Dialect dialect() {
      return dialect;
    }

    public Endpoint endpoint() {
      return endpoint;
    }

    public long fromNanos() {
      return fromNanos;
    }

    public long toNanos() {
      return toNanos;
    }

    /** 0 if no content of a stream came. */
    public long firstNanos() {
      return firstNanos;
    }

    /** Null for a whole answer. */
    public AttemptFailure.@Nullable Kind failure() {
      return failure;
    }

    public Usage usage() {
      return usage;
    }
  }
}
