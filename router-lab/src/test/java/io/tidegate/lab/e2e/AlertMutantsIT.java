package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether the unit tests of the alerts would notice: each threshold moved by a tenth either way, each wait and window taken away, each guard lowered. */
@Tag("long")
class AlertMutantsIT {
  private static final Pattern ALERT = Pattern.compile("(?m)^  - alert: (\\w+)\\n(?:(?!^  - ).*\\n)*");
  private static final Pattern BOUND = Pattern.compile(" ([<>]=?|==) ([\\d.]+)(?=$| \\*|\\n| and| or|\\))", Pattern.MULTILINE);
  private static final Pattern WAIT = Pattern.compile("(?m)^    for: .*$");

  @TempDir
  private static Path folder;

  private record Mutant(String alert, String what, String rules) {}

  @Test
  @DisplayName("R7.3 every threshold, guard and wait of every alert is held by its unit tests: moved by a tenth, or taken away, they turn red")
  void noticed() throws IOException {
    List<Mutant> mutants = mutants(AlertRules.text());
    assertThat(mutants).hasSizeGreaterThan(80);
    List<String> unnoticed = new ArrayList<>();
    Path tests = Files.createDirectory(folder.resolve("tests"));
    List<Path> files;
    try (Stream<Path> all = Files.list(AlertRules.FOLDER.resolve("tests"))) {
      files = all.sorted().toList();
    }
    for (Path file : files) {
      Files.copy(file, tests.resolve(file.getFileName()));
    }
    for (Mutant mutant : mutants) {
      Files.writeString(folder.resolve("tidegate.rules.yaml"), mutant.rules());
      List<String> arguments = new ArrayList<>(List.of("test", "rules"));
      for (Path file : files) {
        if (Files.readString(file).contains("alertname: " + mutant.alert())) {
          arguments.add("tests/" + file.getFileName());
        }
      }
      try {
        PrometheusServer.promtool(folder, "", arguments.toArray(String[]::new));
        unnoticed.add(mutant.alert() + ": " + mutant.what());
      } catch (AssertionError noticed) {
        assertThat(noticed).as(mutant.what()).hasMessageContaining("FAILED").hasMessageContaining(mutant.alert());
      }
    }
    assertThat(unnoticed).isEmpty();
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
    String less = sign + " " + new BigDecimal(bound).multiply(new BigDecimal("0.9")).toPlainString();
    String more = sign + " " + new BigDecimal(bound).multiply(new BigDecimal("1.1")).toPlainString();
    if (first || before.strip().startsWith("or ")) {
      return List.of(less, more);
    }
    // A guard is wrong only where it lets through what it should not.
    return before.contains("rate(") ? List.of(always, less) : List.of(always);
  }
}
