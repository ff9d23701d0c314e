package io.tidegate.jobs;

import io.tidegate.jobs.JobState.Event;
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

  private final JobService service;
  private final JobBook book;
  private final Asker asker;
  private final Headroom headroom;
  private final Ticker ticker;
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
    guarded(() -> {
      service.sweep();
      for (JobBook.Entry entry : book.unfinished()) {
        if (service.expired(entry)) {
          expire(entry);
        }
      }
      openMore();
      pump();
    });
    service.thread().after(open.isEmpty() ? IDLE_TICK_NANOS : BUSY_TICK_NANOS, this::tick);
  }

  /** A fault of our own ends a turn, not the thread. */
  private void guarded(Runnable turnOfWork) {
    try {
      turnOfWork.run();
    } catch (RuntimeException defect) {
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
          new LineIndex(file == null ? Gone.INPUT : service.shelf().read(file), made.endpoint(), service.limits()));
      open.put(entry.id(), job);
      service.thread().execute(() -> guarded(() -> readOn(job)));
      return true;
    } catch (IOException disk) {
      service.notices().diskFailed(disk);
      return false;
    }
  }

  private void readOn(OpenJob job) {
    if (stopped || job.ending != null || open.get(id(job)) != job) {
      return;
    }
    try {
      if (!job.index.step()) {
        // Others have their turn between two pieces of a long file.
        service.thread().execute(() -> guarded(() -> readOn(job)));
        return;
      }
    } catch (IOException disk) {
      service.notices().diskFailed(disk);
      service.thread().after(DISK_NANOS, () -> guarded(() -> readOn(job)));
      return;
    }
    switch (job.ledger.state()) {
      case VALIDATING -> validated(job);
      case IN_PROGRESS -> {
        if (job.index.wrong() || job.index.lines() != job.ledger.total()) {
          end(job, Event.INVALID);
        } else {
          job.indexed();
          endIfDone(job);
        }
      }
      case FINALIZING -> end(job, Event.LINES_ENDED);
      case CANCELLING -> {
        if (!job.index.wrong()) {
          job.indexed();
        }
        end(job, Event.CANCEL);
      }
      case COMPLETED, FAILED, EXPIRED, CANCELLED -> close(job);
    }
    pump();
  }

  private void validated(OpenJob job) {
    if (job.index.wrong()) {
      end(job, Event.INVALID);
      return;
    }
    try {
      change(job.ledger, job.journal, Event.VALID, job.index.lines(), "null");
      job.indexed();
    } catch (IOException disk) {
      service.notices().diskFailed(disk);
      service.thread().after(DISK_NANOS, () -> guarded(() -> {
        if (open.get(id(job)) == job && job.ending == null && job.ledger.state() == JobState.VALIDATING) {
          validated(job);
          pump();
        }
      }));
    }
  }

  // Lines

  /** Begins what may be begun. */
  private void pump() {
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
      Object around = job.around(line, asker);
      LineEnd end = new LineEnd(job, line, read.customId(), service.newId(), this::came);
      underWay++;
      job.underWay.put(line, end);
      end.asked(asker.ask(job.ledger.job().facts(), job.ledger.job().endpoint(), read.bytes(), around, end));
      return true;
    } catch (IOException | RuntimeException cannot) {
      if (job.underWay.remove(line) != null) {
        underWay--;
      }
      release.again(line);
      job.pause(ticker.nanos());
      if (cannot instanceof IOException disk) {
        service.notices().diskFailed(disk);
      } else {
        service.notices().defect(cannot);
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
    // First the next ones on their way: they need not wait for the disk.
    pump();
    touched.forEach(this::commit);
    touched.forEach(this::endIfDone);
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
      Refusal refusal = end.refusal();
      boolean begun = refusal == null || !LATER.contains(refusal);
      if (refusal != null && refusal.repeatMayHelp() && (!begun || job.failedAgain(end.line()) < JobLimits.TRIES)) {
        release.again(end.line());
        job.pause(ticker.nanos());
      } else {
        release.ended(end.line());
        job.over(end.line());
        job.answered();
        job.journal.add(JobLedger.lineRecord(end.line(), refusal == null, end.record()));
        touched.add(job);
      }
    }
    return touched;
  }

  /** Refusals before any work was begun: the line waits for better times, as long as its job may. */
  private static final Set<Refusal> LATER = Set.of(Refusal.NO_PERMITTED_UPSTREAM, Refusal.NO_PERMITTED_REGION, Refusal.BUSY, Refusal.RATE_LIMITED, Refusal.DRAINING,
      Refusal.AUDIT_UNAVAILABLE, Refusal.CLASSIFICATION_FAILED);

  private void commit(OpenJob job) {
    try {
      book.commit(job.ledger, job.journal);
    } catch (IOException disk) {
      service.notices().diskFailed(disk);
      job.pause(ticker.nanos());
      service.thread().after(DISK_NANOS, () -> guarded(() -> {
        if (!stopped && open.get(id(job)) == job && job.journal.hasPending()) {
          commit(job);
          endIfDone(job);
          pump();
        }
      }));
    }
  }

  // Jobs end

  private void endIfDone(OpenJob job) {
    if (job.ending == null && job.ledger.state() == JobState.IN_PROGRESS && job.ledger.endedLines() == job.ledger.total() && !job.journal.hasPending()) {
      end(job, Event.LINES_ENDED);
    }
  }

  /** Cancels; true if that is recorded. */
  void cancel(JobBook.Entry entry) throws IOException {
    change(entry.ledger(), entry.journal(), Event.CANCEL, -1, "null");
    OpenJob job = open.get(entry.id());
    // One whose lines are known to exist, but not where, ends once its file is read.
    if (job != null && job.ending == null && entry.ledger().state() == JobState.CANCELLING && (job.release() != null || entry.ledger().total() < 0)) {
      end(job, Event.CANCEL);
    } else if (job == null) {
      openMore();
    }
    pump();
  }

  private void expire(JobBook.Entry entry) {
    OpenJob job = open.get(entry.id());
    if (job != null && job.ending == null && (job.release() != null || entry.ledger().state() == JobState.VALIDATING)) {
      end(job, Event.EXPIRE);
    } else if (job == null && entry.ledger().state() == JobState.VALIDATING) {
      // It never had its turn.
      try {
        change(entry.ledger(), entry.journal(), Event.EXPIRE, -1, "null");
      } catch (IOException disk) {
        service.notices().diskFailed(disk);
      }
    }
  }

  private void end(OpenJob job, Event how) {
    job.ending = how;
    letGo(job);
    conclude(job);
  }

  private void letGo(OpenJob job) {
    underWay -= job.underWay.size();
    List<Asker.Asked> gone = new ArrayList<>(job.underWay.values());
    job.underWay.clear();
    gone.forEach(Asker.Asked::cancel);
  }

  /** Brings the job to its last state, from wherever it stands; tried again until the disk takes it. */
  private void conclude(OpenJob job) {
    if (stopped) {
      return;
    }
    JobLedger ledger = job.ledger;
    try {
      book.commit(ledger, job.journal);
      switch (job.ending == null ? Event.LINES_ENDED : job.ending) {
        case INVALID -> {
          if (ledger.endedLines() > 0) {
            service.answers().write(book, ledger, job.index, "", "");
          }
          change(ledger, job.journal, Event.INVALID, -1, job.index.errors());
        }
        case EXPIRE -> {
          service.answers().write(book, ledger, job.index, "batch_expired", "The batch expired before this line was answered.");
          change(ledger, job.journal, Event.EXPIRE, -1, "null");
        }
        case CANCEL -> {
          service.answers().write(book, ledger, job.index, "batch_cancelled", "The batch was cancelled before this line was answered.");
          change(ledger, job.journal, Event.WRITTEN, -1, "null");
        }
        case LINES_ENDED, VALID, WRITTEN -> {
          change(ledger, job.journal, Event.LINES_ENDED, -1, "null");
          service.answers().write(book, ledger, job.index, "", "");
          change(ledger, job.journal, Event.WRITTEN, -1, "null");
        }
      }
      book.shorten(ledger, job.journal);
    } catch (IOException disk) {
      service.notices().diskFailed(disk);
      if (!ledger.state().over()) {
        service.thread().after(DISK_NANOS, () -> guarded(() -> conclude(job)));
        return;
      }
    }
    close(job);
  }

  private void close(OpenJob job) {
    open.remove(id(job));
    job.close();
    openMore();
  }

  private void change(JobLedger ledger, Journal journal, Event event, int total, String errors) throws IOException {
    JobState to = ledger.state().next(event);
    if (to != ledger.state()) {
      journal.add(JobLedger.stateRecord(to, service.nowSeconds(), total, errors));
      book.commit(ledger, journal);
    }
  }

  private static String id(OpenJob job) {
    return job.ledger.job().facts().id();
  }

  /** In place of a file that was taken away. */
  private enum Gone implements Disk.Input {
    INPUT;

    @Override
    public long size() {
      return 0;
    }

    @Override
    public int read(long at, byte[] to, int from, int count) {
      return -1;
    }

    @Override
    public void close() {
      // Nothing is held.
    }
  }
}
