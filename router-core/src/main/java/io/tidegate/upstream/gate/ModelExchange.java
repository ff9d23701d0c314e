package io.tidegate.upstream.gate;

import io.netty.buffer.ByteBuf;
import io.tidegate.decide.Clearance;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.line.Upstreams.Attempt;
import io.tidegate.line.Upstreams.AttemptEvents;
import io.tidegate.line.Upstreams.AttemptTimes;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.AuditReceipt;
import io.tidegate.upstream.dialect.AnswerShape;
import io.tidegate.upstream.dialect.ContentTypes;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One attempt: a clearance's bytes out, an answer back. */
final class ModelExchange extends Exchange implements Attempt {
  /** A used connection that closes within this time after our write, without a byte, was most likely closed as idle. */
  private static final long IDLE_CLOSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How long a peer may take to end a body whose end mark has come. Then the answer stands and the connection is closed. */
  private static final long TAIL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final Clearance clearance;
  private final @Nullable AuditReceipt receipt;
  private final boolean stream;
  private final boolean usageAsked;
  private final AnswerParts parts;
  private final AttemptEvents events;
  private final long firstTokenAtNanos;
  private final long totalAtNanos;
  private final long idleNanos;

  private boolean started;
  private boolean cancelled;
  private boolean writtenTwice;
  private long writtenAtNanos;
  private boolean contentSeen;
  private long contentAtNanos;
  private boolean paused;
  private boolean awaitsEnd;
  private long endAtNanos;
  /** Reads the answer; null before a good head. */
  private @Nullable Intake intake;
  /** Reads an error; null before a bad head. */
  private @Nullable ErrorIntake refusal;

  ModelExchange(LoopGate gate, Target target, Clearance clearance, @Nullable AuditReceipt receipt, AttemptTimes times, boolean stream,
      boolean usageAsked, AnswerParts parts, AttemptEvents events) {
    super(gate, target);
    this.clearance = clearance;
    this.receipt = receipt;
    this.stream = stream;
    this.usageAsked = usageAsked;
    this.parts = parts;
    this.events = events;
    long now = gate.nanos();
    this.firstTokenAtNanos = now + times.firstTokenNanos();
    this.totalAtNanos = now + times.totalNanos();
    this.idleNanos = times.idleNanos();
  }

  void start(Pool pool) {
    gate().deadlines().add(this);
    pool.acquire(this);
    started = true;
  }

  // Towards the upstream

  @Override
  @Nullable Kind write(Carrier by) {
    writtenAtNanos = gate().nanos();
    if (paused) {
      by.reading(false);
    }
    return gate().outlet().write(by, target(), clearance, receipt, stream, events.trace());
  }

  @Override
  boolean mayWriteAgain() {
    boolean may = !writtenTwice && gate().nanos() - writtenAtNanos < IDLE_CLOSE_NANOS;
    writtenTwice = true;
    return may;
  }

  // From the upstream

  @Override
  void head(ResponseHead head) {
    if (head.status() != 200) {
      if (head.status() < 400) {
        // Redirects are not followed (A15), and no other success has an answer in it.
        fail(AttemptFailure.of(Kind.PROTOCOL));
      } else {
        refusal = new ErrorIntake(parts, head);
      }
      return;
    }
    boolean fits = stream ? ContentTypes.isEventStream(head.contentType()) : ContentTypes.isJson(head.contentType());
    if (head.isEncoded() || !fits) {
      fail(AttemptFailure.of(Kind.PROTOCOL));
      return;
    }
    AnswerShape shape = AnswerShape.of(clearance.operation(), clearance.source(), usageAsked);
    if (stream) {
      intake = new StreamIntake(this, shape, parts.config().maxStreamBytes());
    } else if (head.contentLength() > parts.config().maxAnswerBytes()) {
      fail(AttemptFailure.of(Kind.OVERSIZED));
    } else {
      intake = new WholeIntake(this, shape, head, parts.config().maxAnswerBytes());
    }
  }

  @Override
  void body(ByteBuf piece) {
    if (intake != null) {
      intake.take(piece);
    } else if (refusal != null && !refusal.take(piece)) {
      fail(refusal.failure());
    }
  }

  @Override
  void batchDone() {
    if (!awaitsEnd && intake != null && intake.awaitsEndOnly() && !isOver()) {
      awaitsEnd = true;
      endAtNanos = gate().nanos() + TAIL_NANOS;
      gate().deadlines().shortened(this);
    }
  }

  @Override
  void end() {
    if (intake != null) {
      intake.end();
    } else if (refusal != null) {
      AttemptFailure failure = refusal.failure();
      settle();
      events.failed(failure);
    }
  }

  // Towards the line

  /** Content came: the next deadline is the idle gap's. */
  void noteContent() {
    contentAtNanos = gate().nanos();
    if (!contentSeen) {
      contentSeen = true;
      gate().deadlines().shortened(this);
    }
  }

  /** Hands frames on; consumed. */
  void pass(ByteBuf frames, boolean content) {
    events.events(frames, content);
  }

  void answered(ByteBuf json, Usage usage) {
    settle();
    events.answered(json, usage);
  }

  void ended(Usage usage) {
    settle();
    events.ended(usage);
  }

  @Override
  void failed(AttemptFailure failure) {
    if (started) {
      events.failed(intake == null ? failure : failure.after(intake.usage().inputTokens(), intake.usage().outputTokens()));
    } else {
      gate().loop().execute(() -> {
        if (!cancelled) {
          events.failed(failure);
        }
      });
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
    if (!isOver()) {
      drop();
    }
  }

  @Override
  public void pause() {
    if (!paused) {
      paused = true;
      Carrier by = carrier();
      if (by != null) {
        by.reading(false);
      }
    }
  }

  @Override
  public void resume() {
    if (paused) {
      paused = false;
      contentAtNanos = gate().nanos();
      gate().deadlines().shortened(this);
      Carrier by = carrier();
      if (by != null) {
        by.reading(true);
      }
    }
  }

  // Time

  /** While the caller's own socket is full the upstream's silence is ours: only the total time counts. */
  @Override
  long deadlineNanos() {
    if (awaitsEnd) {
      return endAtNanos;
    }
    if (contentSeen && paused) {
      return totalAtNanos;
    }
    long next = contentSeen ? contentAtNanos + idleNanos : firstTokenAtNanos;
    return next - totalAtNanos < 0 ? next : totalAtNanos;
  }

  @Override
  void expired(long nowNanos) {
    if (awaitsEnd) {
      end();
      return;
    }
    Kind kind = nowNanos - totalAtNanos >= 0 ? Kind.TOTAL_TIMEOUT : contentSeen ? Kind.IDLE_TIMEOUT : Kind.FIRST_TOKEN_TIMEOUT;
    fail(AttemptFailure.of(kind));
  }
}
