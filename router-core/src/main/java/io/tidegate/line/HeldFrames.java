package io.tidegate.line;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Frames of a stream before its first content, kept back so that another endpoint may still be tried. Owns its buffer. Confined to a loop. */
final class HeldFrames {
  private final int maxBytes;
  private @Nullable ByteBuf held;

  HeldFrames(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  boolean hasRoomFor(ByteBuf frames) {
    return (held == null ? 0 : held.readableBytes()) + frames.readableBytes() <= maxBytes;
  }

  /** {@code frames} is consumed. */
  void add(ByteBuf frames) {
    ByteBuf before = held;
    if (before == null) {
      held = frames;
      return;
    }
    try {
      held = frames.alloc().buffer(before.readableBytes() + frames.readableBytes()).writeBytes(before).writeBytes(frames);
    } finally {
      frames.release();
      if (held != before) {
        before.release();
      }
    }
  }

  /** What was held, now the caller's to release; null if nothing was. */
  @Nullable ByteBuf take() {
    ByteBuf all = held;
    held = null;
    return all;
  }

  void release() {
    ByteBuf all = take();
    if (all != null) {
      all.release();
    }
  }
}
