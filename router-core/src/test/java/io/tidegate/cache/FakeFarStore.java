package io.tidegate.cache;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A shared store in this thread: well, failing, or hanging. Entries do not end by themselves: who reads them must see that they are over. */
public final class FakeFarStore implements FarStore {
  public enum State { WELL, FAILING, HANGING, GONE }

  public final Map<String, Sealed> entries = new HashMap<>();
  public State state = State.WELL;
  public int gets;
  public int puts;
  public boolean removesHang;
  public final List<String> removes = new ArrayList<>();
  public int pings;
  public int renewed;
  public long lastLifeMillis;
  /** Runs once, while an entry is being put. */
  public @Nullable Runnable meanwhile;
  private final List<CompletableFuture<?>> hanging = new ArrayList<>();

  private <T> CompletionStage<T> answer(@Nullable T value) {
    CompletableFuture<T> future = new CompletableFuture<>();
    switch (state) {
      case WELL -> future.complete(value);
      case FAILING, GONE -> future.completeExceptionally(new IllegalStateException("failing"));
      case HANGING -> hanging.add(future);
    }
    return future;
  }

  /** What hangs fails. */
  public void release() {
    List<CompletableFuture<?>> all = List.copyOf(hanging);
    hanging.clear();
    all.forEach(future -> future.completeExceptionally(new IllegalStateException("released")));
  }

  @Override
  public boolean isConnected() {
    return state != State.GONE;
  }

  @Override
  public CompletionStage<@Nullable Sealed> get(String name) {
    gets++;
    return answer(entries.get(name));
  }

  @Override
  public CompletionStage<Void> put(String name, Sealed entry, long lifeMillis) {
    puts++;
    if (state == State.WELL) {
      entries.put(name, entry);
    }
    lastLifeMillis = lifeMillis;
    Runnable now = meanwhile;
    meanwhile = null;
    if (now != null) {
      now.run();
    }
    return answer(null);
  }

  @Override
  public CompletionStage<Void> remove(String name) {
    removes.add(name);
    if (removesHang) {
      return new CompletableFuture<>();
    }
    if (state == State.WELL) {
      entries.remove(name);
    }
    return answer(null);
  }

  @Override
  public CompletionStage<Void> ping() {
    pings++;
    return answer(null);
  }

  @Override
  public void renew() {
    renewed++;
    release();
  }

  @Override
  public CompletionStage<Long> purge(int headBytes, Predicate<byte[]> fits) {
    long before = entries.size();
    entries.values().removeIf(sealed -> fits.test(java.util.Arrays.copyOf(sealed.bytes(), headBytes)));
    return answer(before - entries.size());
  }

  @Override
  public String address() {
    return "fake";
  }

  @Override
  public void close() {}
}
