package io.tidegate.audit;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * A signed record of a journal: how chains stood at a time. An auditor with the public key needs nothing else to see what is missing.
 *
 * @param publicKey raw Ed25519 public key of the installation
 * @param signed the bytes that the signature covers: from the hash of the record before to the last state
 */
record Statement(long sequence, Instant time, Reason reason, byte[] publicKey, List<ChainState> states, ByteBuffer signed, byte[] signature) {
  static final byte KIND = 4;
  /** So many states fit into one record. */
  static final int MOST_STATES = 150;
  static final int SIGNATURE = 64;
  /** No record of a journal is longer. */
  static final int MOST_BYTES = 32 << 10;

  /** Why it was made. */
  enum Reason {
    /** The daemon started: every chain found on disk, and its own. */
    START,
    /** The heads of its own chains, at most a second behind. */
    HEADS,
    /** What is kept, before retention drops the rest; repeated at the start of each segment of a journal. */
    KEPT,
    /** The daemon stopped in order; nothing follows. */
    STOP
  }

  /** Writes all but the signature, which goes over {@link Encoder#HEAD} to the end. */
  static void write(Encoder out, long epochMicros, Reason reason, byte[] publicKey, List<ChainState> states) {
    out.begin(KIND, epochMicros);
    out.octet(reason.ordinal());
    out.raw(publicKey);
    out.int16(states.size());
    states.forEach(state -> state.write(out));
  }

  /**
   * @param record a whole record of kind {@link #KIND}
   * @param minor of its segment, see {@link Format}; a newer one may have signed more than is read here
   * @throws RuntimeException if it is none
   */
  static Statement read(ByteBuffer record, int minor) {
    ByteBuffer in = record.duplicate().position(Encoder.SEQUENCE_AT);
    long sequence = in.getLong();
    Instant time = Instant.EPOCH.plus(in.getLong(), ChronoUnit.MICROS);
    in.getInt();
    Reason reason = Reason.values()[in.get()];
    byte[] key = new byte[SigningKey.PUBLIC];
    in.get(key);
    List<ChainState> states = new ArrayList<>();
    for (int left = in.getShort() & 0xffff; left > 0; left--) {
      states.add(ChainState.read(in));
    }
    int end = record.limit() - SIGNATURE;
    if (in.position() > end || in.position() < end && !Format.isNewer(minor)) {
      throw new IllegalArgumentException("a statement with more or less than its states");
    }
    ByteBuffer signed = record.slice(Encoder.HEAD, end - Encoder.HEAD);
    byte[] signature = new byte[SIGNATURE];
    in.position(end).get(signature);
    return new Statement(sequence, time, reason, key, List.copyOf(states), signed, signature);
  }
}
