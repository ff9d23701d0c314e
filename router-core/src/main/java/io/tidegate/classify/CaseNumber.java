package io.tidegate.classify;

import static io.tidegate.model.Likelihood.VERY_LIKELY;

/** Case numbers by their form: Chinese ones by the kind of case between year, court and number, American federal dockets by office, year and kind. */
final class CaseNumber extends BuiltIn {
  private static final int MOST_BEFORE = 16;
  private static final String[] KINDS = {"cv", "cr", "mc", "bk", "md", "ap", "mj", "po", "op", "sw"};

  CaseNumber() {
    super("cn-case-number", Topic.CASE_KIND.bit(), 0, 0, 0, 0);
  }

  /** {@code （2023）京0105民初12345号}. */
  @Override
  void onWord(Piece piece, int hit, Sink sink) {
    int i = piece.hitEnd[hit];
    int digits = i;
    i += piece.peek(i) == '\u5b57' ? 1 : 0;
    i += piece.peek(i) == '\u7b2c' ? 1 : 0;
    digits = i;
    while (Piece.digit(piece.peek(i)) && i - digits < 8) {
      i++;
    }
    if (i == digits || piece.peek(i) != '\u53f7') {
      return;
    }
    int from = piece.hitStart[hit];
    int floor = Math.max(0, from - MOST_BEFORE);
    while (from > floor && (Nearby.han(piece.chars[from - 1]) || Piece.digit(piece.chars[from - 1]))) {
      from--;
    }
    char close = piece.peek(from - 1);
    boolean year = (close == '\uff09' || close == ')' || close == '\u3015' || close == ']' || close == '\u3011') && from >= 5
        && Piece.digit(piece.chars[from - 2]) && Piece.digit(piece.chars[from - 5]);
    if (year) {
      sink.found("COURT_CASE_NUMBER", from - 6 >= 0 ? from - 6 : from - 5, i + 1, VERY_LIKELY);
    }
  }

  /** {@code 3:22-cv-04567}: called for the American form only, which has no word to be found by. */
  static final class Docket extends BuiltIn {
    Docket() {
      super("docket-number", 0, 0, 0, 4, 8);
    }

    @Override
    void onToken(Piece piece, int start, int end, Sink sink) {
      if (piece.peek(start - 1) != '-' || piece.peek(start - 4) != '-' || !digits(piece, start, end) || !Piece.digit(piece.peek(start - 5))
          || !Piece.digit(piece.peek(start - 6))) {
        return;
      }
      for (String kind : KINDS) {
        if (Nearby.matches(piece, start - 3, kind)) {
          int from = start - 6;
          from -= Piece.digit(piece.peek(from - 1)) && Piece.digit(piece.peek(from - 2)) ? 2 : 0;
          from -= piece.peek(from - 1) == ':' && Piece.digit(piece.peek(from - 2)) ? 2 : 0;
          sink.found("DOCKET_NUMBER", from, end, VERY_LIKELY);
        }
      }
    }

    private static boolean digits(Piece piece, int start, int end) {
      for (int i = start; i < end; i++) {
        if (!Piece.digit(piece.chars[i])) {
          return false;
        }
      }
      return true;
    }
  }
}
