package io.tidegate.ingress;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.tidegate.time.Ticker;
import java.util.Arrays;

/**
 * Counts the frames of an HTTP/2 connection that cost the sender nothing, in front of the codec, and ends the connection past their budget
 * with GOAWAY ENHANCE_YOUR_CALM (hazards E1, E2, E4). Reads the nine bytes of each frame's head only. Confined to its channel's loop.
 */
public final class H2FrameGuard extends ChannelInboundHandlerAdapter {
  private static final int DATA = 0;
  private static final int PRIORITY = 2;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;
  private static final int UNKNOWN = 10;
  private static final int END_STREAM = 1;
  private static final int HEAD_BYTES = 9;
  private static final int PREFACE_BYTES = 24;
  private static final long WINDOW_NANOS = 10_000_000_000L;
  /** Frames of each kind in ten seconds; 0 for no bound here. WINDOW_UPDATE answers every DATA frame of ours, so it gets room. */
  private static final int[] BUDGET = new int[UNKNOWN + 1];

  static {
    BUDGET[DATA] = 100; // empty ones only
    BUDGET[PRIORITY] = 500;
    BUDGET[RST_STREAM] = 400;
    BUDGET[SETTINGS] = 50;
    BUDGET[PING] = 100;
    BUDGET[WINDOW_UPDATE] = 400_000;
    BUDGET[CONTINUATION] = 500;
    BUDGET[UNKNOWN] = 100;
  }

  private static final byte[] GO_AWAY = {0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11};

  private final Ticker ticker;
  private final int[] counts = new int[UNKNOWN + 1];
  private long windowStart;
  /** Bytes to pass over before the next frame head. */
  private long skip = PREFACE_BYTES;
  /** The part of a frame head that has come. */
  private long head;
  private int headBytes;
  private boolean spent;

  /** For a connection from its preface on. */
  public H2FrameGuard(Ticker ticker) {
    this.ticker = ticker;
    this.windowStart = ticker.nanos();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (spent) {
      in.release();
      return;
    }
    int at = in.readerIndex();
    int end = in.writerIndex();
    while (at < end) {
      if (skip > 0) {
        int step = (int) Math.min(skip, end - at);
        skip -= step;
        at += step;
        continue;
      }
      if (headBytes < 5) { // length, type, flags; the stream's id does not matter here
        head = head << 8 | in.getByte(at++) & 0xff;
        headBytes++;
        continue;
      }
      long length = head >>> 16;
      if (!allowed((int) (head >>> 8 & 0xff), (int) (head & 0xff), length)) {
        spent = true;
        in.release();
        ctx.writeAndFlush(ctx.alloc().buffer(GO_AWAY.length).writeBytes(GO_AWAY)).addListener(ChannelFutureListener.CLOSE);
        return;
      }
      skip = length + HEAD_BYTES - 5;
      head = 0;
      headBytes = 0;
    }
    ctx.fireChannelRead(in);
  }

  private boolean allowed(int type, int flags, long length) {
    if (type == DATA && (length > 0 || (flags & END_STREAM) != 0)) {
      return true;
    }
    int kind = Math.min(type, UNKNOWN);
    int budget = BUDGET[kind];
    if (budget == 0 || ++counts[kind] <= budget) {
      return true;
    }
    long now = ticker.nanos();
    if (now - windowStart < WINDOW_NANOS) {
      return false;
    }
    windowStart = now;
    Arrays.fill(counts, 0);
    return true;
  }
}
