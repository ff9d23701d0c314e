package io.tidegate.classify;

/** {@code data:} addresses: those of text are decoded like any encoded run, others cannot be read. */
final class DataUris {
  private static final int MIN_PAYLOAD = 64;
  private static final String[] TEXT = {"text/", "application/json", "application/xml", "application/yaml", "application/x-yaml", "application/javascript", "application/x-www-form-urlencoded", "application/csv", ",", ";"};

  private DataUris() {}

  /** Whether the piece holds one whose content is not text. */
  static boolean unscannable(Piece piece) {
    for (int i = piece.hit(Topic.DATA_URI.bit(), 0, piece.length); i >= 0 && i < piece.hits; i++) {
      if ((piece.hitTopics[i] & Topic.DATA_URI.bit()) != 0 && opaque(piece, piece.hitEnd[i])) {
        return true;
      }
    }
    return false;
  }

  private static boolean opaque(Piece piece, int type) {
    for (String text : TEXT) {
      if (Nearby.matches(piece, type, text)) {
        return false;
      }
    }
    int i = type;
    boolean slash = false;
    while (i < piece.length && i - type < 100 && piece.chars[i] != ',' && piece.chars[i] > ' ' && piece.chars[i] != '"') {
      slash |= piece.chars[i] == '/';
      i++;
    }
    if (!slash || piece.peek(i) != ',') {
      return false;
    }
    int from = i + 1;
    while (i + 1 < piece.length && i - from < MIN_PAYLOAD && piece.chars[i + 1] > ' ' && piece.chars[i + 1] != '"' && piece.chars[i + 1] != ')') {
      i++;
    }
    return i - from >= MIN_PAYLOAD;
  }
}
