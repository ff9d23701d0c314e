package io.tidegate.classify;

/**
 * The one pass over all text. Almost every character costs two table look-ups; only where a word's first three characters, a digit, an at-sign or
 * a long encoded run turns up is there more to do. Linear: each further look is bounded by the longest word.
 */
final class Gate {
  /** Encoded runs from this length on are worth decoding: an 11-digit number is 16 characters of base64. */
  static final int ENCODED_RUN = 16;

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
    int run = 0;
    int apart = 0;
    int before = 0;
    int farthest = 0;
    int digitsEnd = 0;
    int numeralsEnd = 0;
    for (int i = 0; i < n; i++) {
      int b = classes[a[i]];
      seen |= b;
      code = (code << 5 | b & 31) & 0x7fff;
      run = run + 1 & b >> 31;
      // Counts how long single characters and separators have taken turns.
      apart = apart + 1 & (b ^ before) >> 31;
      before = b;
      farthest = Math.max(farthest, apart);
      if ((b & CharClass.SLOW) == 0 & (trigrams[code >> 6] >>> code & 1) == 0 & run != ENCODED_RUN) {
        continue;
      }
      if (run == ENCODED_RUN) {
        piece.addEncoded(i - ENCODED_RUN + 1);
      }
      if ((trigrams[code >> 6] >>> code & 1) != 0 && i >= 2) {
        lexicon.asciiAt(piece, i - 2, code);
      }
      if ((b & CharClass.DIGIT) != 0) {
        if (i >= digitsEnd) {
          digitsEnd = digitsEnd(a, i, n);
          piece.addDigits(i, digitsEnd);
        }
      } else if ((b & CharClass.AT) != 0) {
        piece.addAt(i);
      } else if ((b & CharClass.SLOW) != 0) {
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
    piece.seen = farthest >= 2 * UnspacedView.LEAST - 2 ? seen | CharClass.APART : seen;
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
