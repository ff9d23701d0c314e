package io.tidegate.admission;

/** What names of tenants, callers and groups may look like: they stand in policies, records, metrics and log lines. */
public final class CallerName {
  private static final int MAX = 64;
  /** What to write instead of a name that is not {@link #good}. */
  public static final String FIX = "use 1 to " + MAX + " of a-z 0-9 - _ . and begin with a letter, a digit or _";

  private CallerName() {}

  public static boolean good(String text) {
    boolean good = !text.isEmpty() && text.length() <= MAX && text.charAt(0) != '-' && text.charAt(0) != '.';
    for (int i = 0; good && i < text.length(); i++) {
      char c = text.charAt(i);
      good = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.';
    }
    return good;
  }
}
