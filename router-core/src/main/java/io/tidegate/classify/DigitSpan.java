package io.tidegate.classify;

/** A candidate number: digit runs of a piece, joined over separators. Mutable, reused by {@link DigitSpans}. */
final class DigitSpan {
  /** More digits than any identifier here has. */
  static final int MAX_DIGITS = 20;

  // What stands between the runs, as a set.
  static final int SPACE = 1;
  static final int DASH = 2;
  static final int DOT = 4;
  static final int SLASH = 8;
  static final int PAREN = 16;
  /** A line end, a tab or more than two spaces: the runs may belong together, or not. */
  static final int WRAP = 32;
  static final int OTHER = 64;

  /** Letters by the digit that they look like; 10 and 11 are a small o and a capital i. */
  private static final String DIGIT_LIKE = "OlZ\0\0S\0\0B\0oI";

  Piece piece = Piece.of(new char[0], 0);
  final byte[] digits = new byte[MAX_DIGITS];
  final int[] groups = new int[MAX_DIGITS];
  int count;
  int groupCount;
  int separators;
  int start;
  int end;
  /** Letters that look like digits were read as such: only a check digit can make it good. */
  boolean guessed;

  void begin(Piece in, int from) {
    piece = in;
    start = from;
    end = from;
    count = 0;
    guessed = false;
    groupCount = 0;
    separators = 0;
  }

  /** Adds a run; false if it does not fit any more. */
  boolean add(int from, int to, int separator) {
    if (count + to - from > MAX_DIGITS) {
      return false;
    }
    for (int i = from; i < to; i++) {
      digits[count++] = (byte) (piece.chars[i] - '0');
    }
    groups[groupCount++] = to - from;
    separators |= separator;
    end = to;
    return true;
  }

  /** Takes the token [from, to) whole, with O as 0, l and I as 1 and the like; false if it has other letters, or too few digits to be a number. */
  boolean guess(Piece in, int from, int to) {
    if (to - from < 15 || to - from > 19) {
      return false;
    }
    begin(in, from);
    int letters = 0;
    for (int i = from; i < to; i++) {
      char c = in.chars[i];
      int digit = Piece.digit(c) ? c - '0' : DIGIT_LIKE.indexOf(c);
      if (digit < 0 && !(i == to - 1 && (c | 0x20) == 'x')) {
        return false;
      }
      letters += Piece.digit(c) || digit < 0 ? 0 : 1;
      if (digit >= 0) {
        digits[count++] = (byte) (digit < 10 ? digit : digit == 10 ? 0 : 1);
        end = i + 1;
      }
    }
    guessed = letters > 0 && to - from - letters >= 4;
    groups[groupCount++] = count;
    return guessed;
  }

  /** Whether the groups have exactly these lengths. */
  boolean shape(int a, int b, int c) {
    return groupCount == 3 && groups[0] == a && groups[1] == b && groups[2] == c;
  }

  boolean shape(int a, int b, int c, int d) {
    return groupCount == 4 && groups[0] == a && groups[1] == b && groups[2] == c && groups[3] == d;
  }

  boolean shape(int a, int b) {
    return groupCount == 2 && groups[0] == a && groups[1] == b;
  }

  /** In one run. */
  boolean whole() {
    return groupCount == 1;
  }

  /** Digit by digit with separators, as one spells a number out. */
  boolean spelled() {
    return groupCount == count;
  }

  /** Only separators of the given set occur. */
  boolean only(int allowed) {
    return (separators & ~allowed) == 0;
  }

  /** Two digits as a number. */
  int pair(int at) {
    return digits[at] * 10 + digits[at + 1];
  }

  /** Whether the first digits are those of {@code prefix}. */
  boolean startsWith(String prefix) {
    for (int i = 0; i < prefix.length(); i++) {
      if (i >= count || digits[i] != prefix.charAt(i) - '0') {
        return false;
      }
    }
    return true;
  }

  char previous() {
    return piece.peek(start - 1);
  }

  char following() {
    return piece.peek(end);
  }

  /** A letter of ASCII or an underscore stands right before: part of a name or a hash rather than a number. */
  boolean gluedLeft() {
    return Piece.letter(previous());
  }

  /** Letters right behind that are not a word of their own: part of a hash or a code. */
  boolean gluedRight() {
    int i = end;
    while (i < piece.length && i - end < 24 && Piece.letter(piece.chars[i])) {
      i++;
    }
    int letters = i - end;
    return letters == 1 || letters > 0 && Piece.digit(piece.peek(i));
  }

  /** Another number is joined on tightly ({@code 12-345}, {@code 3.14}): this is a part of something longer. */
  boolean partOfLonger() {
    char before = previous();
    char after = following();
    return joins(before) && Piece.alnum(piece.peek(start - 2)) && !(before == '-' && Piece.letter(piece.peek(start - 2)))
        || joins(after) && Piece.digit(piece.peek(end + 1));
  }

  private static boolean joins(char c) {
    return c == '.' || c == '-' || c == '_';
  }

  /** An arithmetic sign stands beside it. */
  boolean arithmetic() {
    char before = piece.peek(piece.peek(start - 1) == ' ' ? start - 2 : start - 1);
    char after = piece.peek(piece.peek(end) == ' ' ? end + 1 : end);
    boolean spacedSign = piece.peek(end) == ' ' && piece.peek(end + 2) == ' ' && (after == '/' || after == '-');
    return after == '*' && piece.peek(end) == ' ' || after == '*' && Piece.digit(piece.peek(end + 1)) || after == '=' && piece.peek(end) == ' ' || after == '^' || after == '%' || after == '+' && !Piece.letter(piece.peek(end + 1))
        || after == '\u00d7' || after == '\u00f7' || spacedSign || before == '*' && piece.peek(start - 1) == ' ' || before == '^'
        || before == '\u00d7' || before == '\u00f7';
  }
}
