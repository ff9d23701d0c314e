package io.tidegate.daemon;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Bounded executors for what may block or take long: never on an event loop (decisions 25). A full one refuses. */
final class Pools {
  private static final int STACK_BYTES = 512 << 10;

  private Pools() {}

  /** @param queued tasks that may wait; one more is refused */
  static ThreadPoolExecutor bounded(String name, int threads, int queued) {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool = new ThreadPoolExecutor(threads, threads, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queued), task -> {
      Thread thread = new Thread(null, task, name + "-" + number.incrementAndGet(), STACK_BYTES);
      thread.setDaemon(true);
      return thread;
    });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** Takes no more tasks, and waits for those there are, so long at most: a disk that hangs does not hold up the end. */
  static void finish(ThreadPoolExecutor pool, Duration patience) {
    pool.shutdown();
    try {
      pool.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
