package io.tidegate.gguf.engine;

import java.util.List;

/**
 * How busy the engine is.
 *
 * @param waiting orders without a slot
 * @param prefillTokens of prompts, since the start
 * @param decodeTokens of answers, since the start
 * @param prefillNanos spent on runs in which only prompts were read
 * @param decodeNanos spent on the other runs
 * @param refused orders that found the queue full
 * @param cancelled orders that nobody waited for any more
 * @param runs batches that the model was given
 */
public record Load(List<Slot> slots, int waiting, long prefillTokens, long decodeTokens, long prefillNanos, long decodeNanos, long finished, long refused,
    long cancelled, long failed, long runs) {
  /**
   * A place for one answer under way.
   *
   * @param promptTokens of the prompt; 0 if nothing is under way
   * @param promptRead of these, those that were looked at
   * @param made tokens of the answer so far
   */
  public record Slot(int id, boolean busy, int context, int promptTokens, int promptRead, int made) {}

  /** Slots with something under way. */
  public int busy() {
    return (int) slots.stream().filter(Slot::busy).count();
  }
}
