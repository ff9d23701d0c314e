package io.tidegate.lab.e2e;

import java.math.BigInteger;
import java.text.Normalizer;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Says whether a labelled value proves by itself what it is: by a check digit or by a form its vendor publishes. Written from the standards, in
 * another way than the daemon's detectors, so that both would have to be wrong in the same place.
 */
final class ProvableValue {
  private static final Pattern VENDOR = Pattern.compile("(?:A[KS]IA[0-9A-Z]{16}|gh[pousr]_[0-9A-Za-z]{36}|github_pat_\\w{40,}|glpat-[\\w-]{20,}|xox[abprs]-[0-9A-Za-z-]{20,}"
      + "|[sr]k_(?:live|test)_[0-9A-Za-z]{16,}|AIza[\\w-]{35}|sk-(?:proj-|ant-|svcacct-)?[0-9A-Za-z_-]{32,}|npm_[0-9A-Za-z]{36}|LTAI[0-9A-Za-z]{16,20}|hf_[0-9A-Za-z]{34}"
      + "|SG\\.[\\w-]{22}\\.[\\w-]{43}|pypi-AgEI[\\w-]{50,}|eyJ[\\w-]{8,}\\.eyJ[\\w-]{8,}\\.[\\w-]{8,})");
  private static final Pattern KEY_HEADER = Pattern.compile("-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----");
  private static final Pattern LOGGED_IN = Pattern.compile("(?i)[a-z][a-z0-9+.-]*://[^\\s/:@]*:[^\\s@]+@\\S+");

  private ProvableValue() {}

  /** Whether {@code value}, labelled {@code type}, is valid by its own digits or form. */
  static boolean proves(String type, String value) {
    String text = Normalizer.normalize(value, Normalizer.Form.NFKC);
    String plain = text.replaceAll("[\\s\\u200b-\\u200f\\u2060\\ufeff.-]", "").toUpperCase(Locale.ROOT);
    return switch (type) {
      case "CN_ID" -> residentId(plain);
      case "CREDIT_CARD", "CN_BANK_CARD" -> plain.matches("[0-9]{13,19}") && luhn(plain);
      case "IBAN" -> iban(plain);
      case "HEALTH_ID" -> plain.matches("[0-9]{10}") && nhs(plain);
      case "NATIONAL_ID" -> plain.matches("[0-9]{12}") && verhoeff(plain) || plain.matches("[0-9]{13}") && residentRegistration(plain);
      case "TAX_ID" -> plain.matches("[0-9]{11}") && businessNumber(plain) || iban(plain);
      case "SECRET" -> VENDOR.matcher(text.strip()).matches();
      case "PRIVATE_KEY" -> found(KEY_HEADER, text);
      case "CONNECTION_STRING" -> found(LOGGED_IN, text);
      default -> false;
    };
  }

  private static boolean found(Pattern pattern, String text) {
    return pattern.matcher(text).find();
  }

  /** GB 11643: a real day, and ISO 7064 MOD 11-2 over all 18 characters is 1 when the last weighs 1. */
  private static boolean residentId(String id) {
    if (!id.matches("[1-9][0-9]{16}[0-9X]") || !day(id.substring(6, 10), id.substring(10, 12), id.substring(12, 14))) {
      return false;
    }
    int rest = 0;
    for (int i = 0; i < 17; i++) {
      rest = (rest + id.charAt(i) - '0') * 2 % 11;
    }
    int last = id.charAt(17) == 'X' ? 10 : id.charAt(17) - '0';
    return (rest + last) % 11 == 1;
  }

  private static boolean day(String year, String month, String day) {
    try {
      return LocalDate.of(Integer.parseInt(year), Integer.parseInt(month), Integer.parseInt(day)).getYear() >= 1900;
    } catch (DateTimeException noSuchDay) {
      return false;
    }
  }

  /** ISO/IEC 7812-1, with a first digit that cards have. */
  private static boolean luhn(String digits) {
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int value = digits.charAt(digits.length() - 1 - i) - '0';
      sum += i % 2 == 0 ? value : value * 2 / 10 + value * 2 % 10;
    }
    return sum % 10 == 0 && digits.charAt(0) != '0';
  }

  /** ISO 13616: the country and check characters moved to the end, letters as 10 to 35, give 1 modulo 97. */
  private static boolean iban(String text) {
    if (!text.matches("[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}")) {
      return false;
    }
    StringBuilder number = new StringBuilder();
    (text.substring(4) + text.substring(0, 4)).chars().forEach(c -> number.append(Character.digit(c, 36)));
    return new BigInteger(number.toString()).mod(BigInteger.valueOf(97)).intValue() == 1;
  }

  /** The ten digits of a British health number, weighed 10 to 1, are divisible by 11. */
  private static boolean nhs(String digits) {
    int sum = 0;
    for (int i = 0; i < 10; i++) {
      sum += (10 - i) * (digits.charAt(i) - '0');
    }
    return sum % 11 == 0;
  }

  /** Indian Aadhaar: Verhoeff's scheme, its dihedral group computed and not tabled. */
  private static boolean verhoeff(String digits) {
    int[] turn = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
    int check = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      for (int times = i % 8; times > 0; times--) {
        digit = turn[digit];
      }
      check = check < 5 ? digit < 5 ? (check + digit) % 5 : 5 + (check + digit) % 5 : digit < 5 ? 5 + (check - digit + 5) % 5 : (check - digit + 5) % 5;
    }
    return check == 0;
  }

  /** Korean resident registration: six digits are a day, the last makes the sum weighed 2 to 9, 2 to 5 fit. */
  private static boolean residentRegistration(String digits) {
    int sum = 0;
    for (int i = 0; i < 12; i++) {
      sum += (i % 8 + 2) * (digits.charAt(i) - '0');
    }
    return (11 - sum % 11) % 10 == digits.charAt(12) - '0' && day("2000", digits.substring(2, 4), digits.substring(4, 6));
  }

  /** Australian business number: less one in its first digit, weighed 10, 1, 3, 5 … 19, divisible by 89. */
  private static boolean businessNumber(String digits) {
    int sum = 10 * (digits.charAt(0) - '1');
    for (int i = 1; i < 11; i++) {
      sum += (2 * i - 1) * (digits.charAt(i) - '0');
    }
    return sum % 89 == 0;
  }

  /** Whether any of the labels of {@code row} marks a value that proves itself. */
  static boolean anyIn(CorpusRow row, Predicate<String> ofType) {
    return row.labels().stream().anyMatch(label -> ofType.test(label.type()) && proves(label.type(), row.value(label)));
  }
}
