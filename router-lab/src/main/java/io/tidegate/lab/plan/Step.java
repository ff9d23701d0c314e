package io.tidegate.lab.plan;

import java.util.List;
import java.util.function.Consumer;

/** One thing an emulator does while it answers. Values; performed in order on the connection's event loop. */
public sealed interface Step {
  /** Waits; 0 is allowed. */
  record Pause(long nanos) implements Step {}

  /** Status and fields; {@code length} -1 = not known. */
  record Head(int status, List<Field> fields, long length) implements Step {
    public Head {
      fields = List.copyOf(fields);
    }
  }

  /**
   * A piece of the body. {@code splitAt} > 0: sent as two frames, cut there. Not comparable by value; prints no content.
   */
  final class Event implements Step {
    private final Kind kind;
    private final byte[] bytes;
    private final int splitAt;

    public Event(Kind kind, byte[] bytes, int splitAt) {
      this.kind = kind;
      this.bytes = bytes;
      this.splitAt = splitAt;
    }

    public Event(Kind kind, byte[] bytes) {
      this(kind, bytes, 0);
    }

    public Kind kind() {
      return kind;
    }

    public byte[] bytes() {
      return bytes;
    }

    public int splitAt() {
      return splitAt;
    }
  }

  /** The same piece again and again, {@code times} often or, if negative, until the client leaves. */
  record Repeat(byte[] bytes, long times, long everyNanos) implements Step {}

  /** A piece that stops in the middle. */
  record Half(byte[] bytes, Wire.Cut cut) implements Step {}

  /** Anything else a connection can do; the answer goes on with the next step. */
  record Act(Consumer<Wire> deed) implements Step {}

  /** Like {@link Act}, but nothing follows: the deed ended the answer. */
  record Last(Consumer<Wire> deed) implements Step {}

  /** Nothing more, ever, until the client leaves. */
  record Hang() implements Step {}

  /** What a piece is. Everything but {@link #PING} counts as an event when a fault says "after n events". */
  enum Kind { ROLE, REASONING, CONTENT, TOOL, FINISH, USAGE, DONE, BODY, ERROR, OTHER, PING }

  /** The framing's regular end. */
  static Step end() {
    return new Last(Wire::end);
  }
}
