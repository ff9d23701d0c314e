package io.tidegate.upstream.gate;

import io.netty.buffer.ByteBuf;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import org.jspecify.annotations.Nullable;

/** One probe. Its answer is read to its end, so that the connection can be kept, and forgotten, but for what an error says. */
final class ProbeExchange extends Exchange {
  private final Probe probe;
  private final AnswerParts parts;
  private final Answer answer;
  private final long deadlineNanos;
  private long bytesLeft;
  private int status;
  /** Reads a refusal; null while there is none. */
  private @Nullable ErrorIntake refusal;
  private boolean started;
  private boolean writtenTwice;

  /** What came of it. */
  interface Answer {
    void healthy();

    void failed(AttemptFailure failure);
  }

  ProbeExchange(LoopGate gate, Target target, Probe probe, long timeoutNanos, AnswerParts parts, Answer answer) {
    super(gate, target);
    this.probe = probe;
    this.parts = parts;
    this.answer = answer;
    this.deadlineNanos = gate.nanos() + timeoutNanos;
    this.bytesLeft = parts.config().maxAnswerBytes();
  }

  void start(Pool pool) {
    gate().deadlines().add(this);
    pool.acquire(this);
    started = true;
  }

  @Override
  @Nullable Kind write(Carrier by) {
    return gate().outlet().write(by, target(), probe) ? null : Kind.ADDRESS_NOT_ALLOWED;
  }

  @Override
  boolean mayWriteAgain() {
    boolean may = !writtenTwice;
    writtenTwice = true;
    return may;
  }

  @Override
  void head(ResponseHead head) {
    status = head.status();
    if (status != 200) {
      refusal = new ErrorIntake(parts, head);
    }
  }

  @Override
  void body(ByteBuf piece) {
    bytesLeft -= piece.readableBytes();
    if (bytesLeft < 0) {
      fail(AttemptFailure.of(Kind.OVERSIZED));
    } else if (refusal != null) {
      refusal.take(piece);
    }
  }

  @Override
  void batchDone() {}

  @Override
  void end() {
    settle();
    if (refusal == null) {
      answer.healthy();
    } else if (status >= 500) {
      answer.failed(refusal.failure());
    } else {
      // It answers: a path it does not know or a key it wants says nothing against it.
      answer.healthy();
    }
  }

  @Override
  void failed(AttemptFailure failure) {
    if (started) {
      answer.failed(failure);
    } else {
      gate().loop().execute(() -> answer.failed(failure));
    }
  }

  @Override
  long deadlineNanos() {
    return deadlineNanos;
  }

  @Override
  void expired(long nowNanos) {
    fail(AttemptFailure.of(Kind.FIRST_TOKEN_TIMEOUT));
  }
}
