package io.tidegate.daemon.jobs;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tidegate.jobs.JobNotices;
import io.tidegate.telemetry.Names;
import io.tidegate.time.Ticker;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what an operator must know, and says it, the same thing at most twice a minute. On the jobs' thread. */
final class Notices implements JobNotices {
  private static final Logger LOG = LoggerFactory.getLogger(Notices.class);
  private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Ticker ticker;
  private final Counter failures;
  private final Counter defects;
  private long diskNanos;
  private long defectNanos;
  private String defect = "";

  Notices(MeterRegistry registry, Ticker ticker) {
    this.ticker = ticker;
    this.failures = Counter.builder(Names.JOBS_DISK_FAILURES).register(registry);
    this.defects = Counter.builder(Names.DEFECTS).register(registry);
    this.diskNanos = ticker.nanos() - EVERY_NANOS;
  }

  @Override
  public void cut(String name, long bytes) {
    LOG.warn("jobs: {} bytes at the end of {} were not whole and were cut off; their lines are asked again", bytes, name);
  }

  @Override
  public void diskFailed(Exception why) {
    failures.increment();
    long now = ticker.nanos();
    if (now - diskNanos >= EVERY_NANOS) {
      diskNanos = now;
      LOG.error("jobs.directory: the disk failed ({}); jobs wait and try again", why.getClass().getSimpleName());
    }
  }

  @Override
  public void defect(Throwable why) {
    defects.increment();
    StackTraceElement[] trace = why.getStackTrace();
    String what = why.getClass().getName() + " at " + (trace.length == 0 ? "?" : trace[0]);
    long now = ticker.nanos();
    if (!what.equals(defect) || now - defectNanos >= EVERY_NANOS) {
      defectNanos = now;
      defect = what;
      LOG.error("jobs: a fault of ours: {}", what);
    }
  }
}
