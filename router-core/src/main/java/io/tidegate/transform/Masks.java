package io.tidegate.transform;

import java.util.Set;

/** The two ways to take a value out for good. */
final class Masks {
  private static final char STAR = '*';
  private static final int SHOWN = 4;
  /** So many letters and digits a value must have before any is shown. */
  private static final int LONG_ENOUGH = 8;
  /** Types whose last characters are commonly printed, on a receipt or a form; of any other nothing is shown. */
  private static final Set<String> LAST_SHOWN = Set.of("CN_ID", "US_SSN", "CREDIT_CARD", "CN_BANK_CARD", "BANK_ACCOUNT", "IBAN", "PHONE");

  private Masks() {}

  /** {@code [REDACTED:CN_ID]}. */
  static String redacted(String type) {
    return "[REDACTED:" + type + "]";
  }

  /** Stars for letters and digits, other characters as they are, so that the shape stays: {@code ***-****-5678}. */
  static String masked(String type, String value) {
    int signs = 0;
    for (int i = 0; i < value.length(); i++) {
      signs += Character.isLetterOrDigit(value.charAt(i)) ? 1 : 0;
    }
    int hidden = LAST_SHOWN.contains(type) && signs >= LONG_ENOUGH ? signs - SHOWN : signs;
    StringBuilder out = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean sign = Character.isLetterOrDigit(c) || Character.isSurrogate(c);
      out.append(sign && hidden-- > 0 ? STAR : c);
    }
    return out.toString();
  }
}
