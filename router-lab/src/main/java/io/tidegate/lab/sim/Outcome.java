package io.tidegate.lab.sim;

import io.tidegate.model.Refusal;
import org.jspecify.annotations.Nullable;

/** What became of one wish. Filled by whoever serves it; read when the simulation has run out. */
public final class Outcome {
  private final Ask ask;
  private final long askedNanos;
  private long firstNanos = -1;
  private long endNanos = -1;
  private boolean answered;
  private int ends;
  private @Nullable Refusal refusal;

  Outcome(Ask ask, long askedNanos) {
    this.ask = ask;
    this.askedNanos = askedNanos;
  }

  public Ask ask() {
    return ask;
  }

  public long askedNanos() {
    return askedNanos;
  }

  /** The whole answer came before its caller lost patience. */
  public boolean answered() {
    return answered && endNanos - askedNanos <= ask.patienceNanos();
  }

  /** Why not, if the router said so; null otherwise. */
  public @Nullable Refusal refusal() {
    return refusal;
  }

  /** When it was over; -1 if never. */
  public long endNanos() {
    return endNanos;
  }

  /** From the asking to the first token; -1 if none came. */
  public long firstTokenNanos() {
    return firstNanos < 0 ? -1 : firstNanos - askedNanos;
  }

  public long tookNanos() {
    return endNanos - askedNanos;
  }

  /** How often it was ended: once, or something is wrong. */
  public int ends() {
    return ends;
  }

  void first(long nowNanos) {
    firstNanos = firstNanos < 0 ? nowNanos : firstNanos;
  }

  void answered(long nowNanos) {
    first(nowNanos);
    answered = true;
    end(nowNanos);
  }

  void failed(@Nullable Refusal why, long nowNanos) {
    refusal = why;
    answered = false;
    end(nowNanos);
  }

  private void end(long nowNanos) {
    ends++;
    endNanos = nowNanos;
  }
}
