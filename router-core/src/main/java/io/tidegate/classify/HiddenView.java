package io.tidegate.classify;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Text written in characters that nobody sees but a model reads (hazard A11): tag characters, one for each ASCII character, and variation selectors, one for each byte.
 * A flag or two is no text; a run of {@link #LEAST} is.
 */
final class HiddenView {
  private static final int LEAST = 6;

  private final Piece source;
  private char[] out = new char[64];
  private int[] places = new int[64];
  private int length;

  private HiddenView(Piece source) {
    this.source = source;
  }

  /** The view, not yet gated; null if nothing is hidden. */
  static @Nullable Piece of(Piece source) {
    HiddenView view = new HiddenView(source);
    int end = 0;
    for (int i = 0; i < source.length;) {
      if (kind(source, i) == 0) {
        i++;
        continue;
      }
      end = view.run(i);
      i = end;
    }
    return view.length == 0 ? null : Piece.of(view.out, view.length).derivedFrom(source, view.places, end);
  }

  /** Takes the run that begins at {@code from}, if it is long enough; returns its end. */
  private int run(int from) {
    int count = 0;
    int i = from;
    int kind = kind(source, from);
    while (i < source.length && kind(source, i) == kind) {
      i += width(i);
      count++;
    }
    if (count >= LEAST) {
      if (kind == 1) {
        for (int j = from; j < i; j += 2) {
          put((char) (source.chars[j + 1] - 0xdc00), j);
        }
      } else {
        selectors(from, i, count);
      }
      put('\n', Math.min(i, source.length - 1));
    }
    return i;
  }

  private void selectors(int from, int to, int count) {
    byte[] bytes = new byte[count];
    int n = 0;
    for (int j = from; j < to; j += width(j)) {
      char c = source.chars[j];
      bytes[n++] = (byte) (c < 0xfe10 && c >= 0xfe00 ? c - 0xfe00 : source.chars[j + 1] - 0xdd00 + 16);
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    for (int j = 0; j < text.length(); j++) {
      put(text.charAt(j), from);
    }
  }

  private int width(int i) {
    return Character.isHighSurrogate(source.chars[i]) ? 2 : 1;
  }

  /** 1 for a tag character, 2 for a variation selector, 0 for anything else. */
  private static int kind(Piece source, int i) {
    char c = source.chars[i];
    if (c >= 0xfe00 && c <= 0xfe0f) {
      return 2;
    }
    if (c != 0xdb40 || i + 1 >= source.length) {
      return 0;
    }
    char low = source.chars[i + 1];
    return low >= 0xdc20 && low <= 0xdc7e ? 1 : low >= 0xdd00 && low <= 0xddef ? 2 : 0;
  }

  private void put(char c, int from) {
    if (length == out.length) {
      out = Arrays.copyOf(out, length * 2);
      places = Arrays.copyOf(places, length * 2);
    }
    out[length] = c;
    places[length++] = from;
  }
}
