package io.tidegate.cache;

import io.tidegate.line.AnswerCache.Key;
import io.tidegate.line.AnswerCache.Stored;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Cost-aware admission: while there is room everything is stored; once the cache is full, an answer that saves far fewer tokens for its bytes than what
 * is usually stored must have been asked for before. Which of the admitted stay is up to their use (W-TinyLFU). Thread-safe; races lose an observation.
 */
final class Worth {
  /** From here on it counts as full. */
  private static final double FULL = 0.9;
  /** Of the usual worth; below it an answer has to come twice. */
  private static final double POOR = 0.5;
  private static final double SMOOTHING = 1.0 / 256;
  private static final int SEEN = 4_096;

  private final long fullBytes;
  /** Hashes of poor answers that came once: a later one takes the place of an earlier. */
  private final AtomicLongArray seen = new AtomicLongArray(SEEN);
  private volatile double usual;

  Worth(long maxBytes) {
    this.fullBytes = (long) (maxBytes * FULL);
  }

  boolean admits(Key key, Stored answer, long weightBytes) {
    double density = (double) answer.origin().tokens() / Weight.of(answer);
    double common = usual;
    usual = common == 0 ? density : common + (density - common) * SMOOTHING;
    if (weightBytes < fullBytes || density >= common * POOR) {
      return true;
    }
    long hash = 31L * key.hashCode() + key.sensitivity().ordinal() + 1;
    return seen.getAndSet((int) Long.remainderUnsigned(hash * 0x9E3779B97F4A7C15L, SEEN), hash) == hash;
  }
}
