package io.tidegate.cache;

import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A place outside of this process that holds sealed entries by name; plugged in by the daemon. Never blocks, never throws; what it returns may complete on
 * any thread, with a failure, late, or never. {@link SharedLayer} bounds what is asked of it.
 */
public interface FarStore extends AutoCloseable {
  /** Whether it can be asked at all; false until it is connected. */
  boolean isConnected();

  /** Completes with null if there is no such entry. */
  CompletionStage<@Nullable Sealed> get(String name);

  CompletionStage<Void> put(String name, Sealed entry, long lifeMillis);

  /** Whether it was there or not. */
  CompletionStage<Void> remove(String name);

  CompletionStage<Void> ping();

  /** Gives up the connection and everything that is asked of it, and makes another. */
  void renew();

  /**
   * Removes every entry whose first bytes fit. For minutes if there are many; nothing else waits for it.
   *
   * @param headBytes how many of an entry's first bytes {@code fits} is given
   * @return how many were removed
   */
  CompletionStage<Long> purge(int headBytes, Predicate<byte[]> fits);

  /** Where it is, without secrets. */
  String address();

  @Override
  void close();
}
