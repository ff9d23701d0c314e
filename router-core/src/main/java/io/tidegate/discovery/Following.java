package io.tidegate.discovery;

import java.util.random.RandomGenerator;

/**
 * Asks Consul one blocking query after the other, on a thread of its own, by Consul's rules: an index that goes back begins anew, as a failure does; failures are
 * waited out with growing pauses, and answers that come fast are taken a few at a time.
 */
final class Following implements AutoCloseable {
  /** Changes that come in several steps close together are followed at once. */
  private static final int BURST = 8;
  private static final long REFILL_NANOS = 1_000_000_000L;

  private final ConsulConfig config;
  private final Topic topic;
  private final RandomGenerator random;
  private final Thread thread;
  private volatile boolean closed;

  /** What is followed; called on the thread of the following. */
  interface Topic {
    /** @param index of the last answer, after which the next is waited for; 0 for one at once */
    ConsulAnswer ask(long index) throws ConsulFailure, InterruptedException;

    /**
     * An answer that counts; a failure here is one of the query.
     *
     * @param changed false where it says what the last one did
     */
    void answered(ConsulAnswer answer, boolean changed) throws ConsulFailure;

    /** It can be followed. @param again after a failure */
    default void followed(boolean again) {}

    /** It can't be followed for now. @param first after it could, or at the beginning; not while it ends */
    void failed(ConsulFailure why, boolean first);
  }

  Following(String name, ConsulConfig config, Topic topic, RandomGenerator random) {
    this.config = config;
    this.topic = topic;
    this.random = random;
    this.thread = new Thread(null, this::run, name, 256 << 10);
    thread.setDaemon(true);
  }

  /** Begins. Once. */
  void start() {
    thread.start();
  }

  private void run() {
    long index = 0;
    int failures = 0;
    TokenBucket bucket = new TokenBucket(BURST, REFILL_NANOS, System.nanoTime());
    try {
      while (!closed) {
        pause(failures == 0 ? bucket.take(System.nanoTime())
            : Backoff.waitNanos(failures, config.backoffBase().toNanos(), config.backoffCap().toNanos(), random));
        try {
          ConsulAnswer answer = topic.ask(index);
          if (answer.index() < index) {
            // Consul's rule: an index that went back begins anew.
            index = 0;
            continue;
          }
          topic.answered(answer, answer.index() != index || index == 0);
          index = Math.max(1, answer.index());
          topic.followed(failures > 0);
          failures = 0;
        } catch (ConsulFailure failure) {
          index = 0;
          topic.failed(failure, failures == 0 && !closed);
          failures = Math.min(failures + 1, 1_000);
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pause(long nanos) throws InterruptedException {
    if (nanos > 0) {
      Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000));
    }
  }

  /** Stops asking. Waits at most 1 s. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(1_000);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
