package io.tidegate.classify;

import java.util.Locale;

/** Whether a value looks generated, rather than a word, a name or a placeholder. */
final class Randomness {
  private static final String[] PLACEHOLDERS = {"xxxx", "****", "....", "your", "placeholder", "changeme", "redacted", "insert", "<", "${", "{{", "$(", "%(", "process.env", "environ", "getenv",
      "env[", "env.", "...", "\u2026", "dummy", "__", "todo", "masked", "hidden", "getpass", "null", "none", "undefined", "secretkeyref", "valuefrom", "fixme", "_here", "-here", "xxx"};
  private static final String[] WORDS = {"password", "passwd", "secret", "token", "string", "required", "optional", "true", "false", "example", "test", "str", "value", "admin", "user", "username", "key",
      "passphrase", "credentials", "bearer", "pass", "reset", "login", "prompt", "input", "field", "hash", "type", "text", "bool", "int", "char", "varchar", "number", "object", "protected"};

  private Randomness() {}

  /** Distinct characters in [from, to). */
  static int distinct(Piece piece, int from, int to) {
    long low = 0;
    long high = 0;
    int other = 0;
    for (int i = from; i < to; i++) {
      char c = piece.chars[i];
      if (c < 64) {
        low |= 1L << c;
      } else if (c < 128) {
        high |= 1L << (c - 64);
      } else {
        other = 1;
      }
    }
    return Long.bitCount(low) + Long.bitCount(high) + other;
  }

  /** Letters and digits mixed, or letters of both cases inside; varied; no placeholder. */
  static boolean token(Piece piece, int from, int to, int minDistinct) {
    int digits = 0;
    int lower = 0;
    int upper = 0;
    int humps = 0;
    for (int i = from; i < to; i++) {
      char c = piece.chars[i];
      digits += Piece.digit(c) ? 1 : 0;
      lower += c >= 'a' && c <= 'z' ? 1 : 0;
      upper += Piece.upper(c) ? 1 : 0;
      humps += i > from && Piece.upper(c) != Piece.upper(piece.chars[i - 1]) ? 1 : 0;
    }
    boolean mixed = digits > 0 && lower + upper > 0 || lower > 0 && upper > 0 && humps * 4 >= to - from;
    return mixed && distinct(piece, from, to) >= minDistinct && !placeholder(piece, from, to);
  }

  /** Stars, angle brackets, environment references, "your-key-here". */
  static boolean placeholder(Piece piece, int from, int to) {
    char[] a = piece.chars;
    if (distinct(piece, from, to) < 2 || a[from] == '<' || a[from] == '{' || a[from] == '[' || a[from] == '$' && to - from > 1 && (a[from + 1] == '{' || a[from + 1] == '(' || upperName(piece, from + 1, to))
        || a[from] == '%' && a[to - 1] == '%') {
      return true;
    }
    String text = new String(a, from, Math.min(to - from, 256)).toLowerCase(Locale.ROOT);
    for (String word : PLACEHOLDERS) {
      if (text.contains(word)) {
        return true;
      }
    }
    boolean letters = text.chars().allMatch(Character::isLetter);
    for (String word : WORDS) {
      if (text.equals(word) || letters && word.length() >= 6 && text.contains(word)) {
        return true;
      }
    }
    return false;
  }

  private static boolean upperName(Piece piece, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Piece.upper(piece.chars[i]) && piece.chars[i] != '_' && !Piece.digit(piece.chars[i])) {
        return false;
      }
    }
    return to - from >= 3 && !Piece.digit(piece.chars[from]);
  }
}
