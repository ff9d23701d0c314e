package io.tidegate.yaml;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What single values mean: YAML 1.2's core schema, and lengths of time and sizes with units. */
final class YamlScalars {
  private static final String[] TIME_UNITS = {"ms", "s", "m", "h", "d"};
  private static final long[] TIME_MILLIS = {1, 1_000, 60_000, 3_600_000, 86_400_000};
  private static final String[] SIZE_UNITS = {"KiB", "MiB", "GiB", "TiB"};

  private YamlScalars() {}

  static Optional<Long> integer(YamlText text) {
    return text.isPlain() ? whole(text.text().startsWith("+") ? text.text().substring(1) : text.text()) : Optional.empty();
  }

  static Optional<Double> decimal(YamlText text) {
    String t = text.text();
    if (!text.isPlain() || t.isEmpty() || t.length() > 32) {
      return Optional.empty();
    }
    for (int i = 0; i < t.length(); i++) {
      if ("+-.0123456789eE".indexOf(t.charAt(i)) < 0) {
        return Optional.empty();
      }
    }
    try {
      return Optional.of(Double.parseDouble(t));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  static Optional<Boolean> bool(YamlText text) {
    if (!text.isPlain()) {
      return Optional.empty();
    }
    return switch (text.text()) {
      case "true", "True", "TRUE" -> Optional.of(true);
      case "false", "False", "FALSE" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  static Optional<Duration> duration(YamlText text) {
    String t = text.text();
    int digits = digits(t);
    for (int i = 0; i < TIME_UNITS.length; i++) {
      long millis = TIME_MILLIS[i];
      if (t.substring(digits).equals(TIME_UNITS[i])) {
        return whole(t.substring(0, digits)).filter(n -> n <= Long.MAX_VALUE / millis).map(n -> Duration.ofMillis(n * millis));
      }
    }
    return t.equals("0") ? Optional.of(Duration.ZERO) : Optional.empty();
  }

  static Optional<Long> bytes(YamlText text) {
    String t = text.text();
    int digits = digits(t);
    String unit = t.substring(digits);
    Optional<Long> number = whole(t.substring(0, digits));
    if (unit.isEmpty() || unit.equals("B")) {
      return number;
    }
    for (int i = 0; i < SIZE_UNITS.length; i++) {
      int shift = 10 * (i + 1);
      if (unit.equals(SIZE_UNITS[i])) {
        return number.filter(n -> n <= Long.MAX_VALUE >> shift).map(n -> n << shift);
      }
    }
    return Optional.empty();
  }

  static <E extends Enum<E>> Optional<E> word(YamlText text, Class<E> type) {
    String wanted = flat(text.text());
    for (E constant : type.getEnumConstants()) {
      if (flat(constant.name()).equals(wanted)) {
        return Optional.of(constant);
      }
    }
    return Optional.empty();
  }

  static <E extends Enum<E>> List<String> wordList(Class<E> type) {
    List<String> words = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      words.add(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
    return words;
  }

  static <E extends Enum<E>> String words(Class<E> type) {
    return String.join(", ", wordList(type));
  }

  static String show(Duration duration) {
    long millis = duration.toMillis();
    int unit = TIME_UNITS.length - 1;
    while (unit > 0 && millis % TIME_MILLIS[unit] != 0) {
      unit--;
    }
    return millis / TIME_MILLIS[unit] + TIME_UNITS[unit];
  }

  static String show(long bytes) {
    int unit = 0;
    long number = bytes;
    while (unit < SIZE_UNITS.length && number != 0 && number % 1024 == 0) {
      number /= 1024;
      unit++;
    }
    return unit == 0 ? Long.toString(bytes) : number + SIZE_UNITS[unit - 1];
  }

  private static String flat(String word) {
    return word.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
  }

  private static int digits(String text) {
    int i = 0;
    while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      i++;
    }
    return i;
  }

  private static Optional<Long> whole(String text) {
    int from = text.startsWith("-") ? 1 : 0;
    if (text.length() == from || text.length() > 19 || digits(text.substring(from)) != text.length() - from) {
      return Optional.empty();
    }
    try {
      return Optional.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
