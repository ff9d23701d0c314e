package io.tidegate.upstream.gate;

import io.netty.buffer.ByteBuf;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.ServerLoad;
import io.tidegate.upstream.dialect.SlotsReader;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** One probe. Its answer is read to its end, so that the connection can be kept, and forgotten, but for what an error says. */
final class ProbeExchange extends Exchange {
  private final Probe probe;
  private final AnswerParts parts;
  private final Answer answer;
  private final long deadlineNanos;
  private long bytesLeft;
  private int status;
  /** The answer to {@link Probe#SLOTS}; null for others, and once it is too long. */
  private @Nullable ByteArrayOutputStream told;
  /** Reads a refusal; null while there is none. */
  private @Nullable ErrorIntake refusal;
  private boolean started;
  private boolean writtenTwice;

  /** What came of it. */
  interface Answer {
    void healthy();

    /** What {@link Probe#SLOTS} told, before {@link #healthy}. */
    default void load(ServerLoad load) {}

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
    if (status == 200 && probe == Probe.SLOTS) {
      told = new ByteArrayOutputStream();
    }
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
    } else {
      keep(piece);
    }
  }

  private void keep(ByteBuf piece) {
    ByteArrayOutputStream to = told;
    if (to == null) {
      return;
    }
    if (to.size() + piece.readableBytes() > SlotsReader.MAX_BODY_BYTES) {
      told = null;
      return;
    }
    byte[] bytes = new byte[piece.readableBytes()];
    piece.getBytes(piece.readerIndex(), bytes);
    to.writeBytes(bytes);
  }

  @Override
  void batchDone() {}

  @Override
  void end() {
    settle();
    ByteArrayOutputStream slots = told;
    if (slots != null) {
      SlotsReader.read(slots.toByteArray()).ifPresent(answer::load);
    }
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
