package io.tidegate.cache;

import io.tidegate.line.AnswerCache.Key;
import io.tidegate.line.AnswerCache.Stored;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What origins took lately until their first content, and a draw from it (hazard C4). Each hit draws anew, so hits of one answer differ as misses do; the draw
 * is among the times of answers of like size, since what is long takes longer; and only what came lately counts, so a hit at a busy hour is slow as a miss
 * is. Thread-safe.
 */
final class OriginTimes {
  /** Kept of each upstream, operation and form. */
  static final int KEPT = 96;
  /** Of these the nearest in size are drawn from. */
  static final int NEAREST = 8;
  /** Upstreams are few; past it nothing more is learnt. */
  private static final int MAX_RINGS = 1_024;

  private final RandomGenerator random;
  private final Map<String, Ring> rings = new HashMap<>();

  /** @param random used under the monitor of this object */
  OriginTimes(RandomGenerator random) {
    this.random = random;
  }

  /** The last times, oldest overwritten. */
  private static final class Ring {
    private final int[] bytes = new int[KEPT];
    private final int[] micros = new int[KEPT];
    private int next;
    private int count;

    void add(int size, int took) {
      bytes[next] = size;
      micros[next] = took;
      next = (next + 1) % KEPT;
      count = Math.min(KEPT, count + 1);
    }

    /** One of the nearest in size: by size ratio, ties by place. */
    int draw(int size, RandomGenerator random) {
      int wanted = Math.min(NEAREST, count);
      double[] distances = new double[count];
      for (int i = 0; i < count; i++) {
        distances[i] = Math.abs(Math.log((double) (bytes[i] + 1) / (size + 1)));
      }
      double[] sorted = distances.clone();
      java.util.Arrays.sort(sorted);
      double limit = sorted[wanted - 1];
      int within = 0;
      int drawn = 0;
      for (int i = 0; i < count; i++) {
        // Each that is within has the same chance to be the one that stays.
        if (distances[i] <= limit && random.nextInt(++within) == 0) {
          drawn = micros[i];
        }
      }
      return drawn;
    }
  }

  private static String name(Key key, Stored stored) {
    return stored.upstream() + ' ' + key.operation() + (stored.origin().shape().length == 0 ? " whole" : " stream");
  }

  synchronized void add(Key key, Stored stored) {
    Ring ring = rings.get(name(key, stored));
    if (ring == null) {
      if (rings.size() == MAX_RINGS) {
        return;
      }
      ring = new Ring();
      rings.put(name(key, stored), ring);
    }
    ring.add(stored.body().length, stored.origin().firstMicros());
  }

  synchronized long drawNanos(Key key, Stored stored) {
    Ring ring = rings.get(name(key, stored));
    return (ring == null ? stored.origin().firstMicros() : ring.draw(stored.body().length, random)) * 1_000L;
  }
}
