package io.tidegate.cache;

import java.util.ArrayList;
import java.util.List;

/**
 * Purges, oldest first, for as long as an answer may live that was asked for before one. Immutable; bounded. Times are of one clock, nanoseconds or
 * milliseconds, that may overflow.
 */
record PurgeList(List<Done> all) {
  static final PurgeList NONE = new PurgeList(List.of());
  /** An hour more than any answer lives after it was asked for: both its times are bounded so, by policy and by {@link Packing}. */
  static final long KEPT_SECONDS = 2L * Packing.MAX_SECONDS + 3_600;
  /** Past it the oldest purge counts for everything that was asked before it. */
  static final int MAX_KEPT = 256;

  record Done(Purge purge, long at) {}

  PurgeList(List<Done> all) {
    this.all = List.copyOf(all);
  }

  /** @param forgotten what is no younger is left out */
  PurgeList with(Done done, long forgotten) {
    List<Done> kept = new ArrayList<>(all.size() + 1);
    for (Done each : all) {
      if (each.at - forgotten > 0) {
        kept.add(each);
      }
    }
    int place = kept.size();
    while (place > 0 && kept.get(place - 1).at - done.at > 0) {
      place--;
    }
    kept.add(place, done);
    if (kept.size() > MAX_KEPT) {
      kept.remove(0);
      kept.set(0, new Done(Purge.ALL, kept.get(0).at));
    }
    return new PurgeList(kept);
  }
}
