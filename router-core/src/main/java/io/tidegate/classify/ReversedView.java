package io.tidegate.classify;

/** The reading of a piece from its end to its beginning, for text that says so, or that is turned by a right-to-left override (hazard A11). */
final class ReversedView {
  private ReversedView() {}

  /** The view, not yet gated. */
  static Piece of(Piece source) {
    int n = source.length;
    char[] out = new char[n];
    int[] places = new int[n];
    for (int i = 0; i < n; i++) {
      out[i] = source.chars[n - 1 - i];
      places[i] = n - 1 - i;
    }
    return Piece.of(out, n).derivedFrom(source, places, n);
  }
}
