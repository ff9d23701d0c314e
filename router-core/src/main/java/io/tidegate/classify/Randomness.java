package io.tidegate.classify;

import java.util.Locale;

/** Whether a value looks generated, rather than a word, a name or a placeholder. */
final class Randomness {
  private static final String[] PLACEHOLDERS = {"xxxx", "****", "....", "your", "placeholder", "changeme", "redacted", "insert", "<", "${", "{{", "$(", "%(", "process.env", "environ", "getenv",
      "env[", "env.", "...", "\u2026", "dummy", "__", "todo", "masked", "hidden", "getpass", "null", "none", "undefined", "secretkeyref", "valuefrom", "fixme", "_here", "-here", "xxx"};
  private static final String[] WORDS = {"password", "passwd", "secret", "token", "string", "required", "optional", "true", "false", "example", "test", "str", "value", "admin", "user", "username", "key",
      "passphrase", "credentials", "bearer", "pass", "reset", "login", "prompt", "input", "field", "hash", "type", "text", "bool", "int", "char", "varchar", "number", "object", "protected"};

  private static final String[] SAMPLES = {"xxxx", "****", "....", "\u2026", "${", "{{", "<", "placeholder", "changeme", "change_me", "redacted", "your_", "your-", "yourtoken", "yourkey", "yoursecret", "yourapi", "_here", "-here",
      "insert_", "insert-", "dummy", "example", "abcdefghijkl", "1234567890abcdef"};

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
    return shuffled(piece, from, to) && distinct(piece, from, to) >= minDistinct && !placeholder(piece, from, to);
  }

  /** As {@link #token}, for values whose form alone says that they were generated: words inside are chance. */
  static boolean generated(Piece piece, int from, int to, int minDistinct) {
    return shuffled(piece, from, to) && distinct(piece, from, to) >= minDistinct && !sample(piece, from, to);
  }

  private static boolean shuffled(Piece piece, int from, int to) {
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
    return digits > 0 && lower + upper > 0 || lower > 0 && upper > 0 && humps * 4 >= to - from;
  }

  /** Digits and letters of both cases, or hexadecimal digits, so many that no word can be meant: 20 or more. */
  static boolean strong(Piece piece, int from, int to) {
    int digits = 0;
    int lower = 0;
    int upper = 0;
    int hex = 0;
    for (int i = from; i < to; i++) {
      char c = piece.chars[i];
      digits += Piece.digit(c) ? 1 : 0;
      lower += c >= 'a' && c <= 'z' ? 1 : 0;
      upper += Piece.upper(c) ? 1 : 0;
      hex += Piece.digit(c) || (c | 0x20) >= 'a' && (c | 0x20) <= 'f' || c == '-' ? 1 : 0;
    }
    int length = to - from;
    boolean mixed = length >= 20 && digits >= 2 && lower >= 3 && upper >= 3;
    boolean hexadecimal = length >= 32 && hex == length && digits >= 6 && lower + upper >= 4;
    boolean small = length >= 24 && digits >= 4 && (lower >= 8 || upper >= 8) && lower + upper + digits == length;
    return (mixed || hexadecimal || small) && distinct(piece, from, to) >= 10;
  }

  /** A stand-in for a value of the same form: runs of x or stars, "your", "example". Such words need room: a few letters in a row are chance in a long value. */
  static boolean sample(Piece piece, int from, int to) {
    if (distinct(piece, from, to) < 4) {
      return true;
    }
    String text = new String(piece.chars, from, Math.min(to - from, 256)).toLowerCase(Locale.ROOT);
    for (String word : SAMPLES) {
      if (text.contains(word)) {
        return true;
      }
    }
    return text.startsWith("your");
  }

  /** Stars, angle brackets, environment references, "your-key-here". */
  static boolean placeholder(Piece piece, int from, int to) {
    char[] a = piece.chars;
    if (distinct(piece, from, to) < 2 || a[from] == '<' || a[from] == '{' || a[from] == '[' || a[from] == '$' && to - from > 1 && (a[from + 1] == '{' || a[from + 1] == '(' || upperName(piece, from + 1, to))
        || a[from] == '%' && a[to - 1] == '%') {
      return true;
    }
    if (strong(piece, from, to)) {
      return sample(piece, from, to);
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
