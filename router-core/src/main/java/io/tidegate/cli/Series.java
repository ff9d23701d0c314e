package io.tidegate.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One series of a scrape: {@code name{label="value",…} number}. Reads the part of Prometheus' text format that the admin listener writes; a line that is none
 * is left out.
 */
record Series(String name, Map<String, String> labels, double value) {
  /** All series of the text. */
  static List<Series> parse(String text) {
    List<Series> all = new ArrayList<>();
    text.lines().forEach(line -> {
      Series one = line.isEmpty() || line.charAt(0) == '#' ? null : parseLine(line);
      if (one != null) {
        all.add(one);
      }
    });
    return all;
  }

  private static @org.jspecify.annotations.Nullable Series parseLine(String line) {
    Map<String, String> labels = new HashMap<>();
    int at = 0;
    while (at < line.length() && line.charAt(at) != '{' && line.charAt(at) != ' ') {
      at++;
    }
    String name = line.substring(0, at);
    if (at < line.length() && line.charAt(at) == '{') {
      at++;
      while (at < line.length() && line.charAt(at) != '}') {
        int equals = line.indexOf("=\"", at);
        if (equals < 0) {
          return null;
        }
        String key = line.substring(at, equals);
        StringBuilder value = new StringBuilder();
        at = equals + 2;
        while (at < line.length() && line.charAt(at) != '"') {
          if (line.charAt(at) == '\\' && at + 1 < line.length()) {
            at++;
            value.append(line.charAt(at) == 'n' ? '\n' : line.charAt(at));
          } else {
            value.append(line.charAt(at));
          }
          at++;
        }
        labels.put(key, value.toString());
        at++;
        if (at < line.length() && line.charAt(at) == ',') {
          at++;
        }
      }
      at++;
    }
    String rest = at < line.length() ? line.substring(at).strip() : "";
    int end = rest.indexOf(' ');
    try {
      return new Series(name, Map.copyOf(labels), number(end < 0 ? rest : rest.substring(0, end)));
    } catch (NumberFormatException noNumber) {
      return null;
    }
  }

  static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  String label(String key) {
    return labels.getOrDefault(key, "");
  }
}
