package io.tidegate.upstream.gate;

import io.netty.buffer.ByteBuf;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import org.jspecify.annotations.Nullable;

/**
 * One question to an endpoint and what becomes of it. Confined to one loop. Life: waits for a carrier, {@link #carried}, then head, body and
 * end, or {@link #broken} at any time. After {@link #isOver} nothing reaches it.
 */
abstract class Exchange {
  private final LoopGate gate;
  private final Target target;
  private @Nullable Carrier carrier;
  private boolean over;
  private boolean movedOnce;

  /** Links of {@link Deadlines}; null outside its list. */
  @Nullable Exchange earlier;
  @Nullable Exchange later;

  Exchange(LoopGate gate, Target target) {
    this.gate = gate;
    this.target = target;
  }

  final LoopGate gate() {
    return gate;
  }

  final Target target() {
    return target;
  }

  final boolean isOver() {
    return over;
  }

  /** What carries it now; null before a connection was found, and at the end. */
  final @Nullable Carrier carrier() {
    return carrier;
  }

  /** A connection was found: writes. */
  final void carried(Carrier by) {
    carrier = by;
    Kind objection = write(by);
    if (objection != null) {
      by.abort();
      carrier = null;
      fail(AttemptFailure.of(objection));
    }
  }

  /** The carrier broke before the end. It is already closed. */
  final void broken(AttemptFailure failure, boolean noByteCame) {
    Carrier was = carrier;
    carrier = null;
    if (over) {
      return;
    }
    if (was != null && noByteCame && was.reused() && failure.kind() == Kind.RESET && mayWriteAgain()) {
      gate.pool(target).connect(this);
      return;
    }
    fail(failure);
  }

  /** The peer said, before anything came, that it will never begin to work on it: asking again on a new connection costs nothing. */
  final void notBegun() {
    carrier = null;
    if (over) {
      return;
    }
    if (movedOnce) {
      fail(AttemptFailure.of(Kind.REFUSED_STREAM));
    } else {
      movedOnce = true;
      gate.pool(target).connect(this);
    }
  }

  /** No carrier could be had. */
  final void notCarried(AttemptFailure failure) {
    if (!over) {
      fail(failure);
    }
  }

  /** Ends it well: the carrier may be kept. */
  final void settle() {
    over = true;
    gate.deadlines().remove(this);
    Carrier was = carrier;
    carrier = null;
    if (was != null) {
      was.finish();
    }
  }

  /** Ends it badly: the carrier is freed at once. */
  final void drop() {
    over = true;
    gate.deadlines().remove(this);
    Carrier was = carrier;
    carrier = null;
    if (was != null) {
      was.abort();
    }
  }

  /** Ends it badly and says so. */
  final void fail(AttemptFailure failure) {
    drop();
    failed(failure);
  }

  /** Writes the question; null if it was written, else why not. */
  abstract @Nullable Kind write(Carrier by);

  /** Asked when a connection that was used before closed without a byte: whether this looks like an idle close that crossed our write. */
  abstract boolean mayWriteAgain();

  abstract void head(ResponseHead head);

  /** A piece of the body; borrowed. */
  abstract void body(ByteBuf piece);

  /** All pieces read so far are handed over, more may come later: a moment to pass on what they gave. */
  abstract void batchDone();

  abstract void end();

  abstract void failed(AttemptFailure failure);

  /** When {@link #expired} is to be called if nothing changes until then. */
  abstract long deadlineNanos();

  abstract void expired(long nowNanos);
}
