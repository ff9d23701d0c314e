package io.tidegate.gguf.engine;

import org.jspecify.annotations.Nullable;

/** One order on its way through the engine. The engine's threads only, but for {@link #cancel}. */
final class Job implements Ticket {
  final Order order;
  final Reply reply;
  AnswerText text;
  int[] prompt = new int[0];
  /** Most tokens of the answer, given the context. */
  int most;
  /** Tokens of the prompt that the model has looked at, or was given for the next run. */
  int read;
  int made;
  /** The newest token, not looked at yet. */
  int newest;
  long startedNanos;
  long firstTokenNanos;
  /** Row of the next run whose successor is this answer's next token; -1 for none. */
  int row = -1;
  /** Null until it has a slot, and after. */
  Sequences.@Nullable Chooser chooser;
  private volatile boolean cancelled;

  Job(Order order, Reply reply) {
    this.order = order;
    this.reply = reply;
    this.text = new AnswerText(order.stop());
  }

  @Override
  public void cancel() {
    cancelled = true;
  }

  boolean cancelled() {
    return cancelled;
  }

  boolean reading() {
    return read < prompt.length;
  }
}
