package io.tidegate.audit;

import java.io.IOException;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One chain of records over its segments. Appended to by one owner, a loop or the syncing thread, and never waits: the next segment is made
 * ahead of time by {@code background}; if it is not there when needed nothing is written and the owner is told (B6).
 *
 * <p>Each segment begins with a record of kind {@link #OPENED} that carries, as every record does, the hash of the one before.
 */
final class Chain {
  static final byte OPENED = 3;
  /** Why a segment was begun. */
  static final int FIRST = 0;
  static final int FULL = 1;
  /** The one before could not be written or synced to its end. */
  static final int FAULT = 2;
  private static final long RETRY_NANOS = 100_000_000;

  private final ChainId id;
  private final SegmentStore store;
  private final int segmentBytes;
  private final Executor background;
  /** Files written or prepared, which retention leaves alone. */
  private final Set<String> live;
  private final Encoder opening = new Encoder(512);
  private final byte[] head = new byte[Encoder.HASH];
  private final AtomicReference<@Nullable Segment> next = new AtomicReference<>();
  private final AtomicBoolean failed = new AtomicBoolean();
  /** Begun by the owner, not yet seen by the syncing thread. */
  private final Queue<Segment> begun = new ConcurrentLinkedQueue<>();
  private Segment segment;
  /** Written by the background thread after the constructor, one task at a time. */
  private int made;
  private int number;
  private boolean faulted;
  /** Asked for by the syncing thread: nothing more into the segment at hand. */
  private volatile @Nullable Segment suspect;
  private long sequence;
  private int lost;
  /** When the owner last asked for a segment; means nothing before {@code asked}. */
  private long askedNanos;
  private boolean asked;

  /** Makes the first segment, which blocks. */
  Chain(ChainId id, SegmentStore store, int segmentBytes, Executor background, Set<String> live, long epochMicros) throws IOException {
    this.id = id;
    this.store = store;
    this.segmentBytes = segmentBytes;
    this.background = background;
    this.live = live;
    this.segment = make();
    begin(segment, FIRST, epochMicros);
    prepare();
  }

  ChainId id() {
    return id;
  }

  /** For the owner: sequence of the last record that was appended. */
  long last() {
    return sequence - 1;
  }

  /** For the owner: changes when a segment was begun. */
  int segmentsBegun() {
    return number + 1;
  }

  /** Appends what {@code record} holds; false, and counted, if it could not be written. */
  boolean append(Encoder record, long nowNanos, long epochMicros) {
    if (room(record.length(), nowNanos, epochMicros) && put(record)) {
      return true;
    }
    if (faulted && room(record.length(), nowNanos, epochMicros) && put(record)) {
      return true;
    }
    refuse();
    return false;
  }

  /** Counts a record that was not even tried. */
  void refuse() {
    if (lost < Integer.MAX_VALUE) {
      lost++;
    }
  }

  /** Sees that a record of {@code length} bytes fits, in the next segment if need be; false if there is none. */
  boolean room(int length, long nowNanos, long epochMicros) {
    boolean usable = !faulted && segment != suspect;
    return usable && segment.fits(length) || turn(usable ? FULL : FAULT, nowNanos, epochMicros);
  }

  /** Links a record to the chain as it stands: for an owner that signs what it appends. */
  void link(Encoder record) {
    record.link(sequence, lost, head);
  }

  /** Into the segment at hand, which has room; one that faulted is not used again. */
  boolean put(Encoder record) {
    record.link(sequence, lost, head);
    record.seal();
    try {
      if (segment.append(record.bytes, record.length())) {
        record.hashInto(head);
        sequence++;
        lost = 0;
        return true;
      }
    } catch (InternalError fault) {
      // The page was not written: as below.
    }
    segment.retract();
    faulted = true;
    return false;
  }

  /** What could not be laid out ahead is tried again, so that it is there before it is needed: the disk may be well long before. Any thread. */
  void prepareAgain() {
    if (failed.compareAndSet(true, false)) {
      prepare();
    }
  }

  /** For the syncing thread: the segments in the order in which they were begun. */
  @Nullable Segment nextBegun() {
    return begun.poll();
  }

  /** From the syncing thread: what this segment holds could not be brought to the disk. */
  void suspect(Segment doubtful) {
    suspect = doubtful;
  }

  private Segment make() throws IOException {
    String name = id.fileName(made);
    live.add(name);
    try {
      Segment fresh = new Segment(store.create(name, segmentBytes));
      made++;
      return fresh;
    } catch (IOException | RuntimeException noRoom) {
      live.remove(name);
      throw noRoom;
    }
  }

  private boolean turn(int why, long nowNanos, long epochMicros) {
    Segment prepared = next.getAndSet(null);
    if (prepared != null) {
      Segment old = segment;
      segment = prepared;
      number++;
      faulted = false;
      boolean began = begin(prepared, why, epochMicros);
      // Sealed only now: whoever follows the old one to its end finds the new one.
      old.seal();
      prepare();
      return began;
    }
    if ((!asked || nowNanos - askedNanos > RETRY_NANOS) && failed.compareAndSet(true, false)) {
      asked = true;
      askedNanos = nowNanos;
      prepare();
    }
    return false;
  }

  private boolean begin(Segment fresh, int why, long epochMicros) {
    opening.begin(OPENED, epochMicros);
    opening.string(id.boot());
    opening.int32(id.index());
    opening.int32(number);
    opening.octet(Format.MINOR);
    opening.octet(why);
    begun.add(fresh);
    return put(opening);
  }

  private void prepare() {
    try {
      background.execute(this::prepareNow);
    } catch (RejectedExecutionException full) {
      failed.set(true);
    }
  }

  /** A failure is shown by what is lost and by refused PUBLIC sends, and {@link #turn} asks again. */
  private void prepareNow() {
    try {
      Segment fresh = make();
      try {
        // Its zeros go to the disk now, not when the first record waits for them.
        fresh.file().force();
      } catch (IOException doubtful) {
        made--;
        fresh.file().close();
        live.remove(fresh.file().name());
        store.delete(fresh.file().name());
        throw doubtful;
      }
      next.set(fresh);
    } catch (IOException | RuntimeException noRoom) {
      failed.set(true);
    }
  }
}
