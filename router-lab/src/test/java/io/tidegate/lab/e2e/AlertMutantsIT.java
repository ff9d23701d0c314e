package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whether the unit tests of the alerts would notice: each threshold moved by a tenth (a count: by one) either way, each wait and window taken away,
 * each guard lowered.
 */
@Tag("long")
class AlertMutantsIT {
  private static final Pattern ALERT = Pattern.compile("(?m)^  - alert: (\\w+)\\n(?:(?!^  - ).*\\n)*");
  private static final Pattern BOUND = Pattern.compile(" ([<>]=?|==) ([\\d.]+)(?=$| \\*|\\n| and| or|\\))", Pattern.MULTILINE);
  private static final Pattern WAIT = Pattern.compile("(?m)^    for: .*$");

  private static final Pattern ASKED = Pattern.compile("alertname: (\\w+)");
  private static final String RULES = "tidegate.rules.yaml";

  @TempDir
  private static Path folder;

  /** Alerts that the tests left in the folder ask for. */
  private final Set<String> asked = new HashSet<>();

  private record Mutant(String alert, String what, String rules) {}

  @Test
  @DisplayName("R7.3 every threshold, guard and wait of every alert is held by its unit tests: moved, or taken away, they turn red")
  void noticed() throws IOException {
    List<Mutant> mutants = mutants(AlertRules.text());
    assertThat(mutants).hasSizeGreaterThan(140);
    List<String> unnoticed = new ArrayList<>();
    String alert = "";
    List<String> arguments = List.of();
    for (Mutant mutant : mutants) {
      if (!mutant.alert().equals(alert)) {
        alert = mutant.alert();
        arguments = testsOf(alert);
        Files.writeString(folder.resolve(RULES), only(asked, AlertRules.text()));
        PrometheusServer.promtool(folder, "", arguments.toArray(String[]::new));
      }
      Files.writeString(folder.resolve(RULES), only(asked, mutant.rules()));
      try {
        PrometheusServer.promtool(folder, "", arguments.toArray(String[]::new));
        unnoticed.add(alert + ": " + mutant.what());
      } catch (AssertionError noticed) {
        assertThat(noticed).as(mutant.what()).hasMessageContaining("FAILED").hasMessageContaining(alert);
      }
    }
    assertThat(unnoticed).isEmpty();
  }

  /** Leaves in the folder only the tests that ask for an alert: promtool works out every rule at every step, and a mutant should cost half a second. */
  private List<String> testsOf(String alert) throws IOException {
    asked.clear();
    Path tests = Files.createDirectories(folder.resolve("tests"));
    List<String> arguments = new ArrayList<>(List.of("test", "rules"));
    List<Path> files;
    try (Stream<Path> all = Files.list(AlertRules.FOLDER.resolve("tests"))) {
      files = all.sorted().toList();
    }
    for (Path file : files) {
      String[] parts = Files.readString(file).split("(?m)^(?=- name: )");
      StringBuilder kept = new StringBuilder();
      for (String part : List.of(parts).subList(1, parts.length)) {
        List<String> names = ASKED.matcher(part).results().map(found -> found.group(1)).toList();
        if (names.contains(alert)) {
          kept.append(part);
          asked.addAll(names);
        }
      }
      if (!kept.isEmpty()) {
        Files.writeString(tests.resolve(file.getFileName()), parts[0] + kept);
        arguments.add("tests/" + file.getFileName());
      }
    }
    return arguments;
  }

  /** The rules without the alerts that no test left asks for. */
  private static String only(Set<String> alerts, String rules) {
    return ALERT.matcher(rules).replaceAll(found -> alerts.contains(found.group(1)) ? Matcher.quoteReplacement(found.group()) : "");
  }

  private static List<Mutant> mutants(String text) {
    List<Mutant> mutants = new ArrayList<>();
    Matcher alerts = ALERT.matcher(text);
    while (alerts.find()) {
      String name = alerts.group(1);
      Matcher bounds = BOUND.matcher(alerts.group());
      boolean first = true;
      while (bounds.find()) {
        String before = alerts.group().substring(alerts.group().lastIndexOf('\n', bounds.start()) + 1, bounds.start());
        for (String other : others(bounds.group(1), bounds.group(2), before, first)) {
          mutants.add(new Mutant(name, bounds.group().strip() + " -> " + other, replaced(text, alerts.start() + bounds.start(), bounds.group(), " " + other)));
        }
        first &= bounds.group(2).equals("0");
      }
      Matcher wait = WAIT.matcher(alerts.group());
      if (wait.find()) {
        mutants.add(new Mutant(name, "without " + wait.group().strip(), replaced(text, alerts.start() + wait.start(), wait.group() + "\n", "")));
      }
    }
    return mutants;
  }

  private static String replaced(String text, int at, String old, String other) {
    return text.substring(0, at) + other + text.substring(at + old.length());
  }

  /** What is put in a bound's place: nearly the same, or what always or never holds. */
  private static List<String> others(String sign, String bound, String before, boolean first) {
    boolean above = sign.startsWith(">");
    String always = sign + (above ? " -1e18" : " 1e18");
    String never = sign + (above ? " 1e18" : " -1e18");
    if (sign.equals("==")) {
      return List.of("!= " + bound, ">= 0");
    }
    if (bound.equals("0")) {
      return List.of(always, never);
    }
    if (before.contains("count by (")) {
      // Whole numbers: a tenth moves nothing.
      return List.of(sign + " " + (Long.parseLong(bound) - 1), sign + " " + (Long.parseLong(bound) + 1));
    }
    String less = sign + " " + new BigDecimal(bound).multiply(new BigDecimal("0.9")).toPlainString();
    String more = sign + " " + new BigDecimal(bound).multiply(new BigDecimal("1.1")).toPlainString();
    if (first || before.strip().startsWith("or ")) {
      return List.of(less, more);
    }
    // A guard is wrong only where it lets through what it should not.
    return before.contains("rate(") ? List.of(always, less) : List.of(always);
  }
}
