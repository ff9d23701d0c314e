package io.tidegate.jobs;

import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One asking of a line, and then its end: the first that comes. Any thread; what it holds is read after it came. */
final class LineEnd implements Asker.Done, Asker.Asked {
  private final OpenJob job;
  private final int line;
  private final String customId;
  private final String id;
  private final Consumer<LineEnd> came;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile boolean cancelled;
  private volatile Asker.@Nullable Asked asked;
  private @Nullable Refusal refusal;
  private byte[] record = {};

  /** @param id names this asking where the model side gave it none */
  LineEnd(OpenJob job, int line, String customId, String id, Consumer<LineEnd> came) {
    this.job = job;
    this.line = line;
    this.customId = customId;
    this.id = id;
    this.came = came;
  }

  void asked(Asker.Asked begun) {
    asked = begun;
    if (cancelled) {
      begun.cancel();
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
    Asker.Asked begun = asked;
    if (begun != null) {
      begun.cancel();
    }
  }

  @Override
  public void answered(String requestId, byte[] route, byte[] json) {
    if (ended.compareAndSet(false, true)) {
      record = AnswerLine.answered(requestId, customId, route, json);
      came.accept(this);
    }
  }

  @Override
  public void refused(@Nullable String requestId, byte @Nullable [] route, ErrorAnswer error) {
    if (ended.compareAndSet(false, true)) {
      refusal = error.refusal();
      record = AnswerLine.refused(requestId == null ? id : requestId, customId, route, error);
      came.accept(this);
    }
  }

  OpenJob job() {
    return job;
  }

  int line() {
    return line;
  }

  /** Null for an answer. */
  @Nullable Refusal refusal() {
    return refusal;
  }

  /** The line for a file of answers. */
  byte[] record() {
    return record;
  }
}
