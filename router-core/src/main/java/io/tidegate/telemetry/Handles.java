package io.tidegate.telemetry;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Meters by the index of their labels, made at first use, so that a request looks nothing up by name. Making one twice is harmless: the registry returns
 * the same meter. Any thread.
 */
final class Handles<T> {
  private final AtomicReferenceArray<@Nullable T> made;
  private final IntFunction<T> maker;

  Handles(int size, IntFunction<T> maker) {
    this.made = new AtomicReferenceArray<>(size);
    this.maker = maker;
  }

  T at(int index) {
    T handle = made.get(index);
    if (handle == null) {
      handle = maker.apply(index);
      made.set(index, handle);
    }
    return handle;
  }
}
