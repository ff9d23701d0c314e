package io.tidegate.assay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * Made-up values of the kinds that detectors look for, so that no policy test need hold a real-looking one. Written <code>{{cn_id}}</code> in a
 * test's text; the same text gives the same values each time.
 */
public final class Placeholders {
  private static final Map<String, Function<RandomGenerator, String>> KINDS = new TreeMap<>(Map.ofEntries(
      Map.entry("cn_id", MadeUpNumbers::residentId),
      Map.entry("cn_id_bad", random -> spoiltLast(MadeUpNumbers.residentId(random))),
      Map.entry("cn_mobile", MadeUpNumbers::mobile),
      Map.entry("cn_bank_card", random -> MadeUpNumbers.luhn("622202", 19, random)),
      Map.entry("cn_passport", random -> "E" + MadeUpNumbers.digits(random, 8)),
      Map.entry("cn_plate", random -> "京A" + MadeUpNumbers.digits(random, 5)),
      Map.entry("cn_uscc", MadeUpNumbers::socialCreditCode),
      Map.entry("credit_card", random -> MadeUpNumbers.luhn("4", 16, random)),
      Map.entry("credit_card_bad", random -> spoiltLast(MadeUpNumbers.luhn("4", 16, random))),
      Map.entry("iban", MadeUpNumbers::iban),
      Map.entry("us_ssn", MadeUpNumbers::socialSecurity),
      Map.entry("us_phone", random -> "+1 415 " + (200 + random.nextInt(700)) + " " + MadeUpNumbers.digits(random, 4)),
      Map.entry("medical_record", random -> "1" + MadeUpNumbers.digits(random, 8)),
      Map.entry("email", random -> MadeUpSecrets.letters(random, 7) + "." + MadeUpSecrets.letters(random, 6) + "@"
          + MadeUpSecrets.letters(random, 8) + ".com"),
      Map.entry("github_token", MadeUpSecrets::gitHubToken),
      Map.entry("aws_key", random -> "AK" + "IA" + MadeUpSecrets.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", random, 16)),
      // Without x: where three stand together, people mean that a password goes there.
      Map.entry("password", random -> MadeUpSecrets.from("abcdefghjkmnpqrstuvwyzABCDEFGHJKMNPQRSTUVWYZ23456789!#%+", random, 14) + "7q"),
      Map.entry("jwt", MadeUpSecrets::webToken),
      Map.entry("connection_string", random -> "postgres://app:" + MadeUpSecrets.from("abcdefghjkmnpqrstuvwxyzABCDEFGH23456789", random,
          16) + "@db.internal:5432/app"),
      Map.entry("private_key", MadeUpSecrets::privateKey)));

  private Placeholders() {}

  /** The kinds there are, sorted. */
  public static Set<String> kinds() {
    return Collections.unmodifiableSet(KINDS.keySet());
  }

  /** {@code text} with every placeholder of a known kind filled; others stay as they are. */
  public static String expand(String text, RandomGenerator random) {
    return expand(text, random, UnaryOperator.identity());
  }

  /** The same, each value written as {@code escape} says. */
  static String expand(String text, RandomGenerator random, UnaryOperator<String> escape) {
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (Span span : spans(text)) {
      Function<RandomGenerator, String> kind = KINDS.get(span.kind());
      out.append(text, from, span.start()).append(kind == null ? text.substring(span.start(), span.end()) : escape.apply(kind.apply(random)));
      from = span.end();
    }
    return out.append(text, from, text.length()).toString();
  }

  /** Names in double braces that no kind has. */
  public static List<String> unknown(String text) {
    return spans(text).stream().map(Span::kind).filter(kind -> !KINDS.containsKey(kind)).distinct().toList();
  }

  private record Span(String kind, int start, int end) {}

  private static List<Span> spans(String text) {
    List<Span> spans = new ArrayList<>();
    int from = text.indexOf("{{");
    while (from >= 0) {
      int end = text.indexOf("}}", from);
      if (end < 0) {
        break;
      }
      String kind = text.substring(from + 2, end).strip();
      if (!kind.isEmpty() && kind.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_')) {
        spans.add(new Span(kind, from, end + 2));
        from = text.indexOf("{{", end + 2);
      } else {
        from = text.indexOf("{{", from + 2);
      }
    }
    return spans;
  }

  /** The value with a check character that is certainly wrong. */
  private static String spoiltLast(String value) {
    char last = value.charAt(value.length() - 1);
    return value.substring(0, value.length() - 1) + (last == '9' || last == 'X' ? '0' : (char) (last + 1));
  }
}
