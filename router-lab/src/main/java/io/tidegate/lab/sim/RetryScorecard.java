package io.tidegate.lab.sim;

import io.tidegate.dispatch.retry.RetryPolicy;
import io.tidegate.dispatch.retry.RetryPolicy.Backoff;
import io.tidegate.dispatch.retry.RetryTerms;
import io.tidegate.model.Balance;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * R1.11: what trying again gains over a simple retry, at each {@link OperatingPoint}, and what it costs the servers. Every service meets the same
 * arrivals and the same faults under the same seed; the first tenth of each run does not count; requests that failed do.
 */
public final class RetryScorecard {
  /** Of every caller: an answer that is not whole by then is none. */
  static final long PATIENCE_NANOS = 30_000_000_000L;

  /** Who is compared. The first is what the others are held against. */
  public static final List<Contender> CONTENDERS = List.of(
      new Contender("B1 three at once", (time, server, other, seed) -> new Client(time, Manner.B1, server, seed)),
      new Contender("B0 none", (time, server, other, seed) -> new Client(time, Manner.B0, server, seed)),
      new Contender("B2 after 1, 2, 4 s", (time, server, other, seed) -> new Client(time, Manner.B2, server, seed)),
      new Contender("B2 with full jitter", (time, server, other, seed) -> new Client(time, Manner.B2_JITTER, server, seed)),
      new Contender("B3 the seed's code", (time, server, other, seed) -> new Client(time, Manner.B3, server, seed)),
      router("router, as shipped", setting -> setting.limited()),
      router("router, {max: 4, backoff: exponential}", setting -> setting.limited().retrying(exponential(), 4)),
      router("router without limits", setting -> setting),
      router("router without limits, {max: 4, backoff: exponential}", setting -> setting.retrying(exponential(), 4)),
      router("router, another upstream allowed", setting -> setting.limited().andCloud("c")));

  private final Traces traces;

  public RetryScorecard(Traces traces) {
    this.traces = traces;
  }

  /** One of those compared. */
  public record Contender(String name, Maker maker) {}

  /** Makes a service before a server; {@code other} is another one as large, of which nobody else knows. */
  interface Maker {
    Service before(VirtualTime time, ModelServer server, ModelServer other, long seed);
  }

  /**
   * One line of the table.
   *
   * @param success share of requests that had a whole answer within their caller's patience
   * @param amplification requests to servers / requests of callers
   */
  public record Row(OperatingPoint point, String contender, double success, Interval gain, double amplification) {
    /** As a line of Markdown. */
    public String markdown() {
      return String.format(Locale.ROOT, "| %s | %.1f %% | %s | %.2f |", contender, success * 100, gain.percent(), amplification);
    }
  }

  private record Run(double success, double amplification) {}

  /** @param minutes of traffic in each run, at most 30 */
  public List<Row> rows(OperatingPoint point, int seeds, int minutes) throws IOException {
    Trace all = traces.read(point.trace());
    List<Row> rows = new ArrayList<>();
    double[] simple = new double[0];
    for (Contender contender : CONTENDERS) {
      double[] success = new double[seeds];
      double amplification = 0;
      for (int seed = 0; seed < seeds; seed++) {
        Run run = run(point, contender, all, minutes, seed);
        success[seed] = run.success();
        amplification += run.amplification() / seeds;
      }
      if (rows.isEmpty()) {
        simple = success;
      }
      double mean = 0;
      for (double each : success) {
        mean += each / seeds;
      }
      rows.add(new Row(point, contender.name(), mean, Interval.gain(success, simple), amplification));
    }
    return rows;
  }

  private static Run run(OperatingPoint point, Contender contender, Trace all, int minutes, int seed) {
    SplittableRandom random = new SplittableRandom(1_000 + seed);
    ServiceModel service = point.service(all);
    Trace trace = all.rotated((long) (random.nextDouble() * all.lengthNanos())).between(0, Math.min(all.lengthNanos(), minutes * 60_000_000_000L));
    VirtualTime time = new VirtualTime();
    ModelServer server = new ModelServer(time, service, point.slots(), point.queue(), random.split()).worksOn();
    ModelServer other = new ModelServer(time, service, point.slots(), point.queue(), random.split()).worksOn();
    point.spoil(time, server, trace.lengthNanos(), random.split());
    Service asked = contender.maker().before(time, server, other, seed);
    List<Outcome> outcomes = Simulation.play(time, trace, asked, arrival -> Ask.of(arrival, PATIENCE_NANOS));
    if (asked instanceof Router router && router.counts().defects() > 0) {
      throw new IllegalStateException("defects of ours: " + router.counts().defects());
    }
    long from = trace.lengthNanos() / 10;
    long counted = outcomes.stream().filter(outcome -> outcome.askedNanos() >= from).count();
    long good = outcomes.stream().filter(outcome -> outcome.askedNanos() >= from && outcome.answered()).count();
    return new Run((double) good / counted, (double) asked.sent() / outcomes.size());
  }

  /** @param change from a router with one private upstream and no limits */
  private static Contender router(String name, UnaryOperator<Setting> change) {
    return new Contender(name, (time, server, other, seed) -> new Router(time, change.apply(Setting.home(Balance.DEFAULT, "h")),
        Map.of("h", server, "c", other), seed));
  }

  private static RetryTerms exponential() {
    RetryTerms usual = RetryTerms.DEFAULT;
    RetryPolicy policy = new RetryPolicy(Backoff.EXPONENTIAL, usual.policy().baseNanos(), usual.policy().capNanos(), usual.policy().askedCapNanos());
    return new RetryTerms(policy, usual.share(), usual.perSecond(), usual.parts(), usual.windowNanos(), usual.bodyBytes(), usual.bodiesBytes(),
        usual.hedging());
  }
}
