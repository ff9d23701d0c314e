package io.tidegate.classify;

import org.jspecify.annotations.Nullable;

/**
 * Of text joined over strings: from each string that begins with a letter or digit right behind another one's, what follows from there, one a line; so that a value that
 * begins with its string is not glued to what the string before it said (hazard A10).
 */
final class Windows {
  private static final int REACH = 80;
  /** A longer string holds what begins with it, or is cut further on. */
  private static final int LONGEST = 48;
  private static final int MOST = 64 << 10;

  private Windows() {}

  /** The windows, not yet gated; null if no border needs one. */
  static @Nullable Piece of(char[] text, int length, int[] borders, int count) {
    int glued = 0;
    for (int i = 0; i < count; i++) {
      glued += wanted(text, length, borders, count, i) ? 1 : 0;
    }
    if (glued == 0) {
      return null;
    }
    char[] out = new char[Math.min(MOST, glued * 2 * (REACH + 1))];
    int at = 0;
    for (int i = 0; i < count; i++) {
      if (wanted(text, length, borders, count, i)) {
        int end = Math.min(length, borders[i] + REACH);
        at = line(text, borders[i], end, out, at);
        // And without what comes behind the next string.
        int second = i + 2 < count ? borders[i + 2] : end;
        if (second < end && Piece.alnum(text[second])) {
          at = line(text, borders[i], second, out, at);
        }
      }
    }
    return Piece.of(out, at);
  }

  private static boolean wanted(char[] text, int length, int[] borders, int count, int i) {
    int border = borders[i];
    int next = i + 1 < count ? borders[i + 1] : length;
    return border > 0 && border < length && next > border && next < length && next - border <= LONGEST && Piece.alnum(text[border - 1])
        && Piece.alnum(text[border]);
  }

  private static int line(char[] text, int from, int to, char[] out, int at) {
    if (to - from + 1 > out.length - at) {
      return at;
    }
    System.arraycopy(text, from, out, at, to - from);
    out[at + to - from] = '\n';
    return at + to - from + 1;
  }
}
