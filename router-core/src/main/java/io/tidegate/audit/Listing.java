package io.tidegate.audit;

import io.tidegate.audit.Frames.Frame;
import io.tidegate.audit.SegmentStore.Stored;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The segments of a directory by chain and number. */
record Listing(SortedMap<ChainId, SortedMap<Integer, Stored>> chains) {
  private static final int WORTH_TRIMMING = 16 << 10;
  /** More than what can be written between two syncs. */
  private static final int UNSYNCED_SEGMENTS = 4;

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
      End end = end(store, chain, segments.tailMap(firstNumber));
      state = state.upTo(end.last().sequence(), end.last().hash());
      if (!closed) {
        return state;
      }
      List<ByteBuffer> later = new ArrayList<>();
      for (int number : segments.tailMap(end.number() + 1).keySet()) {
        later.add(store.read(chain.fileName(number)));
      }
      Torn torn = Torn.of(store.read(chain.fileName(end.number())), Segment.next(end.last().at(), end.last().bytes().limit() - Encoder.HEAD), later);
      return state.asClosed(torn.bytes(), torn.hash());
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
        if (Frames.isUnused(bytes)) {
          store.delete(segment.name());
          continue;
        }
        if (!Frames.isSegment(bytes)) {
          return;
        }
        int used = Frames.lastUsed(bytes, Segment.HEADER);
        // A record may end with zeros of its own.
        int end = Math.max((used + Integer.BYTES + 7) & ~7, soundEnd(bytes));
        if (bytes.limit() - end > WORTH_TRIMMING) {
          store.trim(segment.name(), end);
        }
        return;
      } catch (NoSuchFileException gone) {
        // Another process, which starts at the same time, was faster.
      }
    }
  }

  /** Where the records that can be read from the beginning end. */
  private static int soundEnd(ByteBuffer bytes) {
    int at = Segment.HEADER;
    for (Frame frame = Frames.at(bytes, at); frame != null; frame = Frames.at(bytes, at)) {
      at = Segment.next(at, frame.bytes().limit() - Encoder.HEAD);
    }
    return Math.min(at, bytes.limit());
  }

  /** The last sound record, and the number of its segment. */
  private record End(int number, Frame last) {}

  /**
   * Where a chain ends: before the first place, in its newest segments, where a record does not follow the one before. A loss of power may take what
   * was written last in any order, so that a later segment is there and the end of the one before it is not.
   */
  private static End end(SegmentStore store, ChainId chain, SortedMap<Integer, Stored> segments) throws IOException {
    List<Integer> numbers = new ArrayList<>(segments.keySet());
    End end = null;
    for (int i = Math.max(0, numbers.size() - UNSYNCED_SEGMENTS); i < numbers.size(); i++) {
      ByteBuffer bytes = store.read(chain.fileName(numbers.get(i)));
      int at = Segment.HEADER;
      boolean any = false;
      for (Frame frame = Frames.isSegment(bytes) ? Frames.at(bytes, at) : null; frame != null; frame = Frames.at(bytes, at)) {
        if (end != null && (frame.sequence() != end.last().sequence() + 1 || !Arrays.equals(frame.previous(), end.last().hash()))) {
          return end;
        }
        end = new End(numbers.get(i), frame);
        any = true;
        at = Segment.next(at, frame.bytes().limit() - Encoder.HEAD);
      }
      if (!any && end != null) {
        return end;
      }
    }
    if (end == null) {
      // Nothing sound among the newest: older ones decide.
      return end(store, chain, segments.headMap(numbers.get(Math.max(0, numbers.size() - UNSYNCED_SEGMENTS))));
    }
    return end;
  }

  /**
   * What stands behind the last record of a chain that was cut off while it wrote: bytes, in its segment and the next, that make no record.
   *
   * @param hash zeros if there are none
   */
  record Torn(int bytes, byte[] hash) {
    static Torn of(ByteBuffer segment, int end, List<ByteBuffer> later) {
      MessageDigest sha = Encoder.sha();
      int bytes = add(sha, segment, end);
      for (ByteBuffer next : later) {
        bytes += add(sha, next, Segment.HEADER);
      }
      return bytes == 0 ? new Torn(0, ChainState.NO_HASH) : new Torn(bytes, sha.digest());
    }

    private static int add(MessageDigest sha, ByteBuffer segment, int from) {
      int used = from >= segment.limit() ? from : Frames.lastUsed(segment, from);
      if (used > from) {
        sha.update(segment.slice(from, used - from));
      }
      return used - from;
    }
  }
}
