package io.tidegate.daemon.reload;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tidegate.admission.Callers;
import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Environment;
import io.tidegate.config.TidegateConfig;
import io.tidegate.daemon.reload.Reloaded.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadingTest {
  @TempDir
  private Path folder;

  private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final List<Callers> callers = new ArrayList<>();
  private final List<String> levels = new ArrayList<>();
  private @Nullable RuntimeException defect;

  private void configure(String text) throws IOException {
    Files.writeString(folder.resolve("tidegate.yaml"), text);
  }

  private ConfigLoader.Loaded load() {
    if (defect != null) {
      throw defect;
    }
    return ConfigLoader.load(folder.resolve("tidegate.yaml"), Environment.empty());
  }

  private Reloading reloading() throws IOException {
    ConfigLoader.Loaded first = load();
    TidegateConfig config = first.config().orElseThrow(() -> new IllegalStateException(first.problems().toString()));
    return new Reloading(config, new ConfigSource(first, this::load), ListenerTls.open(config), new Reloading.Parts(callers::add, levels::add, (listener, end) -> { }),
        () -> Instant.EPOCH, new ReloadMeters(registry));
  }

  @Test
  @DisplayName("K6 what can be changed while requests are under way is in force; what cannot is named and is not")
  void accepted() throws IOException {
    configure("telemetry: {logLevel: info}\n");
    Reloading reloading = reloading();
    configure("telemetry: {logLevel: debug}\ntimeouts: {drain: 7s}\nloops: 3\n");
    Reloaded outcome = reloading.attempt();
    assertThat(outcome.kind()).isEqualTo(Kind.ACCEPTED);
    assertThat(outcome.changed()).containsExactlyInAnyOrder("telemetry.logLevel", "timeouts.drain");
    assertThat(outcome.restart()).containsExactly("loops");
    assertThat(levels).containsExactly("debug");
    assertThat(callers).hasSize(1);
    assertThat(reloading.inForce().timeouts().drain()).isEqualTo(Duration.ofSeconds(7));
    assertThat(registry.scrape()).contains("tidegate_config_restart_needed 1.0");
    assertThat(reloading.attempt().changed()).as("it is in force by now").isEmpty();
  }

  @Test
  @DisplayName("G2 what is refused changes nothing, and says why: the file is wrong, or could not be read for a defect of ours")
  void refused() throws IOException {
    configure("telemetry: {logLevel: info}\n");
    Reloading reloading = reloading();
    TidegateConfig before = reloading.inForce();
    configure("telemetry: {logLevel: debug}\nloops: many\n");
    Reloaded wrong = reloading.attempt();
    assertThat(wrong.refused()).isTrue();
    assertThat(wrong.problems()).singleElement().asString().contains("tidegate.yaml:2:").contains("Fix:");
    defect = new IllegalStateException("CANARY");
    Reloaded failed = reloading.attempt();
    assertThat(failed.problems()).singleElement().asString().contains("IllegalStateException").doesNotContain("CANARY");
    assertThat(reloading.last()).isEqualTo(failed);
    assertThat(reloading.inForce()).isSameAs(before);
    assertThat(levels).isEmpty();
    assertThat(callers).isEmpty();
    assertThat(registry.scrape()).contains("tidegate_config_last_attempt_failed 1.0").contains("outcome=\"refused\"} 2.0");
    defect = null;
    configure("telemetry: {logLevel: info}\n");
    assertThat(reloading.attempt().kind()).isEqualTo(Kind.UNCHANGED);
    assertThat(registry.scrape()).contains("tidegate_config_last_attempt_failed 0.0");
  }
}
