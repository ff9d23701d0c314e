package io.tidegate.jobs;

import java.time.Duration;

/**
 * Bounds of jobs (R2.7, G8).
 *
 * @param maxBytes of all files and journals together
 * @param fileBytes of one uploaded file
 * @param lines of one job
 * @param lineBytes of one line
 * @param parallel most lines under way at a time, of all jobs
 * @param window within which a job is done, or expires
 * @param retention after which a file, and a job that is over, is removed
 * @param openJobs most jobs of one tenant that are not over
 * @param tenantFiles most files of one tenant
 */
public record JobLimits(long maxBytes, long fileBytes, int lines, int lineBytes, int parallel, Duration window, Duration retention, int openJobs,
    int tenantFiles) {
  public static final JobLimits DEFAULT = new JobLimits(10L << 30, 200L << 20, 50_000, 1 << 20, 8, Duration.ofHours(24), Duration.ofDays(30), 32, 1000);
  /** Jobs whose lines are under way at a time; others wait. What an open job holds in memory is some 100 bytes a line. */
  static final int OPEN = 4;
  /** Uploads under way at a time. */
  static final int UPLOADS = 16;
  /** How often a line is asked whose asking fails at the model; one that could not be begun is asked until the job ends. */
  static final int TRIES = 3;

  public JobLimits {
    if (maxBytes < 1 || fileBytes < 1 || lines < 1 || lineBytes < 64 || parallel < 1 || openJobs < 1 || tenantFiles < 1) {
      throw new IllegalArgumentException("a bound is too small to let any job in");
    }
  }

  /** Longest body of an upload: the file and the form around it. */
  public long uploadBytes() {
    return fileBytes + (64 << 10);
  }
}
