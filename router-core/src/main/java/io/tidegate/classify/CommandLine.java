package io.tidegate.classify;

import static io.tidegate.model.Likelihood.LIKELY;

/**
 * Passwords handed to commands and calls by their place: {@code mysql -pVALUE}, {@code curl -u user:VALUE}, {@code requirepass VALUE}, {@code net use … /user:bob VALUE},
 * {@code echo user:VALUE | chpasswd}, the third argument of {@code mysqli}.
 */
final class CommandLine extends BuiltIn {
  private static final int LINE = 160;
  private static final Nearby LOGIN = new Nearby("登录", "登陆", "登入", "ssh", "login", "log in", "sign in", "服务器", "账号", "账户", "vpn", "sysdba", "后台");
  private static final String[] USER_FLAGS = {" -u ", " --user ", " --user=", " -u=", " --proxy-user "};
  private static final String[] PASSWORD_FLAGS = {" -p ", " --pass ", " --passwd ", " -w ", " -a ", " /p:", " --pass="};

  CommandLine() {
    super("command-line", Topic.COMMAND.bit(), 0, 0, 0, 0);
  }

  @Override
  int stepsPerWord() {
    return 150;
  }

  @Override
  void onWord(Piece piece, int hit, Sink sink) {
    int start = piece.hitStart[hit];
    int end = piece.hitEnd[hit];
    char first = Nearby.fold(piece.chars[start]);
    int line = lineEnd(piece, end);
    if (piece.chars[end - 1] == '/') {
      pair(piece, start, end, sink);
    } else if (piece.chars[start] > 0x80 || Nearby.matches(piece, start, "login") || Nearby.matches(piece, start, "sign")) {
      account(piece, end, sink);
    } else if (piece.chars[end - 1] == '(') {
      argument(piece, end, line, sink);
    } else if (Nearby.matches(piece, start, "chpasswd")) {
      piped(piece, start, sink);
    } else if (Nearby.matches(piece, start, "net use")) {
      int user = find(piece, end, line, "/user:");
      if (user > 0) {
        value(piece, skipSpaces(piece, wordEnd(piece, user)), false, sink);
      }
    } else if (first == 'm' && piece.peek(end) == ' ') {
      int flag = find(piece, end, line, " -p");
      if (flag > 0 && piece.peek(flag) > ' ' && piece.peek(flag) != '-') {
        value(piece, flag, false, sink);
      }
    } else if (piece.peek(end) == ' ' && Nearby.matches(piece, end - 2, "pw") || Nearby.matches(piece, end - 4, "pass")
        || Nearby.matches(piece, end - 4, "auth")) {
      value(piece, skipSpaces(piece, end), true, sink);
    } else {
      flags(piece, end, line, sink);
    }
  }

  private static void flags(Piece piece, int end, int line, Sink sink) {
    for (String flag : USER_FLAGS) {
      int at = find(piece, end, line, flag);
      if (at > 0) {
        int colon = at;
        while (colon < line && piece.chars[colon] > ' ' && piece.chars[colon] != ':') {
          colon++;
        }
        if (piece.peek(colon) == ':') {
          value(piece, colon + 1, false, sink);
        }
      }
    }
    for (String flag : PASSWORD_FLAGS) {
      int at = find(piece, end, line, flag);
      if (at > 0) {
        value(piece, at, true, sink);
      }
    }
  }

  /** {@code 'user:VALUE' |} before the command. */
  private static void piped(Piece piece, int bar, Sink sink) {
    int from = Math.max(0, bar - 80);
    for (int i = bar - 1; i > from && piece.chars[i] != '\n'; i--) {
      if (piece.chars[i] == ':') {
        value(piece, i + 1, false, sink);
        return;
      }
    }
  }

  /** {@code login: bob / VALUE}. */
  private static void account(Piece piece, int end, Sink sink) {
    int i = end;
    while (i < piece.length && i - end < 4 && (piece.chars[i] == ':' || piece.chars[i] == '\uff1a' || piece.chars[i] == ' ')) {
      i++;
    }
    int user = i;
    while (i < piece.length && i - user < 40 && (Piece.alnum(piece.chars[i]) || piece.chars[i] == '.' || piece.chars[i] == '_'
        || piece.chars[i] == '@' || piece.chars[i] == '-')) {
      i++;
    }
    if (i > user && user > end && piece.peek(i) == ' ' && (piece.peek(i + 1) == '/' || piece.peek(i + 1) == '|') && piece.peek(i + 2) == ' ') {
      value(piece, i + 3, true, sink);
    }
  }

  /** {@code root/VALUE}, as people write an account down: the value has a symbol, or a password is spoken of. */
  private static void pair(Piece piece, int start, int end, Sink sink) {
    if (piece.peek(start - 1) == '/' || piece.peek(start - 1) == '-' || piece.peek(start - 1) == '.') {
      return;
    }
    int to = end;
    boolean symbol = false;
    while (to < piece.length && to - end < 40 && piece.chars[to] > ' ' && piece.chars[to] < 0x7f && piece.chars[to] != '/'
        && piece.chars[to] != ',' && piece.chars[to] != ';') {
      symbol |= "@#$!%^&*".indexOf(piece.chars[to]) >= 0;
      to++;
    }
    if (piece.peek(to) != '/' && digits(piece, end, to) > 0 && (symbol || piece.near(Topic.PASSWORD.bit(), start, to)
        || LOGIN.in(piece, start - 30, to + 30))) {
      value(piece, end, true, sink);
    }
  }

  /** The third quoted text. */
  private static void argument(Piece piece, int end, int line, Sink sink) {
    int texts = 0;
    int i = end;
    while (i < line) {
      char quote = piece.chars[i];
      if (quote == '"' || quote == '\'') {
        int close = i + 1;
        while (close < line && piece.chars[close] != quote) {
          close++;
        }
        if (++texts == 3) {
          value(piece, i + 1, false, sink);
          return;
        }
        i = close;
      } else if (quote == ')' || quote == ';') {
        return;
      }
      i++;
    }
  }

  private static void value(Piece piece, int at, boolean varied, Sink sink) {
    char quote = piece.peek(at);
    boolean quoted = quote == '"' || quote == '\'';
    int from = quoted ? at + 1 : at;
    int end = from;
    while (end < piece.length && end - from < 128 && piece.chars[end] > ' ' && piece.chars[end] < 0x7f && piece.chars[end] != '"'
        && piece.chars[end] != '\'' && piece.chars[end] != '`' && piece.chars[end] != '|') {
      end++;
    }
    while (end > from && (piece.chars[end - 1] == ',' || piece.chars[end - 1] == ';' || piece.chars[end - 1] == ')' && !quoted)) {
      end--;
    }
    boolean plain = !varied || digits(piece, from, end) > 0;
    if (end - from >= 5 && plain && piece.chars[from] != '$' && piece.chars[from] != '-' && piece.chars[from] != '/'
        && !Randomness.placeholder(piece, from, end) && letters(piece, from, end) > 0) {
      sink.found("PASSWORD", from, end, LIKELY);
    }
  }

  private static int digits(Piece piece, int from, int to) {
    int count = 0;
    for (int i = from; i < to; i++) {
      count += Piece.digit(piece.chars[i]) ? 1 : 0;
    }
    return count;
  }

  private static int letters(Piece piece, int from, int to) {
    int count = 0;
    for (int i = from; i < to; i++) {
      count += Piece.letter(piece.chars[i]) ? 1 : 0;
    }
    return count;
  }

  private static int lineEnd(Piece piece, int from) {
    int i = from;
    while (i < piece.length && i - from < LINE && piece.chars[i] != '\n') {
      i++;
    }
    return i;
  }

  private static int find(Piece piece, int from, int to, String what) {
    for (int i = from; i + what.length() <= to; i++) {
      if (piece.chars[i] == what.charAt(0) && Nearby.matches(piece, i, what)) {
        return i + what.length();
      }
    }
    return -1;
  }

  private static int wordEnd(Piece piece, int from) {
    int i = from;
    while (i < piece.length && piece.chars[i] > ' ') {
      i++;
    }
    return i;
  }

  private static int skipSpaces(Piece piece, int from) {
    int i = from;
    while (i < piece.length && i - from < 8 && (piece.chars[i] == ' ' || piece.chars[i] == '=' || piece.chars[i] == ':')) {
      i++;
    }
    return i;
  }
}
