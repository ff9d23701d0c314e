package io.tidegate.classify;

/**
 * Where a value stands that belongs to a word by its place rather than by a sign: {@code name: DB_PASSWORD}, {@code value: …} of a container's environment, the third
 * value of an SQL insert whose third column is {@code password}. All bounded.
 */
final class Columns {
  private static final int MARKS = 48;
  private static final int HEAD = 240;
  private static final int CELLS = 320;

  private Columns() {}

  /** Where the value of the word of {@code hit} begins; -1 if nothing is laid out like that. {@code table}: also in the columns of SQL. */
  static int value(Piece piece, int hit, boolean table) {
    int end = piece.hitEnd[hit];
    int paired = paired(piece, end);
    if (paired >= 0 || !table) {
      return paired;
    }
    char after = piece.peek(end);
    after = after == '`' || after == '"' || after == '\'' || after == ']' ? piece.peek(end + 1) : after;
    return after == ',' || after == ')' ? inserted(piece, piece.hitStart[hit]) : -1;
  }

  /** Whether the word at {@code at} is in the name of a shell variable in braces. */
  static boolean variable(Piece piece, int at) {
    int i = at;
    while (i > 0 && at - i < 64 && (Piece.alnum(piece.chars[i - 1]) || piece.chars[i - 1] == '_')) {
      i--;
    }
    return piece.peek(i - 1) == '{' && piece.peek(i - 2) == '$';
  }

  /** {@code …_PASSWORD", "value": "}: marks only, the word "value", and a sign. */
  private static int paired(Piece piece, int from) {
    int i = marks(piece, from, from + MARKS);
    if (Nearby.matches(piece, i, "name>") || Nearby.matches(piece, i, "key>")) {
      i = marks(piece, i + 4, from + MARKS);
    }
    if (i == from || !Nearby.matches(piece, i, "value")) {
      return -1;
    }
    i += 5;
    boolean sign = false;
    while (i < piece.length && i - from < MARKS + 12 && (piece.chars[i] <= ' ' || "\"':=>".indexOf(piece.chars[i]) >= 0)) {
      sign |= piece.chars[i] == ':' || piece.chars[i] == '=' || piece.chars[i] == '>';
      i++;
    }
    return sign ? i : -1;
  }

  private static int marks(Piece piece, int from, int to) {
    int i = from;
    while (i < piece.length && i < to && !Piece.alnum(piece.chars[i]) && piece.chars[i] < 0x80 && piece.chars[i] != '(' && piece.chars[i] != '.') {
      i++;
    }
    return i;
  }

  /** {@code (login, password) VALUES ('root', '…')}. */
  private static int inserted(Piece piece, int at) {
    int open = at;
    int column = 0;
    while (open > 0 && at - open < HEAD && piece.chars[open - 1] != '(') {
      open--;
      column += piece.chars[open] == ',' ? 1 : 0;
      if (piece.chars[open] == ')' || piece.chars[open] == '=') {
        return -1;
      }
    }
    int close = at;
    while (close < piece.length && close - at < HEAD && piece.chars[close] != ')') {
      close++;
    }
    int i = marks(piece, close, close + 8);
    if (piece.peek(open - 1) != '(' || i == close || !Nearby.matches(piece, i, "values")) {
      return -1;
    }
    i += 6;
    while (i < piece.length && i - close < 24 && piece.chars[i] != '(') {
      i++;
    }
    return piece.peek(i) == '(' ? cell(piece, i + 1, column) : -1;
  }

  /** Where the cell of number {@code column} of the row from {@code from} on begins, inside its quotes. */
  private static int cell(Piece piece, int from, int column) {
    char quote = 0;
    int left = column;
    int i = from;
    while (left > 0 && i < piece.length && i - from < CELLS) {
      char c = piece.chars[i++];
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == ')') {
        return -1;
      } else {
        left -= c == ',' ? 1 : 0;
      }
    }
    while (i < piece.length && (piece.chars[i] == ' ' || piece.chars[i] == '\n')) {
      i++;
    }
    return left > 0 ? -1 : piece.peek(i) == '\'' || piece.peek(i) == '"' ? i + 1 : i;
  }
}
