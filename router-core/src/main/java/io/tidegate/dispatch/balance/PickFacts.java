package io.tidegate.dispatch.balance;

/** What a choice may know of a request: numbers, no text (G3). One per loop, filled anew for each pick that asks for it. */
public final class PickFacts {
  /** Blocks beyond this say little that those before did not. */
  public static final int MAX_BLOCKS = 128;

  private long session;
  private int promptBytes;
  private final long[] blocks = new long[MAX_BLOCKS];
  private int count;

  /** Knows nothing. */
  public PickFacts clear() {
    session = 0;
    promptBytes = 0;
    count = 0;
    return this;
  }

  /** @param key hash of what keeps requests together; 0 for nothing */
  public void session(long key) {
    session = key;
  }

  public void promptBytes(int bytes) {
    promptBytes = bytes;
  }

  /** The next block of the prompt: a hash of it and of all before it. Those past {@link #MAX_BLOCKS} are dropped. */
  public void block(long chained) {
    if (count < MAX_BLOCKS) {
      // 0 marks an empty place in the index.
      blocks[count++] = chained == 0 ? 1 : chained;
    }
  }

  public long session() {
    return session;
  }

  public int promptBytes() {
    return promptBytes;
  }

  public int blocks() {
    return count;
  }

  public long block(int at) {
    return blocks[at];
  }
}
