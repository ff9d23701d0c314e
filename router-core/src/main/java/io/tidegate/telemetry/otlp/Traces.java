package io.tidegate.telemetry.otlp;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tidegate.line.RequestTrace;
import io.tidegate.line.RequestTrace.Propagation;
import io.tidegate.line.Tracing;
import io.tidegate.model.Secret;
import io.tidegate.model.TraceContext;
import io.tidegate.telemetry.Names;
import io.tidegate.telemetry.RequestOutcome;
import io.tidegate.telemetry.otlp.SpanMessages.Kept;
import io.tidegate.time.Loop;
import io.tidegate.time.WallClock;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Traces of requests, sampled at their tail: what failed, was refused or was slow always, of the rest a part; and whatever the caller keeps of its own trace.
 * Those that are kept wait in a bounded queue for the thread that sends them; where it is full they are dropped and counted. Any loop.
 */
public final class Traces implements Tracing, AutoCloseable {
  private static final int QUEUE = 2_048;
  private static final int BATCH = 256;
  private static final long EVERY_MILLIS = 1_000;
  private static final long RANDOM_BITS = (1L << 56) - 1;

  /**
   * What is kept, and who is told.
   *
   * @param ratio of the traces that begin here, or whose caller says nothing: 0 to 1
   * @param slowNanos a request that took as long is kept
   */
  public record Terms(double ratio, long slowNanos, Propagation propagation) {}

  private final Terms terms;
  /** A trace is chosen if the random part of its id is below. */
  private final long below;
  private final WallClock clock;
  /** One per loop. */
  private final RequestTrace.Spans[] ids;
  private final @Nullable ArrayBlockingQueue<Kept> queue;
  private final @Nullable Collector collector;
  private final @Nullable Push push;
  private final SpanMessages messages;
  private final Counter kept;
  private final Counter left;
  private final Counter sent;
  private final Counter dropped;

  /**
   * @param endpoint of the collector; null for none: then nothing is kept, and only what callers say is passed on
   * @param loops how many there are
   */
  public Traces(Terms terms, @Nullable URI endpoint, Map<String, Secret> headers, Source source, int loops, SplittableRandom seed, WallClock clock,
      MeterRegistry registry) {
    this.terms = terms;
    this.below = (long) (terms.ratio() * (RANDOM_BITS + 1));
    this.clock = clock;
    this.ids = IntStream.range(0, loops).mapToObj(i -> ids(seed.split())).toArray(RequestTrace.Spans[]::new);
    this.messages = new SpanMessages(source);
    this.kept = counted(registry, Names.TRACES, "verdict", "kept");
    this.left = counted(registry, Names.TRACES, "verdict", "left");
    this.sent = counted(registry, Names.OTLP_SENT, "signal", "traces");
    this.dropped = counted(registry, Names.OTLP_DROPPED, "signal", "traces");
    this.queue = endpoint == null ? null : new ArrayBlockingQueue<>(QUEUE);
    this.collector = endpoint == null ? null : new Collector(endpoint, "/v1/traces", headers);
    // Last: it begins at once.
    this.push = endpoint == null ? null : new Push("traces", EVERY_MILLIS, this::send);
  }

  private static Counter counted(MeterRegistry registry, String name, String key, String value) {
    return Counter.builder(name).tag(key, value).register(registry);
  }

  @Override
  public RequestTrace begin(@Nullable TraceContext from, long arrivedNanos, Loop loop) {
    RequestTrace.Spans fresh = ids[loop.index()];
    long high = fresh.next();
    long low = fresh.next();
    boolean chosen = from == null ? (low & RANDOM_BITS) < below : from.sampled();
    return new RequestTrace(from, high, low, fresh, chosen && queue != null, queue != null, terms.propagation(), arrivedNanos);
  }

  private static RequestTrace.Spans ids(SplittableRandom random) {
    return () -> {
      long id = random.nextLong();
      return id == 0 ? 1 : id;
    };
  }

  @Override
  public void over(RequestTrace trace, Loop loop) {
    ArrayBlockingQueue<Kept> waiting = queue;
    RequestTrace.End end = trace.end();
    RequestOutcome outcome = RequestOutcome.of(end.destination(), end.refusal());
    boolean keep = trace.chosen() || outcome == RequestOutcome.ERROR || outcome == RequestOutcome.REFUSED || end.durationNanos() >= terms.slowNanos();
    if (waiting == null || !keep) {
      left.increment();
      return;
    }
    if (waiting.offer(new Kept(trace, clock.now(), loop.nanos()))) {
      trace.keep();
      kept.increment();
    } else {
      dropped.increment();
    }
  }

  private Push.Taken send() throws InterruptedException {
    ArrayBlockingQueue<Kept> waiting = queue;
    Collector to = collector;
    if (waiting == null || to == null || waiting.isEmpty()) {
      return Push.Taken.NOTHING_THERE;
    }
    List<Kept> batch = new ArrayList<>(BATCH);
    // As many as there were at its begin, so that it ends.
    for (int rest = waiting.size(); rest > 0; rest -= batch.size()) {
      batch.clear();
      waiting.drainTo(batch, Math.min(rest, BATCH));
      if (batch.isEmpty()) {
        break;
      }
      boolean taken = false;
      try {
        taken = to.take(messages.of(batch));
      } finally {
        (taken ? sent : dropped).increment(batch.size());
      }
      if (!taken) {
        return Push.Taken.NO;
      }
    }
    return Push.Taken.YES;
  }

  @Override
  public void close() {
    if (push != null) {
      push.close();
    }
    if (collector != null) {
      collector.close();
    }
  }
}
