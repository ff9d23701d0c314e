package io.tidegate.transform;

import java.util.Locale;

/**
 * The codes of one request's placeholders: four letters that occur nowhere in the request, then letters that count. Consonants only, so that no
 * code is a word or a number, and no detector sees either in it; all of one length, so that none begins another.
 */
final class Codes {
  /** So many values one request may have replaced. */
  static final int MAX = 4_000;
  static final int NONCE = 4;

  private static final String LETTERS = "BCDFGHJKLMNPRTVXZ";
  private static final int BASE = LETTERS.length();
  private static final int TRIES = 64;

  private final String nonce;
  private final int width;
  private final int size;

  private Codes(String nonce, int count) {
    this.nonce = nonce;
    this.width = count <= BASE * BASE ? 2 : 3;
    this.size = width == 2 ? BASE * BASE : BASE * BASE * BASE;
  }

  /**
   * Codes that cannot be taken for any text of the request.
   *
   * @param said all text of the request, in upper case
   * @param seed decides which; the same seed and text give the same codes
   * @return null if chance was against it, or the text holds everything
   */
  static @org.jspecify.annotations.Nullable Codes of(CharSequence said, long seed, int count) {
    String text = said.toString();
    long state = seed;
    for (int i = 0; i < TRIES; i++) {
      state += 0x9E3779B97F4A7C15L;
      String nonce = letters(mixed(state), NONCE);
      if (!text.contains(nonce)) {
        return new Codes(nonce, count);
      }
    }
    return null;
  }

  /** In upper case as {@link #of} wants it: one character for one, whatever the language. */
  static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }

  /** The {@code index}-th code. Neighbours look different, so that a model does not mix them up. */
  String code(int index) {
    return nonce + letters(Math.floorMod(index * 101L + 40, size), width);
  }

  private static String letters(long value, int count) {
    StringBuilder out = new StringBuilder(count);
    long rest = value;
    for (int i = 0; i < count; i++) {
      out.append(LETTERS.charAt((int) Long.remainderUnsigned(rest, BASE)));
      rest = Long.divideUnsigned(rest, BASE);
    }
    return out.toString();
  }

  /** SplitMix64's finaliser. */
  private static long mixed(long state) {
    long z = (state ^ state >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
