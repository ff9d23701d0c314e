package io.tidegate.assay.world;

import io.tidegate.line.AnswerCache;
import io.tidegate.wire.JsonText;
import org.jspecify.annotations.Nullable;

/** The edge cache of a {@link World}: what was stored before is there, what is stored now is noted. Confined to one thread. */
final class PlayedCache implements AnswerCache {
  /** What may be found; null finds nothing. */
  private @Nullable AnswerCache found;

  /** Where answers go; null only notes them. */
  private @Nullable AnswerCache kept;
  private Performance.@Nullable Cached noted;

  void play(@Nullable AnswerCache toFind, @Nullable AnswerCache toKeep) {
    found = toFind;
    kept = toKeep;
    noted = null;
  }

  Performance.@Nullable Cached noted() {
    return noted;
  }

  @Override
  public @Nullable Stored get(Key key) {
    AnswerCache from = found;
    return from == null ? null : from.get(key);
  }

  @Override
  public void put(Key key, JsonText body, Stored answer) {
    noted = new Performance.Cached(key.sharingGroup(), key.sensitivity());
    AnswerCache to = kept;
    if (to != null) {
      to.put(key, body, answer);
    }
  }

  /** In a world nothing grows old: what a policy does to answers past their time is not a matter of where they may go. */
  @Override
  public long nanos() {
    return 0;
  }
}
