package io.tidegate.cache;

import io.tidegate.time.Loop;
import io.tidegate.time.Ticker;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a {@link FarStore} from ever costing a request more than a short wait: every look-up is answered within that wait, so many may be under way and no
 * more, and once several in a row came to nothing nobody waits at all until the store has proved itself again. Any thread.
 *
 * <table>
 * <caption>What happens when</caption>
 * <tr><td>CLOSED</td><td>asked. A failure or a late answer adds two to a score, a good one takes one off; at {@link #TRIP} it opens</td></tr>
 * <tr><td>OPEN</td><td>nobody asks: no wait, no allocation. After a pause (one second, doubled up to half a minute) whoever comes by sends one ping, and does
 * not wait for it</td></tr>
 * <tr><td>PROBING</td><td>as OPEN. A ping that is back in time closes; one that is late or lost opens again, and one that is lost altogether makes the store
 * give up its connection</td></tr>
 * </table>
 */
final class SharedLayer {
  static final int TRIP = 10;
  static final long FIRST_PAUSE_NANOS = 1_000_000_000L;
  static final long LONGEST_PAUSE_NANOS = 30_000_000_000L;
  /** A ping that takes longer than this will not come back. */
  static final long LOST_NANOS = 5_000_000_000L;
  static final int MAX_GETS = 256;
  static final int MAX_PUTS = 256;
  static final long MAX_PUT_BYTES = 8L << 20;

  private final FarStore store;
  private final Ticker ticker;
  private final long waitNanos;
  private final AtomicInteger gets = new AtomicInteger();
  private final AtomicInteger puts = new AtomicInteger();
  private final AtomicLong putBytes = new AtomicLong();
  private final Overtaken overtaken;
  private final AtomicInteger score = new AtomicInteger();
  private final AtomicLong reopenNanos = new AtomicLong();
  private volatile boolean probing;
  private volatile boolean open;
  private volatile long pauseNanos = FIRST_PAUSE_NANOS;
  final Counts counts = new Counts();

  /** What became of what was asked. */
  static final class Counts {
    final LongAdder hits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder late = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder full = new LongAdder();
    final LongAdder stored = new LongAdder();
    final LongAdder notStored = new LongAdder();
    /** What was found and could not be opened: forged, damaged, or of another key. */
    final LongAdder foreign = new LongAdder();
  }

  SharedLayer(FarStore store, Ticker ticker, long waitNanos) {
    this.store = store;
    this.overtaken = new Overtaken(store);
    this.ticker = ticker;
    this.waitNanos = waitNanos;
  }

  /** Whether it is worth asking now. Costs next to nothing where it is not. */
  boolean isUsable() {
    if (!open) {
      return store.isConnected();
    }
    long due = reopenNanos.get();
    long now = ticker.nanos();
    // One of those who come by acts; the others see a later time.
    if (now - due >= 0 && reopenNanos.compareAndSet(due, now + LOST_NANOS)) {
      if (probing) {
        store.renew();
      } else if (store.isConnected()) {
        probe(now);
      }
    }
    return false;
  }

  boolean isOpen() {
    return open;
  }

  int underWay() {
    return gets.get() + puts.get();
  }

  /** @param done called once on {@code loop}, later: null for a miss, whatever its reason, at the latest after the wait */
  void get(String name, Loop loop, Consumer<@Nullable Sealed> done) {
    if (gets.incrementAndGet() > MAX_GETS) {
      gets.decrementAndGet();
      counts.full.increment();
      loop.execute(() -> done.accept(null));
      return;
    }
    Waiting waiting = new Waiting(loop, done);
    waiting.timer = loop.schedule(waiting::late, waitNanos);
    store.get(name).whenComplete((found, failure) -> {
      gets.decrementAndGet();
      loop.execute(() -> waiting.came(found, failure));
    });
  }

  /** One look-up; confined to its loop. */
  private final class Waiting {
    private final Loop loop;
    private final Consumer<@Nullable Sealed> done;
    private Loop.@Nullable Timer timer;
    private boolean over;

    Waiting(Loop loop, Consumer<@Nullable Sealed> done) {
      this.loop = loop;
      this.done = done;
    }

    void late() {
      assert loop.inLoop();
      if (!over) {
        over = true;
        counts.late.increment();
        bad();
        done.accept(null);
      }
    }

    void came(@Nullable Sealed found, @Nullable Throwable failure) {
      assert loop.inLoop();
      if (over) {
        return;
      }
      over = true;
      if (timer != null) {
        timer.cancel();
      }
      if (failure == null) {
        good();
        (found == null ? counts.misses : counts.hits).increment();
      } else {
        counts.failed.increment();
        bad();
      }
      done.accept(failure == null ? found : null);
    }
  }

  /**
   * Nobody waits for it; past the bounds it is not done. A purge may have looked there before it came, so the name is then removed: as soon as it is sent, and
   * once more when it is through, since a purge that came between may have gone by another connection.
   *
   * @param purged whether it was purged by now
   */
  void put(String name, Sealed entry, long lifeMillis, BooleanSupplier purged) {
    int bytes = entry.bytes().length;
    boolean room = puts.incrementAndGet() <= MAX_PUTS & putBytes.addAndGet(bytes) <= MAX_PUT_BYTES & !overtaken.isFull();
    if (!room) {
      putBytes.addAndGet(-bytes);
      puts.decrementAndGet();
      counts.notStored.increment();
      return;
    }
    store.put(name, entry, lifeMillis).whenComplete((ok, failure) -> {
      puts.decrementAndGet();
      putBytes.addAndGet(-bytes);
      if (failure == null) {
        counts.stored.increment();
      } else {
        counts.notStored.increment();
        bad();
      }
      if (purged.getAsBoolean()) {
        overtaken.add(name);
      }
    });
    if (purged.getAsBoolean()) {
      overtaken.add(name);
    }
  }

  /** Asks again for what could not be removed; for somebody who comes by now and then. */
  void settle() {
    if (!overtaken.isEmpty() && isUsable()) {
      overtaken.again();
    }
  }

  private void good() {
    score.updateAndGet(now -> Math.max(0, now - 1));
  }

  private void bad() {
    if (score.addAndGet(2) >= TRIP && !open) {
      trip(FIRST_PAUSE_NANOS);
    }
  }

  private void trip(long pause) {
    pauseNanos = pause;
    reopenNanos.set(ticker.nanos() + pause);
    open = true;
  }

  private void probe(long sentNanos) {
    probing = true;
    store.ping().whenComplete((ok, failure) -> {
      probing = false;
      if (failure == null && ticker.nanos() - sentNanos <= waitNanos) {
        score.set(0);
        open = false;
      } else {
        trip(Math.min(LONGEST_PAUSE_NANOS, 2 * pauseNanos));
      }
    });
  }
}
