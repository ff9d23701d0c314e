package io.tidegate.audit;

import io.tidegate.audit.Frames.Frame;
import io.tidegate.audit.SegmentStore.Stored;
import io.tidegate.audit.VerifyReport.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Walks one chain from its first record to its last and names whatever is not as it was written. */
final class ChainCheck {
  /** A signed head is at most a second behind; more than this is a daemon that could not sign, or somebody who cannot. */
  private static final Duration MOST_UNSIGNED = Duration.ofSeconds(30);

  private final SegmentStore store;
  private final ChainId chain;
  private final SortedMap<Integer, Stored> segments;
  private final Expected expected;
  private final Findings found;
  private final Consumer<Frame> each;

  /** Sequence of the next record; -1 where something is missing and it is not known. */
  private long due = -1;
  /** Hash of the record before; null where it is not known. */
  private byte @Nullable [] before;
  private long last = -1;
  private byte[] lastHash = ChainState.NO_HASH;
  private long lastMicros;
  private boolean requests;
  private boolean over;
  private int tornIn = Integer.MAX_VALUE;
  private String reading = "";
  /** Of the segment that is being read. */
  private int minor;
  /** Records of a newer version that hold what is not known here. */
  private long beyond;
  /** The newest segment, read before the end of the one before it was believed; null before. */
  private @Nullable ByteBuffer newest;

  /** Where problems and counts go. */
  interface Findings {
    void problem(Kind kind, String file, long at, long sequence, String text);

    void note(String text);

    void segment(String file);

    void record(int lostBefore);
  }

  /** @param each is given every record whose place in the chain is right */
  ChainCheck(SegmentStore store, ChainId chain, SortedMap<Integer, Stored> segments, Expected expected, Findings found, Consumer<Frame> each) {
    this.store = store;
    this.chain = chain;
    this.segments = segments;
    this.expected = expected;
    this.found = found;
    this.each = each;
  }

  /** @throws java.nio.file.NoSuchFileException if retention took a segment meanwhile: begin again */
  void run() throws IOException {
    if (segments.isEmpty()) {
      if (expected.highest() >= expected.floor().firstSequence()) {
        problem(Kind.MISSING, chain.fileName(expected.floor().firstNumber()), -1, -1, "the whole chain is gone; a statement of " + expected.highestTime()
            + " names its record " + expected.highest());
      }
      return;
    }
    int want = Math.min(expected.floor().firstNumber(), segments.firstKey());
    if (want == 0) {
      due = 0;
      before = ChainState.NO_HASH;
    }
    for (int number : segments.keySet()) {
      if (number > tornIn) {
        break;
      }
      for (; want < number; want++) {
        if (want >= expected.floor().firstNumber()) {
          problem(Kind.MISSING, chain.fileName(want), -1, -1, "the segment is gone, and no signed statement says that it was dropped");
        }
        due = -1;
        before = null;
      }
      want = number + 1;
      segment(number);
    }
    end();
  }

  private void segment(int number) throws IOException {
    String file = chain.fileName(number);
    reading = file;
    ByteBuffer bytes = number == segments.lastKey() && newest != null ? newest : store.read(file);
    found.segment(file);
    if (number == expected.floor().firstNumber() && number > 0) {
      due = expected.floor().firstSequence();
      before = expected.floor().firstPrevious();
    }
    if (Frames.isUnused(bytes) && number > 0 && isLastUsed(number)) {
      return;
    }
    if (!Frames.isSegment(bytes)) {
      problem(Kind.UNREADABLE, file, 0, -1, Format.other(bytes));
      due = -1;
      before = null;
      return;
    }
    int at = Segment.HEADER;
    boolean first = true;
    for (;;) {
      Frame frame = Frames.at(bytes, at);
      ByteBuffer grown = frame == null ? grown(file, number, at) : null;
      if (grown != null) {
        bytes = grown;
        continue;
      }
      if (frame == null) {
        int resumed = gap(file, number, bytes, at, first);
        if (resumed < 0) {
          return;
        }
        at = resumed;
        continue;
      }
      record(file, number, frame, first);
      first = false;
      int end = at + frame.bytes().limit();
      at = Segment.next(at, frame.bytes().limit() - Encoder.HEAD);
      for (int i = end; i < Math.min(at, bytes.limit()); i++) {
        if (bytes.get(i) != 0) {
          problem(Kind.EDITED, file, i, frame.sequence(), "the padding behind the record is not empty");
          break;
        }
      }
    }
  }

  /**
   * The segment read again, if its owner went on in it and began the newest one since it was read; null if not. Only the segment before the newest can
   * have grown: an older one was complete when the directory was listed.
   */
  private @Nullable ByteBuffer grown(String file, int number, int at) throws IOException {
    if (newest != null || number == segments.lastKey() || segments.tailMap(number + 1).size() != 1) {
      return null;
    }
    newest = store.read(chain.fileName(segments.lastKey()));
    ByteBuffer again = !Frames.isUnused(newest) ? store.read(file) : null;
    return again != null && Frames.at(again, at) != null ? again : null;
  }

  private void record(String file, int number, Frame frame, boolean first) {
    long sequence = frame.sequence();
    byte[] previous = before;
    byte[] hash = frame.hash();
    if (due >= 0 && sequence > due) {
      problem(Kind.GAP, file, frame.at(), sequence, sequence - due == 1 ? "record " + due + " is missing before it"
          : "records " + due + " to " + (sequence - 1) + " are missing before it");
    } else if (due >= 0 && sequence < due) {
      problem(Kind.REORDERED, file, frame.at(), sequence, "it stands where record " + due + " belongs");
    } else if (previous != null && !Arrays.equals(previous, frame.previous())) {
      problem(Kind.EDITED, file, frame.at(), sequence, "it does not follow the record before it: one of the two was replaced");
    }
    due = sequence + 1;
    before = hash;
    if (over) {
      problem(Kind.FORGED, file, frame.at(), sequence, "a record after the daemon stated that nothing follows");
    }
    if ((frame.kind() == Chain.OPENED) != first) {
      problem(Kind.REORDERED, file, frame.at(), sequence, first ? "the segment does not begin with its opening record" : "an opening record inside a segment");
    }
    if (frame.kind() == Chain.OPENED) {
      opened(file, number, frame);
    }
    Instant contradiction = expected.contradicts(sequence, hash);
    if (contradiction != null) {
      problem(Kind.FORGED, file, frame.at(), sequence, "it is not the record that the statement of " + contradiction + " names");
    }
    last = sequence;
    lastHash = hash;
    lastMicros = frame.epochMicros();
    found.record(frame.lostBefore());
    try {
      if (RecordReader.isRequest(frame) && !chain.isJournal()) {
        requests = true;
        RecordReader.read(chain, frame, minor);
      } else if ((frame.kind() & 0xff) > Statement.KIND && Format.isNewer(minor)) {
        beyond++;
      } else if (frame.kind() != Chain.OPENED && !(frame.kind() == Statement.KIND && chain.isJournal())) {
        problem(Kind.FORGED, file, frame.at(), sequence, "a kind of record that does not belong into this chain");
      }
      each.accept(frame);
    } catch (RuntimeException malformed) {
      if (Format.isNewer(minor)) {
        beyond++;
      } else {
        problem(Kind.UNREADABLE, file, frame.at(), sequence, "it does not hold what its kind must hold");
      }
    }
  }

  private void opened(String file, int number, Frame frame) {
    ByteBuffer body = frame.body();
    boolean same;
    try {
      same = Frames.string(body).equals(chain.boot()) && body.getInt() == chain.index() && body.getInt() == number;
    } catch (RuntimeException malformed) {
      same = false;
    }
    minor = same ? Format.minorOf(frame) : minor;
    if (!same) {
      problem(Kind.REORDERED, file, frame.at(), frame.sequence(), "the segment was written as another one: renamed, or taken from elsewhere");
    }
  }

  /** What stands in later segments belongs to the torn tail. */
  private void torn(int number) {
    tornIn = number;
  }

  /** The statement that nothing follows was read. */
  void over() {
    over = true;
  }

  /** No sound record at {@code at}: the end, a torn tail, or a wound. Where to go on; -1 at the end of the segment. */
  private int gap(String file, int number, ByteBuffer bytes, int at, boolean first) throws IOException {
    ChainState closed = expected.closed();
    ByteBuffer following = segments.containsKey(number + 1) ? store.read(chain.fileName(number + 1)) : null;
    if (closed != null && last == closed.lastSequence() && closed.tornBytes() > 0) {
      List<ByteBuffer> later = new ArrayList<>();
      for (int next : segments.tailMap(number + 1).keySet()) {
        later.add(store.read(chain.fileName(next)));
      }
      Listing.Torn torn = Listing.Torn.of(bytes, at, later);
      if (torn.bytes() == closed.tornBytes() && Arrays.equals(torn.hash(), closed.tornHash())) {
        found.note(file + " byte " + at + ": " + torn.bytes() + " bytes of a record that was cut while it was written; closed by the next start");
        torn(number);
        return -1;
      }
      problem(Kind.EDITED, file, at, due, "behind the last record stand not the bytes that the closing statement says were torn");
      return -1;
    }
    int used = Frames.lastUsed(bytes, Math.min(at, bytes.limit()));
    int length = Frames.lengthAt(bytes, at);
    if (used <= at) {
      if (first && !isLastUsed(number)) {
        problem(Kind.EDITED, file, at, due, "the segment is empty, and a later one is not");
        due = -1;
        before = null;
      }
      return -1;
    }
    int resumed = resume(bytes, at, length);
    if (resumed > 0) {
      problem(Kind.EDITED, file, at, due, "the record is not what was written" + (length == 0 ? ": it was wiped" : ": its checksum or length is wrong"));
      Frame next = Frames.at(bytes, resumed);
      due = next == null || due < 0 || next.sequence() <= due ? -1 : next.sequence();
      before = null;
      return resumed;
    }
    boolean lastSegment = isLastUsed(number);
    boolean faulted = following != null && Frames.isSegment(following) && why(following) == Chain.FAULT;
    if (faulted) {
      found.note(file + " byte " + at + ": the segment could not be written further, and the next one was begun");
    } else if (!lastSegment || closed != null || over) {
      problem(Kind.EDITED, file, at, due, "bytes that make no record");
      if (!lastSegment) {
        due = -1;
        before = null;
      }
    } else if (length == 0) {
      found.note(file + " byte " + at + ": " + (used - at) + " bytes of a record that was being written; the next start of the daemon closes it");
    } else {
      problem(Kind.TORN, file, at, due, "the last record is not whole: edited, or cut by a loss of power; the next start of the daemon closes it");
    }
    return -1;
  }

  /** Whether nothing was written into any later segment: one is always prepared ahead, and may be all that stands there. */
  private boolean isLastUsed(int number) throws IOException {
    for (int later : segments.tailMap(number + 1).keySet()) {
      // As it was seen when the end of the one before it was believed.
      ByteBuffer seen = newest;
      ByteBuffer bytes = seen != null && later == segments.lastKey() ? seen : store.read(chain.fileName(later));
      if (!Frames.isUnused(bytes)) {
        return false;
      }
    }
    return true;
  }

  private static int why(ByteBuffer segment) {
    Frame opening = Frames.at(segment, Segment.HEADER);
    return opening == null || opening.kind() != Chain.OPENED ? -1 : opening.bytes().get(opening.bytes().limit() - 1);
  }

  /** Where the next sound record of this chain stands; -1 if there is none in this segment. */
  private int resume(ByteBuffer bytes, int at, int length) {
    if (length > 0 && length < bytes.limit() - at) {
      int next = Segment.next(at, length);
      if (Frames.at(bytes, next) != null) {
        return next;
      }
    }
    for (int next = at + 8; next < bytes.limit(); next += 8) {
      if (Frames.lengthAt(bytes, next) != 0) {
        Frame frame = Frames.at(bytes, next);
        if (frame != null && frame.sequence() > last) {
          return next;
        }
      }
    }
    return -1;
  }

  private void end() {
    String file = chain.fileName(segments.isEmpty() ? 0 : segments.lastKey());
    ChainState closed = expected.closed();
    if (beyond > 0) {
      found.note(chain + ": " + beyond + " records of a newer version hold what this one does not know; each is the one that was written, and in its place");
    }
    if (expected.highest() > last && expected.highest() >= expected.floor().firstSequence()) {
      problem(Kind.TRUNCATED, file, -1, -1, "the chain ends with record " + last + "; a statement of " + expected.highestTime() + " names its record "
          + expected.highest());
    }
    if (closed != null && last > closed.lastSequence()) {
      problem(Kind.FORGED, file, -1, last, "the chain was closed with record " + closed.lastSequence() + ", and goes on");
    }
    if (chain.isJournal() || last < 0) {
      return;
    }
    if (expected.highest() < 0) {
      if (requests) {
        problem(Kind.FOREIGN, file, -1, -1, "no signed statement names this chain");
      } else {
        found.note(file + ": a chain that was begun and never used");
      }
      return;
    }
    long unsigned = last - expected.highest();
    if (unsigned > 0 && Duration.between(expected.highestTime(), Instant.EPOCH.plus(lastMicros, ChronoUnit.MICROS)).compareTo(MOST_UNSIGNED) > 0) {
      problem(Kind.UNSIGNED, file, -1, last, unsigned + " records since " + expected.highestTime() + " carry no signed head");
    }
  }

  /** Minor version of the segment that is being read. */
  int minor() {
    return minor;
  }

  /** The segment that is being read. */
  String file() {
    return reading;
  }

  long last() {
    return last;
  }

  byte[] lastHash() {
    return lastHash;
  }

  private void problem(Kind kind, String file, long at, long sequence, String text) {
    found.problem(kind, file, at, sequence, text);
  }
}
