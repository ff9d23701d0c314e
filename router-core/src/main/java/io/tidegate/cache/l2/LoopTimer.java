package io.tidegate.cache.l2;

import io.netty.channel.EventLoopGroup;
import io.netty.util.Timeout;
import io.netty.util.Timer;
import io.netty.util.TimerTask;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Lettuce's timer on the daemon's loops: its own would be a thread that wakes ten times a second, for a time-out of a connection now and then. */
final class LoopTimer implements Timer {
  private final EventLoopGroup loops;

  LoopTimer(EventLoopGroup loops) {
    this.loops = loops;
  }

  @Override
  public Timeout newTimeout(TimerTask task, long delay, TimeUnit unit) {
    return new Scheduled(task, delay, unit);
  }

  @Override
  public Set<Timeout> stop() {
    return Set.of();
  }

  private final class Scheduled implements Timeout {
    private final TimerTask task;
    private final ScheduledFuture<?> future;

    Scheduled(TimerTask task, long delay, TimeUnit unit) {
      this.task = task;
      this.future = loops.next().schedule(() -> {
        task.run(this);
        return null;
      }, delay, unit);
    }

    @Override
    public Timer timer() {
      return LoopTimer.this;
    }

    @Override
    public TimerTask task() {
      return task;
    }

    @Override
    public boolean isExpired() {
      return future.isDone() && !future.isCancelled();
    }

    @Override
    public boolean isCancelled() {
      return future.isCancelled();
    }

    @Override
    public boolean cancel() {
      return future.cancel(false);
    }
  }
}
