package io.tidegate.assay;

import java.math.BigInteger;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.random.RandomGenerator;

/** Made-up identifiers with correct check digits. Sources of the rules: classification.md, section 3. */
final class MadeUpNumbers {
  private static final String[] AREAS = {"110101", "310104", "440305", "510107", "330106"};
  private static final int[] ID_WEIGHTS = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  private static final String USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  private static final int[] USCC_WEIGHTS = {1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};

  private MadeUpNumbers() {}

  static String digits(RandomGenerator random, int count) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < count; i++) {
      out.append((char) ('0' + random.nextInt(10)));
    }
    return out.toString();
  }

  /** GB 11643, ISO 7064 MOD 11-2. */
  static String residentId(RandomGenerator random) {
    String id = oneResidentId(random);
    // One in thirty would be a valid social credit code too, which is not what the test's author wrote.
    while (socialCreditCheck(id.substring(0, 17)) == id.charAt(17)) {
      id = oneResidentId(random);
    }
    return id;
  }

  private static String oneResidentId(RandomGenerator random) {
    LocalDate born = LocalDate.of(1955, 1, 1).plusDays(random.nextInt(18_000));
    String body = AREAS[random.nextInt(AREAS.length)] + born.format(DateTimeFormatter.BASIC_ISO_DATE) + digits(random, 3);
    int sum = 0;
    for (int i = 0; i < 17; i++) {
      sum += (body.charAt(i) - '0') * ID_WEIGHTS[i];
    }
    return body + "10X98765432".charAt(sum % 11);
  }

  static String mobile(RandomGenerator random) {
    String[] prefixes = {"138", "139", "150", "176", "186", "199"};
    return prefixes[random.nextInt(prefixes.length)] + digits(random, 8);
  }

  /** A card number of {@code length} digits beginning with {@code prefix}. */
  static String luhn(String prefix, int length, RandomGenerator random) {
    String body = prefix + digits(random, length - prefix.length() - 1);
    int sum = 0;
    for (int i = 0; i < body.length(); i++) {
      int digit = body.charAt(body.length() - 1 - i) - '0';
      int doubled = i % 2 == 0 ? digit * 2 : digit;
      sum += doubled > 9 ? doubled - 9 : doubled;
    }
    return body + (10 - sum % 10) % 10;
  }

  /** ISO 13616, mod 97. */
  static String iban(RandomGenerator random) {
    String account = "37040044" + digits(random, 10);
    int rest = new BigInteger(account + "131400").mod(BigInteger.valueOf(97)).intValue();
    return "DE" + String.format(java.util.Locale.ROOT, "%02d", 98 - rest) + account;
  }

  static String socialSecurity(RandomGenerator random) {
    return (200 + random.nextInt(400)) + "-" + (10 + random.nextInt(89)) + "-" + (1_000 + random.nextInt(8_999));
  }

  /** GB 32100-2015. */
  static String socialCreditCode(RandomGenerator random) {
    String body = "91" + "110108" + digits(random, 9);
    return body + socialCreditCheck(body);
  }

  private static char socialCreditCheck(String body) {
    int sum = 0;
    for (int i = 0; i < 17; i++) {
      sum += USCC_ALPHABET.indexOf(body.charAt(i)) * USCC_WEIGHTS[i];
    }
    return USCC_ALPHABET.charAt((31 - sum % 31) % 31);
  }
}
