package io.tidegate.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.tidegate.line.AnswerCache;
import io.tidegate.time.Ticker;
import io.tidegate.wire.JsonText;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

  /**
   * @param maxBytes cap on all entries together; 0 stores nothing
   */
  public ExactCache(long maxBytes, Ticker ticker) {
    this.ticker = ticker;
    this.entries = Caffeine.newBuilder().maximumWeight(maxBytes).weigher((Key key, Stored entry) -> Weight.of(entry)).ticker(ticker::nanos)
        .executor(Runnable::run)
        .expireAfter(Expiry.<Key, Stored>writing((key, entry) -> Duration.ofNanos(Math.max(1, entry.life().bornNanos() + entry.life().wholeNanos() - ticker.nanos()))))
        .build();
  }

  @Override
  public long nanos() {
    return ticker.nanos();
  }

  @Override
  public @Nullable Stored get(Key key) {
    return entries.getIfPresent(key);
  }

  @Override
  public void put(Key key, JsonText body, Stored answer) {
    entries.put(key, answer);
  }

  @Override
  public boolean mayRefresh(Key key) {
    return refreshing.size() < MAX_REFRESHES && refreshing.add(key);
  }

  @Override
  public void refreshed(Key key) {
    refreshing.remove(key);
  }

  /** Bytes that entries weigh now, and their number. */
  public long weightBytes() {
    return entries.policy().eviction().map(eviction -> eviction.weightedSize().orElse(0)).orElse(0L);
  }

  public long size() {
    return entries.estimatedSize();
  }
}
