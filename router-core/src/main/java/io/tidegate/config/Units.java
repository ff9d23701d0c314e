package io.tidegate.config;

import java.time.Duration;
import java.util.Map;

/** Durations like {@code 250ms 10s 5m 2h 30d} and sizes like {@code 512 8KiB 64MiB 10GiB}: a whole number and a unit, nothing between. */
final class Units {
  private static final Map<String, Long> MILLIS = Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
  private static final Map<String, Long> BYTES = Map.of("", 1L, "B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);
  /** Enough for 30,000 years in days; keeps products inside a long. */
  private static final int MAX_DIGITS = 9;

  private Units() {}

  static Duration duration(String text) throws Malformed {
    Long millis = product(text, MILLIS);
    if (millis == null) {
      throw new Malformed("'" + shown(text) + "' is not a duration", "write a whole number and a unit: 250ms, 10s, 5m, 2h or 30d");
    }
    return Duration.ofMillis(millis);
  }

  static long bytes(String text) throws Malformed {
    Long bytes = product(text, BYTES);
    if (bytes == null) {
      throw new Malformed("'" + shown(text) + "' is not a size", "write a whole number and a unit: 512B, 8KiB, 64MiB or 10GiB");
    }
    return bytes;
  }

  private static @org.jspecify.annotations.Nullable Long product(String text, Map<String, Long> units) {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    Long unit = units.get(text.substring(digits));
    return digits == 0 || digits > MAX_DIGITS || unit == null ? null : Long.parseLong(text.substring(0, digits)) * unit;
  }

  /** The largest unit that divides {@code duration}. */
  static String text(Duration duration) {
    long millis = duration.toMillis();
    for (String unit : new String[] {"d", "h", "m", "s"}) {
      if (millis != 0 && millis % MILLIS.get(unit) == 0) {
        return millis / MILLIS.get(unit) + unit;
      }
    }
    return millis + "ms";
  }

  /** The largest unit that divides {@code bytes}. */
  static String text(long bytes) {
    for (String unit : new String[] {"GiB", "MiB", "KiB"}) {
      if (bytes != 0 && bytes % BYTES.get(unit) == 0) {
        return bytes / BYTES.get(unit) + unit;
      }
    }
    return bytes + "B";
  }

  /** At most 40 characters of a configured value, controls replaced. Not for values that may be secrets. */
  static String shown(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints().limit(40).forEach(c -> shown.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return shown.length() < text.length() ? shown + "…" : shown.toString();
  }
}
