package io.tidegate.cache.l2;

import io.lettuce.core.event.Event;
import io.lettuce.core.event.EventBus;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.EventLoopGroupProvider;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;

/** Lends Lettuce the daemon's event loops: it makes no thread, and stops none. */
final class SharedLoops implements EventLoopGroupProvider {
  private final EventLoopGroup loops;
  private final int count;

  private SharedLoops(EventLoopGroup loops, int count) {
    this.loops = loops;
    this.count = count;
  }

  static ClientResources resources(EventLoopGroup loops, int count) {
    return ClientResources.builder().eventLoopGroupProvider(new SharedLoops(loops, count)).eventExecutorGroup(loops).timer(new LoopTimer(loops))
        .commandLatencyRecorder(CommandLatencyRecorder.disabled()).eventBus(new Silence()).build();
  }

  @Override
  public <T extends EventLoopGroup> T allocate(Class<T> type) {
    return type.cast(loops);
  }

  @Override
  public int threadPoolSize() {
    return count;
  }

  @Override
  public Future<Boolean> release(EventExecutorGroup group, long quiet, long timeout, TimeUnit unit) {
    return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
  }

  @Override
  public Future<Boolean> shutdown(long quiet, long timeout, TimeUnit unit) {
    return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
  }

  /** What there is to tell is counted where it is asked for. */
  private static final class Silence implements EventBus {
    @Override
    public Flux<Event> get() {
      return Flux.never();
    }

    @Override
    public void publish(Event event) {}
  }
}
