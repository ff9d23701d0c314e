package io.tidegate.jobs;

import io.tidegate.jobs.JobState.Event;
import java.io.IOException;

/** Reads the file of a job that was begun, piece by piece, up to where its lines can be asked or it ends. Confined to the jobs' thread. */
final class JobReading {
  private final JobService service;
  private final JobRunner runner;
  private final JobEnding ending;

  JobReading(JobService service, JobRunner runner, JobEnding ending) {
    this.service = service;
    this.runner = runner;
    this.ending = ending;
  }

  /** Others have their turn between two pieces of a long file. */
  void next(OpenJob job) {
    service.thread().execute(() -> runner.guarded(() -> read(job)));
  }

  private void read(OpenJob job) {
    if (!runner.has(job) || job.ending != null) {
      return;
    }
    try {
      if (!job.index.step()) {
        next(job);
        return;
      }
      whole(job);
    } catch (IOException disk) {
      service.notices().diskFailed(disk);
      runner.whenDiskMayBeWell(() -> read(job));
      return;
    } catch (Throwable defect) {
      service.notices().defect(defect);
      if (job.ending == null) {
        // Who knows how far it came: the file is read from its beginning.
        runner.anew(job);
      }
      return;
    }
    runner.pump();
  }

  private void whole(OpenJob job) throws IOException {
    switch (job.ledger.state()) {
      case VALIDATING -> {
        if (job.index.wrong()) {
          ending.end(job, Event.INVALID);
        } else {
          ending.change(job.ledger, job.journal, Event.VALID, job.index.lines(), "null");
          job.indexed();
        }
      }
      case IN_PROGRESS -> {
        if (job.index.wrong() || job.index.lines() != job.ledger.total()) {
          ending.end(job, Event.INVALID);
        } else {
          job.indexed();
          ending.endIfDone(job);
        }
      }
      case FINALIZING -> ending.end(job, Event.LINES_ENDED);
      case CANCELLING -> {
        if (!job.index.wrong()) {
          job.indexed();
        }
        ending.end(job, Event.CANCEL);
      }
      case COMPLETED, FAILED, EXPIRED, CANCELLED -> runner.close(job);
    }
  }
}
