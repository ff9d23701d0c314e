package io.tidegate.upstream.gate;

import io.netty.buffer.ByteBuf;
import io.tidegate.line.Upstreams.Usage;

/** Reads the body of one answer and tells its exchange what it holds. On the loop only. */
interface Intake {
  /** A piece of the body; borrowed. */
  void take(ByteBuf piece);

  /** The body's end. */
  void end();

  /** Whether all is there but the body's end, which the peer then owes us within a moment. */
  boolean awaitsEndOnly();

  /** Tokens as far as the upstream has counted them. */
  Usage usage();
}
