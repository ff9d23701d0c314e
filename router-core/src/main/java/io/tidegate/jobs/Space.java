package io.tidegate.jobs;

/** Bytes of all files and journals together (G8). Confined to the jobs' thread, but for the reading of {@link #used}. */
final class Space {
  private final long max;
  private volatile long used;

  Space(long max) {
    this.max = max;
  }

  boolean full() {
    return used >= max;
  }

  /** Notes what was written, or with a negative number what was deleted. */
  void add(long bytes) {
    used = Math.max(0, used + bytes);
  }

  long used() {
    return used;
  }
}
