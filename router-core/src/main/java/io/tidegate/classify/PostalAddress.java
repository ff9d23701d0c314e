package io.tidegate.classify;

import static io.tidegate.model.Likelihood.LIKELY;
import static io.tidegate.model.Likelihood.POSSIBLE;
import static io.tidegate.model.Likelihood.VERY_LIKELY;

import java.util.Locale;
import java.util.Set;

/** Postal addresses: Chinese and Japanese from region to house number, Western ones as number, street name and kind of street. */
final class PostalAddress extends BuiltIn {
  private static final long CONTEXT = Topic.ADDRESS.bit();
  private static final String REGIONS = "省市区县州盟旗都府県區縣道";
  private static final String STREETS = "路街道巷弄里村镇乡胡同园苑庄町条目番地大厦小区";
  private static final String UNITS = "号弄栋幢楼室单元座层丁番號棟樓層";
  private static final Set<String> KINDS = Set.of("street", "st", "avenue", "ave", "road", "rd", "boulevard", "blvd", "drive", "dr", "lane", "ln", "way", "court", "ct", "place", "pl", "parkway", "pkwy",
      "terrace", "ter", "highway", "hwy", "square", "sq", "trail", "trl", "circle", "cir", "close", "crescent", "grove", "gardens", "mews", "alley", "plaza", "loop", "row", "walk", "turnpike", "expressway");

  PostalAddress() {
    super("postal-address", CONTEXT, 0, 0, 1, 6);
  }

  @Override
  void onToken(Piece piece, int start, int end, Sink sink) {
    char after = piece.peek(end);
    if (after >= 0x4e00 && UNITS.indexOf(after) >= 0) {
      eastern(piece, start, end, sink);
    } else if (after == ' ' && Piece.digit(piece.chars[start]) && !Piece.alnum(piece.peek(start - 1))) {
      western(piece, start, end, sink);
    }
  }

  private static void eastern(Piece piece, int start, int end, Sink sink) {
    int regions = 0;
    boolean street = false;
    int from = start;
    for (int i = start - 1; i >= 0 && start - i <= 30; i--) {
      char c = piece.chars[i];
      if (!Nearby.han(c) && !Piece.alnum(c) && c != '-' && !(c >= 0x3040 && c <= 0x30ff)) {
        break;
      }
      regions += REGIONS.indexOf(c) >= 0 ? 1 : 0;
      street |= STREETS.indexOf(c) >= 0;
      from = i;
    }
    boolean context = piece.near(CONTEXT, from, end);
    if (street && (regions >= 2 || context)) {
      sink.found("ADDRESS", from, end + 1, regions >= 2 && context ? VERY_LIKELY : LIKELY);
    } else if (street && regions == 1) {
      sink.found("ADDRESS", from, end + 1, LIKELY);
    } else if (street || regions >= 2) {
      sink.found("ADDRESS", from, end + 1, POSSIBLE);
    }
  }

  private static void western(Piece piece, int start, int end, Sink sink) {
    int i = end + 1;
    for (int words = 0; words < 5; words++) {
      int from = i;
      while (i < piece.length && i - from < 24 && (Character.isLetter(piece.chars[i]) || piece.chars[i] == '\'' || piece.chars[i] == '-' || Piece.digit(piece.chars[i]) && words > 0)) {
        i++;
      }
      if (i - from < 1 || !Character.isUpperCase(piece.chars[from]) && !Piece.digit(piece.chars[from])) {
        return;
      }
      if (words > 0 && KINDS.contains(new String(piece.chars, from, i - from).toLowerCase(Locale.ROOT))) {
        boolean context = piece.near(CONTEXT, start, i);
        boolean city = piece.peek(i) == ',' || piece.peek(i) == '.' && piece.peek(i + 1) == ',' || piece.peek(i) == '\n';
        sink.found("ADDRESS", start, i, context && city ? VERY_LIKELY : context || city ? LIKELY : end - start >= 2 ? LIKELY : POSSIBLE);
        return;
      }
      if (piece.peek(i) == '.' && piece.peek(i + 1) == ' ') {
        i++;
      }
      if (piece.peek(i) != ' ') {
        return;
      }
      i++;
    }
  }

  @Override
  int stepsPerWord() {
    return 70;
  }

  /** A label with a number in the line behind it: {@code my address is 5049 Harjukuja 54}. */
  @Override
  void onWord(Piece piece, int hit, Sink sink) {
    int from = piece.hitEnd[hit];
    int number = -1;
    boolean capital = false;
    int i = from;
    while (i < piece.length && i - from < 70 && piece.chars[i] != '?' && !(piece.chars[i] == '\n' && number >= 0)) {
      char c = piece.chars[i];
      if (Piece.digit(c) && number < 0) {
        number = i;
      }
      if (number >= 0 && Character.isUpperCase(c)) {
        capital = true;
      }
      if (c == '@' || c == '/' && piece.peek(i + 1) == '/') {
        return;
      }
      i++;
    }
    boolean house = number >= 0 && number - from <= 25 && streetBehind(piece, number) && capital && Piece.letter(piece.chars[piece.hitStart[hit]]) && !dotted(piece, number);
    if (house) {
      sink.found("ADDRESS", number, i, Nearby.matches(piece, piece.hitStart[hit], "loc") || number - from > 14 ? POSSIBLE : LIKELY);
    }
  }

  /** A capital letter or a further number right behind the house number. */
  private static boolean streetBehind(Piece piece, int number) {
    int i = number;
    while (Piece.digit(piece.peek(i)) || piece.peek(i) == ',' && i > number) {
      i++;
    }
    return piece.peek(i) == ' ' && (Character.isUpperCase(piece.peek(i + 1)) || Piece.digit(piece.peek(i + 1)));
  }

  private static boolean dotted(Piece piece, int number) {
    int i = number;
    while (Piece.digit(piece.peek(i))) {
      i++;
    }
    return piece.peek(i) == '.' || piece.peek(i) == ':' || piece.peek(i) == '%' || piece.peek(i) == 'x' || i - number > 6;
  }
}
