package io.tidegate.gguf.serve;

import io.tidegate.gguf.engine.Batcher;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The two threads that drive a {@link Batcher}. */
public final class EngineThreads implements AutoCloseable {
  private static final long IDLE_MILLIS = 1000;
  private static final long STOP_MILLIS = 5000;
  /** EX_SOFTWARE of sysexits.h. */
  private static final int DEFECT = 70;

  private final Batcher batcher;
  private final List<Thread> threads;

  public EngineThreads(Batcher batcher) {
    this.batcher = batcher;
    this.threads = List.of(thread("intake", true, batcher::intake), thread("model", false, batcher::round));
    threads.forEach(Thread::start);
  }

  private Thread thread(String name, boolean intake, BooleanSupplier work) {
    Thread thread = new Thread(() -> {
      try {
        boolean going = true;
        while (going) {
          going = work.getAsBoolean() ? !batcher.stops() : batcher.await(intake, IDLE_MILLIS);
        }
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }, name);
    thread.setDaemon(true);
    // A defect: whoever waits shall not wait for ever. The supervisor starts a new process.
    thread.setUncaughtExceptionHandler((where, defect) -> {
      System.err.println("tidegate model: " + name + " failed with " + defect.getClass().getName());
      Runtime.getRuntime().halt(DEFECT);
    });
    return thread;
  }

  @Override
  public void close() {
    end();
  }

  /** Ends what is under way and waits for the threads, some seconds at most; false if one of them is still at work. */
  boolean end() {
    batcher.stop();
    boolean ended = true;
    for (Thread thread : threads) {
      try {
        thread.join(STOP_MILLIS);
      } catch (InterruptedException hurried) {
        Thread.currentThread().interrupt();
      }
      ended &= !thread.isAlive();
    }
    if (ended) {
      batcher.close();
    }
    return ended;
  }
}
