package io.tidegate.classify;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A long run of base64, base64url or hexadecimal characters, and the text in it if there is any (hazard A11). */
final class EncodedRun {
  /** Undecodable runs from this length on may make a string opaque. */
  static final int OPAQUE_RUN = 512;
  private static final int MIN_DECODED = 6;
  private static final int PROBE = 24;
  private static final int WRAPPED_LINE = 40;

  private final Piece source;
  private final int start;
  final int end;

  /** The run of {@code source} that the gate saw beginning at {@code start}. */
  EncodedRun(Piece source, int start) {
    this.source = source;
    this.start = start;
    int i = start;
    int line = start;
    int width = 0;
    while (i < source.length) {
      if (encoded(source.chars[i])) {
        i++;
      } else if (source.chars[i] == '\n' && i - line >= Gate.ENCODED_RUN && (width == 0 || width == i - line) && sameWidth(source, i + 1, i - line, width == 0)
          || (source.chars[i] == '\n' || source.chars[i] == '\r') && i - line >= WRAPPED_LINE && wholeLine(source, i + 1)) {
        width = i - line;
        line = ++i;
      } else {
        break;
      }
    }
    end = i;
  }

  /** Whether the line that begins at {@code from} is as wide, or behind two such shorter and the last: text that was wrapped, however narrow. */
  private static boolean sameWidth(Piece source, int from, int width, boolean full) {
    int i = from;
    while (i < source.length && i - from <= width && encoded(source.chars[i])) {
      i++;
    }
    boolean ends = i >= source.length || source.chars[i] < '!' || source.chars[i] == '"' || source.chars[i] == '\'' || source.chars[i] == ')';
    return ends && i > from && (full ? i - from == width : i - from <= width) && width % 4 == 0 && source.chars[from - 2] != '=';
  }

  /** Whether the line that begins at {@code from} goes on in the same alphabet to its end: words below the run are no part of it. */
  private static boolean wholeLine(Piece source, int from) {
    int i = from;
    while (i < source.length && encoded(source.chars[i])) {
      i++;
    }
    char stop = source.peek(i);
    return i > from && (i >= source.length || stop == '\n' || stop == '\r' || stop == '"' || stop == '\'' || stop == '<' || stop == ')' || stop == ' ' && i - from >= WRAPPED_LINE / 2);
  }

  private static boolean encoded(char c) {
    return Piece.alnum(c) || c == '+' || c == '/' || c == '=' || c == '-' || c == '_';
  }

  /** The decoded text as a piece, not yet gated; null if no reading of the run is text. */
  @Nullable Piece decode() {
    int from = start;
    for (int i = start; i < end - 1; i++) {
      if (source.chars[i] == '=' && source.chars[i + 1] != '=') {
        from = i + 1;
      }
    }
    // A piece that goes on in the middle of a run has lost the alignment.
    int shifts = from == 0 ? 4 : 1;
    for (int shift = 0; shift < shifts; shift++) {
      Piece piece = piece(from + shift, text(hex(from + shift)));
      piece = piece != null ? piece : piece(from + shift, text(base64(from + shift, Integer.MAX_VALUE)));
      if (piece != null) {
        return piece;
      }
    }
    return null;
  }

  /** Whether the run is long and varied enough to hide something: neither words nor repetition. */
  boolean opaque() {
    return end - start >= OPAQUE_RUN && Randomness.distinct(source, start, Math.min(end, start + 4096)) >= 14;
  }

  /** Whether characters and one separator take turns: written apart, not encoded. */
  boolean apart() {
    char separator = source.chars[start + 1];
    if (separator != '-' && separator != '_' && separator != '/' && separator != '+') {
      return false;
    }
    for (int i = start + 1; i < start + 2 * UnspacedView.LEAST - 2 && i < end; i += 2) {
      if (source.chars[i] != separator) {
        return false;
      }
    }
    return end - start >= 2 * UnspacedView.LEAST - 1;
  }

  int length() {
    return end - start;
  }

  private byte @Nullable [] hex(int from) {
    int first = from;
    if (first + 1 < end && source.chars[first] == '0' && (source.chars[first + 1] | 0x20) == 'x') {
      first += 2;
    }
    int count = 0;
    for (int i = first; i < end; i++) {
      int digit = Character.digit(source.chars[i], 16);
      if (digit < 0 && source.chars[i] != '\n' && source.chars[i] != '\r') {
        return null;
      }
      count += digit >= 0 ? 1 : 0;
    }
    byte[] bytes = new byte[count / 2];
    int half = 0;
    for (int i = first; i < end && half < bytes.length * 2; i++) {
      int digit = Character.digit(source.chars[i], 16);
      if (digit >= 0) {
        bytes[half >> 1] |= (byte) ((half & 1) == 0 ? digit << 4 : digit);
        half++;
      }
    }
    return bytes;
  }

  private byte @Nullable [] base64(int from, int most) {
    byte[] probe = most == PROBE ? null : base64(from, PROBE);
    if (most != PROBE && (probe == null || text(probe) == null && probe.length >= PROBE / 4 * 3 - 2 && text(trimmed(probe)) == null)) {
      return null;
    }
    byte[] bytes = new byte[(Math.min(end - from, most) / 4 + 1) * 3];
    int bits = 0;
    int value = 0;
    int count = 0;
    int read = 0;
    for (int i = from; i < end && read < most; i++) {
      int six = six(source.chars[i]);
      if (six < 0) {
        continue;
      }
      read++;
      value = value << 6 | six;
      bits += 6;
      if (bits >= 8) {
        bits -= 8;
        bytes[count++] = (byte) (value >> bits);
      }
    }
    return java.util.Arrays.copyOf(bytes, count);
  }

  /** Without the last bytes, which may be half a character. */
  private static byte[] trimmed(byte[] bytes) {
    int end = bytes.length;
    while (end > 0 && (bytes[end - 1] & 0x80) != 0 && bytes.length - end < 4) {
      end--;
    }
    return java.util.Arrays.copyOf(bytes, end);
  }

  private static int six(char c) {
    if (Piece.upper(c)) {
      return c - 'A';
    }
    if (Piece.letter(c)) {
      return c - 'a' + 26;
    }
    if (Piece.digit(c)) {
      return c - '0' + 52;
    }
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
  }

  /** The bytes as text if they are UTF-8, or UTF-16LE of plain text, and all but all of it can be read. */
  private static @Nullable String text(byte @Nullable [] bytes) {
    if (bytes == null || bytes.length < MIN_DECODED) {
      return null;
    }
    int zeros = 0;
    for (int i = 1; i < bytes.length; i += 2) {
      zeros += bytes[i] == 0 ? 1 : 0;
    }
    String text = zeros * 3 >= bytes.length ? new String(bytes, StandardCharsets.UTF_16LE) : new String(trimmedToCharacter(bytes), StandardCharsets.UTF_8);
    int odd = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      odd += c == '\ufffd' || c < 0x20 && c != '\n' && c != '\r' && c != '\t' || c >= 0x7f && c < 0xa0 ? 1 : 0;
    }
    return odd * 20 <= text.length() && !text.isEmpty() ? text : null;
  }

  private static byte[] trimmedToCharacter(byte[] bytes) {
    byte[] shorter = trimmed(bytes);
    int last = bytes.length - shorter.length;
    if (last == 0) {
      return bytes;
    }
    int lead = bytes[shorter.length];
    int need = (lead & 0xe0) == 0xc0 ? 2 : (lead & 0xf0) == 0xe0 ? 3 : (lead & 0xf8) == 0xf0 ? 4 : 0;
    return need > last ? shorter : bytes;
  }

  private @Nullable Piece piece(int from, @Nullable String text) {
    if (text == null) {
      return null;
    }
    Piece piece = Piece.of(text.toCharArray(), text.length());
    // A part of an encoded run cannot be replaced by itself, so what is found in it is the run.
    int[] places = new int[text.length()];
    java.util.Arrays.fill(places, from);
    return piece.derivedFrom(source, places, end);
  }
}
