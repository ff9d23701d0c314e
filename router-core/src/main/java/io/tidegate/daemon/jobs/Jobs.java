package io.tidegate.daemon.jobs;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.tidegate.ingress.RequestIds;
import io.tidegate.jobs.Asker;
import io.tidegate.jobs.Headroom;
import io.tidegate.jobs.JobDesk;
import io.tidegate.jobs.JobLimits;
import io.tidegate.jobs.JobService;
import io.tidegate.jobs.JobThread;
import io.tidegate.jobstore.FileDisk;
import io.tidegate.line.RequestLine;
import io.tidegate.line.Rules;
import io.tidegate.net.EventLoops;
import io.tidegate.telemetry.Names;
import io.tidegate.time.Loop;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Jobs as they run in the daemon: one thread, one directory, the daemon's line. The directory is held for as long as that thread may write there. */
public final class Jobs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
  private static final int STACK_BYTES = 512 << 10;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  /** For a thread that has its work behind it, to end. */
  private static final long SHORTLY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final OneThread executor;
  private final JobService service;
  private final Duration patience;
  private boolean stopped;
  private boolean late;

  private Jobs(OneThread executor, JobService service, Duration patience) {
    this.executor = executor;
    this.service = service;
    this.patience = patience;
  }

  /**
   * Reads what is in the directory; nothing runs before {@link #start}. Blocking.
   *
   * @param seed makes the ids
   * @throws IOException the directory cannot be used
   */
  public static Jobs open(Path directory, JobLimits limits, RequestLine line, Supplier<Rules> rules, EventLoops loops, Headroom headroom, Supplier<Long> seed,
      MeterRegistry registry) throws IOException {
    List<Loop> all = new ArrayList<>();
    for (EventExecutor loop : loops.group()) {
      all.add(loops.of((EventLoop) loop));
    }
    RequestIds ids = new RequestIds(seed.get(), seed.get());
    return open(directory, limits, new LineAsker(line, rules, all, ids), headroom, ids, registry, PATIENCE);
  }

  /** @param patience how long the disk is waited for at the end */
  static Jobs open(Path directory, JobLimits limits, Asker asker, Headroom headroom, Supplier<String> ids, MeterRegistry registry, Duration patience)
      throws IOException {
    FileDisk disk = FileDisk.open(directory);
    OneThread executor = new OneThread(disk);
    JobService service = new JobService(disk, limits, asker, headroom, new OwnThread(executor), System::nanoTime, Instant::now, ids,
        new Notices(registry, System::nanoTime));
    try {
      service.load();
    } catch (IOException | RuntimeException unusable) {
      executor.shutdownNow();
      throw unusable instanceof IOException io ? io : new IOException("what is in " + directory + " cannot be read: " + unusable.getClass().getSimpleName(), unusable);
    }
    Gauge.builder(Names.JOBS_BYTES, service, JobService::usedBytes).register(registry);
    Gauge.builder(Names.JOBS_LINES, service, JobService::linesUnderWay).register(registry);
    return new Jobs(executor, service, patience);
  }

  /** Where callers' questions are answered. */
  public JobDesk desk() {
    return service;
  }

  public void start() {
    service.start();
  }

  /** Lets go the lines under way, which are asked again after the next start; waits at most a few seconds for the disk. Questions are answered until {@link #close}. */
  public synchronized void stop() {
    if (stopped) {
      return;
    }
    stopped = true;
    CompletableFuture<Void> done = new CompletableFuture<>();
    try {
      executor.execute(() -> {
        try {
          service.stop();
        } finally {
          done.complete(null);
        }
      });
      done.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException | RejectedExecutionException behind) {
      late = true;
      LOG.warn("jobs: the disk did not take the last answers in time; their lines are asked again");
    }
  }

  /** Lets the directory go once the jobs' thread has done its last, and waits a few seconds for that. While the disk hangs it is held. */
  @Override
  public synchronized void close() {
    stop();
    executor.shutdown();
    try {
      if (!executor.awaitTermination(late ? SHORTLY_NANOS : patience.toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.warn("jobs: the disk is still at work; the directory is let go when it has done, or when this process ends");
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  /** The jobs' thread. It has the directory to its end: of two processes that write there at the same time one loses what the other wrote. */
  private static final class OneThread extends ScheduledThreadPoolExecutor {
    private final FileDisk disk;

    OneThread(FileDisk disk) {
      super(1, task -> {
        Thread thread = new Thread(null, task, "jobs", STACK_BYTES);
        thread.setDaemon(true);
        return thread;
      });
      this.disk = disk;
      setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    protected void terminated() {
      super.terminated();
      try {
        disk.close();
      } catch (IOException e) {
        LOG.warn("jobs: the directory could not be let go: {}", e.getClass().getSimpleName());
      }
    }
  }

  private record OwnThread(ScheduledThreadPoolExecutor executor) implements JobThread {
    @Override
    public void execute(Runnable task) {
      try {
        executor.execute(task);
      } catch (RejectedExecutionException stopping) {
        // What is not done now is done after the next start.
      }
    }

    @Override
    public void after(long nanos, Runnable task) {
      try {
        executor.schedule(task, nanos, TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException stopping) {
        // As above.
      }
    }
  }
}
