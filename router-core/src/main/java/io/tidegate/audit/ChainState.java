package io.tidegate.audit;

import java.nio.ByteBuffer;

/**
 * What a signed statement says about one chain.
 *
 * @param firstNumber number of the oldest segment that is kept; those before it were dropped by retention
 * @param firstSequence of the first record that is kept
 * @param firstPrevious the hash that this record carries
 * @param lastSequence of the last record at the time of the statement; {@code firstSequence - 1} if none is kept
 * @param head SHA-256 of that record
 * @param closed the chain has no record after {@code lastSequence} and gets none
 * @param tornBytes bytes behind the last record of a closed chain that are no record: the daemon was stopped while it wrote
 * @param tornHash SHA-256 of these bytes; zeros if there are none
 */
record ChainState(ChainId chain, int firstNumber, long firstSequence, byte[] firstPrevious, long lastSequence, byte[] head, boolean closed,
    int tornBytes, byte[] tornHash) {
  static final byte[] NO_HASH = new byte[Encoder.HASH];

  /** A chain that has just begun. */
  static ChainState of(ChainId chain) {
    return new ChainState(chain, 0, 0, NO_HASH, -1, NO_HASH, false, 0, NO_HASH);
  }

  ChainState upTo(long sequence, byte[] hash) {
    return new ChainState(chain, firstNumber, firstSequence, firstPrevious, sequence, hash.clone(), closed, tornBytes, tornHash);
  }

  ChainState from(int number, long sequence, byte[] previous) {
    return new ChainState(chain, number, sequence, previous, lastSequence, head, closed, tornBytes, tornHash);
  }

  ChainState asClosed(int torn, byte[] hash) {
    return new ChainState(chain, firstNumber, firstSequence, firstPrevious, lastSequence, head, true, torn, hash);
  }

  boolean isEmpty() {
    return lastSequence < firstSequence;
  }

  void write(Encoder out) {
    out.string(chain.boot());
    out.int32(chain.index());
    out.int32(firstNumber);
    out.int64(firstSequence);
    out.raw(firstPrevious);
    out.int64(lastSequence);
    out.raw(head);
    out.octet(closed ? 1 : 0);
    out.int32(tornBytes);
    out.raw(tornHash);
  }

  static ChainState read(ByteBuffer in) {
    ChainId chain = new ChainId(Frames.string(in), in.getInt());
    return new ChainState(chain, in.getInt(), in.getLong(), hash(in), in.getLong(), hash(in), in.get() == 1, in.getInt(), hash(in));
  }

  private static byte[] hash(ByteBuffer in) {
    byte[] hash = new byte[Encoder.HASH];
    in.get(hash);
    return hash;
  }
}
