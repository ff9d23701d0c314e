package io.tidegate.audit;

import io.tidegate.audit.Retention.Drop;
import io.tidegate.audit.Statement.Reason;
import io.tidegate.line.AuditLog.Outcome;
import io.tidegate.time.Loop;
import io.tidegate.time.Ticker;
import io.tidegate.time.WallClock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Brings records to the disk in groups and signs the heads of the chains, off the event loops. {@link #round} is called by one thread, again and
 * again; what it may hang in is what a hanging disk hangs, and {@link #refuses} tells the loops.
 */
final class Syncing {
  /** A sync that takes longer is a disk that hangs: PUBLIC sends are refused until it returns (B6). */
  static final long HUNG_NANOS = 800_000_000;
  /** Signed heads are less than a second behind. */
  static final long SIGN_NANOS = 750_000_000;
  private static final long RETRY_NANOS = 100_000_000;
  /** Requests that may wait for the disk at once; one more is refused. */
  static final int MOST_WAITING = 10_000;
  private static final long NONE = Long.MIN_VALUE;

  private record Waiter(int chain, long sequence, Loop loop, Outcome done) {}

  private final List<Tail> tails;
  private final Journal journal;
  private final Ticker ticker;
  private final WallClock clock;
  private final Executor background;
  private final SegmentStore store;
  private final AtomicReference<List<Drop>> plan = new AtomicReference<>(List.of());
  private final Queue<Waiter> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiters = new AtomicInteger();
  private final AtomicLongArray synced;
  /** Up to here a sync failed: never durable, whatever a later sync says. */
  private final AtomicLongArray doubted;
  private final AtomicLong syncs = new AtomicLong();
  private final AtomicLong syncNanos = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private volatile long forcingSince = NONE;
  private volatile boolean failing;
  private volatile boolean behind;
  private volatile boolean unsigned;
  /** Everything before this was on the disk. */
  private volatile long coveredNanos;
  private volatile long signedNanos;
  private boolean headsDirty;
  private long retryNanos;

  Syncing(List<Tail> tails, Journal journal, SegmentStore store, Ticker ticker, WallClock clock, Executor background) {
    this.tails = List.copyOf(tails);
    this.journal = journal;
    this.store = store;
    this.ticker = ticker;
    this.clock = clock;
    this.background = background;
    this.synced = new AtomicLongArray(tails.size());
    this.doubted = new AtomicLongArray(tails.size());
    for (int i = 0; i < tails.size(); i++) {
      synced.set(i, -1);
      doubted.set(i, -1);
    }
    this.coveredNanos = ticker.nanos();
    this.signedNanos = ticker.nanos() - SIGN_NANOS;
  }

  // For the loops

  /** The disk hangs or fails: nothing is written to a mapped page, which could block the loop itself. */
  boolean refuses(long nowNanos) {
    long since = forcingSince;
    return failing || since != NONE && nowNanos - since > HUNG_NANOS;
  }

  /** Whether a record is on the disk for certain. */
  boolean isSynced(int chain, long sequence) {
    return synced.get(chain) >= sequence && doubted.get(chain) < sequence;
  }

  /** Has {@code done} called on the loop after the next sync that covers the record; false if too many wait. */
  boolean await(int chain, long sequence, Loop loop, Outcome done) {
    if (waiters.incrementAndGet() > MOST_WAITING) {
      waiters.decrementAndGet();
      return false;
    }
    waiting.add(new Waiter(chain, sequence, loop, done));
    return true;
  }

  boolean hasWaiters() {
    return waiters.get() > 0;
  }

  /** From the background thread: what retention is about to drop, to be signed first. */
  void planned(List<Drop> drops) {
    plan.set(drops);
  }

  // Figures

  /** Age of the oldest record that is not on the disk, 0 if there is none. */
  long lagNanos() {
    return behind || forcingSince != NONE ? Math.max(0, ticker.nanos() - coveredNanos) : 0;
  }

  /** How far the signed heads are behind, 0 if they are not. */
  long unsignedNanos() {
    return unsigned ? Math.max(0, ticker.nanos() - signedNanos) : 0;
  }

  /** Records on the disk, those that begin a segment included. */
  long records() {
    long sum = 0;
    for (int i = 0; i < synced.length(); i++) {
      sum += synced.get(i) + 1;
    }
    return sum;
  }

  long syncs() {
    return syncs.get();
  }

  long syncNanos() {
    return syncNanos.get();
  }

  long failures() {
    return failures.get();
  }

  boolean isFailing() {
    return refuses(ticker.nanos());
  }

  // One thread

  /** A round that threw is a defect: nothing counts as written until one went well. */
  void broke() {
    failures.incrementAndGet();
    forcingSince = NONE;
    failing = true;
    retryNanos = ticker.nanos();
  }

  /** One group: sync, tell who waits, sign if it is time. Blocks. Whether there was anything to do. */
  boolean round() {
    long begun = ticker.nanos();
    if (failing && begun - retryNanos < RETRY_NANOS) {
      return true;
    }
    boolean dirty = false;
    for (Tail tail : tails) {
      dirty |= tail.advance();
    }
    behind = dirty;
    if (dirty || failing) {
      force(begun);
    } else {
      coveredNanos = begun;
    }
    release();
    headsDirty |= dirty;
    unsigned = headsDirty;
    drop(begun);
    if (headsDirty && begun - signedNanos >= SIGN_NANOS) {
      sign(begun);
    } else if (!headsDirty) {
      signedNanos = Math.max(signedNanos, begun - SIGN_NANOS);
    }
    return dirty || headsDirty || hasWaiters();
  }

  private void force(long begun) {
    forcingSince = begun;
    boolean failed = false;
    for (int i = 0; i < tails.size(); i++) {
      Tail tail = tails.get(i);
      try {
        tail.force();
        synced.set(i, tail.synced());
      } catch (IOException doubtful) {
        failed = true;
        doubted.set(i, tail.sequence());
        tail.doubt();
      }
    }
    long ended = ticker.nanos();
    forcingSince = NONE;
    failing = failed;
    syncs.incrementAndGet();
    syncNanos.addAndGet(ended - begun);
    if (failed) {
      failures.incrementAndGet();
      retryNanos = ended;
    } else {
      behind = false;
      coveredNanos = begun;
    }
  }

  private void release() {
    for (int left = waiters.get(); left > 0; left--) {
      Waiter waiter = waiting.poll();
      if (waiter == null) {
        return;
      }
      if (isSynced(waiter.chain(), waiter.sequence())) {
        tell(waiter, true);
      } else if (doubted.get(waiter.chain()) >= waiter.sequence()) {
        tell(waiter, false);
      } else {
        waiting.add(waiter);
      }
    }
  }

  private void tell(Waiter waiter, boolean durable) {
    waiters.decrementAndGet();
    waiter.loop().execute(() -> waiter.done().synced(durable));
  }

  /** Signs the heads as they are on the disk now; after a failure tries again in the next round. */
  boolean sign(long nowNanos) {
    List<ChainState> heads = new ArrayList<>();
    for (Tail tail : tails) {
      ChainState before = journal.stateOf(tail.chain().id());
      // Only what is on the disk is signed: after a power cut no statement names a record that is not there.
      if (tail.sequence() == tail.synced() && tail.sequence() > before.lastSequence()) {
        heads.add(before.upTo(tail.sequence(), tail.head()));
      }
    }
    return publish(Reason.HEADS, heads, nowNanos);
  }

  private boolean publish(Reason reason, List<ChainState> about, long nowNanos) {
    if (!about.isEmpty()) {
      if (!journal.state(reason, about, nowNanos, clock.now())) {
        failures.incrementAndGet();
        return false;
      }
      about.forEach(journal::set);
    }
    forcingSince = ticker.nanos();
    try {
      journal.publish();
      headsDirty = false;
      unsigned = false;
      signedNanos = nowNanos;
      return true;
    } catch (IOException noRoom) {
      journal.tail().doubt();
      failures.incrementAndGet();
      return false;
    } finally {
      forcingSince = NONE;
    }
  }

  /** Signs what stays, then has the rest removed. */
  private void drop(long nowNanos) {
    List<Drop> drops = plan.getAndSet(List.of());
    if (drops.isEmpty()) {
      return;
    }
    List<ChainState> kept = new ArrayList<>();
    for (Drop drop : drops) {
      kept.add(journal.stateOf(drop.chain()).from(drop.keepFrom(), drop.firstSequence(), drop.firstPrevious()));
    }
    if (publish(Reason.KEPT, kept, nowNanos)) {
      try {
        background.execute(() -> remove(drops));
      } catch (RejectedExecutionException full) {
        // Planned again the next time.
      }
    }
  }

  private void remove(List<Drop> drops) {
    for (Drop drop : drops) {
      for (String file : drop.files()) {
        try {
          store.delete(file);
        } catch (IOException stays) {
          // Stated as dropped, and there: verify does not mind, and the next plan has it again.
          failures.incrementAndGet();
        }
      }
    }
  }

  /** The last round of a daemon that stops in order: nothing is appended any more. */
  void finish() {
    round();
    List<ChainState> last = new ArrayList<>();
    for (Tail tail : tails) {
      last.add(journal.stateOf(tail.chain().id()).upTo(tail.sequence(), tail.head()).asClosed(0, ChainState.NO_HASH));
    }
    if (!failing) {
      publish(Reason.STOP, last, ticker.nanos());
    }
  }
}
