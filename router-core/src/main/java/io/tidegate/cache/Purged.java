package io.tidegate.cache;

import io.tidegate.line.AnswerCache.Key;
import io.tidegate.line.AnswerCache.Stored;
import java.util.ArrayList;
import java.util.List;

/**
 * Purges of the last while, so that an answer which was being made when its like was purged is not stored after it, nor used where another daemon
 * stored it. Thread-safe; costs one read where nothing was purged.
 */
final class Purged {
  /** No request takes longer, and no answer of another instance crosses over later. */
  static final long KEPT_NANOS = 3_700L * 1_000_000_000;
  /** Past it the oldest purge counts for everything that was asked before it. */
  static final int MAX_KEPT = 64;

  private volatile List<Done> done = List.of();

  private record Done(Purge purge, long atNanos) {}

  synchronized void add(Purge purge, long nowNanos) {
    List<Done> kept = new ArrayList<>();
    for (Done each : done) {
      if (nowNanos - each.atNanos < KEPT_NANOS) {
        kept.add(each);
      }
    }
    kept.add(new Done(purge, nowNanos));
    if (kept.size() > MAX_KEPT) {
      kept.remove(0);
      kept.set(0, new Done(new Purge(null, null, null, null), kept.get(0).atNanos));
    }
    done = List.copyOf(kept);
  }

  /** Whether it was asked for before a purge that it fits. */
  boolean covers(Key key, Stored answer) {
    List<Done> all = done;
    if (all.isEmpty()) {
      return false;
    }
    for (Done each : all) {
      if (each.atNanos - answer.life().bornNanos() >= 0 && each.purge.fits(key, answer.origin())) {
        return true;
      }
    }
    return false;
  }
}
