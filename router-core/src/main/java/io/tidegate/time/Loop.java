package io.tidegate.time;

/**
 * One event loop as the line sees it (decisions 21): a thread that runs tasks in order and has timers. {@code net} adapts Netty's, the
 * simulator runs one in virtual time.
 */
public interface Loop extends Ticker {
  /** Runs {@code task} on the loop; from another thread, later. */
  void execute(Runnable task);

  boolean inLoop();

  /** Runs {@code task} on the loop after {@code delayNanos}. Cheap to cancel, coarse to about a millisecond. */
  Timer schedule(Runnable task, long delayNanos);

  /** Small ordinal of this loop, 0 ≤ index &lt; number of loops: for per-loop state held in arrays. */
  int index();

  /** A pending task. */
  interface Timer {
    /** After this returns, on the loop, the task will not run. */
    void cancel();
  }
}
