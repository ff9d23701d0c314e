package io.tidegate.daemon.jobs;

import io.tidegate.jobs.JobDesk;
import io.tidegate.jobstore.HeldElsewhere;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs from the start to the end of a process, across a hand-over: one process at a time has the directory. Whoever takes over starts without it, and
 * opens it as soon as the other has let it go; whoever is taken over from lets it go once the questions under way are answered.
 */
public final class JobsLife implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JobsLife.class);
  private static final long LOOK_NANOS = 50_000_000;

  /** Opens the directory; blocking. */
  @FunctionalInterface
  public interface Opening {
    /** @throws IOException it cannot be used, or another process has it */
    Jobs open() throws IOException;
  }

  private final Opening opening;
  private final SharedDesk desk;
  private @Nullable Jobs jobs;
  private boolean over;

  private JobsLife(Opening opening, SharedDesk desk) {
    this.opening = opening;
    this.desk = desk;
  }

  /**
   * Opens the directory now, or, if {@code mayWait}, when the process that has it lets it go.
   *
   * @param uploadBytes longest body of an upload
   * @throws IOException it cannot be used
   */
  public static JobsLife open(Opening opening, long uploadBytes, boolean mayWait) throws IOException {
    JobsLife life = new JobsLife(opening, new SharedDesk(uploadBytes));
    try {
      life.take(opening.open());
    } catch (HeldElsewhere held) {
      if (!mayWait) {
        throw held;
      }
      LOG.info("jobs: another process has the directory; it is opened when that one lets it go");
    }
    return life;
  }

  private void take(Jobs opened) {
    jobs = opened;
    desk.open(opened.desk());
  }

  /** Where callers' questions are answered. */
  public JobDesk desk() {
    return desk;
  }

  /** Begins to run jobs, now or when there are any. Once. */
  public synchronized void start() {
    if (jobs != null) {
      jobs.start();
      return;
    }
    Thread waiting = new Thread(this::await, "jobs-wait");
    waiting.setDaemon(true);
    waiting.start();
  }

  private void await() {
    boolean complained = false;
    while (true) {
      synchronized (this) {
        if (over) {
          return;
        }
        try {
          Jobs opened = opening.open();
          take(opened);
          opened.start();
          LOG.info("jobs: the directory is ours");
          return;
        } catch (HeldElsewhere stillHeld) {
          // Looked at again.
        } catch (IOException unusable) {
          if (!complained) {
            LOG.error("jobs: {}. Files and batches are refused until this is mended", unusable.getMessage());
            complained = true;
          }
        }
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /**
   * Lets go the lines under way, which are asked again after the next start. Questions are answered until {@link #handOver} or {@link #close}. Blocking,
   * a few seconds at most.
   */
  public synchronized void stop() {
    over = true;
    if (jobs != null) {
      jobs.stop();
    }
  }

  /** Takes no new questions and lets the directory go when those under way are answered, but after {@code longestNanos} at the latest. Returns at once. */
  public void handOver(long longestNanos) {
    desk.shut();
    Thread handing = new Thread(() -> {
      long until = System.nanoTime() + longestNanos;
      while (desk.underWay() > 0 && System.nanoTime() - until < 0) {
        LockSupport.parkNanos(LOOK_NANOS);
      }
      close();
    }, "jobs-hand-over");
    handing.setDaemon(true);
    handing.start();
  }

  @Override
  public synchronized void close() {
    over = true;
    desk.shut();
    Jobs ours = jobs;
    jobs = null;
    if (ours != null) {
      ours.close();
    }
  }
}
