package io.tidegate.discovery;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one watch knows: the index to ask from and the last good list. Pure; confined to the watch's thread.
 *
 * <table>
 * <caption>answer → effect</caption>
 * <tr><td>index below ours</td><td>not believed; ask from 0 at once (a restored or restarted server)</td></tr>
 * <tr><td>leaderless while a list is known, or empty and doubtful</td><td>not believed; a failure</td></tr>
 * <tr><td>empty and trusted</td><td>held for the grace, then the list is empty. The grace is longer if the index is below the one the list
 *     came with: that Consul was restarted without its memory, and nobody deregistered anything</td></tr>
 * <tr><td>rows gone at the index they came with</td><td>Consul did not change, our rights did: an absence proves nothing. Those that are gone stay,
 *     those that are shown count as they are</td></tr>
 * <tr><td>anything else</td><td>the list, if it changed</td></tr>
 * <tr><td>a failure</td><td>the list stays; ask from 0: a restarted agent would let a high index wait in vain</td></tr>
 * </table>
 */
final class WatchMemory {
  private final long graceNanos;
  private final long amnesiaGraceNanos;
  private long index;
  /** Of the answer the list was last confirmed by. */
  private long confirmedIndex;
  /** Absent until something was published. */
  private @Nullable List<Instance> published;
  private boolean holding;
  private long heldUntilNanos;

  /**
   * @param graceNanos how long an empty list is held
   * @param amnesiaGraceNanos the same if Consul lost its memory
   */
  WatchMemory(long graceNanos, long amnesiaGraceNanos) {
    this.graceNanos = graceNanos;
    this.amnesiaGraceNanos = amnesiaGraceNanos;
  }

  enum Outcome { CHANGED, SAME, HELD, WENT_BACK, DOUBTED, BLIND }

  /** For the next query; 0 asks for an answer at once. */
  long index() {
    return index;
  }

  /** Rows published last; empty before the first. */
  List<Instance> published() {
    return published == null ? List.of() : published;
  }

  /** Whether the answer is of the very state that the list in force is of: what is missing from it, our rights took. */
  boolean isOfSameState(long answeredIndex) {
    return published != null && confirmedIndex > 1 && answeredIndex == confirmedIndex;
  }

  /** How long the next query may block: until an empty list that is held counts. */
  long waitNanos(long longestNanos, long nowNanos) {
    return holding ? Math.max(1, Math.min(longestNanos, heldUntilNanos - nowNanos)) : longestNanos;
  }

  /**
   * @param answeredIndex X-Consul-Index, 0 if there was none: 1 then, which an agent that counts answers at once and never ends in a spin
   * @param leaderless the server had no leader, or not for too long
   * @param blind absence of rows proves nothing: rights may be missing
   * @param total rows in the answer, usable or not
   * @return CHANGED if {@code rows} should be published and then told to {@link #published(List)}
   */
  Outcome answered(long answeredIndex, boolean leaderless, boolean blind, int total, List<Instance> rows, long nowNanos) {
    long next = Math.max(1, answeredIndex);
    if (next < index) {
      index = 0;
      return Outcome.WENT_BACK;
    }
    if (leaderless && (published != null || total == 0)) {
      index = 0;
      return Outcome.DOUBTED;
    }
    if (blind && total == 0) {
      index = 0;
      return Outcome.BLIND;
    }
    index = next;
    if (total == 0 && !published().isEmpty()) {
      if (!holding) {
        holding = true;
        heldUntilNanos = nowNanos + (next < confirmedIndex ? Math.max(graceNanos, amnesiaGraceNanos) : graceNanos);
      }
      if (heldUntilNanos - nowNanos > 0) {
        return Outcome.HELD;
      }
    }
    if (!blind) {
      confirmedIndex = next;
    }
    holding = false;
    return rows.equals(published) ? Outcome.SAME : Outcome.CHANGED;
  }

  void published(List<Instance> rows) {
    published = rows;
  }

  void failed() {
    index = 0;
  }
}
