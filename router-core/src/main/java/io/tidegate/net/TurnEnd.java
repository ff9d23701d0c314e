package io.tidegate.net;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * The end of a turn of an event loop, when all that was ready has been handled. The first channel that is written to in a turn is flushed at once, as
 * nothing is known of others; those after it at the turn's end, together: what is sent in one go wakes its receiver once, and a send that has to wake it
 * costs more than the writing. Confined to its loop.
 */
public final class TurnEnd implements Runnable {
  /** Channels that wait; more are flushed at once. */
  private static final int MOST = 64;
  private static final FastThreadLocal<@Nullable TurnEnd> CURRENT = new FastThreadLocal<>();

  private final EventLoop loop;
  private final @Nullable Channel[] waiting = new Channel[MOST];
  private int count;
  private boolean begun;

  private TurnEnd(EventLoop loop) {
    this.loop = loop;
  }

  /** Flushes what is written to {@code channel} in this turn of its loop, which is the caller's. */
  public static void flush(Channel channel) {
    TurnEnd turn = CURRENT.get();
    if (turn == null || turn.loop != channel.eventLoop()) {
      turn = new TurnEnd(channel.eventLoop());
      CURRENT.set(turn);
    }
    turn.add(channel);
  }

  private void add(Channel channel) {
    if (!begun) {
      begun = true;
      loop.execute(this);
      channel.flush();
      return;
    }
    if (count == MOST) {
      channel.flush();
      return;
    }
    waiting[count++] = channel;
  }

  /** The turn ends. */
  @Override
  public void run() {
    // A flush may close a channel, and that write to others: they come after it here.
    for (int i = 0; i < count; i++) {
      Channel channel = waiting[i];
      waiting[i] = null;
      if (channel != null) {
        channel.flush();
      }
    }
    count = 0;
    begun = false;
  }
}
