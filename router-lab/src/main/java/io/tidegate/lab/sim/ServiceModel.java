package io.tidegate.lab.sim;

import java.util.SplittableRandom;

/**
 * How long a model server works on a request: {@code overhead + uncached tokens · prefill} to the first token, {@code (n − 1) · decode} from there to
 * the last; the form of llm-d-inference-sim.
 *
 * @param spread each time is drawn evenly from (1 ± spread) of that
 */
public record ServiceModel(double overheadNanos, double prefillNanos, double decodeNanos, double spread) {
  /** 8,000 prompt tokens and 40 answer tokens a second, a tenth of a second besides. */
  public static final ServiceModel USUAL = new ServiceModel(100e6, 125e3, 25e6, 0.2);

  /** The same server, slower or faster. */
  public ServiceModel times(double factor) {
    return new ServiceModel(overheadNanos * factor, prefillNanos * factor, decodeNanos * factor, spread);
  }

  long firstNanos(int uncachedTokens, SplittableRandom random) {
    return (long) ((overheadNanos + uncachedTokens * prefillNanos) * around(random));
  }

  long restNanos(int outTokens, SplittableRandom random) {
    return (long) (Math.max(0, outTokens - 1) * decodeNanos * around(random));
  }

  private double around(SplittableRandom random) {
    return 1 - spread + 2 * spread * random.nextDouble();
  }

  /** Mean time of a request without cached tokens, in seconds. */
  public double meanSeconds(Trace trace) {
    return trace.arrivals().stream().mapToDouble(arrival -> overheadNanos + arrival.inTokens() * prefillNanos
        + Math.max(0, arrival.outTokens() - 1) * decodeNanos).average().orElse(0) / 1e9;
  }
}
