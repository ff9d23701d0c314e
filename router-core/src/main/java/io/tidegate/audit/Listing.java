package io.tidegate.audit;

import io.tidegate.audit.Frames.Frame;
import io.tidegate.audit.SegmentStore.Stored;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The segments of a directory by chain and number. */
record Listing(SortedMap<ChainId, SortedMap<Integer, Stored>> chains) {
  private static final int WORTH_TRIMMING = 16 << 10;

  static Listing of(List<Stored> files) {
    SortedMap<ChainId, SortedMap<Integer, Stored>> chains = new TreeMap<>();
    for (Stored file : files) {
      ChainId.Place place = ChainId.parse(file.name());
      if (place != null) {
        chains.computeIfAbsent(place.chain(), chain -> new TreeMap<>()).put(place.number(), file);
      }
    }
    return new Listing(chains);
  }

  /**
   * How a chain stands that another boot wrote, from its first and its last segment; null if it holds no record, or went meanwhile.
   *
   * @param closed its boot is over
   */
  static @Nullable ChainState state(SegmentStore store, ChainId chain, SortedMap<Integer, Stored> segments, boolean closed) throws IOException {
    try {
      Frame first = null;
      int firstNumber = 0;
      for (int number : segments.keySet()) {
        ByteBuffer bytes = store.read(chain.fileName(number));
        first = Frames.isSegment(bytes) ? Frames.at(bytes, Segment.HEADER) : null;
        firstNumber = number;
        if (first != null) {
          break;
        }
      }
      if (first == null) {
        return null;
      }
      ChainState state = ChainState.of(chain).from(firstNumber, first.sequence(), first.previous());
      for (int number = segments.lastKey(); number >= firstNumber; number--) {
        if (!segments.containsKey(number)) {
          continue;
        }
        ByteBuffer bytes = store.read(chain.fileName(number));
        Frame last = last(bytes);
        if (last != null) {
          Torn torn = Torn.of(bytes, Segment.next(last.at(), last.bytes().limit() - Encoder.HEAD),
              segments.containsKey(number + 1) ? store.read(chain.fileName(number + 1)) : null);
          state = state.upTo(last.sequence(), last.hash());
          return closed ? state.asClosed(torn.bytes(), torn.hash()) : state;
        }
      }
      return null;
    } catch (NoSuchFileException gone) {
      return null;
    }
  }

  /** Frees the room that a boot which is over prepared and never used: whole segments, and the zeros behind a last record. */
  static void trim(SegmentStore store, SortedMap<Integer, Stored> segments) throws IOException {
    List<Stored> newestFirst = new ArrayList<>(segments.values());
    Collections.reverse(newestFirst);
    for (Stored segment : newestFirst) {
      try {
        ByteBuffer bytes = store.read(segment.name());
        if (!Frames.isSegment(bytes)) {
          return;
        }
        int used = Frames.lastUsed(bytes, Segment.HEADER);
        if (used == Segment.HEADER) {
          store.delete(segment.name());
          continue;
        }
        int end = (used + Integer.BYTES + 7) & ~7;
        if (bytes.limit() - end > WORTH_TRIMMING) {
          store.trim(segment.name(), end);
        }
        return;
      } catch (NoSuchFileException gone) {
        // Another process, which starts at the same time, was faster.
      }
    }
  }

  /** The last record before the first place where none stands that follows; null if there is none. */
  private static @Nullable Frame last(ByteBuffer bytes) {
    Frame last = null;
    int at = Segment.HEADER;
    for (Frame frame = Frames.at(bytes, at); frame != null && (last == null || frame.sequence() == last.sequence() + 1); frame = Frames.at(bytes, at)) {
      last = frame;
      at = Segment.next(at, frame.bytes().limit() - Encoder.HEAD);
    }
    return last;
  }

  /**
   * What stands behind the last record of a chain that was cut off while it wrote: bytes, in its segment and the next, that make no record.
   *
   * @param hash zeros if there are none
   */
  record Torn(int bytes, byte[] hash) {
    static Torn of(ByteBuffer segment, int end, @Nullable ByteBuffer next) {
      int used = Frames.lastUsed(segment, Math.min(end, segment.limit()));
      int more = next == null ? Segment.HEADER : Frames.lastUsed(next, Math.min(Segment.HEADER, next.limit()));
      int bytes = Math.max(0, used - end) + Math.max(0, more - Segment.HEADER);
      if (bytes == 0) {
        return new Torn(0, ChainState.NO_HASH);
      }
      MessageDigest sha = Encoder.sha();
      if (used > end) {
        sha.update(segment.slice(end, used - end));
      }
      if (next != null && more > Segment.HEADER) {
        sha.update(next.slice(Segment.HEADER, more - Segment.HEADER));
      }
      return new Torn(bytes, sha.digest());
    }
  }
}
