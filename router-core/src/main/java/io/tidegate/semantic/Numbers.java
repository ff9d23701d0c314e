package io.tidegate.semantic;

import io.tidegate.semantic.Token.Kind;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Numbers in every common writing, as one: 1,000 and 1000; three and 3; 3rd and third; 三 and 3. */
final class Numbers {
  private static final int MAX_LENGTH = 40;
  private static final Map<String, String> UNITS = Map.of("$", "dollar", "€", "euro", "£", "pound", "¥", "yuan");
  private static final String[] SMALL = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
      "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
  private static final String[] TENS = {"", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"};
  private static final String[] ORDINAL = {"zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
      "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"};
  private static final Map<String, String> WORDS = words();

  private Numbers() {}

  private static Map<String, String> words() {
    Map<String, String> words = new HashMap<>();
    for (int i = 0; i < SMALL.length; i++) {
      words.put(SMALL[i], "" + i);
    }
    for (int i = 2; i < TENS.length; i++) {
      words.put(TENS[i], i + "0");
    }
    for (int i = 0; i < ORDINAL.length; i++) {
      words.put(ORDINAL[i], i + "th");
    }
    words.put("hundred", "100");
    words.put("thousand", "1000");
    words.put("million", "1000000");
    words.put("billion", "1000000000");
    return Map.copyOf(words);
  }

  /** The number that a word means, or null. Compounds stay apart: "twenty one" is 20 and 1 on both sides. */
  static @Nullable String word(String lower) {
    return WORDS.get(lower);
  }

  /** Adds what {@code chunk} is if it begins with a digit or is money: the number, and its unit as a word of its own. */
  static boolean read(String chunk, List<Token> to) {
    if (chunk.length() > MAX_LENGTH) {
      return false;
    }
    int at = 0;
    String money = UNITS.get(chunk.substring(0, 1));
    boolean minus = chunk.charAt(0) == '-' || chunk.charAt(0) == '+';
    if (money != null || minus) {
      at = 1;
    }
    int start = at;
    while (at < chunk.length() && (isDigit(chunk.charAt(at)) || at > start && (chunk.charAt(at) == ',' || chunk.charAt(at) == '.')
        && at + 1 < chunk.length() && isDigit(chunk.charAt(at + 1)))) {
      at++;
    }
    if (at == start) {
      return false;
    }
    String digits = chunk.substring(start, at);
    String unit = chunk.substring(at);
    String suffix = unit.toLowerCase(Locale.ROOT);
    boolean ordinal = suffix.equals("st") || suffix.equals("nd") || suffix.equals("rd") || suffix.equals("th");
    if (!ordinal && !suffix.equals("%") && !suffix.isEmpty() && !isUnit(suffix) || digits.indexOf('.') != digits.lastIndexOf('.')
        || !grouped(digits)) {
      return false;
    }
    String value = new BigDecimal(digits.replace(",", "")).stripTrailingZeros().toPlainString();
    to.add(Token.of(Kind.NUMBER, (chunk.charAt(0) == '-' ? "-" : "") + value + (ordinal ? "th" : "")));
    if (money != null) {
      to.add(Token.written(money));
    }
    if (!ordinal && !suffix.isEmpty()) {
      to.add(Token.written(suffix.equals("%") ? "percent" : unit));
    }
    return true;
  }

  /** Commas only where they group thousands: "1,5" is something else. */
  private static boolean grouped(String digits) {
    int dot = digits.indexOf('.');
    String whole = dot < 0 ? digits : digits.substring(0, dot);
    if (dot >= 0 && digits.indexOf(',', dot) >= 0) {
      return false;
    }
    String[] groups = whole.split(",");
    for (int i = 1; i < groups.length; i++) {
      if (groups[i].length() != 3) {
        return false;
      }
    }
    return true;
  }

  /** The unit keeps its case: mW is not MW. */
  private static boolean isUnit(String suffix) {
    for (int i = 0; i < suffix.length(); i++) {
      if (!Character.isLetter(suffix.charAt(i)) && suffix.charAt(i) != '°') {
        return false;
      }
    }
    return suffix.length() <= 4;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
