package io.tidegate.cache;

import io.tidegate.line.AnswerCache.Stored;

/** What an entry takes of the heap, in bytes: measured by {@code CacheWeightTest}, on 64-bit machines with compressed references. */
final class Weight {
  /** Key, answer, origin, life, the map's node and its links in the cache's queues, array headers. */
  private static final int ENTRY = 392;

  private Weight() {}

  static int of(Stored stored) {
    return ENTRY + padded(stored.body().length) + padded(stored.origin().shape().length);
  }

  private static int padded(int bytes) {
    return bytes + 7 & ~7;
  }
}
