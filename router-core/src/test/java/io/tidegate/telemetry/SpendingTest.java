package io.tidegate.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tidegate.cost.Price;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Destination;
import io.tidegate.model.Dialect;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.LeftAttempt;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SpendingTest {
  private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Spending spending = new Spending(registry, List.of("hospital"), List.of(upstream("cloud", Zone.PUBLIC), upstream("home", Zone.PRIVATE)),
      List.of(new Price("cloud", 2, 0.5, 8, 100, 100, ZoneOffset.UTC, List.of())), () -> Instant.EPOCH);

  private static Upstream upstream(String name, Zone zone) {
    return new Upstream(name, zone, Dialect.OPENAI, List.of("*"), null, Map.of(), false, false, "", List.of(), null, null, false, List.of(), null, Duration.ofSeconds(1), 1);
  }

  private static RouteInfo route(String upstream, LeftAttempt... left) {
    return new RouteInfo("id", Sensitivity.PUBLIC, LatencyClass.BATCH, Destination.PUBLIC, upstream, "", "", CacheOutcome.MISS, 1, List.of(left));
  }

  private double value(String family, String... labels) {
    return registry.scrape().lines().filter(line -> line.startsWith(family + "{") && List.of(labels).stream().allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
  }

  @Test
  @DisplayName("R2.8 tokens and cost are counted by tenant, upstream and class; what was cached costs its own price")
  void counts() {
    spending.ended("hospital", route("cloud"), true, new Usage(1_000_000, 100_000, 400_000, 30_000));
    assertThat(value("tidegate_tokens_total", "tenant=\"hospital\"", "kind=\"input\"", "upstream=\"cloud\"", "latency_class=\"batch\"")).isEqualTo(1_000_000);
    assertThat(value("tidegate_tokens_total", "kind=\"cached\"")).isEqualTo(400_000);
    assertThat(value("tidegate_tokens_total", "kind=\"output\"")).isEqualTo(100_000);
    assertThat(value("tidegate_tokens_total", "kind=\"reasoning\"")).isEqualTo(30_000);
    assertThat(value("tidegate_cost_total", "tenant=\"hospital\"", "upstream=\"cloud\"", "latency_class=\"batch\"")).isEqualTo(0.6 * 2 + 0.4 * 0.5 + 0.1 * 8);
  }

  @Test
  @DisplayName("R2.8 attempts that were left behind cost what their upstream told; answers that cost no call cost nothing")
  void leftBehind() {
    spending.ended("hospital", route("home", new LeftAttempt("cloud", "c1", "reset", 1, 1_000_000, 0)), true, new Usage(5, 7, -1, -1));
    assertThat(value("tidegate_tokens_total", "upstream=\"home\"")).isEqualTo(12);
    assertThat(value("tidegate_tokens_total", "upstream=\"cloud\"")).isEqualTo(1_000_000);
    assertThat(value("tidegate_cost_total")).isEqualTo(2);
    spending.ended("hospital", route("cloud"), false, new Usage(9, 9, -1, -1));
    spending.ended("hospital", route("cloud"), true, Usage.UNKNOWN);
    assertThat(value("tidegate_tokens_total")).isEqualTo(1_000_012);
  }

  @Test
  @DisplayName("B4 F6 tenants and upstreams that are not configured are other; an upstream cannot poison a counter with a number below 0 or beyond reason")
  void closed() {
    for (int i = 0; i < 1_000; i++) {
      spending.ended("made-up-" + i, route("made-up-" + i), true, new Usage(1, -5, 3, Long.MIN_VALUE));
    }
    assertThat(registry.scrape()).doesNotContain("made-up");
    assertThat(value("tidegate_tokens_total", "tenant=\"other\"", "upstream=\"other\"", "kind=\"input\"")).isEqualTo(1_000);
    spending.ended("other", route("home"), true, new Usage(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE));
    assertThat(value("tidegate_tokens_total", "upstream=\"home\"", "kind=\"input\"")).isEqualTo(1 << 24);
    spending.ended("default", route("cloud"), true, new Usage(1, -1, 1_000_000_000, -1));
    assertThat(value("tidegate_cost_total", "tenant=\"default\"")).isEqualTo(0.5 / 1e6);
  }
}
