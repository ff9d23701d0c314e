package io.tidegate.classify;

import static io.tidegate.model.Likelihood.LIKELY;
import static io.tidegate.model.Likelihood.POSSIBLE;
import static io.tidegate.model.Likelihood.VERY_LIKELY;

/** E-mail addresses: bounded to both sides of the at-sign, so that hostile text costs nothing (no pattern engine). */
final class EmailAddress extends BuiltIn {
  private static final String TYPE = "EMAIL";
  private static final int LONGEST_LOCAL = 64;
  private static final int LONGEST_DOMAIN = 128;
  private static final String[] SPELLED_DOT = {"dot", "[dot]", "(dot)"};

  EmailAddress() {
    super("email", Topic.AT_WORD.bit(), 0, 0, 0, 0);
  }

  @Override
  void onAt(Piece piece, int at, Sink sink) {
    int start = local(piece, at);
    int end = domain(piece, at + 1);
    if (start < 0 || end < 0) {
      return;
    }
    boolean remote = at - start == 3 && Nearby.matches(piece, start, "git") && (piece.peek(end) == ':' || piece.peek(end) == '/');
    sink.found(TYPE, start, end, remote || messageId(piece, start, at) ? POSSIBLE : VERY_LIKELY);
  }

  /** {@code <20261125.0815.7731@host>}: digits and full stops in angle brackets number a message, not a person. */
  private static boolean messageId(Piece piece, int start, int at) {
    if (piece.peek(start - 1) != '<' || at - start < 12) {
      return false;
    }
    for (int i = start; i < at; i++) {
      if (!Piece.digit(piece.chars[i]) && piece.chars[i] != '.') {
        return false;
      }
    }
    return true;
  }

  @Override
  void onWord(Piece piece, int hit, Sink sink) {
    int open = piece.hitStart[hit];
    int start = local(piece, piece.peek(open - 1) == ' ' ? open - 1 : open);
    int from = piece.hitEnd[hit];
    if (start < 0) {
      return;
    }
    if (Piece.letter(piece.peek(from - 1))) {
      sink.found(TYPE, start, from, LIKELY);
      return;
    }
    from += piece.peek(from) == ' ' ? 1 : 0;
    int end = domain(piece, from);
    if (end < 0) {
      end = spelledDomain(piece, from);
    }
    if (end > 0) {
      sink.found(TYPE, start, end, LIKELY);
    }
  }

  /** Start of the local part that ends at {@code end}, or -1. */
  private static int local(Piece piece, int end) {
    int i = end;
    while (i > 0 && end - i < LONGEST_LOCAL && localCharacter(piece.chars[i - 1])) {
      i--;
    }
    while (i < end && (piece.chars[i] == '.' || piece.chars[i] == '-' || piece.chars[i] == '\'')) {
      i++;
    }
    return i < end ? i : -1;
  }

  private static boolean localCharacter(char c) {
    return Piece.alnum(c) || c == '.' || c == '_' || c == '-' || c == '+' || c == '%' || c == '\'' || c == '!' || c == '#' || c == '~' || c == '&';
  }

  /** End of a domain name of two or more labels whose last is letters, or -1. */
  private static int domain(Piece piece, int from) {
    int i = from;
    int label = from;
    int lastDot = -1;
    while (i < piece.length && i - from < LONGEST_DOMAIN) {
      char c = piece.chars[i];
      if (c == '.' && i > label) {
        lastDot = i;
        label = i + 1;
      } else if (!Piece.alnum(c) && c != '-') {
        break;
      }
      i++;
    }
    int end = i;
    if (lastDot > 0 && end == lastDot + 1) {
      end = lastDot;
      lastDot = -1;
      for (int j = end - 1; j > from && lastDot < 0; j--) {
        lastDot = piece.chars[j] == '.' ? j : -1;
      }
    }
    if (lastDot <= from) {
      return -1;
    }
    int letters = lastDot + 1;
    while (letters < end && Piece.letter(piece.chars[letters])) {
      letters++;
    }
    return letters - lastDot > 2 && letters - lastDot < 26 ? letters : -1;
  }

  /** {@code example [dot] com}. */
  private static int spelledDomain(Piece piece, int from) {
    int i = from;
    while (i < piece.length && i - from < 40 && (Piece.alnum(piece.chars[i]) || piece.chars[i] == '-')) {
      i++;
    }
    int name = i;
    while (i < piece.length && piece.chars[i] == ' ') {
      i++;
    }
    for (String dot : SPELLED_DOT) {
      if (name > from && Nearby.matches(piece, i, dot)) {
        int end = i + dot.length();
        while (end < piece.length && (piece.chars[end] == ' ' || Piece.letter(piece.chars[end])) && end - i < 16) {
          end++;
        }
        return end;
      }
    }
    return -1;
  }
}
