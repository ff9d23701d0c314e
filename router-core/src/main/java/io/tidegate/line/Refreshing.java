package io.tidegate.line;

import io.tidegate.model.CacheDirective;
import io.tidegate.model.Findings;
import io.tidegate.model.ModelRequest;
import io.tidegate.time.Loop;

/**
 * Asks again for an answer that was given past its freshness, behind the reader (R3.6). It is a request of its own on the line: scanned, decided by the
 * policy in force, paid by its tenant, recorded; so it opens nothing that the reader's would not (G1), and what it brings is stored under the bundle that
 * decided it (C6). Nobody waits for it. Confined to its loop.
 */
final class Refreshing extends UnreadAnswer {
  /** A longer body is not kept once its reader has been answered. */
  private static final int MAX_BODY = 256 << 10;

  private final AnswerCache cache;
  private final AnswerCache.Key key;

  private Refreshing(AnswerCache cache, AnswerCache.Key key) {
    this.cache = cache;
    this.key = key;
  }

  /**
   * @param rules the reader's: once others are in force nothing is asked, as neither {@code around} nor the key means anything to them
   * @param around what the reader's request came in with: counts for this one too
   */
  static void behind(ModelRequest reader, Rules rules, Findings around, AnswerCache.Key key, boolean deeper, Rooms rooms, Admission admission, Loop loop) {
    AnswerCache cache = rooms.cache();
    if (reader.prompt().json().length() > MAX_BODY || !cache.mayRefresh(key)) {
      return;
    }
    Refreshing refreshing = new Refreshing(cache, key);
    // Later: the reader is answered first.
    Runnable ask = () -> {
      if (rooms.rules().get() != rules) {
        refreshing.over(false);
        return;
      }
      try {
        ModelRequest again = again(reader, loop.nanos());
        new RequestWalk(rooms, rules, admission, TokenBudget.of(admission, again), again, around, null, refreshing, loop).start();
      } catch (Throwable defect) {
        rooms.meters().defect(defect);
        refreshing.over(false);
      }
    };
    if (!deeper) {
      loop.execute(ask);
      return;
    }
    // Another instance may have asked already.
    cache.find(key, reader.prompt().json(), loop, found -> {
      if (found != null && found.life().at(cache.nanos()) == AnswerCache.Life.State.FRESH) {
        refreshing.over(false);
      } else {
        ask.run();
      }
    });
  }

  static ModelRequest again(ModelRequest reader, long nowNanos) {
    return new ModelRequest(reader.id() + "-refresh", reader.operation(), reader.prompt(), reader.model(), reader.stream(), reader.usageAsked(),
        reader.sampled(), reader.caller(), reader.declared(), reader.latencyWish(), 0, CacheDirective.NO_CACHE, nowNanos, reader.session(),
        reader.sessionLabel(), reader.region());
  }

  @Override
  protected void over(boolean answered) {
    cache.refreshed(key);
  }
}
