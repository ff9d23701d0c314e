package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidegate.lab.e2e.PrometheusServer.Alert;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Prometheus with the shipped rules watches daemons under load: while all are well nothing is said; of each trouble its alert tells, and nothing
 * else. Every time in the rules is divided by {@link #FACTOR}, ages of discovery by {@link #AGE_FACTOR}; thresholds of anything else stay.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AlertsIT {
  private static final int FACTOR = 20;
  /** Twenty seconds are left: Consul is asked every fifteen at least after a burst of changes. */
  private static final int AGE_FACTOR = 6;
  private static final Duration PATIENCE = Duration.ofSeconds(150);
  /** Twice the window of a rate. */
  private static final Duration AFTER_A_STOP = Duration.ofSeconds(6);
  private static final int TRIES = 3;

  /** What must fire, by job. */
  private static final Map<String, Set<String>> EXPECTED = Map.of(
      AlertedHosts.FAILING, Set.of("TidegateErrorRate", "TidegateInstanceErrorRate", "TidegateAvailabilityBurn", "TidegateUpstreamDown", "TidegateUpstreamFailing"),
      AlertedHosts.SLOW, Set.of("TidegateMeanLatency", "TidegateFirstTokenBurn", "TidegateDetectorFailing", "TidegateAuditDisk"),
      AlertedHosts.FULL, Set.of("TidegateQueueDepth"),
      AlertedHosts.ALONE, Set.of("TidegatePolicyRefused", "TidegateConsulStale", "TidegateDnsStale", "TidegateAccountClosed", "TidegateSharedCacheAway",
          "TidegatePolicyShadowDiffers", "TidegateCertificateExpires"),
      AlertedHosts.DEAD, Set.of("TidegateDown"),
      AlertedHosts.GATE, Set.of("TidegateEgressViolation", "TidegateEgressRefused", "TidegateAuditUnavailable", "TidegateAuditLost"));
  /** What follows from the same trouble, sooner or later. */
  private static final Map<String, Set<String>> EXPLAINED = Map.of(
      AlertedHosts.FAILING, Set.of("TidegateUpstreamDegraded", "TidegateLoadHigh"),
      AlertedHosts.SLOW, Set.of("TidegateLoadHigh", "TidegateUpstreamSaturated"),
      AlertedHosts.FULL, Set.of("TidegateUpstreamSaturated", "TidegateLoadHigh", "TidegateShedding"),
      AlertedHosts.ALONE, Set.of("TidegateUpstreamFailing"));
  /**
   * Their cause stands from the start: a certificate that ends tomorrow, a detector that is not there, a disk of 24 MiB, a shadow that is stricter; and a machine with
   * much else to do may be late for the shared cache, for which nobody waits.
   */
  private static final Set<String> FROM_THE_START = Set.of("TidegateCertificateExpires", "TidegateDetectorFailing", "TidegateAuditDisk", "TidegatePolicyShadowDiffers",
      "TidegateSharedCacheAway");

  @TempDir
  private static Path folder;
  private AlertedHosts hosts;
  private PrometheusServer prometheus;
  /** A sync that takes as long is a disk that hangs. */
  private final Heart heart = new Heart(800_000_000);

  @BeforeAll
  void start() throws Exception {
    hosts = new AlertedHosts(Files.createDirectory(folder.resolve("hosts")));
    Path rules = Files.writeString(folder.resolve("faster.rules.yaml"), AlertRules.faster(FACTOR, AGE_FACTOR));
    prometheus = PrometheusServer.start(Files.createDirectory(folder.resolve("prometheus")), hosts.scrapeConfig(rules));
  }

  @AfterAll
  void stop() throws Exception {
    if (prometheus != null) {
      prometheus.close();
    }
    if (hosts != null) {
      hosts.close();
    }
    heart.close();
  }

  @Test
  @Order(1)
  @DisplayName("R7.1 promtool finds nothing to complain of in what daemons show while much of them is configured")
  void metricsAreWellFormed() throws Exception {
    GrpcClientIT.await(PATIENCE, "answers were given", () -> !prometheus.query("sum(tidegate_requests_total{outcome=\"ok\"}) > 20").isEmpty());
    for (String job : List.of(AlertedHosts.WELL, AlertedHosts.ALONE)) {
      String page = hosts.page(job);
      assertThat(page).contains("tidegate_ttft_seconds_bucket", "tidegate_certificate_expiry_seconds");
      assertThat(PrometheusServer.promtool(folder, page, "check", "metrics")).as(job).isEmpty();
    }
  }

  @Test
  @Order(2)
  @DisplayName("R7.3 no alert fires, and none is about to, while nothing is wrong")
  void quiet() {
    for (int tries = 1; ; tries++) {
      long begun = System.nanoTime();
      // Longer than the window of the seed's thresholds and the time they wait: each had its chance.
      GrpcClientIT.await(PATIENCE, "all are scraped, and rates known", () -> {
        pause();
        return prometheus.query("min_over_time(up[6s]) == 1 and count_over_time(up[6s]) > 4").size() == hosts.beds.size() + 1
            && prometheus.query("sum by (job) (rate(tidegate_requests_total[3s])) > 0.3").size() >= 4;
      });
      List<Alert> said = troubles();
      if (tries == TRIES || !heart.stoodStillBetween(begun - AFTER_A_STOP.toNanos(), System.nanoTime())) {
        assertThat(said).as("before any trouble").isEmpty();
        return;
      }
      GrpcClientIT.await(PATIENCE, "what a machine that stood still did is over", () -> {
        pause();
        return troubles().isEmpty();
      });
    }
  }

  /** What is said though no trouble was made. */
  private List<Alert> troubles() {
    return prometheus.alerts().stream().filter(alert -> !FROM_THE_START.contains(alert.name()) && !ofAStop(alert)).toList();
  }

  /** About to fire since a moment in which this process stood still, or had just gone on: rates are of three seconds here. */
  private boolean ofAStop(Alert alert) {
    long since = System.nanoTime() - Duration.between(alert.since(), Instant.now()).toNanos();
    return !alert.firing() && heart.stoodStillBetween(since - AFTER_A_STOP.toNanos(), since);
  }

  @Test
  @Order(3)
  @DisplayName("R7.1 R7.3 of each trouble its alert tells, and nothing that the trouble does not explain; the host that is well stays silent")
  void alertsFire() throws Exception {
    hosts.trouble();
    // One that tells of what grew is over when it grows no more.
    Set<Alert> seen = new HashSet<>(prometheus.alerts());
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (List<String> missing = missing(seen); !missing.isEmpty(); missing = missing(seen)) {
      assertThat(System.nanoTime() - end).as("these do not fire: %s; seen were %s", missing, seen).isNegative();
      pause();
      seen.addAll(prometheus.alerts());
    }
    List<String> unexplained = new ArrayList<>();
    for (Alert alert : seen) {
      Set<String> known = new TreeSet<>(EXPECTED.getOrDefault(alert.job(), Set.of()));
      known.addAll(EXPLAINED.getOrDefault(alert.job(), Set.of()));
      if (alert.firing() && !known.contains(alert.name()) && !late(alert)) {
        unexplained.add(alert.job() + " " + alert.labels());
      }
    }
    assertThat(unexplained).isEmpty();
    assertThat(seen).filteredOn(alert -> alert.job().equals(AlertedHosts.WELL) && !late(alert) && !ofAStop(alert)).isEmpty();
  }

  /** A page that this machine was too busy to give within the second that a scrape may take, of a daemon that lives: that is the truth, and no fault of a rule's. */
  private boolean late(Alert alert) {
    return alert.name().equals("TidegateDown") && !alert.job().equals(AlertedHosts.DEAD)
        && !prometheus.query("max_over_time(scrape_duration_seconds{job=\"" + alert.job() + "\"}[5m]) >= 1").isEmpty();
  }

  /** Between two looks at Prometheus, which has only two processors as well. */
  private static void pause() {
    LockSupport.parkNanos(200_000_000);
  }

  private List<String> missing(Set<Alert> seen) {
    List<String> missing = new ArrayList<>();
    EXPECTED.forEach((job, names) -> names.stream().filter(name -> hosts.hasDisk() || !name.equals("TidegateAuditDisk"))
        .filter(name -> seen.stream().noneMatch(alert -> alert.firing() && alert.job().equals(job) && alert.name().equals(name)))
        .forEach(name -> missing.add(job + " " + name)));
    return missing;
  }

  @Test
  @Order(4)
  @DisplayName("R7.1 every expression of the dashboards is understood by Prometheus, and shows something while daemons are under load")
  void dashboardsShowSomething() {
    List<String> empty = new ArrayList<>();
    int asked = 0;
    for (Dashboards.Query query : Dashboards.queries()) {
      asked++;
      JsonNode result = prometheus.lately(query.forNow("tidegate-.*"), Duration.ofMinutes(10));
      if (result.isEmpty()) {
        empty.add(query.toString());
      }
    }
    assertThat(asked).isGreaterThan(30);
    assertThat(empty).isEmpty();
  }
}
