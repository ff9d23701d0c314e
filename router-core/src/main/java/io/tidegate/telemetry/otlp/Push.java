package io.tidegate.telemetry.otlp;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread of its own that sends now and then, and once more at the end. What goes wrong there is logged at its begin and at its end, and disturbs nobody. */
final class Push implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Push.class);
  private static final long LAST_WITHIN_SECONDS = 2;

  private final ScheduledThreadPoolExecutor thread;
  private final String what;
  private final Round round;
  private boolean failing;

  /** What became of a round. */
  enum Taken { YES, NO, NOTHING_THERE }

  /** Sends what there is. */
  interface Round {
    Taken run() throws InterruptedException;
  }

  Push(String what, long everyMillis, Round round) {
    this.what = what;
    this.round = round;
    this.thread = new ScheduledThreadPoolExecutor(1, task -> {
      Thread made = new Thread(task, "otlp-" + what);
      made.setDaemon(true);
      return made;
    });
    thread.scheduleWithFixedDelay(this::once, everyMillis, everyMillis, TimeUnit.MILLISECONDS);
  }

  private void once() {
    Taken taken;
    String why = "the collector does not take them";
    try {
      taken = round.run();
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
      return;
    } catch (RuntimeException | StackOverflowError defect) {
      taken = Taken.NO;
      why = "they cannot be made: " + defect.getClass().getSimpleName();
    }
    if (taken == Taken.NO && !failing) {
      failing = true;
      LOG.warn("otlp: {} are not sent ({}); requests go on", what, why);
    } else if (taken == Taken.YES && failing) {
      failing = false;
      LOG.warn("otlp: the collector takes {} again", what);
    }
  }

  /** What there is now is sent, if that is quick. */
  @Override
  public void close() {
    try {
      thread.submit(this::once).get(LAST_WITHIN_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException slow) {
      LOG.warn("otlp: the last {} were not sent: the collector is slow or gone", what);
    } finally {
      thread.shutdownNow();
    }
  }
}
