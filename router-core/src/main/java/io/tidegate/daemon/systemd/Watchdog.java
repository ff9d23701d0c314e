package io.tidegate.daemon.systemd;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.tidegate.net.EventLoops;
import io.tidegate.time.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Signs of life that only progress can give (hazard H8): in each round every event loop must run a small task, and the last one to do so
 * sends the sign. A loop that is blocked ends the signs, whatever the others do; no timer thread stands between.
 */
public final class Watchdog implements AutoCloseable {
  /** Three rounds fit into the time after which systemd loses patience. */
  private static final int ROUNDS_PER_INTERVAL = 3;

  private final List<Loop> loops;
  private final long periodNanos;
  private final Runnable alive;
  private final AtomicInteger missing = new AtomicInteger();
  private volatile boolean stopped;
  /** Of the first loop; absent before the start. Set and used on that loop. */
  private Loop.@Nullable Timer timer;

  /**
   * @param loops all of the daemon, at least one
   * @param intervalNanos patience of the service manager
   * @param alive sends one sign; runs on any of the loops, must not block
   */
  Watchdog(List<Loop> loops, long intervalNanos, Runnable alive) {
    this.loops = List.copyOf(loops);
    this.periodNanos = Math.max(1, intervalNanos / ROUNDS_PER_INTERVAL);
    this.alive = alive;
  }

  /** Starts one for all loops; empty environment or another process's watchdog starts nothing. */
  public static Watchdog start(EventLoops loops, Notifier notifier, Map<String, String> environment, long pid) {
    List<Loop> all = new ArrayList<>();
    OptionalLong interval = intervalNanos(environment, pid);
    if (interval.isPresent() && notifier.connected()) {
      for (EventExecutor executor : loops.group()) {
        all.add(loops.of((EventLoop) executor));
      }
    }
    Watchdog watchdog = new Watchdog(all, interval.orElse(ROUNDS_PER_INTERVAL), notifier::alive);
    watchdog.start();
    return watchdog;
  }

  /** WATCHDOG_USEC if it is meant for process {@code pid}; empty if there is none or it is unreadable (sd_watchdog_enabled(3)). */
  static OptionalLong intervalNanos(Map<String, String> environment, long pid) {
    String meant = environment.getOrDefault("WATCHDOG_PID", "");
    try {
      long micros = Long.parseLong(environment.getOrDefault("WATCHDOG_USEC", ""));
      boolean ours = meant.isEmpty() || Long.parseLong(meant) == pid;
      return ours && micros > 0 && micros <= Long.MAX_VALUE / 1000 ? OptionalLong.of(micros * 1000) : OptionalLong.empty();
    } catch (NumberFormatException unreadable) {
      return OptionalLong.empty();
    }
  }

  void start() {
    if (!loops.isEmpty()) {
      loops.get(0).execute(this::round);
    }
  }

  private void round() {
    if (stopped) {
      return;
    }
    // While a loop owes its part of the last round no new round begins: tasks do not pile up on a blocked loop.
    if (missing.compareAndSet(0, loops.size())) {
      for (Loop loop : loops) {
        loop.execute(this::moved);
      }
    }
    timer = loops.get(0).schedule(this::round, periodNanos);
  }

  private void moved() {
    if (missing.decrementAndGet() == 0 && !stopped) {
      alive.run();
    }
  }

  /** No sign follows. Any thread; returns at once. */
  @Override
  public void close() {
    stopped = true;
    if (!loops.isEmpty()) {
      loops.get(0).execute(() -> {
        if (timer != null) {
          timer.cancel();
        }
      });
    }
  }
}
