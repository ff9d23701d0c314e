package io.tidegate.cache;

import io.tidegate.line.AnswerCache.Key;
import io.tidegate.line.AnswerCache.Origin;
import java.util.List;

/**
 * Purges by this process's own clock, so that an answer which was asked for before its like was purged is neither stored after it, nor used where another
 * daemon or another run stored it, for as long as such an answer may live. Thread-safe; costs one look where nothing was purged since the answer was asked for.
 */
final class Purged {
  private static final long KEPT_NANOS = PurgeList.KEPT_SECONDS * 1_000_000_000L;

  private volatile PurgeList done = PurgeList.NONE;

  /** @param atNanos at {@code nowNanos}, or before it */
  synchronized void add(Purge purge, long atNanos, long nowNanos) {
    done = done.with(new PurgeList.Done(purge, atNanos), nowNanos - KEPT_NANOS);
  }

  /** Whether it was asked for before a purge that it fits. */
  boolean covers(Key key, Origin origin, long bornNanos) {
    List<PurgeList.Done> all = done.all();
    for (int i = all.size() - 1; i >= 0 && all.get(i).at() - bornNanos >= 0; i--) {
      if (all.get(i).purge().fits(key, origin)) {
        return true;
      }
    }
    return false;
  }
}
