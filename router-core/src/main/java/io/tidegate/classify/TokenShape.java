package io.tidegate.classify;

import static io.tidegate.model.Likelihood.LIKELY;

import java.util.Locale;
import java.util.Set;

/**
 * Tokens of vendors that nobody listed: a short prefix that says what it is ({@code acme_live_…}, {@code qlt-pat-…}) or any short prefix, with a generated value behind it.
 * Names of things that are public by design (publishable keys, hashes, object ids) are passed over.
 */
final class TokenShape extends BuiltIn {
  private static final int LONGEST_PREFIX = 36;
  private static final int LONGEST = 300;
  private static final Set<String> TELLING = Set.of("sk", "pat", "tok", "token", "secret", "live", "prod", "production", "priv", "private",
      "apikey", "sandbox", "test", "oauth", "bearer", "auth", "master", "skey", "pass", "rk", "srt", "refresh");
  /** Enough only for a value of digits and letters of both cases. */
  private static final Set<String> HINTING = Set.of("api", "key", "app", "dataset", "admin", "svc", "cli", "srv", "server", "access", "session",
      "sess", "deploy", "bot", "agent", "service", "user", "client", "webhook", "whsec", "pk");
  private static final Set<String> PUBLIC = Set.of("pub", "public", "publishable", "css", "sha", "sha1", "sha256", "sha384", "sha512", "md5",
      "nonce", "img", "uid", "uuid", "hash", "commit", "rev", "etag", "file", "blob", "layer", "trace", "span", "req",
      "request", "image", "chunk", "bundle", "asset", "video", "doc", "cache", "pi", "cus", "price", "prod_id", "sub", "evt", "txn", "msg",
      "chatcmpl", "call", "toolu", "thread", "asst", "run", "resp", "gen", "h1", "integrity", "sc", "jsx", "svelte", "data", "ng");

  TokenShape() {
    super("token-shape", 0, 0, 0, 8, DigitSpans.LONGEST_TOKEN);
  }

  @Override
  void onToken(Piece piece, int start, int end, Sink sink) {
    char before = piece.peek(start - 1);
    if (before != '_' && before != '-') {
      return;
    }
    int run = start;
    while (run > 0 && start - run <= LONGEST_PREFIX && part(piece.chars[run - 1])) {
      run--;
    }
    char outside = piece.peek(run - 1);
    if (start - run > LONGEST_PREFIX || !Piece.letter(piece.chars[run]) || outside == '/' && piece.peek(run - 2) != '/' || outside == '@'
        || outside == '.' || outside == '$') {
      return;
    }
    int to = end;
    while (to < piece.length && to - start < LONGEST && part(piece.chars[to])) {
      to++;
    }
    int hint = hint(piece, run, start - 1);
    if (hint < 0 || piece.peek(to) == '.' && Piece.letter(piece.peek(to + 1)) || piece.peek(to) == '(' || piece.peek(to) == '/') {
      return;
    }
    boolean whole = to == end || Piece.alnum(piece.chars[end + (end + 1 < to ? 1 : 0)]);
    if (hint == 2 && uuid(piece, start, to)) {
      sink.found("SECRET", run, to, LIKELY);
    } else if (whole && judge(piece, start, to, hint) && !Randomness.sample(piece, start, to)) {
      sink.found("SECRET", run, to, LIKELY);
    }
  }

  private static boolean part(char c) {
    return Piece.alnum(c) || c == '_' || c == '-';
  }

  /** 2 if a part of the prefix tells, 1 if it hints, 0 if it is only short; -1 if it is no prefix or names something public. */
  private static int hint(Piece piece, int from, int to) {
    int best = 0;
    boolean numbered = false;
    for (int i = from; i < to;) {
      int end = i;
      int digits = 0;
      while (end < to && piece.chars[end] != '_' && piece.chars[end] != '-') {
        digits += Piece.digit(piece.chars[end++]) ? 1 : 0;
      }
      if (end - i > 14 || digits > 0 && digits < end - i && end - i > 6) {
        return -1;
      }
      String word = new String(piece.chars, i, end - i).toLowerCase(Locale.ROOT);
      if (PUBLIC.contains(word)) {
        return -1;
      }
      numbered |= digits > 3;
      best = Math.max(best, TELLING.contains(word) ? 2 : HINTING.contains(word) ? 1 : 0);
      if (word.equals("pk") && !numbered && best < 2) {
        // "pk_live_" is publishable, "pk_123_" is not.
        best = nextNumbered(piece, end + 1, to) ? 2 : -1;
      }
      if (best < 0 || word.equals("pk") && best == 2 && !nextNumbered(piece, end + 1, to)) {
        return -1;
      }
      i = end + 1;
    }
    return best;
  }

  private static boolean nextNumbered(Piece piece, int from, int to) {
    return from < to && Piece.digit(piece.peek(from)) && Piece.digit(piece.peek(from + 3));
  }

  private static boolean judge(Piece piece, int from, int to, int hint) {
    int digits = 0;
    int lower = 0;
    int upper = 0;
    int hex = 0;
    int marks = 0;
    int words = 0;
    int letters = 0;
    int humps = 0;
    for (int i = from; i < to; i++) {
      char c = piece.chars[i];
      humps += i > from && Piece.upper(c) != Piece.upper(piece.chars[i - 1]) ? 1 : 0;
      digits += Piece.digit(c) ? 1 : 0;
      lower += c >= 'a' && c <= 'z' ? 1 : 0;
      upper += Piece.upper(c) ? 1 : 0;
      hex += Piece.digit(c) || c >= 'a' && c <= 'f' ? 1 : 0;
      marks += c == '_' || c == '-' ? 1 : 0;
      letters = c >= 'a' && c <= 'z' ? letters + 1 : 0;
      words += letters == 7 ? 1 : 0;
    }
    int length = to - from;
    boolean varied = Randomness.distinct(piece, from, to) >= 10 && marks * 6 <= length && words * 16 <= length;
    boolean mixed = digits >= 2 && lower >= 4 && upper >= 4;
    boolean single = digits >= 4 && (hex == length && length >= 32 || lower >= 8 && marks == 0 && length >= 28 || upper >= 8 && marks == 0
        && length >= 28);
    return varied && switch (hint) {
      case 2 -> length >= 20 && (mixed || lower >= 4 && upper >= 4 && humps * 3 >= length) || single;
      case 1 -> length >= 20 && mixed || hex == length && length >= 96;
      default -> length >= 32 && mixed && digits >= 3;
    };
  }

  private static boolean uuid(Piece piece, int from, int to) {
    if (to - from != 36) {
      return false;
    }
    for (int i = 0; i < 36; i++) {
      char c = piece.chars[from + i];
      boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
      if (dash ? c != '-' : Character.digit(c, 16) < 0 || c > 0x7f) {
        return false;
      }
    }
    return true;
  }
}
