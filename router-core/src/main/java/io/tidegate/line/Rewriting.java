package io.tidegate.line;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidegate.dispatch.Candidate;
import io.tidegate.reply.AnswerRewriter;
import io.tidegate.reply.StreamRewriter;
import org.jspecify.annotations.Nullable;

/** Passes one attempt's answer through {@code reply}, buffer by buffer. Only attempts whose answers are rewritten have one. Confined to its loop. */
final class Rewriting {
  private final AnswerRewriter rewriter;
  private final StreamRewriter stream;

  private Rewriting(AnswerRewriter rewriter) {
    this.rewriter = rewriter;
    this.stream = rewriter.stream();
  }

  /** Null for an attempt whose answer goes on as it comes. */
  static @Nullable Rewriting of(Candidate candidate, @Nullable Transforming transforming) {
    AnswerRewriter rewriter = candidate.after() == null || transforming == null ? null : transforming.rewriter();
    return rewriter == null ? null : new Rewriting(rewriter);
  }

  /** A whole answer. {@code json} is consumed. */
  ByteBuf whole(ByteBuf json) {
    return Unpooled.wrappedBuffer(rewriter.whole(taken(json)));
  }

  /** Whole frames of a stream, perhaps none yet. {@code frames} is consumed. */
  ByteBuf frames(ByteBuf frames) {
    return Unpooled.wrappedBuffer(stream.frames(taken(frames)));
  }

  private static byte[] taken(ByteBuf buffer) {
    try {
      byte[] bytes = new byte[buffer.readableBytes()];
      buffer.readBytes(bytes);
      return bytes;
    } finally {
      buffer.release();
    }
  }
}
