package io.tidegate.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Follows a chain from the syncing thread: reads what its owner appends as it becomes visible, and brings it to the disk. */
final class Tail {
  private final Chain chain;
  private final Set<String> live;
  /** Segments with records that are not on the disk yet, oldest first; the last one is being followed. */
  private final List<Segment> unforced = new ArrayList<>();
  private @Nullable Segment segment;
  private int position;
  private @Nullable Segment lastIn;
  private int lastAt;
  private long sequence = -1;
  private long synced = -1;

  Tail(Chain chain, Set<String> live) {
    this.chain = chain;
    this.live = live;
  }

  Chain chain() {
    return chain;
  }

  /** Reads on; whether anything is not on the disk yet. */
  boolean advance() {
    for (;;) {
      Segment current = segment;
      if (current == null) {
        current = chain.nextBegun();
        if (current == null) {
          return sequence > synced;
        }
        segment = current;
        unforced.add(current);
        position = Segment.HEADER;
      }
      // Read before the length: what is sealed has its last record.
      boolean sealed = current.sealed();
      int length = current.lengthAt(position);
      if (length > 0) {
        lastIn = current;
        lastAt = position;
        sequence = current.longAt(position + Encoder.SEQUENCE_AT);
        position = Segment.next(position, length);
      } else if (sealed) {
        segment = null;
      } else {
        return sequence > synced;
      }
    }
  }

  /** Brings all that {@link #advance} has seen to the disk; blocks. */
  void force() throws IOException {
    while (!unforced.isEmpty()) {
      Segment oldest = unforced.get(0);
      oldest.file().force();
      if (oldest == segment || unforced.size() == 1) {
        break;
      }
      unforced.remove(0);
      oldest.file().close();
      live.remove(oldest.file().name());
    }
    synced = sequence;
  }

  /** After a failed {@link #force}: no further record goes where that one failed. */
  void doubt() {
    unforced.forEach(chain::suspect);
  }

  /** Sequence of the last record seen. */
  long sequence() {
    return sequence;
  }

  long synced() {
    return synced;
  }

  /** SHA-256 of the last record seen. */
  byte[] head() {
    Segment last = lastIn;
    return last == null ? ChainState.NO_HASH : Encoder.hashOf(last.record(lastAt));
  }
}
