package io.tidegate.classify;

import static io.tidegate.model.Likelihood.LIKELY;
import static io.tidegate.model.Likelihood.POSSIBLE;
import static io.tidegate.model.Likelihood.VERY_LIKELY;

/** International bank account numbers, ISO 13616: country, length, MOD 97. */
final class Iban extends BuiltIn {
  private static final String TYPE = "IBAN";
  private static final long CONTEXT = Topic.IBAN.bit();
  private static final int LONGEST = 34;
  private static final int SHORTEST = 15;
  // Country and length, from the registry.
  private static final String LENGTHS = "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28"
      + "HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19"
      + "SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

  Iban() {
    super("iban", 0, 0, 0, 4, LONGEST);
  }

  @Override
  void onToken(Piece piece, int start, int end, Sink sink) {
    char[] a = piece.chars;
    if (!Piece.letter(a[start]) || !Piece.letter(a[start + 1]) || !Piece.digit(a[start + 2]) || !Piece.digit(a[start + 3]) || Piece.alnum(piece.peek(start - 1))) {
      return;
    }
    StringBuilder text = new StringBuilder(LONGEST);
    int i = start;
    int last = start;
    int longestValid = -1;
    int length = length(a, start);
    while (i < piece.length && text.length() < LONGEST) {
      char c = a[i];
      if (Piece.alnum(c)) {
        text.append(c >= 'a' ? (char) (c & ~0x20) : c);
        last = ++i;
        if (text.length() == length && !Piece.alnum(piece.peek(i)) && CheckDigits.mod97(text)) {
          longestValid = i;
          break;
        }
      } else if ((c == ' ' || c == '-' || c == '.') && i == last && Piece.alnum(piece.peek(i + 1)) && group(piece, i + 1)) {
        i++;
      } else {
        break;
      }
    }
    if (longestValid > 0) {
      sink.found(TYPE, start, longestValid, VERY_LIKELY);
    } else if (text.length() >= SHORTEST && digits(text) >= 10 && Piece.upper(a[start])) {
      boolean context = piece.near(CONTEXT, start, Math.min(last, start + LONGEST));
      if (context && (length > 0 || piece.before(CONTEXT, start, 12))) {
        sink.found(TYPE, start, last, LIKELY);
      } else if (text.length() == length) {
        sink.found(TYPE, start, last, POSSIBLE);
      }
    }
  }

  /** A printed group: up to four (the last one fewer) characters with a digit or in capitals. */
  private static boolean group(Piece piece, int from) {
    int i = from;
    boolean capital = true;
    while (i < piece.length && Piece.alnum(piece.chars[i])) {
      capital &= !Piece.letter(piece.chars[i]) || Piece.upper(piece.chars[i]);
      i++;
    }
    return i - from <= 4 && (capital || Piece.digit(piece.chars[from]));
  }

  private static int length(char[] a, int at) {
    char first = (char) (a[at] & ~0x20);
    char second = (char) (a[at + 1] & ~0x20);
    for (int i = 0; i < LENGTHS.length(); i += 4) {
      if (LENGTHS.charAt(i) == first && LENGTHS.charAt(i + 1) == second) {
        return (LENGTHS.charAt(i + 2) - '0') * 10 + LENGTHS.charAt(i + 3) - '0';
      }
    }
    return -1;
  }

  private static int digits(CharSequence text) {
    int digits = 0;
    for (int i = 0; i < text.length(); i++) {
      digits += Piece.digit(text.charAt(i)) ? 1 : 0;
    }
    return digits;
  }
}
