package io.tidegate.time;

/** Lets long work beside live traffic breathe: called between short pieces of it, by the thread that does it. */
@FunctionalInterface
public interface Pace {
  /** Never waits. */
  Pace FULL = () -> {};

  /** May keep the caller waiting, for milliseconds. */
  void step();
}
