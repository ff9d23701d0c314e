package io.tidegate.classify;

import org.jspecify.annotations.Nullable;

/**
 * The reading of a piece with what was written apart put together (hazard A11): Chinese characters one by one ({@code 密 码}), and texts joined by a plus sign as code
 * does ({@code "ghp_" + "aB3…"}). Never longer than its source.
 */
final class JoinedView {
  private static final int MOST_SPACES = 8;

  private JoinedView() {}

  /** The view, not yet gated; null if there is nothing to put together. */
  static @Nullable Piece of(Piece source) {
    boolean plus = (source.seen & CharClass.PLUS) != 0;
    char[] a = source.chars;
    int n = source.length;
    int first = 1;
    while (first < n - 1 && (a[first] > '\u00b7' || !apart(a, first, n) && !(plus && a[first] == '+' && opening(a, first) >= 0 && closing(a, first, n) > 0))) {
      first++;
    }
    if (first >= n - 1) {
      return null;
    }
    char[] out = new char[n];
    int[] places = new int[n];
    int length = 0;
    for (int i = 0; i < n; i++) {
      if (apart(a, i, n)) {
        continue;
      }
      if (plus && a[i] == '+') {
        int open = opening(a, i);
        int close = closing(a, i, n);
        if (open >= 0 && close > 0 && length >= i - open) {
          length -= i - open;
          i = close;
          continue;
        }
      }
      out[length] = a[i];
      places[length++] = i;
    }
    return Piece.of(out, length).derivedFrom(source, places, n);
  }

  /** Whether {@code i} separates two Chinese characters of which each stands by itself. */
  private static boolean apart(char[] a, int i, int n) {
    char c = a[i];
    return (c == ' ' || c == '-' || c == '*' || c == '_' || c == '.' || c == '/' || c == '|' || c == '\u00b7') && i > 0 && i + 1 < n && Nearby.han(a[i - 1]) && Nearby.han(a[i + 1])
        && (i < 2 || !Nearby.han(a[i - 2])) && (i + 2 >= n || !Nearby.han(a[i + 2]));
  }

  /** The quote before the plus sign at {@code plus}; -1 if there is none. */
  private static int opening(char[] a, int plus) {
    int i = plus - 1;
    while (i > 0 && plus - i <= MOST_SPACES && a[i] <= ' ') {
      i--;
    }
    return i >= 0 && quote(a[i]) ? i : -1;
  }

  private static int closing(char[] a, int plus, int n) {
    int i = plus + 1;
    while (i < n - 1 && i - plus <= MOST_SPACES && a[i] <= ' ') {
      i++;
    }
    return i < n && quote(a[i]) ? i : -1;
  }

  private static boolean quote(char c) {
    return c == '"' || c == '\'' || c == '`';
  }
}
