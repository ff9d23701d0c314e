package io.tidegate.jobs;

import io.tidegate.model.Refusal;
import io.tidegate.time.Ticker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Asks the lines of jobs, as many at a time as there is room for, job after job by turns. A line's end counts once its record is on the disk; a line that was
 * under way when all stopped is asked again. Confined to the jobs' thread, but for answers, which come in by a queue.
 */
final class JobRunner {
  /** Between two looks for room, while there is none. */
  private static final long ROOM_NANOS = 20_000_000L;
  private static final long DISK_NANOS = 1_000_000_000L;
  private static final long BUSY_TICK_NANOS = 250_000_000L;
  private static final long IDLE_TICK_NANOS = 1_000_000_000L;
  /** Refusals before any work was begun: the line waits for better times, as long as its job may. */
  private static final Set<Refusal> LATER = Set.of(Refusal.NO_PERMITTED_UPSTREAM, Refusal.NO_PERMITTED_REGION, Refusal.BUSY, Refusal.RATE_LIMITED, Refusal.DRAINING,
      Refusal.AUDIT_UNAVAILABLE, Refusal.CLASSIFICATION_FAILED);

  private final JobService service;
  private final JobBook book;
  private final Asker asker;
  private final Headroom headroom;
  private final Ticker ticker;
  private final JobEnding ending;
  private final JobReading reading;
  private final Map<String, OpenJob> open = new LinkedHashMap<>();
  private final ConcurrentLinkedQueue<LineEnd> inbox = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean drainComing = new AtomicBoolean();
  /** Written on the jobs' thread only. */
  private volatile int underWay;
  private int turn;
  private boolean looking;
  private boolean stopped;

  JobRunner(JobService service, JobBook book, Asker asker, Headroom headroom, Ticker ticker) {
    this.service = service;
    this.book = book;
    this.asker = asker;
    this.headroom = headroom;
    this.ticker = ticker;
    this.ending = new JobEnding(service, book, this);
    this.reading = new JobReading(service, this, ending);
  }

  int underWay() {
    return underWay;
  }

  void start() {
    tick();
  }

  /** No further line is begun; those under way are let go, to be asked again after the next start. */
  void stop() {
    stopped = true;
    take();
    for (OpenJob job : open.values()) {
      commit(job);
      letGo(job);
      job.close();
    }
    open.clear();
  }

  private void tick() {
    if (stopped) {
      return;
    }
    try {
      guarded(() -> {
        service.sweep();
        for (JobBook.Entry entry : book.unfinished()) {
          if (service.expired(entry)) {
            ending.expire(entry);
          }
        }
        openMore();
        pump();
      });
    } finally {
      service.thread().after(open.isEmpty() ? IDLE_TICK_NANOS : BUSY_TICK_NANOS, this::tick);
    }
  }

  /** A fault of our own ends a turn, and is told of: the thread would keep it to itself. */
  void guarded(Runnable turnOfWork) {
    try {
      turnOfWork.run();
    } catch (Throwable defect) {
      service.notices().defect(defect);
    }
  }

  // Jobs begin

  /** A job was made. */
  void added() {
    openMore();
  }

  private void openMore() {
    while (open.size() < JobLimits.OPEN && !stopped) {
      JobBook.Entry next = waiting();
      if (next == null || !begin(next)) {
        return;
      }
    }
  }

  /** The oldest of the tenant that has the fewest open. */
  private JobBook.@Nullable Entry waiting() {
    JobBook.Entry best = null;
    long fewest = Long.MAX_VALUE;
    for (JobBook.Entry entry : book.unfinished()) {
      if (!open.containsKey(entry.id())) {
        String tenant = entry.ledger().job().facts().caller().tenant();
        long own = open.values().stream().filter(job -> job.ledger.job().facts().caller().tenant().equals(tenant)).count();
        if (own < fewest) {
          fewest = own;
          best = entry;
        }
      }
    }
    return best;
  }

  private boolean begin(JobBook.Entry entry) {
    JobRecord made = entry.ledger().job();
    StoredFile file = service.shelf().get(made.facts().caller().tenant(), made.input());
    try {
      OpenJob job = new OpenJob(entry.ledger(), entry.journal(),
          new LineIndex(file == null ? GoneFile.INPUT : service.shelf().read(file), made.endpoint(), service.limits()));
      open.put(entry.id(), job);
      reading.next(job);
      return true;
    } catch (IOException disk) {
      service.notices().diskFailed(disk);
      return false;
    }
  }

  // Lines

  /** Begins what may be begun. */
  void pump() {
    if (stopped || open.isEmpty()) {
      return;
    }
    List<OpenJob> jobs = new ArrayList<>(open.values());
    int idle = 0;
    while (idle < jobs.size()) {
      if (!jobs.stream().anyMatch(job -> job.ready(ticker.nanos()))) {
        return;
      }
      if (service.noSpace(open.values()) || headroom.lines(service.limits().parallel()) <= underWay) {
        lookAgain();
        return;
      }
      OpenJob job = jobs.get(Math.floorMod(turn++, jobs.size()));
      idle = job.ready(ticker.nanos()) && ask(job) ? 0 : idle + 1;
    }
  }

  private void lookAgain() {
    if (!looking) {
      looking = true;
      service.thread().after(ROOM_NANOS, () -> {
        looking = false;
        guarded(this::pump);
      });
    }
  }

  private boolean ask(OpenJob job) {
    Release release = job.release();
    int line = release == null ? -1 : release.next();
    if (release == null || line < 0) {
      return false;
    }
    try {
      OpenJob.Line read = OpenJob.body(job.index.text(line));
      Object rules = asker.rules();
      Object around = job.around(line, rules, asker);
      LineEnd end = new LineEnd(job, line, read.customId(), service.newId(), this::came);
      job.underWay.put(line, end);
      underWay++;
      job.asked();
      end.asked(asker.ask(job.ledger.job().facts(), job.ledger.job().endpoint(), read.bytes(), rules, around, end));
      return true;
    } catch (Throwable cannot) {
      if (job.underWay.remove(line) != null) {
        underWay--;
      }
      release.again(line);
      if (cannot instanceof IOException disk) {
        service.notices().diskFailed(disk);
        if (disk instanceof OpenJob.Changed) {
          job.pause(ticker.nanos());
        } else {
          hold(job);
        }
      } else {
        service.notices().defect(cannot);
        job.pause(ticker.nanos());
      }
      return false;
    }
  }

  /** A line has its end. Any thread. */
  private void came(LineEnd end) {
    inbox.add(end);
    if (drainComing.compareAndSet(false, true)) {
      service.thread().execute(() -> guarded(this::drain));
    }
  }

  private void drain() {
    drainComing.set(false);
    if (stopped) {
      return;
    }
    Set<OpenJob> touched = take();
    // First the next ones on their way: they need not wait for a disk that is well.
    if (open.values().stream().noneMatch(OpenJob::held)) {
      guarded(this::pump);
    }
    for (OpenJob job : touched) {
      if (!job.held()) {
        commit(job);
        guarded(() -> ending.endIfDone(job));
      }
    }
    pump();
  }

  private Set<OpenJob> take() {
    Set<OpenJob> touched = new LinkedHashSet<>();
    for (LineEnd end = inbox.poll(); end != null; end = inbox.poll()) {
      OpenJob job = end.job();
      Release release = job.release();
      if (release == null || !job.underWay.remove(end.line(), end)) {
        continue;
      }
      underWay--;
      try {
        Refusal refusal = end.refusal();
        boolean begun = refusal == null || !LATER.contains(refusal);
        if (refusal != null && refusal.repeatMayHelp() && (!begun || job.failedAgain(end.line()) < JobLimits.TRIES)) {
          release.again(end.line());
          job.pause(ticker.nanos());
        } else {
          // What may fail comes first: a line is given back, or its end is noted.
          touched.add(job);
          job.journal.add(JobLedger.lineRecord(end.line(), refusal == null, end.record()));
          release.ended(end.line());
          job.over(end.line());
          job.answered();
        }
      } catch (Throwable defect) {
        service.notices().defect(defect);
        release.again(end.line());
        job.pause(ticker.nanos());
      }
    }
    return touched;
  }

  private void commit(OpenJob job) {
    try {
      book.commit(job.ledger, job.journal);
    } catch (IOException disk) {
      service.notices().diskFailed(disk);
      hold(job);
    } catch (Throwable defect) {
      service.notices().defect(defect);
      hold(job);
    }
  }

  /** No line of it is begun until the disk is well again (G8): what waits for the disk stays as little as it is. One look at a time is taken whether it is. */
  private void hold(OpenJob job) {
    if (job.hold()) {
      whenDiskMayBeWell(() -> {
        job.goOn();
        if (has(job) && job.ending == null) {
          commit(job);
          ending.endIfDone(job);
          pump();
        }
      });
    }
  }

  // For those that end

  /** Null if the job has not begun, or is over. */
  @Nullable OpenJob open(JobBook.Entry entry) {
    return open.get(entry.id());
  }

  /** When this returns, that is recorded. */
  void cancel(JobBook.Entry entry) throws IOException {
    ending.cancel(entry);
    pump();
  }

  /** Lets go the lines that are under way. */
  void letGo(OpenJob job) {
    underWay -= job.underWay.size();
    List<Asker.Asked> gone = new ArrayList<>(job.underWay.values());
    job.underWay.clear();
    gone.forEach(Asker.Asked::cancel);
  }

  boolean has(OpenJob job) {
    return !stopped && open.get(id(job)) == job;
  }

  /** None of its lines is under way: it is begun again soon. */
  void anew(OpenJob job) {
    open.remove(id(job));
    job.close();
  }

  /** The job is over: another may begin. */
  void close(OpenJob job) {
    open.remove(id(job));
    job.close();
    openMore();
  }

  /** Does it on the jobs' thread once the disk may be well again, unless all has stopped. */
  void whenDiskMayBeWell(Runnable turnOfWork) {
    service.thread().after(DISK_NANOS, () -> guarded(() -> {
      if (!stopped) {
        turnOfWork.run();
      }
    }));
  }

  private static String id(OpenJob job) {
    return job.ledger.job().facts().id();
  }
}
