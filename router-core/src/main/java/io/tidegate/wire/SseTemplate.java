package io.tidegate.wire;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Recognises frames that differ from a checked one in the text of a single JSON string only, as nearly all frames of an answer do. Such a
 * frame needs no parse: with the same bytes before and behind, and a valid string in between, it is valid JSON with the same id, index and
 * finish reason. Cheaper and stricter than to search each frame for words that matter. Not thread-safe.
 */
public final class SseTemplate {
  private static final byte[] HEAD = {'d', 'a', 't', 'a', ':', ' '};

  private byte @Nullable [] before;
  private byte[] behind = {};

  /**
   * Learns from an event that was parsed and needs no change.
   *
   * @param stringNode the string that varies from frame to frame
   */
  public void learn(JsonText event, int stringNode) {
    byte[] json = event.bytes();
    int from = event.start(stringNode) + 1;
    int to = event.end(stringNode) - 1;
    byte[] head = Arrays.copyOf(HEAD, HEAD.length + from);
    System.arraycopy(json, 0, head, HEAD.length, from);
    byte[] tail = Arrays.copyOfRange(json, to, json.length + 2);
    tail[tail.length - 2] = '\n';
    tail[tail.length - 1] = '\n';
    // Line ends between JSON's tokens would end the frame.
    if (holdsLineEnd(head, head.length) || holdsLineEnd(tail, tail.length - 2)) {
      forget();
    } else {
      before = head;
      behind = tail;
    }
  }

  /** Matches nothing until it learns again. */
  public void forget() {
    before = null;
  }

  /**
   * Whether a frame was learnt: if not, {@link #match} cannot find one.
   */
  public boolean learnt() {
    return before != null;
  }

  /** End of the last of the whole frames, with a string that is not empty, that stand at {@code from}; {@code from} if there is none. */
  public int match(byte[] b, int from, int to) {
    byte[] head = before;
    if (head == null) {
      return from;
    }
    int at = from;
    while (true) {
      int text = at + head.length;
      if (text >= to || !Arrays.equals(b, at, text, head, 0, head.length)) {
        return at;
      }
      int quote = stringEnd(b, text, to);
      if (quote <= text || behind.length > to - quote || !Arrays.equals(b, quote, quote + behind.length, behind, 0, behind.length)) {
        return at;
      }
      at = quote + behind.length;
    }
  }

  /** The closing quote of a string that is surely valid, else -1. Rare escapes are left to the parser. */
  private static int stringEnd(byte[] b, int from, int to) {
    int at = from;
    while (true) {
      while (at <= to - Long.BYTES) {
        long stops = Swar.stringStops(Swar.word(b, at));
        if (stops != 0) {
          at += Swar.first(stops);
          break;
        }
        at += Long.BYTES;
      }
      if (at >= to) {
        return -1;
      }
      int c = b[at];
      if (c == '"') {
        return at;
      } else if (c == '\\') {
        at = escape(b, at, to);
      } else if (c < 0) {
        at = Utf8.step(b, at);
      } else if (c >= ' ') {
        at++;
      } else {
        return -1;
      }
      if (at < 0) {
        return -1;
      }
    }
  }

  private static int escape(byte[] b, int at, int to) {
    if (at + 1 >= to) {
      return -1;
    }
    switch (b[at + 1]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
        return at + 2;
      case 'u':
        if (at + 6 > to) {
          return -1;
        }
        int unit = 0;
        for (int i = at + 2; i < at + 6; i++) {
          int digit = Utf8.hexDigit(b[i]);
          if (digit < 0) {
            return -1;
          }
          unit = unit << 4 | digit;
        }
        return unit < 0xD800 || unit > 0xDFFF ? at + 6 : -1;
      default:
        return -1;
    }
  }

  private static boolean holdsLineEnd(byte[] b, int to) {
    for (int i = 0; i < to; i++) {
      if (b[i] == '\n' || b[i] == '\r') {
        return true;
      }
    }
    return false;
  }
}
