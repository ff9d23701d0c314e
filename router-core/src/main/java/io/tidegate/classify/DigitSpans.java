package io.tidegate.classify;

/**
 * Walks the digit runs of a piece and hands every plausible number, and every token that holds a digit, to the detectors. From each run on,
 * following runs are joined while the separator is short and the digits are no more than an identifier has: linear, since both are bounded.
 */
final class DigitSpans {
  /** Tokens above this length are hashes, encoded text or worse, never an identifier (the longest is a key of 128 of hexadecimal behind its prefix). */
  static final int LONGEST_TOKEN = 130;
  private static final int LONGEST_SEPARATOR = 10;
  private static final int NONE = -1;
  /** A number spelled out digit by digit begins near the beginning of its digits. */
  private static final int MOST_SPELLED_STARTS = 4;

  private final BuiltIns detectors;
  private final Piece piece;
  private final Detector.Budget budget;
  private final BuiltIn.Speaker sink;
  private final DigitSpan span = new DigitSpan();

  DigitSpans(BuiltIns detectors, Piece piece, Detector.Budget budget, BuiltIn.Speaker sink) {
    this.detectors = detectors;
    this.piece = piece;
    this.budget = budget;
    this.sink = sink;
  }

  void walk() {
    int tokenEnd = 0;
    int spelled = 0;
    for (int run = 0; run < piece.digitRuns; run++) {
      int from = piece.digitStart[run];
      if (from >= tokenEnd) {
        int start = tokenStart(from, tokenEnd);
        tokenEnd = tokenEnd(piece.digitEnd[run]);
        if (!budget.spend(tokenEnd - start)
            || tokenEnd - start <= LONGEST_TOKEN && !detectors.token(piece, start, tokenEnd, budget, sink)) {
          return;
        }
        if (tokenEnd - start != piece.digitEnd[run] - from && span.guess(piece, start, tokenEnd) && !detectors.guessed(span, budget, sink)) {
          return;
        }
      }
      spelled = single(run) && run > 0 && single(run - 1) && from - piece.digitEnd[run - 1] <= 3 ? spelled + 1 : 0;
      if (spelled <= MOST_SPELLED_STARTS && !numbersFrom(run)) {
        return;
      }
    }
  }

  private boolean single(int run) {
    return piece.digitEnd[run] - piece.digitStart[run] == 1;
  }

  private int tokenStart(int from, int floor) {
    int i = from;
    while (i > floor && from - i <= LONGEST_TOKEN && Piece.letter(piece.chars[i - 1])) {
      i--;
    }
    return i;
  }

  private int tokenEnd(int from) {
    int i = from;
    while (i < piece.length && Piece.alnum(piece.chars[i])) {
      i++;
    }
    return i;
  }

  private boolean numbersFrom(int first) {
    span.begin(piece, piece.digitStart[first]);
    int separator = 0;
    for (int run = first; run < piece.digitRuns; run++) {
      if (!span.add(piece.digitStart[run], piece.digitEnd[run], separator)) {
        return true;
      }
      if (span.count >= 5 && !detectors.number(span, budget, sink)) {
        return false;
      }
      if (span.count == DigitSpan.MAX_DIGITS || run + 1 == piece.digitRuns) {
        return true;
      }
      separator = separator(piece.digitEnd[run], piece.digitStart[run + 1]);
      if (separator == NONE) {
        return true;
      }
    }
    return true;
  }

  /** Emoji, arrows, boxes and what joins them: no writing, so that digits on both sides may be one number. */
  private static boolean pictorial(char c) {
    return Character.isSurrogate(c) || c >= 0x2190 && c <= 0x2bff || c == 0xfe0f || c == 0x200d || c == 0x20e3;
  }

  /** What stands between two runs, as a set; NONE if they do not belong together. */
  private int separator(int from, int to) {
    if (to - from > LONGEST_SEPARATOR) {
      return NONE;
    }
    int set = 0;
    int marks = 0;
    for (int i = from; i < to; i++) {
      if (i > from && piece.chars[i] == piece.chars[i - 1] && piece.chars[i] != ' ') {
        // A mark doubled, as markdown has it, is one mark.
        continue;
      }
      switch (piece.chars[i]) {
        case ' ', '\u00a0' -> set |= DigitSpan.SPACE;
        case '\n', '\r', '\t' -> set |= DigitSpan.WRAP;
        case '-', '\u2013', '\u2014', '\u2010', '\u2011', '\u2012', '\u2212' -> {
          set |= DigitSpan.DASH;
          marks++;
        }
        case '.', '\u00b7', '\u2022' -> {
          set |= DigitSpan.DOT;
          marks++;
        }
        case '/' -> {
          set |= DigitSpan.SLASH;
          marks++;
        }
        case '(', ')' -> set |= DigitSpan.PAREN;
        case '_', '|', '*', '~', '#' , ',', '\u3001' , '\uff0c', '\\', ':' -> {
          set |= DigitSpan.OTHER;
          marks++;
        }
        default -> {
          if (!pictorial(piece.chars[i])) {
            return NONE;
          }
          set |= DigitSpan.OTHER;
          marks += marks == 0 ? 1 : 0;
        }
      }
    }
    if (to - from > 3 && (set & DigitSpan.PAREN) == 0) {
      set |= DigitSpan.WRAP;
    }
    return marks > 1 ? NONE : set;
  }
}
