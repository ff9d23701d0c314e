package io.tidegate.jobs;

import io.tidegate.jobs.JobState.Event;
import java.io.IOException;

/**
 * How jobs end: all lines have their ends, the caller cancels, the time is over, the file was none. Each way leads over the files of answers to a last
 * state, and is tried again until the disk takes it. Confined to the jobs' thread.
 */
final class JobEnding {
  private final JobService service;
  private final JobBook book;
  private final JobRunner runner;

  JobEnding(JobService service, JobBook book, JobRunner runner) {
    this.service = service;
    this.book = book;
    this.runner = runner;
  }

  void endIfDone(OpenJob job) {
    if (job.ending == null && job.ledger.state() == JobState.IN_PROGRESS && job.ledger.endedLines() == job.ledger.total() && !job.journal.hasPending()) {
      end(job, Event.LINES_ENDED);
    }
  }

  /** When this returns, that is recorded. */
  void cancel(JobBook.Entry entry) throws IOException {
    change(entry.ledger(), entry.journal(), Event.CANCEL, -1, "null");
    OpenJob job = runner.open(entry);
    // One whose lines are known to exist, but not where, ends once its file is read.
    if (job != null && job.ending == null && entry.ledger().state() == JobState.CANCELLING && (job.release() != null || entry.ledger().total() < 0)) {
      end(job, Event.CANCEL);
    } else if (job == null) {
      runner.added();
    }
  }

  /** The time that it was given is over. */
  void expire(JobBook.Entry entry) {
    OpenJob job = runner.open(entry);
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

  /** No further line of it is asked. */
  void end(OpenJob job, Event how) {
    job.ending = how;
    try {
      runner.letGo(job);
    } finally {
      conclude(job);
    }
  }

  /** Brings the job to its last state, from wherever it stands; tried again until the disk takes it. */
  private void conclude(OpenJob job) {
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
    } catch (Throwable defect) {
      service.notices().defect(defect);
    }
    if (ledger.state().over()) {
      runner.close(job);
    } else {
      runner.whenDiskMayBeWell(() -> conclude(job));
    }
  }

  /** Records a new state, if that is one. If this fails, it is not recorded later either. */
  void change(JobLedger ledger, Journal journal, Event event, int total, String errors) throws IOException {
    JobState to = ledger.state().next(event);
    if (to != ledger.state()) {
      byte[] record = JobLedger.stateRecord(to, service.nowSeconds(), total, errors);
      journal.add(record);
      try {
        book.commit(ledger, journal);
      } finally {
        journal.withdraw(record);
      }
    }
  }
}
