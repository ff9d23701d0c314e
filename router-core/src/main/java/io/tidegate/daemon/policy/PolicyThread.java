package io.tidegate.daemon.policy;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that looks from time to time, and does what it is asked between two looks. A look that fails is logged, and the next one comes. */
final class PolicyThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyThread.class);

  private final ScheduledThreadPoolExecutor pool;

  /** @param every from the end of a look to the next one */
  PolicyThread(String name, Duration every, Runnable look) {
    pool = new ScheduledThreadPoolExecutor(1, task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    });
    pool.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    pool.scheduleWithFixedDelay(() -> safely(look), every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void safely(Runnable look) {
    try {
      look.run();
    } catch (RuntimeException | StackOverflowError defect) {
      LOG.error("policy: defect {}", defect.getClass().getName());
    }
  }

  /** @throws java.util.concurrent.RejectedExecutionException once it is closed */
  void execute(Runnable task) {
    pool.execute(task);
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
