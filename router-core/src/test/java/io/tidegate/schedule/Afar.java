package io.tidegate.schedule;

import io.tidegate.cache.FarStore;
import io.tidegate.cache.Sealed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The store that two daemons share: late, failing, hanging or away for a while, or with its entries mixed up or damaged. Entries do not end by themselves. */
final class Afar implements FarStore {
  static final List<String> FAULTS = List.of("late", "fails", "hangs", "away", "mixed", "damaged");
  private static final long MILLIS = 1_000_000;

  private final Map<String, Sealed> entries = new LinkedHashMap<>();
  private final List<CompletableFuture<?>> hanging = new ArrayList<>();
  private final Watch watch;
  private final VirtualLoops loops;
  private String state = "well";
  private long untilNanos;

  Afar(Watch watch, VirtualLoops loops) {
    this.watch = watch;
    this.loops = loops;
  }

  void play(String next, long until) {
    state = next;
    untilNanos = until;
    // What hangs loses its connection in the end.
    loops.later(loops.loop(0), this::renew, until - loops.nanos());
  }

  private String state() {
    return loops.nanos() < untilNanos ? state : "well";
  }

  private <T> CompletionStage<T> answer(@Nullable T value) {
    CompletableFuture<T> future = new CompletableFuture<>();
    switch (state()) {
      case "hangs" -> hanging.add(future);
      case "fails", "away" -> loops.later(loops.loop(0), () -> future.completeExceptionally(new IllegalStateException("fails")), MILLIS);
      case "late" -> loops.later(loops.loop(0), () -> future.complete(value), 30 * MILLIS);
      default -> loops.later(loops.loop(0), () -> future.complete(value), MILLIS);
    }
    return future;
  }

  @Override
  public boolean isConnected() {
    return !state().equals("away");
  }

  @Override
  public CompletionStage<@Nullable Sealed> get(String name) {
    Sealed own = entries.get(name);
    return answer(own == null && !state().equals("mixed") ? null : switch (state()) {
      case "mixed" -> entries.entrySet().stream().filter(entry -> !entry.getKey().equals(name)).map(Map.Entry::getValue).findFirst().orElse(null);
      case "damaged" -> damaged(own);
      default -> own;
    });
  }

  private static @Nullable Sealed damaged(@Nullable Sealed whole) {
    if (whole == null) {
      return null;
    }
    byte[] bytes = whole.bytes().clone();
    bytes[bytes.length - 1 - bytes.length / 3] ^= 4;
    return Sealed.found(bytes);
  }

  @Override
  public CompletionStage<Void> put(String name, Sealed entry, long lifeMillis) {
    String read = name + new String(entry.bytes(), StandardCharsets.ISO_8859_1);
    watch.expect(!read.contains("canary") && !read.contains("choices"), "all", "G1 what is kept outside can be read there");
    if (!state().equals("fails") && !state().equals("away")) {
      entries.put(name, entry);
    }
    return answer(null);
  }

  @Override
  public CompletionStage<Void> remove(String name) {
    throw new UnsupportedOperationException("no schedule purges");
  }

  @Override
  public CompletionStage<Void> ping() {
    return answer(null);
  }

  @Override
  public void renew() {
    List<CompletableFuture<?>> all = List.copyOf(hanging);
    hanging.clear();
    all.forEach(future -> future.completeExceptionally(new IllegalStateException("renewed")));
  }

  @Override
  public CompletionStage<Long> purge(int headBytes, Predicate<byte[]> fits) {
    throw new UnsupportedOperationException("no schedule purges");
  }

  @Override
  public String address() {
    return "afar";
  }

  @Override
  public void close() {}
}
