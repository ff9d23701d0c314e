package io.tidegate.ingress.http;

import io.tidegate.model.CacheDirective;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Sensitivity;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Readings of single header values, over the raw bytes. */
final class HeadValues {
  private static final Sensitivity[] SENSITIVITIES = Sensitivity.values();
  private static final LatencyClass[] LATENCY_CLASSES = LatencyClass.values();
  private static final String[] SENSITIVITY_NAMES = lower(SENSITIVITIES);
  private static final String[] LATENCY_NAMES = lower(LATENCY_CLASSES);
  private static final long MAX_HINT_SECONDS = 86_400;

  private HeadValues() {}

  /** 1 to 19 digits; -1 for anything else, or for more than a long holds. */
  static long digits(byte[] b, int start, int end) {
    if (start == end || end - start > 19) {
      return -1;
    }
    long value = 0;
    for (int i = start; i < end; i++) {
      int digit = b[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value < 0 ? -1 : value;
  }

  /** A hint such as {@code 600} or {@code 59.5}; 0 if it is not one, or none within a day. */
  static long secondsAsNanos(byte[] b, int start, int end) {
    int dot = start;
    while (dot < end && b[dot] != '.') {
      dot++;
    }
    long seconds = digits(b, start, dot);
    if (seconds < 0 || seconds > MAX_HINT_SECONDS) {
      return 0;
    }
    long nanos = 0;
    long unit = 100_000_000;
    for (int i = dot + 1; i < end; i++, unit /= 10) {
      int digit = b[i] - '0';
      if (digit < 0 || digit > 9) {
        return 0;
      }
      nanos += digit * unit;
    }
    return seconds * 1_000_000_000 + nanos;
  }

  /** {@code application/json}, with no parameter but {@code charset=utf-8}. */
  static boolean json(byte[] b, int start, int end) {
    int semicolon = indexOf(b, start, end, (byte) ';');
    if (!Ascii.equalIgnoreCase(b, start, trimEnd(b, start, semicolon), "application/json")) {
      return false;
    }
    if (semicolon == end) {
      return true;
    }
    int from = trimStart(b, semicolon + 1, end);
    return from == end || Ascii.equalIgnoreCase(b, from, end, "charset=utf-8") || Ascii.equalIgnoreCase(b, from, end, "charset=\"utf-8\"");
  }

  /** The same of a value that was kept. */
  static boolean json(String value) {
    byte[] bytes = Ascii.bytes(value);
    return json(bytes, 0, bytes.length);
  }

  static CacheDirective cacheDirective(byte[] b, int start, int end) {
    if (listHolds(b, start, end, "no-store")) {
      return CacheDirective.NO_STORE;
    }
    // max-age=0 asks for what no-cache asks for.
    return listHolds(b, start, end, "no-cache") || listHolds(b, start, end, "max-age=0") ? CacheDirective.NO_CACHE : CacheDirective.DEFAULT;
  }

  /** Whether the comma separated list holds {@code lower}, letters of any case. */
  static boolean listHolds(byte[] b, int start, int end, String lower) {
    int from = start;
    while (from <= end) {
      int comma = indexOf(b, from, end, (byte) ',');
      int first = trimStart(b, from, comma);
      if (Ascii.equalIgnoreCase(b, first, trimEnd(b, first, comma), lower)) {
        return true;
      }
      from = comma + 1;
    }
    return false;
  }

  static @Nullable Sensitivity sensitivity(byte[] b, int start, int end) {
    int found = find(b, start, end, SENSITIVITY_NAMES);
    return found < 0 ? null : SENSITIVITIES[found];
  }

  static @Nullable LatencyClass latencyClass(byte[] b, int start, int end) {
    int found = find(b, start, end, LATENCY_NAMES);
    return found < 0 ? null : LATENCY_CLASSES[found];
  }

  private static int find(byte[] b, int start, int end, String[] names) {
    for (int i = 0; i < names.length; i++) {
      if (Ascii.equalIgnoreCase(b, start, end, names[i])) {
        return i;
      }
    }
    return -1;
  }

  private static int indexOf(byte[] b, int start, int end, byte wanted) {
    int i = start;
    while (i < end && b[i] != wanted) {
      i++;
    }
    return i;
  }

  private static int trimStart(byte[] b, int start, int end) {
    int i = start;
    while (i < end && (b[i] == Ascii.SP || b[i] == Ascii.HT)) {
      i++;
    }
    return i;
  }

  private static int trimEnd(byte[] b, int start, int end) {
    int i = end;
    while (i > start && (b[i - 1] == Ascii.SP || b[i - 1] == Ascii.HT)) {
      i--;
    }
    return i;
  }

  private static String[] lower(Enum<?>[] values) {
    String[] names = new String[values.length];
    for (int i = 0; i < names.length; i++) {
      names[i] = values[i].name().toLowerCase(Locale.ROOT);
    }
    return names;
  }
}
