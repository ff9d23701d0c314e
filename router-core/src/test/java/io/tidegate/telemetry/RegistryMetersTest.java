package io.tidegate.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Destination;
import io.tidegate.model.Dialect;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RegistryMetersTest {
  private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final RegistryMeters meters = new RegistryMeters(registry, List.of(upstream("home", Zone.PRIVATE), upstream("cloud", Zone.PUBLIC)));

  private static Upstream upstream(String name, Zone zone) {
    return new Upstream(name, zone, Dialect.OPENAI, List.of("*"), null, Map.of(), false, false, "", List.of(), null, null, false, List.of(), null,
        Duration.ofSeconds(1), 1);
  }

  private String text() {
    return registry.scrape();
  }

  /** Lines of one metric, without help and type. */
  private List<String> lines(String metric) {
    return text().lines().filter(line -> line.startsWith(metric)).toList();
  }

  private void ended(@Nullable Destination destination, @Nullable Refusal refusal, CacheOutcome cache) {
    ended(Operation.CHAT, Sensitivity.INTERNAL, destination, refusal, cache, Usage.UNKNOWN);
  }

  private void ended(Operation operation, Sensitivity sensitivity, @Nullable Destination destination, @Nullable Refusal refusal, CacheOutcome cache, Usage usage) {
    meters.ended(operation, "default", route(sensitivity, destination, cache), destination, refusal, 30_000_000, 0, usage, null);
  }

  private static RouteInfo route(Sensitivity sensitivity, @Nullable Destination destination, CacheOutcome cache) {
    return new RouteInfo("id", sensitivity, LatencyClass.STANDARD, destination, destination == null ? null : "home", "", "", cache, 1);
  }

  @Test
  @DisplayName("requests are counted by operation, sensitivity, destination, outcome and cache")
  void requests() {
    ended(Destination.PUBLIC, null, CacheOutcome.MISS);
    ended(Destination.PUBLIC, null, CacheOutcome.MISS);
    ended(null, Refusal.BUSY, CacheOutcome.BYPASS);
    ended(null, Refusal.UPSTREAM_FAILED, CacheOutcome.MISS);
    ended(null, null, CacheOutcome.MISS);
    assertThat(lines("tidegate_requests_total")).containsExactlyInAnyOrder(
        "tidegate_requests_total{cache=\"miss\",destination=\"public\",latency_class=\"standard\",operation=\"chat\",outcome=\"ok\",sensitivity=\"internal\"} 2.0",
        "tidegate_requests_total{cache=\"bypass\",destination=\"none\",latency_class=\"standard\",operation=\"chat\",outcome=\"refused\",sensitivity=\"internal\"} 1.0",
        "tidegate_requests_total{cache=\"miss\",destination=\"none\",latency_class=\"standard\",operation=\"chat\",outcome=\"error\",sensitivity=\"internal\"} 1.0",
        "tidegate_requests_total{cache=\"miss\",destination=\"none\",latency_class=\"standard\",operation=\"chat\",outcome=\"cancelled\",sensitivity=\"internal\"} 1.0");
    assertThat(lines("tidegate_refusals_total")).filteredOn(line -> !line.endsWith(" 0.0"))
        .containsExactlyInAnyOrder("tidegate_refusals_total{code=\"busy\"} 1.0", "tidegate_refusals_total{code=\"upstream_failed\"} 1.0");
  }

  @Test
  @DisplayName("every cell of the label table is a meter of its own, named as it was counted")
  void everyCell() {
    int cells = 0;
    for (Operation operation : Operation.values()) {
      for (Sensitivity sensitivity : Sensitivity.values()) {
        for (CacheOutcome cache : CacheOutcome.values()) {
          for (Refusal refusal : List.of(Refusal.BUSY, Refusal.INTERNAL)) {
            ended(operation, sensitivity, null, refusal, cache, Usage.UNKNOWN);
            cells++;
          }
          for (Destination destination : Destination.values()) {
            ended(operation, sensitivity, destination, null, cache, Usage.UNKNOWN);
            cells++;
          }
        }
      }
    }
    assertThat(lines("tidegate_requests_total")).hasSize(cells).allMatch(line -> line.endsWith(" 1.0"));
    assertThat(lines("tidegate_requests_total").stream().filter(line -> line.contains("operation=\"embeddings\"")
        && line.contains("sensitivity=\"restricted\"") && line.contains("outcome=\"error\"") && line.contains("cache=\"bypass\""))).hasSize(1);
  }

  @Test
  @DisplayName("decisions are counted by sensitivity, latency class, place and rule")
  void decisions() {
    for (Sensitivity sensitivity : Sensitivity.values()) {
      for (LatencyClass latencyClass : LatencyClass.values()) {
        meters.decided(sensitivity, latencyClass, List.of(Destination.PRIVATE), List.of());
      }
    }
    assertThat(lines("tidegate_decisions_total")).hasSize(12).contains("tidegate_decisions_total{destination=\"private\",latency_class=\"batch\",rule=\"none\",sensitivity=\"restricted\"} 1.0");
  }

  @Test
  @DisplayName("attempts are counted by upstream, zone and outcome")
  void attempts() {
    meters.attempt(Operation.CHAT, "home", Zone.PRIVATE, null, 1_000_000);
    meters.attempt(Operation.CHAT, "cloud", Zone.PUBLIC, AttemptFailure.Kind.RATE_LIMITED, 1_000_000);
    assertThat(lines("tidegate_attempts_total")).containsExactlyInAnyOrder(
        "tidegate_attempts_total{outcome=\"answered\",upstream=\"home\",zone=\"private\"} 1.0",
        "tidegate_attempts_total{outcome=\"rate_limited\",upstream=\"cloud\",zone=\"public\"} 1.0");
  }

  @Test
  @DisplayName("B4 a name that is not configured becomes other: labels are closed sets")
  void closedLabels() {
    for (int i = 0; i < 1_000; i++) {
      meters.attempt(Operation.CHAT, "made-up-" + i, Zone.PUBLIC, null, 1);
      meters.firstChunk(Operation.CHAT, "made-up-" + i, 1);
      meters.ended(Operation.CHAT, "made-up-" + i, new RouteInfo("id", Sensitivity.PUBLIC, LatencyClass.STANDARD, Destination.PUBLIC, "made-up-" + i, "", "", CacheOutcome.MISS, 1),
          Destination.PUBLIC, null, 1, 0, new Usage(1, 1, -1, -1), null);
      meters.decided(Sensitivity.PUBLIC, LatencyClass.STANDARD, List.of(), List.of("made-up-" + i));
    }
    assertThat(lines("tidegate_attempts_total")).containsExactly("tidegate_attempts_total{outcome=\"answered\",upstream=\"other\",zone=\"public\"} 1000.0");
    assertThat(text()).doesNotContain("made-up");
  }

  @Test
  @DisplayName("upstreams 7 durations and tokens have the names and buckets of the conventions")
  void conventions() {
    meters.ended(Operation.CHAT, "default", route(Sensitivity.PUBLIC, Destination.PRIVATE, CacheOutcome.MISS), Destination.PRIVATE, null, 30_000_000, 7_000_000,
        new Usage(5, 70, -1, -1), null);
    ended(null, Refusal.UPSTREAM_FAILED, CacheOutcome.MISS);
    meters.firstToken(Operation.CHAT, LatencyClass.STANDARD, 7_000_000, null);
    meters.firstChunk(Operation.CHAT, "home", 6_000_000);
    meters.attempt(Operation.CHAT, "home", Zone.PRIVATE, null, 25_000_000);
    meters.classified(3_000, true);
    assertThat(text()).contains("gen_ai_server_request_duration_seconds_bucket{error_type=\"\",gen_ai_operation_name=\"chat\",le=\"0.04\"} 1")
        .contains("gen_ai_server_request_duration_seconds_bucket{error_type=\"\",gen_ai_operation_name=\"chat\",le=\"0.02\"} 0")
        .contains("gen_ai_server_request_duration_seconds_bucket{error_type=\"upstream_failed\",gen_ai_operation_name=\"chat\",le=\"81.92\"} 1")
        .contains("gen_ai_server_time_per_output_token_seconds_sum{gen_ai_operation_name=\"chat\"} 3.33333E-4")
        .contains("tidegate_ttft_seconds_bucket{latency_class=\"standard\",le=\"0.01\"} 1")
        .contains("gen_ai_client_operation_time_to_first_chunk_seconds_count{gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"openai\",upstream=\"home\"} 1")
        .contains("gen_ai_server_time_to_first_token_seconds_bucket{gen_ai_operation_name=\"chat\",le=\"0.01\"} 1")
        .contains("gen_ai_client_operation_duration_seconds_count{error_type=\"\",gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"openai\",upstream=\"home\"} 1")
        .contains("gen_ai_client_token_usage_bucket{gen_ai_operation_name=\"chat\",gen_ai_token_type=\"input\",le=\"16.0\"} 1")
        .contains("gen_ai_client_token_usage_sum{gen_ai_operation_name=\"chat\",gen_ai_token_type=\"output\"} 70")
        .contains("tidegate_classify_duration_seconds_count 1").contains("tidegate_classify_off_loop_total 1");
  }

  @Test
  @DisplayName("tokens an upstream did not count are not counted as none")
  void unknownUsage() {
    ended(Destination.PUBLIC, null, CacheOutcome.MISS);
    assertThat(lines("gen_ai_client_token_usage")).isEmpty();
  }

  @Test
  @DisplayName("A19 the always-zero violation counter and the counter of stopped writes exist from the start")
  void egress() {
    assertThat(text()).contains("tidegate_egress_refused_total 0").contains("tidegate_egress_violation_total 0");
    meters.egressRefused();
    assertThat(text()).contains("tidegate_egress_refused_total 1").contains("tidegate_egress_violation_total 0");
  }

  @Test
  @DisplayName("the only label keys are the documented ones")
  void labelKeys() {
    decisions();
    attempts();
    ended(Operation.CHAT, Sensitivity.PUBLIC, Destination.PRIVATE, null, CacheOutcome.MISS, new Usage(5, 70, -1, -1));
    meters.firstToken(Operation.CHAT, LatencyClass.STANDARD, 1, null);
    Set<String> keys = registry.getMeters().stream().map(Meter::getId).flatMap(id -> id.getTags().stream()).map(Tag::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
    assertThat(keys).containsExactly("cache", "code", "destination", "error.type", "gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.token.type", "kind",
        "latency_class", "operation", "outcome", "reason", "rule", "sensitivity", "tenant", "upstream", "zone");
  }

  @Test
  @DisplayName("G3 a defect is logged by class and place, never by its message or its cause's")
  void defectsAreSilent() {
    Logger logger = (Logger) LoggerFactory.getLogger(RegistryMeters.class);
    ListAppender<ILoggingEvent> seen = new ListAppender<>();
    seen.start();
    logger.addAppender(seen);
    try {
      meters.defect(new IllegalStateException("CANARY", new RuntimeException("CANARY TOO")));
      Throwable bare = new IllegalArgumentException("CANARY");
      bare.setStackTrace(new StackTraceElement[0]);
      meters.defect(bare);
    } finally {
      logger.detachAppender(seen);
    }
    assertThat(seen.list).hasSize(2).allSatisfy(event -> {
      assertThat(event.getFormattedMessage()).doesNotContain("CANARY");
      assertThat(event.getThrowableProxy()).isNull();
    });
    assertThat(seen.list.get(0).getFormattedMessage()).contains("java.lang.IllegalStateException").contains("RegistryMetersTest");
    assertThat(text()).contains("tidegate_defects_total 2").doesNotContain("CANARY");
  }
}
