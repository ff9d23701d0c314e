package io.tidegate.config;

/** A value that cannot be read; becomes a {@link io.tidegate.model.Problem} where its place is known. Neither text holds a secret. */
final class Malformed extends Exception {
  private static final long serialVersionUID = 1L;
  private final String fix;

  Malformed(String message, String fix) {
    super(message, null, false, false);
    this.fix = fix;
  }

  String message() {
    return getMessage();
  }

  String fix() {
    return fix;
  }

  /** At most 60 characters of a configured value, controls replaced, for a message. Not for values that may be secrets. */
  static String shown(String value) {
    StringBuilder shown = new StringBuilder();
    value.codePoints().limit(60).forEach(c -> shown.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return shown.length() < value.length() ? shown + "…" : shown.toString();
  }
}
