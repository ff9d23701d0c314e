package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rules as Prometheus' own tool sees them. */
class PromtoolIT {
  @Test
  @DisplayName("R7.1 promtool takes the rules and the example of a configuration")
  void rulesAreValid() {
    assertThat(PrometheusServer.promtool(AlertRules.FOLDER, "", "check", "rules", "--lint=all", "--lint-fatal", "tidegate.rules.yaml"))
        .contains("SUCCESS: " + AlertRules.all().size() + " rules found");
    assertThat(PrometheusServer.promtool(AlertRules.FOLDER, "", "check", "config", "prometheus.yaml")).contains("SUCCESS");
  }

  @Test
  @DisplayName("R7.1 R7.3 promtool's unit tests of every alert pass: fire, just below, gap, low traffic")
  void unitTestsPass() throws IOException {
    List<String> arguments = new ArrayList<>(List.of("test", "rules"));
    try (Stream<Path> files = Files.list(AlertRules.FOLDER.resolve("tests"))) {
      files.sorted().forEach(file -> arguments.add("tests/" + file.getFileName()));
    }
    String said = PrometheusServer.promtool(AlertRules.FOLDER, "", arguments.toArray(String[]::new));
    assertThat(said.split("SUCCESS", -1)).as(said).hasSize(arguments.size() - 1);
  }
}
