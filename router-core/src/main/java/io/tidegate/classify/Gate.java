package io.tidegate.classify;

/**
 * The one pass over all text. Almost every character costs two table look-ups; only where a word's first three characters, a digit, an at-sign or
 * a long encoded run turns up is there more to do. Linear: each further look is bounded by the longest word.
 */
final class Gate {
  /** Encoded runs from this length on are worth decoding: an 11-digit number is 16 characters of base64. */
  static final int ENCODED_RUN = 16;
  /** Single characters and separators take turns so long that it is worth a view. */
  private static final int APART_RUN = 2 * UnspacedView.LEAST - 2;
  private static final int BLOCK = Long.SIZE;

  private Gate() {}

  /** Fills {@code piece} with what its text holds. */
  static void pass(Piece piece, Lexicon lexicon) {
    piece.forget();
    final char[] a = piece.chars;
    final int n = piece.length;
    final int[] classes = lexicon.classes;
    final long[] trigrams = lexicon.trigrams;
    int seen = 0;
    int code = 0;
    int digitsEnd = 0;
    int numeralsEnd = 0;
    boolean apart = false;
    // Of the two blocks before: a bit for each character of encoded text, and one for each that differs from the one before in that.
    long older = 0;
    long last = 0;
    long lastTurns = 0;
    for (int from = 0; from < n + BLOCK; from += BLOCK) {
      long encoded = 0;
      long turns = 0;
      // A bit for each character where something may be: set without a branch, for every seventh character of plain prose has one.
      long marks = 0;
      int to = Math.min(from + BLOCK, n);
      for (int at = from; at < to; at++) {
        int b = classes[a[at]];
        seen |= b;
        code = (code << 5 | b & 31) & 0x7fff;
        encoded = encoded >>> 1 | b & Long.MIN_VALUE;
        marks = marks >>> 1 | (trigrams[code >> 6] >>> code | b >>> CharClass.SLOW_BIT) << 63;
      }
      if (to > from) {
        marks >>>= BLOCK - (to - from);
      }
      for (; marks != 0; marks &= marks - 1) {
        int i = from + Long.numberOfTrailingZeros(marks);
        if (i >= 2) {
          lexicon.asciiAt(piece, i - 2);
        }
        int b = classes[a[i]];
        if ((b & CharClass.SLOW) == 0) {
          continue;
        }
        if ((b & CharClass.DIGIT) != 0) {
          if (i >= digitsEnd) {
            digitsEnd = digitsEnd(a, i, n);
            piece.addDigits(i, digitsEnd);
          }
        } else if ((b & CharClass.AT) != 0) {
          piece.addAt(i);
        } else {
          if ((b & CharClass.WIDE_START) != 0) {
            lexicon.wideAt(piece, i);
          }
          if ((b & CharClass.NUMERAL) != 0 && i >= numeralsEnd) {
            numeralsEnd = numeralsEnd(a, i, n);
            seen |= numeralsEnd < 0 ? CharClass.ODD : 0;
            numeralsEnd = Math.abs(numeralsEnd);
          }
          if ((b & CharClass.ODD_BESIDE_DIGIT) != 0 && besideDigit(a, i, n)) {
            seen |= CharClass.ODD;
          }
        }
      }
      if (from < n) {
        encoded >>>= BLOCK - (to - from);
        turns = (encoded ^ (encoded << 1 | last >>> 63)) & -1L >>> BLOCK - (to - from);
      }
      // Whatever begins in the block before has its end in sight now.
      long starts = runs(last, encoded, ENCODED_RUN) & ~(last << 1 | older >>> 63);
      for (; starts != 0; starts &= starts - 1) {
        piece.addEncoded(from - BLOCK + Long.numberOfTrailingZeros(starts));
      }
      apart |= runs(lastTurns, turns, APART_RUN) != 0;
      older = last;
      last = encoded;
      lastTurns = turns;
    }
    piece.seen = apart ? seen | CharClass.APART : seen;
  }

  /** A bit for each place of {@code low} where {@code length} ones begin, at most a block of them, some of them perhaps in {@code high}. */
  private static long runs(long low, long high, int length) {
    int have = 1;
    while (have < length) {
      int step = Math.min(have, length - have);
      low &= low >>> step | high << BLOCK - step;
      high &= high >>> step;
      have += step;
    }
    return low;
  }

  private static int digitsEnd(char[] a, int from, int n) {
    int i = from + 1;
    while (i < n && Piece.digit(a[i])) {
      i++;
    }
    return i;
  }

  /** End of the run of numerals (single separators allowed), negated if it is long enough to be a number in disguise. */
  private static int numeralsEnd(char[] a, int from, int n) {
    int count = 0;
    int i = from;
    int end = from;
    while (i < n) {
      if (Numerals.value(a[i]) >= 0 || Piece.digit(a[i])) {
        count++;
        end = ++i;
      } else if (i == end && (a[i] == ' ' || a[i] == '-' || a[i] == '\u3001' || a[i] == '\uff0c' || a[i] == ',' || a[i] == '\u00b7')) {
        i++;
      } else {
        break;
      }
    }
    return count >= Numerals.MIN_RUN ? -end : end;
  }

  private static boolean besideDigit(char[] a, int i, int n) {
    return i > 0 && a[i - 1] < 0x80 && Piece.alnum(a[i - 1]) && i + 1 < n && (Piece.digit(a[i + 1]) || Piece.digit(a[i - 1]));
  }
}
