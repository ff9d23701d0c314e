package io.tidegate.jobs;

import io.tidegate.model.Caller;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import io.tidegate.model.Sensitivity;
import io.tidegate.time.Ticker;
import io.tidegate.time.WallClock;
import io.tidegate.wire.JsonWriter;
import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Files and batches, put together (R2.7). {@link #load} and {@link #start} once, {@link #stop} at the end, on the jobs' thread; questions from any thread.
 */
public final class JobService implements JobDesk {
  static final ErrorAnswer DISK = ErrorAnswer.of(Refusal.INTERNAL, "The disk of this router's jobs failed. Nothing was kept.");
  static final ErrorAnswer DEFECT = ErrorAnswer.of(Refusal.INTERNAL, "The router failed on this question.");
  static final ErrorAnswer FULL = new ErrorAnswer(Refusal.BUSY, 429, "The room for files and jobs is used up. Delete files, or try again later.", null, 60);
  private static final ErrorAnswer BUSY = new ErrorAnswer(Refusal.BUSY, 429, "Too many questions about jobs are waiting; try again.", null, 1);
  private static final ErrorAnswer UPLOADS = new ErrorAnswer(Refusal.BUSY, 429, "Too many files are being uploaded; try again.", null, 2);
  private static final int MAX_QUESTIONS = 256;
  private static final int MAX_FILES = 10_000;
  private static final long SWEEP_SECONDS = 60;

  private final Disk disk;
  private final JobLimits limits;
  private final JobThread thread;
  private final WallClock clock;
  private final Supplier<String> ids;
  private final JobNotices notices;
  private final Space space;
  private final FileShelf shelf;
  private final JobBook book;
  private final JobRunner runner;
  private final AnswerFiles answers = new AnswerFiles(this);
  private final JobQuestions questions;
  private final AtomicInteger waiting = new AtomicInteger();
  private int uploads;
  private long sweptSeconds;

  /** @param ids letters, digits, {@code - _} */
  public JobService(Disk disk, JobLimits limits, Asker asker, Headroom headroom, JobThread thread, Ticker ticker, WallClock clock, Supplier<String> ids,
      JobNotices notices) {
    this.disk = disk;
    this.limits = limits;
    this.thread = thread;
    this.clock = clock;
    this.ids = ids;
    this.notices = notices;
    this.space = new Space(limits.maxBytes());
    this.shelf = new FileShelf(disk, space);
    this.book = new JobBook(disk, space, notices);
    this.runner = new JobRunner(this, book, asker, headroom, ticker);
    this.questions = new JobQuestions(this, shelf, book, runner);
  }

  /**
   * Reads what is there.
   *
   * @throws IOException the directory cannot be used, or another version wrote it
   */
  public void load() throws IOException {
    Form.check(disk, notices);
    book.load();
    shelf.load();
  }

  public void start() {
    thread.execute(runner::start);
  }

  /** Lets go what is under way; it is asked again after the next start. */
  public void stop() {
    runner.stop();
  }

  // Questions

  @Override
  public void ask(Question question, Answering to) {
    if (waiting.incrementAndGet() > MAX_QUESTIONS) {
      waiting.decrementAndGet();
      to.refused(BUSY);
      return;
    }
    thread.execute(() -> {
      waiting.decrementAndGet();
      try {
        questions.answer(question, to);
      } catch (IOException failed) {
        notices.diskFailed(failed);
        to.refused(DISK);
      } catch (Throwable defect) {
        notices.defect(defect);
        to.refused(DEFECT);
      }
    });
  }

  @Override
  public Upload upload(Caller caller, Sensitivity declared, String contentType) {
    return new FileUpload(this, caller, declared, contentType);
  }

  @Override
  public long uploadBytes() {
    return limits.uploadBytes();
  }

  // For the rooms' own

  /** Counts an upload in; or why not. */
  @Nullable ErrorAnswer mayUpload(String tenant) {
    uploads++;
    if (uploads > JobLimits.UPLOADS) {
      return UPLOADS;
    }
    if (space.full()) {
      return FULL;
    }
    return shelf.count(tenant) >= limits.tenantFiles() || shelf.count() >= MAX_FILES
        ? new ErrorAnswer(Refusal.BUSY, 429, "There are too many files. Delete some, or try again later.", null, 60) : null;
  }

  void uploadOver() {
    uploads--;
  }

  StoredFile keep(FileShelf.Writing writing, String tenant, Sensitivity declared, String filename) throws IOException {
    return writing.keep(tenant, declared, filename, "batch", nowSeconds());
  }

  /** Removes what is older than the retention; now and then. */
  void sweep() {
    long now = nowSeconds();
    if (now - sweptSeconds < SWEEP_SECONDS) {
      return;
    }
    sweptSeconds = now;
    long oldest = now - limits.retention().toSeconds();
    try {
      for (StoredFile file : shelf.before(oldest)) {
        if (!book.reads(file.id())) {
          shelf.delete(file);
        }
      }
      book.removeBefore(oldest);
    } catch (IOException failed) {
      notices.diskFailed(failed);
    }
  }

  boolean expired(JobBook.Entry entry) {
    return nowSeconds() - entry.ledger().job().createdSeconds() >= limits.window().toSeconds();
  }

  /** Whether the answers of what is under way might not find room, when the files of answers are written beside the journals. */
  boolean noSpace(Collection<OpenJob> open) {
    long journals = 0;
    for (OpenJob job : open) {
      journals += job.journal.length();
    }
    return space.used() + journals >= limits.maxBytes();
  }

  /** Bytes that files and journals take. Any thread. */
  public long usedBytes() {
    return space.used();
  }

  /** Lines that are asked now. Any thread; a glance. */
  public int linesUnderWay() {
    return runner.underWay();
  }

  long nowSeconds() {
    return clock.now().getEpochSecond();
  }

  String newId() {
    return ids.get();
  }

  JobLimits limits() {
    return limits;
  }

  JobThread thread() {
    return thread;
  }

  JobNotices notices() {
    return notices;
  }

  FileShelf shelf() {
    return shelf;
  }

  Space space() {
    return space;
  }

  AnswerFiles answers() {
    return answers;
  }
}
