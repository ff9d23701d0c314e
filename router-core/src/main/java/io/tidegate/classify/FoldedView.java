package io.tidegate.classify;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The reading of a piece as a human sees it: folded, without the invisible, Chinese numerals as digits, look-alikes in mixed words as Latin (hazard A11). */
final class FoldedView {
  private final Piece source;
  private char[] out;
  private int[] origin;
  private int length;
  private boolean changed;

  private FoldedView(Piece source) {
    this.source = source;
    out = new char[source.length + 16];
    origin = new int[source.length + 16];
  }

  /** The view, not yet gated; null if it reads the same. */
  static @Nullable Piece of(Piece source) {
    FoldedView view = new FoldedView(source);
    view.fold();
    if (!view.changed) {
      return null;
    }
    Piece piece = Piece.of(view.out, view.length);
    return piece.derivedFrom(source, view.origin, source.length);
  }

  private void fold() {
    char[] a = source.chars;
    int i = 0;
    int tokenEnd = 0;
    boolean mixed = false;
    while (i < source.length) {
      char c = a[i];
      if (i >= tokenEnd && wordish(c)) {
        tokenEnd = tokenEnd(i);
        mixed = mixed(i, tokenEnd);
      }
      if (Numerals.value(c) >= 0) {
        int end = numerals(i);
        if (end > i) {
          i = end;
          continue;
        }
      }
      char lookalike = mixed && i < tokenEnd ? Folding.lookalike(c) : 0;
      char single = lookalike != 0 ? lookalike : Folding.single(c);
      if (single != 0 && !Character.isSurrogate(c)) {
        changed |= single != c && !(c < 0x250 && Character.isLetter(c));
        put(single, i++);
      } else {
        i = complex(i);
      }
    }
  }

  private int complex(int i) {
    int cp = Character.codePointAt(source.chars, i, source.length);
    String form = Folding.fold(cp);
    int width = Character.charCount(cp);
    changed |= form.length() != width || form.charAt(0) != source.chars[i];
    for (int j = 0; j < form.length(); j++) {
      put(form.charAt(j), i);
    }
    return i + width;
  }

  /** Writes a long enough run of numerals as digits; returns its end, or {@code from} if it is too short. */
  private int numerals(int from) {
    char[] a = source.chars;
    int count = 0;
    int end = from;
    for (int i = from; i < source.length && i - end <= 1; i++) {
      if (Numerals.value(a[i]) >= 0 || Piece.digit(a[i])) {
        count++;
        end = i + 1;
      }
    }
    if (count < Numerals.MIN_RUN) {
      return from;
    }
    for (int i = from; i < end; i++) {
      int value = Numerals.value(a[i]);
      if (value >= 0 || Piece.digit(a[i])) {
        put(value >= 0 ? (char) ('0' + value) : a[i], i);
      }
    }
    changed = true;
    return end;
  }

  private static boolean wordish(char c) {
    return Piece.alnum(c) || c >= 0x370 && c <= 0x52f;
  }

  private int tokenEnd(int from) {
    int i = from;
    while (i < source.length && wordish(source.chars[i])) {
      i++;
    }
    return i;
  }

  private boolean mixed(int from, int to) {
    boolean latin = false;
    boolean foreign = false;
    for (int i = from; i < to; i++) {
      boolean ascii = source.chars[i] < 0x80;
      latin |= ascii;
      foreign |= !ascii;
    }
    return latin && foreign;
  }

  private void put(char c, int from) {
    if (length == out.length) {
      out = Arrays.copyOf(out, length * 2);
      origin = Arrays.copyOf(origin, length * 2);
    }
    out[length] = c;
    origin[length++] = from;
  }
}
