package io.tidegate.cache;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Names that must go from a {@link FarStore}, because a purge overtook what was put there: each is kept, and asked for again, until the store says that it is
 * gone. Bounded by who puts: nothing may be put while {@link #isFull}. Any thread.
 */
final class Overtaken {
  static final int MAX_OWED = 256;

  private final FarStore store;
  /** With whether that is asked now. */
  private final Map<String, AtomicBoolean> owed = new ConcurrentHashMap<>();

  Overtaken(FarStore store) {
    this.store = store;
  }

  /** What is under way at that moment may still be added. */
  boolean isFull() {
    return owed.size() >= MAX_OWED;
  }

  boolean isEmpty() {
    return owed.isEmpty();
  }

  void add(String name) {
    // A state of its own: what was asked earlier about this name may have come before what was put since.
    AtomicBoolean asked = new AtomicBoolean();
    owed.put(name, asked);
    remove(name, asked);
  }

  private void remove(String name, AtomicBoolean asked) {
    if (asked.compareAndSet(false, true)) {
      store.remove(name).whenComplete((gone, failure) -> {
        if (failure == null) {
          owed.remove(name, asked);
        } else {
          asked.set(false);
        }
      });
    }
  }

  /** Once more what failed. */
  void again() {
    owed.forEach(this::remove);
  }
}
