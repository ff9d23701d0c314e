package io.tidegate.policy;

import io.tidegate.yaml.YamlMap;
import io.tidegate.yaml.YamlText;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/** Reads the kinds of word that occur in several parts of a policy file. */
final class Words {
  private static final String ID_FIX = "write 1 to 63 lower-case letters, digits and hyphens, beginning with a letter or digit";

  private Words() {}

  /** An id such as {@code cn-id}; empty after a problem. */
  static Optional<String> id(YamlMap map, String key) {
    return map.text(key).map(YamlText::text).filter(text -> {
      boolean good = isId(text);
      if (!good) {
        map.problem(key, "'" + key + "' is not an id", ID_FIX);
      }
      return good;
    });
  }

  static boolean isId(String text) {
    boolean good = !text.isEmpty() && text.length() <= 63 && text.charAt(0) != '-';
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      good &= c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-';
    }
    return good;
  }

  /** An entity type such as {@code STAFF_NO}. */
  static boolean isType(String text) {
    boolean good = !text.isEmpty() && text.length() <= 63 && text.charAt(0) >= 'A' && text.charAt(0) <= 'Z';
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      good &= c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
    }
    return good;
  }

  /** A date such as {@code 2027-06-30}; empty if absent or, after a problem, wrong. */
  static Optional<LocalDate> date(YamlMap map, String key) {
    return map.optionalString(key).flatMap(text -> {
      try {
        return Optional.of(LocalDate.parse(text));
      } catch (DateTimeParseException e) {
        map.problem(key, "'" + key + "' is not a date", "write it as year-month-day, such as 2027-06-30");
        return Optional.empty();
      }
    });
  }

  /** A date that must be there. */
  static Optional<LocalDate> requiredDate(YamlMap map, String key, String why) {
    if (!map.has(key)) {
      map.problem(map.position(), "'" + key + "' is missing: " + why, "add '" + key + ": 2027-06-30', the last day on which it holds");
      return Optional.empty();
    }
    return date(map, key);
  }

  /** Names of tenants or callers. */
  static List<String> names(YamlMap map, String key) {
    List<YamlText> texts = map.texts(key);
    for (YamlText text : texts) {
      if (text.text().isBlank() || text.text().length() > 200) {
        map.problem(text.position(), "a name in '" + key + "' is empty or longer than 200 characters", "write the name as the keys file has it");
      } else if (text.text().equals("*")) {
        map.problem(text.position(), "'*' in '" + key + "' would mean everybody", "name each one");
      }
    }
    return texts.stream().map(YamlText::text).toList();
  }
}
