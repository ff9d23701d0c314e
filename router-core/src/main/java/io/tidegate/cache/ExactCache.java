package io.tidegate.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import io.tidegate.line.AnswerCache;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Answers to requests whose bytes, caller's sharing group, sensitivity and bundle are all equal. Thread-safe; weighed in bytes with a hard
 * cap (hazard C8); entries end by their own TTL on the given ticker.
 */
public final class ExactCache implements AnswerCache {
  /** Rough cost of an entry beside its body: key strings, nodes, array headers. */
  private static final int ENTRY_OVERHEAD = 512;

  private final Cache<Key, Entry> entries;

  /**
   * @param maxBytes cap on all entries together; 0 stores nothing
   */
  public ExactCache(long maxBytes, io.tidegate.time.Ticker ticker) {
    this.entries = Caffeine.newBuilder().maximumWeight(maxBytes).weigher((Key key, Entry entry) -> entry.stored.body().length + ENTRY_OVERHEAD)
        .ticker((Ticker) ticker::nanos).executor(Runnable::run).expireAfter(Expiry.<Key, Entry>writing((key, entry) -> entry.ttl())).build();
  }

  @Override
  public @Nullable Stored get(Key key) {
    Entry entry = entries.getIfPresent(key);
    return entry == null ? null : entry.stored;
  }

  @Override
  public void put(Key key, Stored answer, int ttlSeconds) {
    entries.put(key, new Entry(answer, Duration.ofSeconds(ttlSeconds)));
  }

  /** Bytes that entries weigh now, and their number. */
  public long weightBytes() {
    return entries.policy().eviction().map(eviction -> eviction.weightedSize().orElse(0)).orElse(0L);
  }

  public long size() {
    return entries.estimatedSize();
  }

  private record Entry(Stored stored, Duration ttl) {}
}
