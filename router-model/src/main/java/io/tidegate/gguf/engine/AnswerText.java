package io.tidegate.gguf.engine;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Bytes of tokens → text: whole characters only, nothing that may be the beginning of a stop text, nothing from a stop text on. One thread. */
final class AnswerText {
  private static final int LONGEST_CHARACTER = 4;

  private final List<String> stops;
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPLACE)
      .onUnmappableCharacter(CodingErrorAction.REPLACE);
  /** Bytes of a character that is not whole yet. */
  private byte[] rest = new byte[0];
  private final StringBuilder held = new StringBuilder();
  private boolean stopped;

  AnswerText(List<String> stops) {
    this.stops = stops;
  }

  /** Whether a stop text came. */
  boolean stopped() {
    return stopped;
  }

  /** What may go out once these bytes are there; may be empty. */
  String take(byte[] bytes) {
    return stopped ? "" : release(decode(bytes, false));
  }

  /** What was held back, at the end. */
  String finish() {
    if (stopped) {
      return "";
    }
    String last = release(decode(new byte[0], true));
    if (stopped) {
      return last;
    }
    String all = last + held;
    held.setLength(0);
    return all;
  }

  private String decode(byte[] bytes, boolean end) {
    ByteBuffer in = ByteBuffer.allocate(rest.length + bytes.length).put(rest).put(bytes).flip();
    CharBuffer out = CharBuffer.allocate(in.remaining() + LONGEST_CHARACTER);
    decoder.reset();
    decoder.decode(in, out, end);
    if (end) {
      decoder.flush(out);
    }
    rest = new byte[in.remaining()];
    in.get(rest);
    return out.flip().toString();
  }

  private String release(String more) {
    held.append(more);
    int first = -1;
    for (String stop : stops) {
      int at = held.indexOf(stop);
      if (at >= 0 && (first < 0 || at < first)) {
        first = at;
      }
    }
    stopped = first >= 0;
    int out = stopped ? first : held.length() - beginningOfAStop();
    String released = held.substring(0, out);
    held.delete(0, stopped ? held.length() : out);
    return released;
  }

  /** Length of the longest end of what is held that begins a stop text. */
  private int beginningOfAStop() {
    int longest = 0;
    for (String stop : stops) {
      for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
        if (stop.startsWith(held.substring(held.length() - length))) {
          longest = length;
        }
      }
    }
    return longest;
  }
}
