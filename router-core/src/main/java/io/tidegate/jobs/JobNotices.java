package io.tidegate.jobs;

/** What an operator must know. No text of a request (G3). Called on the jobs' thread. */
public interface JobNotices {
  /** A journal's end was not whole and was cut off. */
  void cut(String name, long bytes);

  /** The disk refused; what was to be written waits. */
  void diskFailed(Exception why);

  /** A fault of our own. */
  void defect(Throwable why);
}
