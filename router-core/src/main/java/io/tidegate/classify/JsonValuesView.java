package io.tidegate.classify;

import org.jspecify.annotations.Nullable;

/**
 * The values of JSON that stands in a string (a tool call's arguments, a pasted document), pushed together without names and marks: for what is cut over several of them
 * (hazard A10). Never longer than its source.
 */
final class JsonValuesView {
  private JsonValuesView() {}

  /** The view of the texts that begin with a brace or bracket, not yet gated; null if there is none with two values. */
  static @Nullable Piece of(Piece source) {
    char[] a = source.chars;
    int n = source.length;
    char[] out = new char[n];
    int[] places = new int[n];
    int length = 0;
    int values = 0;
    int i = 0;
    while (i < n) {
      char c = a[i];
      if (c == '"') {
        int end = i + 1;
        while (end < n && a[end] != '"') {
          end += a[end] == '\\' ? 2 : 1;
        }
        end = Math.min(end, n);
        boolean name = next(a, end + 1, n) == ':';
        for (int j = i + 1; !name && j < end; j++) {
          out[length] = a[j];
          places[length++] = j;
        }
        values += name ? 0 : 1;
        i = end + 1;
      } else if (Piece.digit(c)) {
        while (i < n && Piece.digit(a[i])) {
          out[length] = a[i];
          places[length++] = i++;
        }
        values++;
      } else {
        if (c == '\n' && length > 0 && out[length - 1] != '\n') {
          out[length] = c;
          places[length++] = i;
        }
        i++;
      }
    }
    return values < 2 || length == 0 ? null : Piece.of(out, length).derivedFrom(source, places, n);
  }

  private static char next(char[] a, int from, int n) {
    int i = from;
    while (i < n && (a[i] == ' ' || a[i] == '\n')) {
      i++;
    }
    return i < n ? a[i] : ' ';
  }
}
