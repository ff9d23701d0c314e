package io.tidegate.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Those who watch {@code /admin/events}. One snapshot a second is made for all of them together, and only while there is somebody. All state is of one
 * event loop; other threads post to it.
 *
 * <p>Bounds: {@link #MOST} watchers; at most one snapshot waits for each, the same bytes for all; who takes none for {@link #PATIENCE} of them is dropped.
 */
final class Watchers {
  static final int MOST = 16;
  static final int PATIENCE = 10;
  private static final byte[] HEAD = "event: snapshot\ndata: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TAIL = "\n\n".getBytes(StandardCharsets.US_ASCII);

  private final EventLoop home;
  private final Executor pool;
  private final Supplier<byte[]> snapshot;
  private final long periodMillis;
  private final AtomicInteger admitted = new AtomicInteger();
  private final List<Watcher> watchers = new ArrayList<>();
  private boolean turning;
  private byte @Nullable [] latest;

  /**
   * @param home whose state this is
   * @param pool where snapshots are made
   * @param periodMillis from one to the next
   */
  Watchers(EventLoop home, Executor pool, Supplier<byte[]> snapshot, long periodMillis) {
    this.periodMillis = periodMillis;
    this.home = home;
    this.pool = pool;
    this.snapshot = snapshot;
  }

  /** One connection, whose answer has begun. */
  private static final class Watcher {
    private final Channel channel;
    private @Nullable ChannelFuture sending;
    private int missed;

    Watcher(Channel channel) {
      this.channel = channel;
    }
  }

  /** Takes a place; false if none is left. Whoever has one calls {@link #watch} or {@link #leave}. Any thread. */
  boolean admit() {
    if (admitted.incrementAndGet() > MOST) {
      admitted.decrementAndGet();
      return false;
    }
    return true;
  }

  void leave() {
    admitted.decrementAndGet();
  }

  /** Sends snapshots until the connection closes. Any thread. */
  void watch(Channel channel) {
    Watcher watcher = new Watcher(channel);
    home.execute(() -> {
      watchers.add(watcher);
      byte[] known = latest;
      if (known != null) {
        ByteBuf bytes = event(known);
        send(watcher, bytes);
        bytes.release();
      }
      if (!turning) {
        turning = true;
        turn();
      }
    });
    channel.closeFuture().addListener(closed -> {
      leave();
      home.execute(() -> watchers.remove(watcher));
    });
  }

  private void turn() {
    if (watchers.isEmpty()) {
      turning = false;
      latest = null;
      return;
    }
    try {
      pool.execute(() -> {
        byte[] made;
        try {
          made = snapshot.get();
        } catch (RuntimeException defect) {
          made = null;
        }
        byte[] bytes = made;
        try {
          home.execute(() -> made(bytes));
        } catch (RejectedExecutionException closing) {
          // The loop has ended, and every watcher's connection with it.
        }
      });
    } catch (RejectedExecutionException full) {
      again();
    }
  }

  private void again() {
    home.schedule(this::turn, periodMillis, TimeUnit.MILLISECONDS);
  }

  /** @param bytes null if the snapshot failed: watchers see that nothing comes */
  private void made(byte @Nullable [] bytes) {
    again();
    if (bytes == null) {
      return;
    }
    latest = bytes;
    ByteBuf event = event(bytes);
    for (Watcher watcher : List.copyOf(watchers)) {
      send(watcher, event);
    }
    event.release();
  }

  private static ByteBuf event(byte[] snapshot) {
    return Unpooled.wrappedBuffer(HEAD, snapshot, TAIL);
  }

  private static void send(Watcher watcher, ByteBuf event) {
    ChannelFuture before = watcher.sending;
    if (before != null && !before.isDone()) {
      if (++watcher.missed >= PATIENCE) {
        watcher.channel.close();
      }
      return;
    }
    watcher.missed = 0;
    watcher.sending = watcher.channel.writeAndFlush(new DefaultHttpContent(event.retainedDuplicate()));
  }
}
