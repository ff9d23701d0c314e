package io.tidegate.cache;

import io.tidegate.time.WallClock;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of the process's own cache concerns other processes of its unit, which run at once with it or come later: the answers it leaves them, where there is a
 * file for these, and what was purged, always. Blocking; any thread.
 *
 * <p>A purge is noted first and the answers that were left are removed then; who leaves writes first and looks for notes then; who starts reads the notes
 * before the answers. So what was purged comes back from no file, whichever process purged it, left it and starts with it, and in whatever order. Ages and
 * notes are compared by the host's civil clock.
 */
public final class AcrossRuns {
  private final ExactCache near;
  private final PurgeNotes notes;
  private final @Nullable Snapshot left;
  private final WallClock clock;

  public AcrossRuns(ExactCache near, PurgeNotes notes, @Nullable Snapshot left, WallClock clock) {
    this.near = near;
    this.notes = notes;
    this.left = left;
    this.clock = clock;
  }

  /**
   * Purges the process's own, and notes it for others. What was left by others goes as a whole: it is little, and mostly not there.
   *
   * @return what came of it
   */
  public synchronized Outcome purge(Purge purge) {
    long removed = near.purge(purge);
    try {
      try {
        // Rounded up, as ages are not.
        notes.add(purge, clock.now().toEpochMilli() + 1);
      } finally {
        if (left != null) {
          left.remove();
        }
      }
      return new Outcome(removed, null);
    } catch (IOException failed) {
      return new Outcome(removed, failed);
    }
  }

  /**
   * Of a purge.
   *
   * @param removed from this process
   * @param failure why it holds in this process only; null if it holds in all of the unit
   */
  public record Outcome(long removed, @Nullable IOException failure) {}

  /**
   * Takes over what others purged: before anything is read from elsewhere, and now and then.
   *
   * @return whether there was any
   * @throws IOException if the notes could not be read: everything counts as purged now, which is noted if that can be
   */
  public synchronized boolean recall() throws IOException {
    long nowMillis = clock.now().toEpochMilli();
    List<PurgeList.Done> news;
    try {
      news = notes.news();
    } catch (IOException unreadable) {
      near.recall(Purge.ALL, 0);
      notes.add(Purge.ALL, nowMillis + 1);
      throw unreadable;
    }
    for (PurgeList.Done each : news) {
      near.recall(each.purge(), Math.max(0, nowMillis - each.at()) * 1_000_000);
    }
    return !news.isEmpty();
  }

  /** @return how many answers came back; -1 if none were left */
  public int restore(String policyDigest) throws IOException {
    return left == null ? -1 : left.read(near, policyDigest);
  }

  /** @return how many answers were left; -1 if there is no file for them */
  public int leave() throws IOException {
    return left == null ? -1 : leave(left);
  }

  private synchronized int leave(Snapshot left) throws IOException {
    recall();
    int count = left.write(near);
    if (recall()) {
      left.remove();
      return 0;
    }
    return count;
  }
}
