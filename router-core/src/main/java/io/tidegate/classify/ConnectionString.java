package io.tidegate.classify;

import static io.tidegate.model.Likelihood.LIKELY;
import static io.tidegate.model.Likelihood.POSSIBLE;
import static io.tidegate.model.Likelihood.VERY_LIKELY;

/** Addresses that carry a password: {@code scheme://user:password@host}. */
final class ConnectionString extends BuiltIn {
  private static final int LONGEST = 160;
  private static final String[] TEXTBOOK = {"pass", "password", "pwd", "passwd", "secret", "user", "mypassword", "mysecretpassword"};

  private static final Nearby TEXTBOOK_HOST = new Nearby("@localhost", "@127.0.0.1", "example", "@host", "@server");

  ConnectionString() {
    super("connection-string", Topic.SCHEME.bit(), 0, 0, 0, 0);
  }

  @Override
  int stepsPerWord() {
    return 110;
  }

  @Override
  void onWord(Piece piece, int hit, Sink sink) {
    char[] a = piece.chars;
    int start = piece.hitStart[hit];
    if (a[piece.hitEnd[hit] - 1] == ':') {
      oracle(piece, start, piece.hitEnd[hit], sink);
      return;
    }
    while (start > 0 && piece.hitStart[hit] - start < 24 && (Piece.alnum(a[start - 1]) || a[start - 1] == '+' || a[start - 1] == ':' || a[start - 1] == '-')) {
      start--;
    }
    if (start == piece.hitStart[hit]) {
      return;
    }
    int colon = -1;
    int at = -1;
    int from = piece.hitEnd[hit];
    int i = from;
    while (i < piece.length && i - from < LONGEST && a[i] > ' ' && a[i] != '/' && a[i] != '"' && a[i] != '\'' && a[i] != '`' && !Nearby.han(a[i])) {
      if (a[i] == ':' && colon < 0) {
        colon = i;
      } else if (a[i] == '@') {
        at = i;
      }
      i++;
    }
    if (at < 0 || colon < 0 || colon > at || at - colon < 2 || a[from] == '[' || a[from] == '<' || a[from] == '{') {
      return;
    }
    int end = i;
    while (end < piece.length && end - i < 120 && a[end] > ' ' && a[end] < 0x7f && a[end] != '"' && a[end] != '\'' && a[end] != '`') {
      end++;
    }
    String password = new String(a, colon + 1, at - colon - 1).toLowerCase(java.util.Locale.ROOT);
    if (Randomness.placeholder(piece, colon + 1, at)) {
      sink.found("CONNECTION_STRING", start, end, java.util.List.of(TEXTBOOK).contains(password) && !TEXTBOOK_HOST.in(piece, at, end) ? LIKELY : POSSIBLE);
    } else {
      sink.found("CONNECTION_STRING", start, end, VERY_LIKELY);
    }
  }

  /** {@code jdbc:oracle:thin:user/password@host}. */
  private static void oracle(Piece piece, int start, int from, Sink sink) {
    int slash = -1;
    for (int i = from; i < piece.length && i - from < LONGEST && piece.chars[i] > ' ' && piece.chars[i] != '"' && piece.chars[i] != '\''; i++) {
      if (piece.chars[i] == '/' && slash < 0) {
        slash = i;
      } else if (piece.chars[i] == '@') {
        if (slash > 0 && i - slash > 2 && !Randomness.placeholder(piece, slash + 1, i)) {
          sink.found("CONNECTION_STRING", start, i, VERY_LIKELY);
        }
        return;
      }
    }
  }
}
