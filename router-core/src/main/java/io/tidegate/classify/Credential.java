package io.tidegate.classify;

import static io.tidegate.model.Likelihood.LIKELY;
import static io.tidegate.model.Likelihood.POSSIBLE;

/**
 * Passwords and keys without a vendor's form: a word such as "password" or "api_key", something that assigns, and a value that looks like one.
 * Placeholders, references to the environment and names of variables are passed over.
 */
final class Credential extends BuiltIn {
  private static final long PASSWORD = Topic.PASSWORD.bit();
  private static final long STRONG = PASSWORD | Topic.SECRET.bit() | Topic.BEARER.bit() | Topic.BASIC.bit();
  private static final long WEAK = Topic.WEAK_KEY.bit();
  private static final int LONGEST = 512;
  private static final int REACH = 28;
  private static final String[] VERBS = {"is", "was", "are", "equals", "to", "as", "set to", "changed to", "be", "reset to", "now", "ist", "es", "est", "for", "of", "here", "value", "string", "with", "will be", "lautet", "vaut"};
  private static final String WIDE_ASSIGN = "是为為：＝叫改成设置了就换更新は「“（→⇒⟶⟹➔➜➡";
  private static final Nearby ALGORITHMS = new Nearby("sha", "md5", "md4", "pbkdf", "hmac", "aes", "rsa", "argon", "bcrypt", "scrypt", "base64", "utf", "ntlm", "oauth", "http", "v1.", "v2.", "rfc");

  Credential() {
    super("credential", STRONG | WEAK, 0, 0, 0, 0);
  }

  @Override
  int stepsPerWord() {
    return 110;
  }

  @Override
  void onWord(Piece piece, int hit, Sink sink) {
    long topics = piece.hitTopics[hit];
    int from = owner(piece, piece.hitEnd[hit]);
    boolean password = (topics & PASSWORD) != 0;
    boolean bearer = (topics & (Topic.BEARER.bit() | Topic.BASIC.bit())) != 0;
    Assignment assignment = assignment(piece, from, bearer);
    if (piece.peek(piece.hitEnd[hit]) == ':' && "?+".indexOf(piece.peek(piece.hitEnd[hit] + 1)) >= 0 && Columns.variable(piece, piece.hitStart[hit])) {
      return;
    }
    int start = assignment == Assignment.NONE ? Columns.value(piece, hit, password) : valueStart(piece, from, bearer);
    if (start < 0 && assignment == Assignment.NONE) {
      beside(piece, from, topics, sink);
      return;
    }
    assignment = assignment == Assignment.NONE ? Assignment.SIGN : assignment;
    if (start < 0) {
      return;
    }
    char quote = piece.peek(start - 1);
    boolean quoted = quote == '"' || quote == '\'' || quote == '`' || quote == '\u201c' || quote == '\u300c';
    int end = valueEnd(piece, start, quoted ? quote : 0);
    if (!quoted && !password && !bearer && assignment == Assignment.SIGN && end > start) {
      behind(piece, start, end, sink);
    }
    if (end - start < 4 || end - start > LONGEST) {
      return;
    }
    if (!quoted && code(piece, start, end)) {
      return;
    }
    if (bearer) {
      bearer(piece, hit, start, end, sink);
    } else if (password) {
      boolean verb = piece.hitEnd[hit] - piece.hitStart[hit] == 4 && Nearby.matches(piece, piece.hitStart[hit], "pass");
      if (!verb || assignment == Assignment.SIGN) {
        password(piece, start, end, quoted, assignment, sink);
      }
    } else if ((topics & STRONG) != 0) {
      boolean random = end - start >= 8 && Randomness.token(piece, start, end, 6) && (digits(piece, start, end) > 0 || quoted && symbols(piece, start, end) > 0) && !Randomness.sample(piece, start, end) && !path(piece, start, end);
      boolean sign = assignment == Assignment.SIGN || end - start >= 16;
      if (random && sign && !Piece.digit(piece.peek(from))) {
        sink.found("SECRET", start, end, LIKELY);
      }
    } else if (assignment == Assignment.SIGN && end - start >= 16 && Randomness.token(piece, start, end, 8) && digits(piece, start, end) > 1 && !Randomness.sample(piece, start, end) && !path(piece, start, end)) {
      sink.found("SECRET", start, end, LIKELY);
    }
  }

  /** A short word where the value should be, and a value behind it: "credentials: bob / Secret1!", "Authorization: Bot …", a list of codes. */
  private static void behind(Piece piece, int start, int end, Sink sink) {
    boolean pair = piece.peek(end) == ' ' && (piece.peek(end + 1) == '/' || piece.peek(end + 1) == '|') && piece.peek(end + 2) == ' ';
    boolean comma = piece.peek(end) == ',' && piece.peek(end + 1) == ' ';
    int next = pair ? end + 3 : comma ? end + 2 : end + 1;
    if (piece.peek(end) != ' ' && !comma || end - start > 24) {
      return;
    }
    int second = valueEnd(piece, next, (char) 0);
    if (second - next < 6 || second - next > LONGEST || Randomness.placeholder(piece, next, second) || code(piece, next, second) || path(piece, next, second)) {
      return;
    }
    boolean listed = dashed(piece, start, end) && dashed(piece, next, second) && digits(piece, start, end) + digits(piece, next, second) > 1;
    if (pair && (chosen(piece, next, second) || digits(piece, next, second) >= 2)) {
      sink.found("PASSWORD", next, second, LIKELY);
    } else if (listed || end - start <= 12 && digits(piece, start, end) == 0 && Randomness.strong(piece, next, second)) {
      sink.found("SECRET", listed ? start : next, second, LIKELY);
    }
  }

  /** {@code hojx7-sxvqh}: two short groups. */
  private static boolean dashed(Piece piece, int start, int end) {
    int dash = -1;
    for (int i = start; i < end; i++) {
      if (piece.chars[i] == '-' && dash < 0) {
        dash = i;
      } else if (!Piece.alnum(piece.chars[i])) {
        return false;
      }
    }
    return dash - start >= 4 && end - dash > 4 && end - dash < 10 && dash - start == end - dash - 1;
  }

  /** Steps over whose it is: "password for the router is …" goes on at "is". */
  private static int owner(Piece piece, int from) {
    boolean of = Nearby.matches(piece, from, " for ") || Nearby.matches(piece, from, " du ") || Nearby.matches(piece, from, " de ") || Nearby.matches(piece, from, " del ") || Nearby.matches(piece, from, " f\u00fcr ") || Nearby.matches(piece, from, " of ") || Nearby.matches(piece, from, " to ") || Nearby.matches(piece, from, " on ")
        || Nearby.matches(piece, from, " di ") || Nearby.matches(piece, from, " do ") || Nearby.matches(piece, from, " da ");
    if (!of) {
      return from;
    }
    for (int i = from + 4; i < piece.length && i - from < 48; i++) {
      char c = piece.chars[i];
      if (c == ':' || c == '=' || Nearby.matches(piece, i, " is ") || Nearby.matches(piece, i, " was ") || Nearby.matches(piece, i, " est ") || Nearby.matches(piece, i, " es ") || Nearby.matches(piece, i, " ist ") || Nearby.matches(piece, i, " lautet ") || Nearby.matches(piece, i, " \u00e8 ")
          || Nearby.matches(piece, i, " \u00e9 ")) {
        return i;
      }
      if (!Piece.alnum(c) && c != ' ' && c != '-' && c != '_' && c != '.' && c != '\'' && c != '@') {
        return from;
      }
    }
    return from;
  }

  /** A value right behind its word with nothing that assigns: good if it looks generated, or for a password, chosen as one. */
  private static void beside(Piece piece, int from, long topics, Sink sink) {
    int start = from;
    while (start < piece.length && start - from < 4 && (piece.chars[start] == ' ' || piece.chars[start] == '"' || piece.chars[start] == '\'' || piece.chars[start] == ',' || piece.chars[start] == '`')) {
      start++;
    }
    char gap = piece.peek(from);
    boolean listed = start - from >= 3 && piece.peek(start - 1) != ' ' && piece.peek(start - 1) != ',';
    if (start == from && piece.chars[from - 1] < 0x2000 && piece.chars[from - 1] != ' ' || gap == ',' || gap == '\n') {
      return;
    }
    int end = valueEnd(piece, start, listed ? piece.chars[start - 1] : 0);
    if (end - start < 6 || end - start > LONGEST || code(piece, start, end) || path(piece, start, end)) {
      return;
    }
    boolean strong = (topics & STRONG) != 0 && Randomness.strong(piece, start, end) && !Randomness.placeholder(piece, start, end);
    if ((topics & PASSWORD) != 0) {
      boolean chosen = chosen(piece, start, end) && !Randomness.placeholder(piece, start, end) && !call(piece, end) && !identifier(piece, start, end, false);
      if (chosen || strong || listed && digits(piece, start, end) > 0) {
        sink.found("PASSWORD", start, end, LIKELY);
      }
    } else if (strong) {
      sink.found("SECRET", start, end, LIKELY);
    }
  }

  /** Letters and digits, and a symbol or length besides; no name of an algorithm. */
  private static boolean chosen(Piece piece, int start, int end) {
    int digits = digits(piece, start, end);
    int letters = 0;
    int capitals = 0;
    for (int i = start; i < end; i++) {
      char c = piece.chars[i];
      letters += Piece.letter(c) ? 1 : 0;
      capitals += Piece.upper(c) ? 1 : 0;
      if (c == '/' || c == ':' || c == '(' || c == '=') {
        return false;
      }
    }
    boolean symbol = symbols(piece, start, end) > 0;
    return letters > 0 && digits > 0 && !ALGORITHMS.in(piece, start, end) && (symbol || digits >= 2 && (end - start >= 8 || capitals > 0 && capitals < letters && end - start >= 6));
  }

  private static void bearer(Piece piece, int hit, int start, int end, Sink sink) {
    boolean basic = (piece.hitTopics[hit] & Topic.BASIC.bit()) != 0;
    boolean header = piece.before(Topic.SECRET.bit(), piece.hitStart[hit], 24);
    if (end - start >= 10 && !path(piece, start, end) && Randomness.token(piece, start, end, 6) && (header || !basic) && digits(piece, start, end) + (header ? 1 : 0) > 0) {
      sink.found(basic ? "PASSWORD" : "SECRET", start, end, LIKELY);
    }
  }

  private static void password(Piece piece, int start, int end, boolean quoted, Assignment assignment, Sink sink) {
    if (Randomness.placeholder(piece, start, end) || call(piece, end) || end - start > 256) {
      return;
    }
    int letters = 0;
    int digits = 0;
    int symbols = 0;
    boolean inner = false;
    for (int i = start; i < end; i++) {
      char c = piece.chars[i];
      letters += Piece.letter(c) ? 1 : 0;
      digits += Piece.digit(c) ? 1 : 0;
      symbols += "!@#$%^&*~+?".indexOf(c) >= 0 ? 1 : 0;
      inner |= i > start && Piece.upper(c) && piece.chars[i - 1] >= 'a' && piece.chars[i - 1] <= 'z';
    }
    boolean mixed = letters > 0 && digits > 0 || symbols > 0 && letters + digits > 2;
    boolean number = letters == 0 && digits == end - start && digits >= 4 && digits <= 20 && (assignment != Assignment.SPACE || digits == 6) && !Nearby.matches(piece, end, " char");
    boolean word = quoted && letters == end - start && letters >= 6 && assignment == Assignment.SIGN && !Nearby.han(piece.peek(start));
    boolean name = inner && symbols == 0 && digits == 0 && assignment != Assignment.SPACE && letters == end - start && humps(piece, start, end) * 5 >= letters * 2;
    // "password: letmein" and nothing more in the line.
    boolean phrase = quoted && letters >= 12 && digits + symbols == 0 && spaces(piece, start, end) >= 3;
    boolean alone = !quoted && letters == end - start && letters >= 6 && assignment == Assignment.SIGN && lineEnds(piece, end);
    if (mixed && !identifier(piece, start, end, quoted) || number || word || name || alone || phrase) {
      sink.found("PASSWORD", start, end, LIKELY);
    } else if (letters >= 4) {
      sink.found("PASSWORD", start, end, POSSIBLE);
    }
  }

  private static boolean lineEnds(Piece piece, int end) {
    return end >= piece.length || piece.chars[end] == '\n' || piece.chars[end] == '\r' || piece.chars[end] == '\uff0c' || piece.chars[end] == '\u3002';
  }

  private static int spaces(Piece piece, int start, int end) {
    int spaces = 0;
    for (int i = start; i < end; i++) {
      spaces += piece.chars[i] == ' ' ? 1 : 0;
    }
    return spaces;
  }

  private static int humps(Piece piece, int start, int end) {
    int humps = 0;
    for (int i = start + 1; i < end; i++) {
      humps += Piece.upper(piece.chars[i]) != Piece.upper(piece.chars[i - 1]) ? 1 : 0;
    }
    return humps;
  }

  /** An unquoted name of code: {@code user_password2}, {@code cfg.pw1}, {@code args[0]}. */
  private static boolean identifier(Piece piece, int start, int end, boolean quoted) {
    if (quoted) {
      return false;
    }
    boolean dots = false;
    boolean underscores = false;
    for (int i = start; i < end; i++) {
      char c = piece.chars[i];
      if (!Piece.alnum(c) && c != '_' && c != '.') {
        return false;
      }
      dots |= c == '.';
      underscores |= c == '_';
    }
    return (dots || underscores) && digits(piece, start, end) <= 1 && Piece.letter(piece.chars[start]);
  }

  /** An expression rather than a value: a call, an index, a field of something. */
  private static boolean code(Piece piece, int start, int end) {
    if (piece.chars[start] == '@' && piece.peek(start - 1) == '>') {
      return true;
    }
    if (!Piece.letter(piece.chars[start]) && piece.chars[start] != '_') {
      return false;
    }
    int i = start;
    while (i < end && (Piece.alnum(piece.chars[i]) || piece.chars[i] == '_' || piece.chars[i] == '.')) {
      i++;
    }
    char stop = i < end ? piece.chars[i] : piece.peek(end);
    return stop == '(' || stop == '[' && i > start;
  }

  private static boolean call(Piece piece, int end) {
    return piece.peek(end) == '(' || piece.peek(end) == '[';
  }

  private static boolean path(Piece piece, int start, int end) {
    return piece.chars[start] == '/' || piece.chars[start] == '.' || Nearby.matches(piece, start, "http");
  }

  private static int digits(Piece piece, int start, int end) {
    int digits = 0;
    for (int i = start; i < end; i++) {
      digits += Piece.digit(piece.chars[i]) ? 1 : 0;
    }
    return digits;
  }

  private static int symbols(Piece piece, int start, int end) {
    int symbols = 0;
    for (int i = start; i < end; i++) {
      symbols += "!@#$%^&*~".indexOf(piece.chars[i]) >= 0 ? 1 : 0;
    }
    return symbols;
  }

  /** How a value is tied to its word. */
  private enum Assignment { NONE, SPACE, VERB, SIGN }

  private static Assignment assignment(Piece piece, int from, boolean bearer) {
    if (bearer) {
      return Assignment.VERB;
    }
    if (piece.peek(from - 1) == '=' || piece.peek(from - 1) == '"' && piece.peek(from - 2) == ' ' || (piece.peek(from - 1) | 0x20) == 'y' && (piece.peek(from - 2) | 0x20) == 'b') {
      // "sig=", and SQL's "identified by".
      return Assignment.SIGN;
    }
    // Chinese needs no verb: "wifi密码 qwer1234".
    Assignment found = piece.chars[from - 1] > 0x2000 && piece.peek(from) == ' ' && Piece.alnum(piece.peek(from + 1)) ? Assignment.SPACE : Assignment.NONE;
    int i = from;
    while (i < piece.length && i - from < REACH) {
      char c = piece.chars[i];
      if (c == '=' || c == ':' || c == '\uff1a' || c == '>' && found == Assignment.NONE) {
        return Assignment.SIGN;
      }
      if (WIDE_ASSIGN.indexOf(c) >= 0 && c > 0x80 || is(piece, i)) {
        return Assignment.VERB;
      }
      if (Piece.letter(c)) {
        int end = i;
        while (end < piece.length && Piece.letter(piece.chars[end])) {
          end++;
        }
        if (verb(piece, i, end)) {
          found = Assignment.VERB;
          i = end;
          continue;
        }
        return found;
      }
      if ((c == '\'' || c == '"' || c == '`') && i > from && piece.chars[i - 1] == ' ') {
        return found == Assignment.NONE ? Assignment.VERB : found;
      }
      if (Piece.digit(c) || c > 0x80 && c != '\u53f7' && c != '\u7801' && c != '\u79d8' && c != '\u94a5' || c == '\n' || c == ',' || c == ';' || c == '(') {
        return found;
      }
      i++;
    }
    return found;
  }

  /** The "is" of Italian and Portuguese, by itself. */
  private static boolean is(Piece piece, int i) {
    return (piece.chars[i] == '\u00e8' || piece.chars[i] == '\u00e9') && piece.peek(i - 1) == ' ' && piece.peek(i + 1) == ' ';
  }

  private static boolean verb(Piece piece, int start, int end) {
    for (String verb : VERBS) {
      if (verb.length() == end - start && Nearby.matches(piece, start, verb)) {
        return true;
      }
    }
    return false;
  }

  private static int valueStart(Piece piece, int from, boolean bearer) {
    int i = from;
    while (i < piece.length && i - from < REACH + 8) {
      char c = piece.chars[i];
      boolean assigns = c == '=' || c == ':' || c == '>' || c == ' ' || c == '\t' || c == '"' || c == '\'' || c == '`' || c == ']' || c == '\uff1a' || c == ')' && i == from
          || c == '(' && i > from || c == '|' || c == '-' && piece.peek(i + 1) == '>' || c == '\n' && i > from + 1 && piece.chars[i - 1] == ':' || c == '\u201c' || c == '\u300c' || c == '\uff08';
      if (assigns || is(piece, i) || c > 0x80 && (WIDE_ASSIGN.indexOf(c) >= 0 || c == '\u53f7' || c == '\u7801' || c == '\u79d8' || c == '\u94a5')) {
        i++;
      } else if (Piece.letter(c) && !bearer) {
        int end = i;
        while (end < piece.length && Piece.letter(piece.chars[end])) {
          end++;
        }
        boolean followed = end < piece.length && (piece.chars[end] == ' ' || piece.chars[end] == ':' || piece.chars[end] == '=' || piece.chars[end] == '\n');
        if (followed && verb(piece, i, end)) {
          i = end;
        } else {
          return i;
        }
      } else {
        return c > 0x80 ? -1 : i;
      }
    }
    return -1;
  }

  private static int valueEnd(Piece piece, int start, char quote) {
    char close = quote == '\u201c' ? '\u201d' : quote == '\u300c' ? '\u300d' : quote;
    int i = start;
    while (i < piece.length && i - start <= LONGEST) {
      char c = piece.chars[i];
      if (close != 0 ? c == close || c == '\n' : c <= ' ' || c > 0x7f || c == '"' || c == '\'' || c == '`' || c == ',' || c == ';' || c == '<' && i > start || c == '|' || c == '\\') {
        break;
      }
      i++;
    }
    while (close == 0 && i > start && (piece.chars[i - 1] == '.' || piece.chars[i - 1] == ')' || piece.chars[i - 1] == ']' || piece.chars[i - 1] == '}' || piece.chars[i - 1] == '?' && i - start < 5)) {
      i--;
    }
    return i;
  }
}
