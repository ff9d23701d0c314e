package io.tidegate.upstream.dialect;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** How long an upstream asks us to wait: {@code retry-after-ms}, else {@code Retry-After} in seconds or as a date (RFC 9110 section 10.2.3). */
final class RetryAfter {
  static final long MIN_MILLIS = 1_000;
  static final long MAX_MILLIS = 60_000;

  private RetryAfter() {}

  /** Milliseconds clamped to 1 s … 60 s, also what is 0, negative or past; 0 if nothing readable was said. */
  static long millis(@Nullable String retryAfterMs, @Nullable String retryAfter, Instant now) {
    long exact = number(retryAfterMs, 1);
    if (exact > 0) {
      return exact;
    }
    long seconds = number(retryAfter, 1_000);
    return seconds > 0 || retryAfter == null ? seconds : date(retryAfter.strip(), now);
  }

  /** 0 if {@code text} is not a number. Fractions are allowed, as the SDKs do. */
  private static long number(@Nullable String text, long unit) {
    String digits = text == null ? "" : text.strip();
    if (digits.isEmpty() || digits.length() > 24) {
      return 0;
    }
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (!(c >= '0' && c <= '9' || c == '.' || c == '-' && i == 0)) {
        return 0;
      }
    }
    try {
      return clamp(Double.parseDouble(digits) * unit);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static long date(String text, Instant now) {
    if (text.length() > 40) {
      return 0;
    }
    try {
      Instant when = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return clamp(Duration.between(now, when).toMillis());
    } catch (DateTimeException e) {
      return 0;
    }
  }

  private static long clamp(double millis) {
    return (long) Math.max(MIN_MILLIS, Math.min(MAX_MILLIS, millis));
  }
}
