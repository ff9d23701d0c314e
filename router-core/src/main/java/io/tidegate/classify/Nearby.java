package io.tidegate.classify;

/** Plain search for a few words in a bounded stretch, for what is asked only after a find and so need not be in the lexicon. */
final class Nearby {
  static final String[] REFERENCE = {"order", "tracking", "batch", "isbn", "barcode", "sku", "serial", "invoice", "commit", "trace", "timestamp", "product code",
      "订单", "单号", "运单", "编号", "序列号", "流水", "时间戳", "型号", "条码", "编码", "批次", "快递", "圆周率"};
  static final String[] SELF = {"i have", "i've", "i was", "i am", "i'm ", "i got", "i had", "i suffer", "my ", "our patient", "he has", "she has", "he was",
      "she was", "his ", "her "};

  private Nearby() {}

  /** Whether one of {@code words} (lower case) occurs in [from, to) of the piece, ASCII letters in any case. */
  static boolean any(Piece piece, int from, int to, String[] words) {
    int low = Math.max(0, from);
    int high = Math.min(piece.length, to);
    for (String word : words) {
      char first = word.charAt(0);
      for (int i = low; i + word.length() <= high; i++) {
        if (fold(piece.chars[i]) == first && matches(piece, i, word)) {
          return true;
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
