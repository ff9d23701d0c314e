package io.tidegate.classify;

import static io.tidegate.model.Likelihood.LIKELY;

/** Dates of birth: a date right behind, or before, a word such as "born". */
final class BirthDate extends BuiltIn {
  private static final int REACH = 24;
  private static final String[] MONTHS = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};

  BirthDate() {
    super("birth-date", Topic.BIRTH.bit(), 0, 0, 0, 0);
  }

  @Override
  int stepsPerWord() {
    return 40;
  }

  @Override
  void onWord(Piece piece, int hit, Sink sink) {
    int from = piece.hitEnd[hit];
    for (int i = from; i < piece.length && i < from + REACH; i++) {
      int end = dateAt(piece, i);
      if (end > 0) {
        sink.found("DATE_OF_BIRTH", i, end, LIKELY);
        return;
      }
    }
    if (piece.chars[piece.hitStart[hit]] >= 0x80) {
      for (int i = Math.max(0, piece.hitStart[hit] - 12); i < piece.hitStart[hit]; i++) {
        int end = dateAt(piece, i);
        if (end > 0 && piece.hitStart[hit] - end <= 1) {
          sink.found("DATE_OF_BIRTH", i, end, LIKELY);
          return;
        }
      }
    }
  }

  /** End of a date that starts at {@code at}: digits with marks, with 年月日, or with an English month; -1 if none. */
  private static int dateAt(Piece piece, int at) {
    char c = piece.peek(at);
    if (Piece.digit(piece.peek(at - 1)) || Piece.letter(piece.peek(at - 1)) && Piece.letter(c)) {
      return -1;
    }
    if (Piece.letter(c)) {
      for (String month : MONTHS) {
        if (Nearby.matches(piece, at, month)) {
          return yearWithin(piece, at + 3, 16);
        }
      }
      return -1;
    }
    if (!Piece.digit(c)) {
      return -1;
    }
    int groups = 0;
    int digits = 0;
    int i = at;
    int end = at;
    while (i < piece.length && i - at < 16) {
      char d = piece.chars[i];
      if (Piece.digit(d)) {
        digits++;
        end = ++i;
        if (!Piece.digit(piece.peek(i))) {
          groups++;
        }
      } else if (groups < 3 && (d == '-' || d == '/' || d == '.' || d == ' ' || d == '\u5e74' || d == '\u6708')) {
        i++;
      } else {
        break;
      }
    }
    if (groups == 3 && digits >= 4 && digits <= 8 || groups == 1 && digits == 8 && (c == '1' || c == '2')) {
      return end;
    }
    return groups == 1 && digits <= 2 ? yearWithin(piece, end, 18) : groups == 2 && piece.peek(end) == '\u6708' ? end + 1 : -1;
  }

  private static int yearWithin(Piece piece, int from, int reach) {
    for (int i = from; i < from + reach; i++) {
      if ((piece.peek(i) == '1' && piece.peek(i + 1) == '9' || piece.peek(i) == '2' && piece.peek(i + 1) == '0') && Piece.digit(piece.peek(i + 2)) && Piece.digit(piece.peek(i + 3))
          && !Piece.digit(piece.peek(i - 1)) && !Piece.digit(piece.peek(i + 4))) {
        return i + 4;
      }
    }
    return -1;
  }
}
