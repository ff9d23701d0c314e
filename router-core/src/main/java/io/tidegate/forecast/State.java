package io.tidegate.forecast;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** Numbers that outlive a process. The same code writes and reads them, so that their order cannot differ. */
final class State {
  private final ByteBuffer bytes;
  private final boolean reading;

  private State(ByteBuffer bytes, boolean reading) {
    this.bytes = bytes;
    this.reading = reading;
  }

  static State writing(ByteBuffer bytes) {
    return new State(bytes, false);
  }

  static State reading(ByteBuffer bytes) {
    return new State(bytes, true);
  }

  /** Returns what was kept when reading, else {@code value}. Finite. */
  double number(double value) {
    double kept = gappy(value);
    if (reading && !Double.isFinite(kept)) {
      throw new IllegalArgumentException("a number is not finite");
    }
    return kept;
  }

  /** The same; not-a-number stands for what is missing. */
  double gappy(double value) {
    if (!reading) {
      bytes.putDouble(value);
      return value;
    }
    try {
      double kept = bytes.getDouble();
      if (Double.isInfinite(kept)) {
        throw new IllegalArgumentException("a number is infinite");
      }
      return kept;
    } catch (BufferUnderflowException cut) {
      throw new IllegalArgumentException("the numbers end early", cut);
    }
  }

  long whole(long value, long least, long most) {
    if (!reading) {
      bytes.putLong(value);
      return value;
    }
    try {
      long kept = bytes.getLong();
      if (kept < least || kept > most) {
        throw new IllegalArgumentException("a count is out of bounds");
      }
      return kept;
    } catch (BufferUnderflowException cut) {
      throw new IllegalArgumentException("the numbers end early", cut);
    }
  }

  void numbers(double[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = number(values[i]);
    }
  }

  void numbers(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) number(values[i]);
    }
  }

  void gappy(double[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = gappy(values[i]);
    }
  }
}
