package io.tidegate.classify;

import io.tidegate.model.Likelihood;

/**
 * Identifiers without a form of their own, known by the word before them: {@code MRN: 00847291}, {@code 住院号 2024-0381}. One instance per type.
 */
final class LabelledValue extends BuiltIn {
  private static final int REACH = 40;
  private static final int LONGEST = 40;
  /** More letters than this are a name someone chose. */
  private static final int HANDLE = 12;
  private static final String[] FILLERS = {"number", "numbers", "num", "no", "nr", "is", "id", "card", "code", "on", "file", "was", "of", "the", "for", "my", "value", "account", "ssn", "identifier",
      "string", "text", "type", "ref", "record", "his", "her", "their", "personal", "bank", "to", "with", "holder", "and", "as", "lautet", "ist", "es", "est", "new", "following", "key", "this", "these"};
  private static final String WIDE_FILLERS = "番証號号号码碼為为是编編：（【「“”‘’，。、の：はが는은이가）】」证卡证件账户行银帐：";

  private final String type;
  private final int minDigits;
  private final int maxDigits;
  private final int maxLetters;
  private final Likelihood likelihood;

  LabelledValue(String id, String type, Topic topic, int minDigits, int maxDigits, int maxLetters, Likelihood likelihood) {
    super(id, topic.bit(), 0, 0, 0, 0);
    this.type = type;
    this.minDigits = minDigits;
    this.maxDigits = maxDigits;
    this.maxLetters = maxLetters;
    this.likelihood = likelihood;
  }

  @Override
  int stepsPerWord() {
    return 70;
  }

  @Override
  void onWord(Piece piece, int hit, Sink sink) {
    int from = piece.hitEnd[hit];
    int start = valueStart(piece, from);
    if (start < 0) {
      if (maxLetters > HANDLE) {
        handle(piece, from, sink);
      }
      return;
    }
    int end = start;
    int digits = 0;
    int letters = 0;
    int i = start;
    while (i < piece.length && i - start < LONGEST) {
      char c = piece.chars[i];
      if (Piece.digit(c)) {
        digits++;
        end = ++i;
      } else if (Piece.letter(c)) {
        letters++;
        end = ++i;
      } else if (i == end && joint(piece, i, digits)) {
        i++;
      } else {
        break;
      }
    }
    if (digits < minDigits && letters > 0 && letters <= 5 && i < piece.length && (piece.chars[i] == ' ' || piece.chars[i] == ':')) {
      return;
    }
    if (digits >= minDigits && digits <= maxDigits && letters <= maxLetters && !date(piece, start, end) && !decimal(piece, end)) {
      sink.found(type, start, end, likelihood);
    }
  }

  /** A name that someone chose, of letters first: {@code wx_liming}. */
  private void handle(Piece piece, int from, Sink sink) {
    int start = from;
    while (start < piece.length && start - from < 6 && (piece.chars[start] == ' ' || piece.chars[start] == ':' || WIDE_FILLERS.indexOf(piece.chars[start]) >= 0)) {
      start++;
    }
    int end = start;
    int marks = 0;
    while (end < piece.length && end - start <= 20 && (Piece.alnum(piece.chars[end]) || piece.chars[end] == '_' || piece.chars[end] == '-')) {
      marks += Piece.letter(piece.chars[end]) ? 0 : 1;
      end++;
    }
    if (start > from && Piece.letter(piece.peek(start)) && end - start >= 6 && end - start <= 20 && marks > 0) {
      sink.found(type, start, end, likelihood);
    }
  }

  /** Skips what may stand between label and value; -1 if no value follows. */
  private static int valueStart(Piece piece, int from) {
    int i = from;
    int fillers = 0;
    while (i < piece.length && i - from <= REACH) {
      char c = piece.chars[i];
      if (Piece.digit(c)) {
        return i;
      }
      if (Piece.letter(c)) {
        int end = i;
        while (end < piece.length && Piece.letter(piece.chars[end])) {
          end++;
        }
        boolean value = end < piece.length && (Piece.digit(piece.chars[end])
            || (piece.chars[end] == '-' || piece.chars[end] == ' ' && end - i <= 3 && Piece.upper(piece.chars[i])) && Piece.digit(piece.peek(end + 1)));
        if (value && !(piece.chars[end] == ' ' && filler(piece, i, end))) {
          return i;
        }
        if (++fillers > 4 || !filler(piece, i, end)) {
          return -1;
        }
        i = end;
      } else if (c < 0x80 ? c != '.' || i == from || Piece.letter(piece.peek(i - 1)) : WIDE_FILLERS.indexOf(c) >= 0 || cyrillic(c)) {
        i++;
      } else {
        return -1;
      }
    }
    return -1;
  }

  /** Words between a label and its number that inflect: серия, номер, выданный. */
  private static boolean cyrillic(char c) {
    return c >= 0x400 && c < 0x530 || c == '\u2116';
  }

  private static boolean filler(Piece piece, int start, int end) {
    for (String word : FILLERS) {
      if (word.length() == end - start && Nearby.matches(piece, start, word)) {
        return true;
      }
    }
    return false;
  }

  private static boolean joint(Piece piece, int i, int digits) {
    char c = piece.chars[i];
    char next = piece.peek(i + 1);
    if (c == '-' || c == '/' || c == '_' || c == '.') {
      return Piece.alnum(next);
    }
    return c == ' ' && (Piece.digit(next) || digits > 0 && Piece.upper(next) && !Piece.letter(piece.peek(i + 2)) || digits == 0 && Piece.digit(next));
  }

  private static boolean decimal(Piece piece, int end) {
    return piece.peek(end) == '%' || piece.peek(end) == ',' && Piece.digit(piece.peek(end + 1)) && Piece.digit(piece.peek(end + 3)) && !Piece.digit(piece.peek(end + 4));
  }

  /** {@code 2024-03-15}, {@code 15/03/2024}: a date is no identifier. */
  private static boolean date(Piece piece, int start, int end) {
    char[] a = piece.chars;
    int length = end - start;
    if (length < 8 || length > 25) {
      return false;
    }
    boolean iso = Piece.digit(a[start + 3]) && (a[start + 4] == '-' || a[start + 4] == '/' || a[start + 4] == '.') && (a[start] == '1' && a[start + 1] == '9' || a[start] == '2' && a[start + 1] == '0')
        && (a[start + 7] == a[start + 4] && a[start + 5] <= '1' || a[start + 6] == a[start + 4]) && (length <= 10 || !Piece.digit(a[start + 10]));
    boolean other = length <= 10 && (a[start + 2] == '/' && a[start + 5] == '/' || a[start + 2] == '.' && a[start + 5] == '.' || a[start + 1] == '/');
    return iso || other;
  }
}
