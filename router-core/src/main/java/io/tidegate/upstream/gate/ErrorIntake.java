package io.tidegate.upstream.gate;

import io.netty.buffer.ByteBuf;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.upstream.dialect.ErrorReader;

/** Reads an error's body, up to a bound past which it counts as empty. */
final class ErrorIntake {
  private static final byte[] NOTHING = {};

  private final AnswerParts parts;
  private final ResponseHead head;
  private final Gathered body;
  private boolean whole = true;

  ErrorIntake(AnswerParts parts, ResponseHead head) {
    this.parts = parts;
    this.head = head;
    this.body = new Gathered(-1, Math.min(parts.config().maxErrorBytes(), ErrorReader.MAX_BODY_BYTES));
  }

  /** Takes a borrowed piece; false once there is more than is worth reading. */
  boolean take(ByteBuf piece) {
    whole &= body.add(piece);
    return whole;
  }

  /** What the error means, by what was read so far. */
  AttemptFailure failure() {
    byte[] text = whole && !head.isEncoded() ? body.whole() : NOTHING;
    return ErrorReader.read(head.status(), head.header(), text, parts.wallClock().now());
  }
}
