package io.tidegate.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.tidegate.line.AnswerCache;
import io.tidegate.time.Ticker;
import io.tidegate.wire.JsonText;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Answers to requests whose bytes, caller's sharing group, sensitivity and bundle are all equal, in the process's own memory. Thread-safe; weighed in
 * bytes with a hard cap (hazard C8); entries end by their own time on the given ticker.
 */
public final class ExactCache implements AnswerCache {
  /** Refreshes at a time, of all keys: what comes past it finds the old answer once more, and asks then. */
  static final int MAX_REFRESHES = 64;

  private final Ticker ticker;
  private final Cache<Key, Stored> entries;
  private final Set<Key> refreshing = ConcurrentHashMap.newKeySet();
  private final Purged purged = new Purged();
  private final Worth worth;
  private final OriginTimes times;
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder refreshes = new LongAdder();
  private final LongAdder notWorth = new LongAdder();

  /**
   * @param maxBytes cap on all entries together; 0 stores nothing
   */
  public ExactCache(long maxBytes, Ticker ticker) {
    this(maxBytes, ticker, new SplittableRandom());
  }

  /** @param random of the times that are drawn for hits that must not be told by theirs */
  public ExactCache(long maxBytes, Ticker ticker, RandomGenerator random) {
    this.times = new OriginTimes(random);
    this.ticker = ticker;
    this.worth = new Worth(maxBytes);
    this.entries = Caffeine.newBuilder().maximumWeight(maxBytes).weigher((Key key, Stored entry) -> Weight.of(entry)).ticker(ticker::nanos)
        .executor(Runnable::run).expireAfter(Expiry.<Key, Stored>writing((key, entry) -> left(entry))).build();
  }

  private Duration left(Stored entry) {
    return Duration.ofNanos(Math.max(1, entry.life().bornNanos() + entry.life().wholeNanos() - ticker.nanos()));
  }

  @Override
  public long nanos() {
    return ticker.nanos();
  }

  @Override
  public @Nullable Stored get(Key key) {
    Stored found = entries.getIfPresent(key);
    (found == null ? misses : hits).increment();
    return found;
  }

  @Override
  public void put(Key key, JsonText body, Stored answer) {
    if (admits(key, answer)) {
      keep(key, answer);
    }
  }

  /** False if a purge that fell into it took it. */
  boolean keep(Key key, Stored answer) {
    entries.put(key, answer);
    if (answer.life().timed()) {
      times.add(key, answer);
    }
    return stays(key, answer);
  }

  /** Who purges says so first and looks then; who stores puts first and asks then: one of the two sees the other. */
  private boolean stays(Key key, Stored answer) {
    if (!isPurged(key, answer)) {
      return true;
    }
    entries.asMap().remove(key, answer);
    return false;
  }

  /** Whether it was asked for before a purge that it fits. */
  boolean isPurged(Key key, Origin origin, long bornNanos) {
    return purged.covers(key, origin, bornNanos);
  }

  private boolean isPurged(Key key, Stored answer) {
    return isPurged(key, answer.origin(), answer.life().bornNanos());
  }

  @Override
  public long drawNanos(Key key, Stored answer) {
    return times.drawNanos(key, answer);
  }

  /** False if it was purged while it was made, or is not worth its room now. */
  boolean admits(Key key, Stored answer) {
    if (isPurged(key, answer)) {
      return false;
    }
    boolean worthIt = worth.admits(key, answer, weightBytes()) || entries.asMap().containsKey(key);
    if (!worthIt) {
      notWorth.increment();
    }
    return worthIt;
  }

  /** Keeps the younger of two: for what others stored. False if it was purged, and must not be used either. */
  boolean putIfNewer(Key key, Stored answer) {
    if (isPurged(key, answer)) {
      return false;
    }
    entries.asMap().merge(key, answer, (have, came) -> came.life().bornNanos() - have.life().bornNanos() > 0 ? came : have);
    return stays(key, answer);
  }

  @Override
  public boolean mayRefresh(Key key) {
    boolean may = refreshing.size() < MAX_REFRESHES && refreshing.add(key);
    if (may) {
      refreshes.increment();
    }
    return may;
  }

  @Override
  public void refreshed(Key key) {
    refreshing.remove(key);
  }

  /** Removes what fits; what is being made of such is not stored either. Looks at all entries: for an operator, not for a request. */
  public long purge(Purge purge) {
    long now = ticker.nanos();
    purged.add(purge, now, now);
    long removed = 0;
    for (Map.Entry<Key, Stored> entry : entries.asMap().entrySet()) {
      if (purge.fits(entry.getKey(), entry.getValue().origin()) && entries.asMap().remove(entry.getKey(), entry.getValue())) {
        removed++;
      }
    }
    return removed;
  }

  /** As if this purge of another process had been one of this, so long ago: what was asked for since stays. */
  void recall(Purge purge, long ageNanos) {
    long now = ticker.nanos();
    purged.add(purge, now - ageNanos, now);
    entries.asMap().forEach(this::stays);
  }

  /** Every entry that is there, for a snapshot. */
  Set<Map.Entry<Key, Stored>> all() {
    return entries.asMap().entrySet();
  }

  /** Bytes that entries weigh now, and their number. */
  public long weightBytes() {
    return entries.policy().eviction().map(eviction -> eviction.weightedSize().orElse(0)).orElse(0L);
  }

  public long size() {
    return entries.estimatedSize();
  }

  public CacheFigures figures() {
    return new CacheFigures(size(), weightBytes(), hits.sum(), misses.sum(), refreshes.sum(), refreshing.size(), notWorth.sum());
  }
}
