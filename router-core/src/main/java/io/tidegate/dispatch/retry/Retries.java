package io.tidegate.dispatch.retry;

import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** One loop's further attempts: the terms, and what is known of each upstream. Confined to that loop. */
public final class Retries {
  private final RetryTerms terms;
  private final RandomGenerator random;
  private final Map<String, UpstreamFigures> upstreams = new HashMap<>();
  private long keptBytes;

  public Retries(RetryTerms terms, RandomGenerator random) {
    this.terms = terms;
    this.random = random;
  }

  public RetryTerms terms() {
    return terms;
  }

  /** @param upstream a configured name */
  public UpstreamFigures of(String upstream, long nowNanos) {
    UpstreamFigures figures = upstreams.get(upstream);
    if (figures == null) {
      figures = new UpstreamFigures(terms, nowNanos);
      upstreams.put(upstream, figures);
    }
    return figures;
  }

  /** {@link RetryPolicy#waitNanos}. */
  public long waitNanos(int round, long previousNanos, long askedNanos) {
    return terms.policy().waitNanos(round, previousNanos, askedNanos, random);
  }

  /** Whether a body of this size may be kept for another attempt; then {@link #letGo} must follow. */
  public boolean keep(long bytes) {
    if (bytes > terms.bodyBytes() || bytes > terms.bodiesBytes() - keptBytes) {
      return false;
    }
    keptBytes += bytes;
    return true;
  }

  public void letGo(long bytes) {
    keptBytes -= bytes;
  }

  /** Bytes of bodies kept now. */
  public long keptBytes() {
    return keptBytes;
  }
}
