package io.tidegate.classify;

/** The check digits of the standards named at each method. Digits are 0..9 values, not characters. */
final class CheckDigits {
  private static final int[] CN_WEIGHTS = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  private static final String CN_CHECK = "10X98765432";
  private static final String USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  private static final int[] USCC_WEIGHTS = {1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
  private static final int[] VIN_WEIGHTS = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
  private static final String VIN_VALUES = "0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ";
  // Verhoeff, 1969: the dihedral group D5 and the permutation of the positions.
  private static final String[] D5 = {"0123456789", "1234067895", "2340178956", "3401289567", "4012395678", "5987604321", "6598710432",
      "7659821043", "8765932104", "9876543210"};
  private static final String[] VERHOEFF = {"0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415",
      "7046913258"};

  private CheckDigits() {}

  /** Luhn, ISO/IEC 7812-1. */
  static boolean luhn(byte[] digits, int count) {
    return luhnSum(digits, count) % 10 == 0;
  }

  static int luhnSum(byte[] digits, int count) {
    int sum = 0;
    for (int i = count - 1, twice = 0; i >= 0; i--, twice ^= 1) {
      int value = digits[i] << twice;
      sum += value > 9 ? value - 9 : value;
    }
    return sum;
  }

  /** Check character of a resident identity number (GB 11643, ISO 7064 MOD 11-2) for its first 17 digits. */
  static char residentCheck(byte[] digits) {
    int sum = 0;
    for (int i = 0; i < 17; i++) {
      sum += digits[i] * CN_WEIGHTS[i];
    }
    return CN_CHECK.charAt(sum % 11);
  }

  /** Unified social credit code (GB 32100-2015); {@code a[at..at+18)} in upper case. */
  static boolean socialCredit(char[] a, int at) {
    int sum = 0;
    for (int i = 0; i < 17; i++) {
      int value = USCC_ALPHABET.indexOf(a[at + i]);
      if (value < 0) {
        return false;
      }
      sum += value * USCC_WEIGHTS[i];
    }
    return USCC_ALPHABET.indexOf(a[at + 17]) == (31 - sum % 31) % 31;
  }

  /** ISO 7064 MOD 97-10 as IBAN uses it: {@code text} is letters in upper case and digits, the first four count last. */
  static boolean mod97(CharSequence text) {
    int rest = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt((i + 4) % text.length());
      rest = c <= '9' ? (rest * 10 + c - '0') % 97 : (rest * 100 + c - 'A' + 10) % 97;
    }
    return rest == 1;
  }

  /** Verhoeff's scheme, as Aadhaar uses it. */
  static boolean verhoeff(byte[] digits, int count) {
    int c = 0;
    for (int i = 0; i < count; i++) {
      int p = VERHOEFF[i & 7].charAt(digits[count - 1 - i]) - '0';
      c = D5[c].charAt(p) - '0';
    }
    return c == 0;
  }

  /** 49 CFR 565: the ninth character of a vehicle identification number; {@code a[at..at+17)} in upper case. */
  static boolean vin(char[] a, int at) {
    int sum = 0;
    for (int i = 0; i < 17; i++) {
      int value = VIN_VALUES.indexOf(a[at + i]) % 10;
      if (VIN_VALUES.indexOf(a[at + i]) < 0) {
        return false;
      }
      sum += value * VIN_WEIGHTS[i];
    }
    char expected = sum % 11 == 10 ? 'X' : (char) ('0' + sum % 11);
    return a[at + 8] == expected;
  }

  /** Weighted sum of the first {@code weights.length} digits. */
  static int weighted(byte[] digits, int... weights) {
    int sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += digits[i] * weights[i];
    }
    return sum;
  }

  /** NHS number: modulus 11 over ten digits. */
  static boolean nhs(byte[] d) {
    int check = 11 - weighted(d, 10, 9, 8, 7, 6, 5, 4, 3, 2) % 11;
    return check != 10 && check % 11 == d[9];
  }

  /** Whether year, month and day name a real day. */
  static boolean date(int year, int month, int day) {
    if (month < 1 || month > 12 || day < 1) {
      return false;
    }
    int last = switch (month) {
      case 4, 6, 9, 11 -> 30;
      case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
      default -> 31;
    };
    return day <= last;
  }
}
