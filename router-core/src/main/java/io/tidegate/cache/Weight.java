package io.tidegate.cache;

import io.tidegate.line.AnswerCache.Stored;

/** What an entry takes of the heap, in bytes: measured by {@code CacheWeightTest}, on 64-bit machines with compressed references. */
final class Weight {
  /** Key, answer, origin, life, the map's node and its links in the cache's queues, array headers. */
  private static final int ENTRY = 300;
  private static final int ARRAY = 16;

  private Weight() {}

  static int of(Stored stored) {
    int shape = stored.origin().shape().length;
    return ENTRY + padded(stored.body().length) + (shape == 0 ? 0 : ARRAY + padded(shape));
  }

  private static int padded(int bytes) {
    return bytes + 7 & ~7;
  }
}
