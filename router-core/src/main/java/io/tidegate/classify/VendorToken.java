package io.tidegate.classify;

import static io.tidegate.model.Likelihood.LIKELY;
import static io.tidegate.model.Likelihood.POSSIBLE;
import static io.tidegate.model.Likelihood.VERY_LIKELY;

import java.util.List;

/** Access tokens in a form that a vendor publishes, JSON web tokens, bot tokens and webhook addresses. */
final class VendorToken extends BuiltIn {
  private static final String TYPE = "SECRET";
  private static final int LONGEST = 2_000;

  VendorToken() {
    super("vendor-token", Topic.VENDOR.bit() | Topic.WEBHOOK.bit(), 8, 10, 11, 67);
  }

  @Override
  int stepsPerWord() {
    return 70;
  }

  @Override
  void onWord(Piece piece, int hit, Sink sink) {
    int start = piece.hitStart[hit];
    if (piece.hitTag[hit] < 0) {
      int end = run(piece, piece.hitEnd[hit], 'W', 300);
      end = piece.peek(end) == '/' || piece.peek(end) == ':' ? run(piece, end + 1, 'B', 300) : end;
      if (end - piece.hitEnd[hit] >= 12) {
        sink.found(TYPE, start, end, VERY_LIKELY);
      }
      return;
    }
    List<TokenForm> forms = Packs.BUILT_IN.tokens();
    TokenForm form = forms.get(piece.hitTag[hit]);
    String prefix = form.prefix();
    for (int i = 0; i < prefix.length(); i++) {
      if (piece.chars[start + i] != prefix.charAt(i)) {
        return;
      }
    }
    if (prefix.equals("eyJ")) {
      jsonWebToken(piece, start, sink);
      return;
    }
    char before = piece.peek(start - 1);
    if (Piece.alnum(before) && !prefix.equals("8Q~") && !prefix.equals("atlasv1.") || (before == '-' || before == '_') && Piece.alnum(piece.peek(start - 2))) {
      return;
    }
    int from = start + prefix.length();
    int end = run(piece, from, form.alphabet(), form.max() + 1);
    while (end > from && (piece.chars[end - 1] == '-' || piece.chars[end - 1] == '.' || piece.chars[end - 1] == '_')) {
      end--;
    }
    int length = end - from;
    if (length < form.min() || length > form.max()) {
      return;
    }
    // Short and common prefixes are also the beginnings of ordinary words and names.
    boolean weak = prefix.length() <= 3 || prefix.equals("secret_") || prefix.equals("key-") || prefix.equals("API-");
    if (form.alphabet() == 'U' && length >= 16 && Randomness.distinct(piece, from, end) >= 6 && !Randomness.sample(piece, from, end)
        || form.alphabet() == 'G' && Randomness.distinct(piece, from, end) >= 6
        || length >= 30 && letters(piece, from, end) && Randomness.distinct(piece, from, end) >= 12 && !Randomness.sample(piece, from, end)
        || Randomness.generated(piece, from, end, form.alphabet() == 'H' ? 6 : 7) && (!weak || digits(piece, from, end) >= 2 || cased(piece, from, end))) {
      sink.found(TYPE, start, end, VERY_LIKELY);
    } else if (!Randomness.sample(piece, from, end)) {
      sink.found(TYPE, start, end, POSSIBLE);
    }
  }

  private static int digits(Piece piece, int from, int to) {
    int count = 0;
    for (int i = from; i < to; i++) {
      count += Piece.digit(piece.chars[i]) ? 1 : 0;
    }
    return count;
  }

  /** Letters only: behind a prefix no name is that long. */
  private static boolean letters(Piece piece, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Piece.letter(piece.chars[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean cased(Piece piece, int from, int to) {
    int upper = 0;
    for (int i = from; i < to; i++) {
      upper += Piece.upper(piece.chars[i]) ? 1 : 0;
    }
    return upper >= 4 && upper < to - from;
  }

  /** Forms that begin with too little to be words of the lexicon. */
  @Override
  void onToken(Piece piece, int start, int end, Sink sink) {
    char[] a = piece.chars;
    int length = end - start;
    if (length == 34 && (a[start] == 'A' && a[start + 1] == 'C' || a[start] == 'S' && a[start + 1] == 'K') && run(piece, start + 2, 'H', 33) == end) {
      sink.found(TYPE, start, end, VERY_LIKELY);
    } else if ("MNO".indexOf(a[start]) >= 0) {
      discord(piece, start, sink);
    } else if (length == 32 && piece.peek(end) == '-' && piece.peek(end + 1) == 'u' && piece.peek(end + 2) == 's' && Piece.digit(piece.peek(end + 3)) && run(piece, start, 'H', 33) == end) {
      sink.found(TYPE, start, end + 4, VERY_LIKELY);
    } else if (length == 32 && piece.peek(end) == '.' && run(piece, start, 'H', 33) == end) {
      // Zhipu: hexadecimal id, full stop, sixteen letters and digits.
      int secret = run(piece, end + 1, 'A', 17);
      if (secret - end - 1 == 16 && Randomness.generated(piece, end + 1, secret, 8)) {
        sink.found(TYPE, start, secret, VERY_LIKELY);
      }
    } else if (length == 32 && piece.peek(start - 1) == ':' && Piece.digit(piece.peek(start - 2)) && run(piece, start, 'H', 33) == end) {
      numbered(piece, start, end, sink);
    } else if (length == 64 && run(piece, start, 'H', 65) == end && piece.peek(start - 1) == '.') {
      // Airtable: "pat" and fourteen, full stop, 64 of hexadecimal.
      int id = start - 1;
      while (id > 0 && start - id < 20 && Piece.alnum(piece.chars[id - 1])) {
        id--;
      }
      if (start - 1 - id == 17 && Nearby.matches(piece, id, "pat")) {
        sink.found(TYPE, id, end, VERY_LIKELY);
      }
    } else if (length == 67 && a[start] == 'S' && a[start + 1] == 'E' && a[start + 2] == 'C' && run(piece, start + 3, 'H', 65) == end) {
      sink.found(TYPE, start, end, VERY_LIKELY);
    } else if (length == 24 && Nearby.matches(piece, start - 3, "st.") && piece.peek(end) == '.' && run(piece, start, 'H', 25) == end) {
      sink.found(TYPE, start - 3, run(piece, end, 'D', 80), VERY_LIKELY);
    } else if (length == 30 && Nearby.matches(piece, start - 6, "oauth:") && Randomness.generated(piece, start, end, 10)) {
      sink.found(TYPE, start, end, VERY_LIKELY);
    } else if (length == 50 && Nearby.matches(piece, start + 10, "msh") && Nearby.matches(piece, start + 35, "jsn")) {
      sink.found(TYPE, start, end, VERY_LIKELY);
    }
  }

  /** Asana: {@code 1/1200…:} and 32 of hexadecimal. */
  private static void numbered(Piece piece, int start, int end, Sink sink) {
    int id = start - 1;
    while (id > 0 && start - id < 20 && Piece.digit(piece.chars[id - 1])) {
      id--;
    }
    if (start - 1 - id >= 12 && piece.peek(id - 1) == '/' && Piece.digit(piece.peek(id - 2))) {
      sink.found(TYPE, id - 2, end, VERY_LIKELY);
    }
  }

  /** Telegram: bot number, colon, 35 characters. */
  @Override
  void onNumber(DigitSpan n, Sink sink) {
    if (n.whole() && n.following() == ':' && !Piece.alnum(n.previous()) && n.piece.peek(n.end + 1) == 'A') {
      int end = run(n.piece, n.end + 1, 'W', 40);
      if (end - n.end - 1 == 35) {
        sink.found(TYPE, n.start, end, VERY_LIKELY);
      }
    }
  }

  private static void jsonWebToken(Piece piece, int start, Sink sink) {
    if (Piece.alnum(piece.peek(start - 1))) {
      return;
    }
    int header = run(piece, start, 'W', LONGEST);
    int body = piece.peek(header) == '.' ? run(piece, header + 1, 'W', LONGEST) : header;
    boolean second = body - header > 10 && (piece.chars[header + 1] == 'e' && piece.chars[header + 2] == 'y');
    int signature = piece.peek(body) == '.' ? run(piece, body + 1, 'W', LONGEST) : body;
    if (second && header - start >= 12) {
      sink.found(TYPE, start, signature, signature - body > 8 ? VERY_LIKELY : LIKELY);
    } else if (header - start >= 12 && piece.peek(header) == '.' && piece.peek(header + 1) == '.') {
      sink.found(TYPE, start, signature, LIKELY);
    }
  }

  /** Three parts of 23 to 28, 6 and 27 to 38 characters; the first is the bot's number in base64. */
  private static void discord(Piece piece, int start, Sink sink) {
    int first = run(piece, start, 'W', 30);
    if (piece.peek(first) != '.' || first - start < 23 || first - start > 28) {
      return;
    }
    int second = run(piece, first + 1, 'W', 8);
    if (second - first - 1 != 6 || piece.peek(second) != '.') {
      return;
    }
    int third = run(piece, second + 1, 'W', 40);
    if (third - second - 1 >= 27 && third - second - 1 <= 38) {
      sink.found(TYPE, start, third, VERY_LIKELY);
    }
  }

  /** End of the run of characters of {@code alphabet} from {@code from} on, at most {@code most}. */
  private static int run(Piece piece, int from, char alphabet, int most) {
    int i = from;
    while (i < piece.length && i - from < most && belongs(piece.chars[i], alphabet)) {
      i++;
    }
    return i;
  }

  private static boolean belongs(char c, char alphabet) {
    return switch (alphabet) {
      case 'A' -> Piece.alnum(c);
      case 'W' -> Piece.alnum(c) || c == '-' || c == '_';
      case 'D' -> Piece.alnum(c) || c == '-' || c == '_' || c == '.';
      case 'B' -> Piece.alnum(c) || c == '-' || c == '_' || c == '+' || c == '/' || c == '=';
      case 'S' -> Piece.alnum(c) || c == '$';
      case 'G' -> c == '-' || Piece.digit(c) || c >= 'a' && c <= 'f';
      case 'H' -> Piece.digit(c) || (c | 0x20) >= 'a' && (c | 0x20) <= 'f';
      default -> Piece.upper(c) || Piece.digit(c);
    };
  }
}
