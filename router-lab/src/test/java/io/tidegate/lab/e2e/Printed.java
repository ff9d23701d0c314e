package io.tidegate.lab.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Output as a page prints it: a line {@code …} stands for any number of lines, {@code …} within a line for any text. */
final class Printed {
  private static final String ANYTHING = "…";

  private Printed() {}

  /** Whether the whole of {@code actual} is what the page prints; blank lines at the end do not count. */
  static boolean matches(List<String> printed, List<String> actual) {
    return matches(trimmed(printed), 0, trimmed(actual), 0);
  }

  /** The lines without carriage returns, blanks at their ends, and blank lines at the end. */
  static List<String> trimmed(List<String> lines) {
    List<String> kept = new ArrayList<>(lines.stream().map(String::stripTrailing).toList());
    while (!kept.isEmpty() && kept.get(kept.size() - 1).isEmpty()) {
      kept.remove(kept.size() - 1);
    }
    return kept;
  }

  private static boolean matches(List<String> printed, int p, List<String> actual, int a) {
    if (p == printed.size()) {
      return a == actual.size();
    }
    if (printed.get(p).equals(ANYTHING)) {
      for (int from = a; from <= actual.size(); from++) {
        if (matches(printed, p + 1, actual, from)) {
          return true;
        }
      }
      return false;
    }
    return a < actual.size() && line(printed.get(p), actual.get(a)) && matches(printed, p + 1, actual, a + 1);
  }

  private static boolean line(String printed, String actual) {
    StringBuilder pattern = new StringBuilder();
    for (String part : printed.split(ANYTHING, -1)) {
      pattern.append(pattern.isEmpty() ? "" : ".*").append(part.isEmpty() ? "(?:)" : Pattern.quote(part));
    }
    return Pattern.compile(pattern.toString()).matcher(actual).matches();
  }
}
