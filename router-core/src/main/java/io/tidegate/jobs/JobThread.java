package io.tidegate.jobs;

/** The one thread on which jobs live: files are read and written there, and nothing else is. Plugged in by the daemon. */
public interface JobThread {
  /** Runs {@code task} on the thread, after what was given before. Any thread. */
  void execute(Runnable task);

  /** Runs it after a while. */
  void after(long nanos, Runnable task);
}
