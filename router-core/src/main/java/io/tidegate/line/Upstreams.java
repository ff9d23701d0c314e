package io.tidegate.line;

import io.netty.buffer.ByteBuf;
import io.tidegate.decide.Clearance;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Endpoint;
import io.tidegate.model.TraceContext;
import io.tidegate.time.Loop;
import org.jspecify.annotations.Nullable;

/** The way out; implemented by {@code upstream}. On the request's loop only. */
public interface Upstreams {
  /**
   * Starts one attempt. There is no argument for content: the clearance carries it (decisions 1).
   *
   * @param receipt needed for a PUBLIC upstream; the gate refuses without it
   */
  Attempt send(Clearance clearance, Endpoint endpoint, @Nullable AuditReceipt receipt, AttemptTimes times, boolean stream,
      boolean usageAsked, Loop loop, AttemptEvents events);

  /**
   * @param firstTokenNanos from now to the first content byte; keep-alive lines do not count
   * @param idleNanos longest gap between content afterwards
   * @param totalNanos from now to the end
   */
  record AttemptTimes(long firstTokenNanos, long idleNanos, long totalNanos) {}

  /** An attempt under way. */
  interface Attempt {
    /** Frees the connection; no further event follows. */
    void cancel();

    /** Stops reading from the upstream (back-pressure). */
    void pause();

    void resume();
  }

  /** What an attempt reports; ends with exactly one of {@link #answered}, {@link #ended}, {@link #failed}. */
  interface AttemptEvents {
    /** The whole answer of a request without stream: valid, complete, normalised JSON. Consumed. */
    void answered(ByteBuf json, Usage usage);

    /**
     * Normalised events (frames as in {@link AnswerSink#events}). Consumed.
     *
     * @param content true once any frame since the start held content (text, reasoning, a tool call piece, a finish reason): the moment
     *     to commit. Before that the line holds frames back, and may still fail over
     */
    void events(ByteBuf frames, boolean content);

    /** The stream ended well: finish reason and end mark were seen. */
    void ended(Usage usage);

    void failed(AttemptFailure failure);

    /** What the upstream is told of the trace this attempt belongs to; null for nothing. Numbers, and for a PRIVATE one the caller's own state. */
    default @Nullable TraceContext trace() {
      return null;
    }
  }

  /** Tokens as the upstream counted them; -1 where it did not say. */
  record Usage(long inputTokens, long outputTokens, long cachedTokens, long reasoningTokens) {
    public static final Usage UNKNOWN = new Usage(-1, -1, -1, -1);
  }
}
