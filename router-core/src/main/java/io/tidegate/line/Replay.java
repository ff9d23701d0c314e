package io.tidegate.line;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidegate.line.AnswerCache.Stored;
import io.tidegate.time.Loop;
import org.jspecify.annotations.Nullable;

/**
 * Gives a stored answer in its time: after a delay, and a stream piece by piece with the pauses it had. A caller that does not read holds it up, as it would
 * the origin. Confined to the walk's loop.
 */
final class Replay {
  private final OneAnswer answer;
  private final Loop loop;
  private final Steps steps;
  private final byte[] body;
  private final Shape.Reader shape;
  private final boolean stream;
  private Loop.@Nullable Timer timer;
  private int at;
  private boolean heldUp;

  /** What the walk does as it goes. */
  interface Steps {
    /** The answer begins. */
    void begins();

    /** The whole answer is out. */
    void ends(@Nullable ByteBuf json);

    void atTheRim(Runnable step);
  }

  Replay(Stored stored, byte[] body, boolean stream, OneAnswer answer, Loop loop, Steps steps) {
    this.body = body;
    this.stream = stream;
    this.answer = answer;
    this.loop = loop;
    this.steps = steps;
    this.shape = new Shape.Reader(stored.origin().shape());
  }

  void begin(long afterNanos) {
    after(afterNanos, this::first);
  }

  private void first() {
    if (!stream) {
      steps.ends(Unpooled.wrappedBuffer(body).asReadOnly());
      return;
    }
    steps.begins();
    if (shape.next()) {
      piece();
    } else {
      rest();
    }
  }

  private void piece() {
    timer = null;
    while (!answer.isOver()) {
      if (!answer.isWritable()) {
        heldUp = true;
        return;
      }
      int end = Math.min(body.length, at + shape.length());
      answer.events(Unpooled.wrappedBuffer(body, at, end - at).asReadOnly());
      at = end;
      if (!shape.next()) {
        rest();
        return;
      }
      if (shape.pauseMillis() > 0) {
        after(shape.pauseMillis() * 1_000_000L, this::piece);
        return;
      }
    }
  }

  /** What no piece covers: all of a stream whose shape is not known. */
  private void rest() {
    if (at < body.length && !answer.isOver()) {
      answer.events(Unpooled.wrappedBuffer(body, at, body.length - at).asReadOnly());
    }
    steps.ends(null);
  }

  /** The caller reads again. */
  void writable() {
    if (heldUp) {
      heldUp = false;
      steps.atTheRim(this::piece);
    }
  }

  void stop() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    heldUp = false;
  }

  private void after(long nanos, Runnable step) {
    if (nanos <= 0) {
      step.run();
    } else {
      timer = loop.schedule(() -> steps.atTheRim(step), nanos);
    }
  }
}
