package io.tidegate.jobs;

/**
 * What is left over for jobs; the daemon plugs in who knows. Called on the jobs' thread, often: answers from counters.
 */
@FunctionalInterface
public interface Headroom {
  /**
   * How many lines may be under way now.
   *
   * @param parallel the most that is configured
   */
  int lines(int parallel);
}
