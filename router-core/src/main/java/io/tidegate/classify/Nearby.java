package io.tidegate.classify;

import java.util.Arrays;

/** A few words searched in a bounded stretch, for what is asked only after a find and so need not be in the lexicon. One look per character. */
final class Nearby {
  static final Nearby REFERENCE = new Nearby("order", "tracking", "batch", "isbn", "barcode", "sku", "serial", "invoice", "commit", "trace", "timestamp", "product code",
      "订单", "单号", "运单", "编号", "序列号", "流水", "时间戳", "型号", "条码", "编码", "批次", "快递", "圆周率");

  private static final int LOW = 63;

  /** By the low six bits of the first character, as the hostile text is the one that begins many words and goes on with none. */
  private final String[][] words = new String[LOW + 1][];
  /** By the low six bits of the first character: a bit for those of each second one. */
  private final long[] seconds = new long[LOW + 1];

  /** Words in lower case. */
  Nearby(String... words) {
    for (String word : words) {
      int first = word.charAt(0) & LOW;
      String[] known = this.words[first];
      this.words[first] = known == null ? new String[1] : Arrays.copyOf(known, known.length + 1);
      this.words[first][this.words[first].length - 1] = word;
      seconds[first] |= word.length() == 1 ? -1 : 1L << (word.charAt(1) & LOW);
    }
  }

  /** Whether one of the words occurs in [from, to) of the piece, ASCII letters in any case. */
  boolean in(Piece piece, int from, int to) {
    int low = Math.max(0, from);
    int high = Math.min(piece.length, to);
    for (int i = low; i < high; i++) {
      char c = fold(piece.chars[i]);
      long next = seconds[c & LOW];
      if (next != 0 && (next >>> (fold(piece.peek(i + 1)) & LOW) & 1) != 0) {
        for (String word : words[c & LOW]) {
          if (word.charAt(0) == c && i + word.length() <= high && matches(piece, i, word)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** Whether {@code word} (lower case) stands at {@code at}. */
  static boolean matches(Piece piece, int at, String word) {
    if (at < 0 || at + word.length() > piece.length) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (fold(piece.chars[at + i]) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  static char fold(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c;
  }

  static boolean han(char c) {
    return c >= 0x4e00 && c <= 0x9fff;
  }
}
