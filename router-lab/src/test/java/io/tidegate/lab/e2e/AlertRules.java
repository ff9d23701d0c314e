package io.tidegate.lab.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The shipped rules, as the tests read them. */
final class AlertRules {
  static final Path FOLDER = TestBed.root().resolve("deploy/prometheus");
  static final Path FILE = FOLDER.resolve("tidegate.rules.yaml");
  private static final Pattern NAME = Pattern.compile("(?<![\\w:])(?:tidegate|gen_ai)_\\w+");
  private static final Pattern DURATION = Pattern.compile("(for: |\\[|offset )(\\d+)(s|m|h|d)\\b");
  /** Of what is discovered; times, too. */
  private static final Pattern AGE = Pattern.compile("(_age_seconds\\)? > )(\\d+)");
  private static final Map<String, Integer> SECONDS = Map.of("s", 1, "m", 60, "h", 3600, "d", 86400);

  /** An alert's or a recording's. */
  record Rule(String group, boolean alert, String name, String expression, Map<?, ?> labels, Map<?, ?> annotations) {}

  private AlertRules() {}

  static String text() {
    try {
      return Files.readString(FILE);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  static List<Rule> all() {
    List<Rule> rules = new ArrayList<>();
    Map<?, ?> file = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(text());
    for (Object group : (List<?>) file.get("groups")) {
      Map<?, ?> entries = (Map<?, ?>) group;
      for (Object each : (List<?>) entries.get("rules")) {
        Map<?, ?> rule = (Map<?, ?>) each;
        boolean alert = rule.containsKey("alert");
        rules.add(new Rule(entries.get("name").toString(), alert, rule.get(alert ? "alert" : "record").toString(), rule.get("expr").toString(),
            map(rule.get("labels")), map(rule.get("annotations"))));
      }
    }
    return rules;
  }

  private static Map<?, ?> map(Object value) {
    return value == null ? Map.of() : (Map<?, ?>) value;
  }

  static Set<String> alertNames() {
    Set<String> names = new TreeSet<>();
    all().stream().filter(Rule::alert).forEach(rule -> names.add(rule.name()));
    return names;
  }

  /** Names of the daemon's metrics in an expression, neither its labels nor what a recording rule makes: that has a colon. */
  static Set<String> metrics(String expression) {
    Set<String> names = new TreeSet<>();
    Matcher matcher = NAME.matcher(expression.replaceAll("\"[^\"]*\"", "\"\"").replaceAll("\\b(by|ignoring) \\([^)]*\\)", "$1"));
    while (matcher.find()) {
      if (matcher.end() == expression.length() || expression.charAt(matcher.end()) != ':') {
        names.add(matcher.group());
      }
    }
    return names;
  }

  /** The rules with every time in them, and every age that is compared, divided: a test cannot wait for an hour. */
  static String faster(int factor, int ageFactor) {
    String durations = DURATION.matcher(text()).replaceAll(found -> Matcher.quoteReplacement(found.group(1)
        + Long.parseLong(found.group(2)) * SECONDS.get(found.group(3)) * 1000 / factor + "ms"));
    return AGE.matcher(durations).replaceAll(found -> Matcher.quoteReplacement(found.group(1) + Long.parseLong(found.group(2)) / ageFactor));
  }
}
