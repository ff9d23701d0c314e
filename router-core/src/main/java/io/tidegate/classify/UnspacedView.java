package io.tidegate.classify;

import org.jspecify.annotations.Nullable;

/** The reading of a piece with characters that stand one by one pushed together: {@code g h p _ a B 3} (hazard A11). Never longer than its source. */
final class UnspacedView {
  /** Characters with separators from this count on are one thing written apart. */
  static final int LEAST = 8;

  private UnspacedView() {}

  /** The view, not yet gated; null if there is nothing to push together. */
  static @Nullable Piece of(Piece source) {
    char[] a = source.chars;
    int n = source.length;
    char[] out = new char[n];
    int[] places = new int[n];
    int length = 0;
    boolean changed = false;
    int i = 0;
    while (i < n) {
      int end = apart(a, i, n);
      if (end > i) {
        changed = true;
        for (int j = i; j < end; j += 2) {
          out[length] = a[j];
          places[length++] = j;
        }
        i = end;
      } else {
        out[length] = a[i];
        places[length++] = i++;
      }
    }
    return changed ? Piece.of(out, length).derivedFrom(source, places, n) : null;
  }

  /** End of a run of single characters with the same separator that begins at {@code from}; {@code from} if there is none. */
  private static int apart(char[] a, int from, int n) {
    if (from + 2 * LEAST > n || from > 0 && single(a[from - 1]) || !single(a[from]) || single(a[from + 1])) {
      return from;
    }
    char separator = a[from + 1];
    int i = from;
    while (i < n && single(a[i]) && (i + 1 >= n || !single(a[i + 1])) && (i == from || a[i - 1] == separator)) {
      i += 2;
    }
    int end = i - 1;
    return (end - from + 1) / 2 >= LEAST ? end : from;
  }

  private static boolean single(char c) {
    return Piece.alnum(c) || c == '_' || c == '-' || c == '=' || c == '/' || c == '+' || c == '@' || c == ':' || c == '#' || c == '!' || c == '$';
  }
}
