package io.tidegate.net;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.tidegate.time.Loop;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The daemon's event loops, one per core (decisions 27), shared by every listener and every outward connection. */
public final class EventLoops implements AutoCloseable {
  private final Transport transport;
  private final MultiThreadIoEventLoopGroup group;
  private final Map<EventExecutor, NettyLoop> loops = new IdentityHashMap<>();

  /** @param count number of loops, at least 1 */
  public EventLoops(Transport transport, int count) {
    this.transport = transport;
    this.group = new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("loop", true), transport.ioHandlers());
    for (EventExecutor executor : group) {
      loops.put(executor, new NettyLoop((EventLoop) executor, loops.size()));
    }
  }

  public Transport transport() {
    return transport;
  }

  public MultiThreadIoEventLoopGroup group() {
    return group;
  }

  public int count() {
    return loops.size();
  }

  /** The adapter of one of this group's event loops. */
  public Loop of(EventLoop eventLoop) {
    NettyLoop loop = loops.get(eventLoop);
    if (loop == null) {
      throw new IllegalArgumentException("not an event loop of this daemon");
    }
    return loop;
  }

  /**
   * The loop this thread is.
   *
   * @throws IllegalStateException on any other thread
   */
  public Loop current() {
    for (NettyLoop loop : loops.values()) {
      if (loop.inLoop()) {
        return loop;
      }
    }
    throw new IllegalStateException("not on an event loop of this daemon");
  }

  /** The event loop behind {@code loop}. */
  public EventLoop eventLoop(Loop loop) {
    return ((NettyLoop) loop).eventLoop;
  }

  /** Whether each loop takes a task within {@code patience}. Needs no thread of the daemon's: done on a loop, or by the JDK's timer. */
  public CompletionStage<Boolean> turn(Duration patience) {
    AtomicInteger left = new AtomicInteger(count());
    CompletableFuture<Boolean> turned = new CompletableFuture<>();
    try {
      for (EventExecutor executor : group) {
        executor.execute(() -> {
          if (left.decrementAndGet() == 0) {
            turned.complete(true);
          }
        });
      }
    } catch (RejectedExecutionException ended) {
      turned.complete(false);
    }
    return turned.completeOnTimeout(false, patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Stops all loops; waits at most 5 s. */
  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }

  private record NettyLoop(EventLoop eventLoop, int index) implements Loop {
    @Override
    public void execute(Runnable task) {
      eventLoop.execute(task);
    }

    @Override
    public boolean inLoop() {
      return eventLoop.inEventLoop();
    }

    @Override
    public Timer schedule(Runnable task, long delayNanos) {
      Future<?> future = eventLoop.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    }

    @Override
    public long nanos() {
      return System.nanoTime();
    }
  }
}
