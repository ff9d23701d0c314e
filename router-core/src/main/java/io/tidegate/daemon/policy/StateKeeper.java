package io.tidegate.daemon.policy;

import io.tidegate.policy.signature.Accepted;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to the {@link StateDirectory} on a thread of its own, so that a disk that hangs holds up nobody who decides which policy is in force. A caller waits
 * for {@link #PATIENCE} at most; what is not written by then does not count later either.
 */
final class StateKeeper implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(PolicyLife.class);

  private final StateDirectory state;
  private volatile @Nullable String warning;
  private volatile @Nullable Instant again;
  private final ThreadPoolExecutor thread = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1), task -> {
    Thread made = new Thread(task, "policy-state");
    made.setDaemon(true);
    return made;
  });

  /** The directory did not end what it was asked within {@link #PATIENCE}. */
  static final class NoAnswer extends IOException {
    private static final long serialVersionUID = 1;

    NoAnswer(Path directory) {
      super(directory + " does not answer");
    }
  }

  StateKeeper(StateDirectory state) {
    this.state = state;
    thread.allowCoreThreadTimeOut(true);
  }

  Path path() {
    return state.path();
  }

  /** Keeps the last good policy, or says in {@link #warning} that it could not. For the thread that looks at the carrier, once that has begun. */
  void keep(PolicyTexts texts, Instant now) {
    String before = warning;
    try {
      write(wanted -> state.keep(texts, wanted));
      again = null;
      warning = null;
    } catch (IOException e) {
      // The policy is good all the same; what is lost is a start after its carrier goes bad.
      again = now.plus(PolicyLife.LOOK_CLOSELY);
      String why = e instanceof NoAnswer ? "it does not answer" : e.getClass().getSimpleName();
      String unkept = "the last good policy cannot be kept in " + state.path() + " (" + why + ")";
      warning = unkept;
      if (!unkept.equals(before)) {
        LOG.warn("{}", unkept);
      }
    }
  }

  /** Whether it could not be kept, and may be tried again. */
  boolean due(Instant now) {
    Instant next = again;
    return next != null && !now.isBefore(next);
  }

  /** Why the policy in force is not kept; null if it is. */
  @Nullable String warning() {
    return warning;
  }

  void accept(Accepted accepted) throws IOException {
    write(wanted -> state.accept(accepted, wanted));
  }

  private interface Work {
    void write(BooleanSupplier wanted) throws IOException;
  }

  private void write(Work work) throws IOException {
    AtomicBoolean wanted = new AtomicBoolean(true);
    try {
      Future<?> written = thread.submit(() -> {
        work.write(wanted::get);
        return null;
      });
      try {
        written.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      } finally {
        wanted.set(false);
        written.cancel(false);
      }
    } catch (RejectedExecutionException | TimeoutException hangs) {
      throw new NoAnswer(state.path());
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
      throw new NoAnswer(state.path());
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof IOException broken) {
        throw broken;
      }
      throw new IOException(failed.getCause());
    }
  }

  /** Does not wait for what is being written. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
