package io.tidegate.assay;

import java.util.Set;

/** What may be shown of a value that was found: its length, and its first and last character where enough is left unsaid (G3). */
final class Masked {
  private static final int LONG_ENOUGH = 8;

  /** Of these, one character is one too many. */
  private static final Set<String> NOTHING = Set.of("SECRET", "PASSWORD", "PRIVATE_KEY", "CONNECTION_STRING");

  private Masked() {}

  static String of(String type, String value) {
    int length = value.codePointCount(0, value.length());
    if (length < LONG_ENOUGH || NOTHING.contains(type)) {
      return "…(" + length + ")";
    }
    return shown(value.codePointAt(0)) + "…(" + length + ")…" + shown(value.codePointBefore(value.length()));
  }

  /** Controls and the like would act on a terminal (hazard B3). */
  private static String shown(int point) {
    return Character.isLetterOrDigit(point) && Character.isDefined(point) ? Character.toString(point) : "·";
  }
}
