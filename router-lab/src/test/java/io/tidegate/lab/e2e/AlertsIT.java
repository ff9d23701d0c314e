package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidegate.lab.e2e.PrometheusServer.Alert;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
 * else. Every time in the rules is divided by {@link #FACTOR}, thresholds of anything else stay.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AlertsIT {
  private static final int FACTOR = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** What must fire, by job. */
  private static final Map<String, Set<String>> EXPECTED = Map.of(
      AlertedHosts.FAILING, Set.of("TidegateErrorRate", "TidegateInstanceErrorRate", "TidegateAvailabilityBurn", "TidegateUpstreamDown", "TidegateUpstreamFailing"),
      AlertedHosts.SLOW, Set.of("TidegateMeanLatency", "TidegateFirstTokenBurn", "TidegateDetectorFailing"),
      AlertedHosts.FULL, Set.of("TidegateQueueDepth"),
      AlertedHosts.ALONE, Set.of("TidegatePolicyRefused", "TidegateConsulStale", "TidegateDnsStale", "TidegateAccountClosed", "TidegateSharedCacheAway",
          "TidegatePolicyShadowDiffers", "TidegateCertificateExpires"),
      AlertedHosts.DEAD, Set.of("TidegateDown"),
      AlertedHosts.DISK, Set.of("TidegateAuditUnavailable", "TidegateAuditLost", "TidegateAuditDisk"),
      AlertedHosts.GATE, Set.of("TidegateEgressViolation", "TidegateEgressRefused"));
  /** What follows from the same trouble, sooner or later. */
  private static final Map<String, Set<String>> EXPLAINED = Map.of(
      AlertedHosts.FAILING, Set.of("TidegateUpstreamDegraded", "TidegateLoadHigh"),
      AlertedHosts.SLOW, Set.of("TidegateLoadHigh", "TidegateUpstreamSaturated"),
      AlertedHosts.FULL, Set.of("TidegateUpstreamSaturated", "TidegateLoadHigh", "TidegateShedding"),
      AlertedHosts.ALONE, Set.of("TidegateUpstreamFailing"),
      AlertedHosts.DISK, Set.of("TidegateErrorRate", "TidegateInstanceErrorRate", "TidegateAvailabilityBurn", "TidegateAuditLag"));
  /** Their cause stands from the start: a certificate that ends tomorrow, a detector that is not there, a disk of 8 MiB, a shadow that is stricter. */
  private static final Set<String> FROM_THE_START = Set.of("TidegateCertificateExpires", "TidegateDetectorFailing", "TidegateAuditDisk", "TidegatePolicyShadowDiffers");

  @TempDir
  private static Path folder;
  private AlertedHosts hosts;
  private PrometheusServer prometheus;

  @BeforeAll
  void start() throws Exception {
    hosts = new AlertedHosts(Files.createDirectory(folder.resolve("hosts")));
    Path rules = Files.writeString(folder.resolve("faster.rules.yaml"), AlertRules.faster(FACTOR));
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
  }

  @Test
  @Order(1)
  @DisplayName("R7.1 promtool finds nothing to complain of in what daemons show while much of them is configured")
  void metricsAreWellFormed() {
    GrpcClientIT.await(PATIENCE, "answers were given", () -> hosts.beds.get(AlertedHosts.WELL).metric("tidegate_requests_total", "outcome=\"ok\"") > 20);
    for (String job : List.of(AlertedHosts.WELL, AlertedHosts.ALONE)) {
      String page = hosts.beds.get(job).admin("/metrics");
      assertThat(page).contains("tidegate_ttft_seconds_bucket", "tidegate_certificate_expiry_seconds");
      assertThat(PrometheusServer.promtool(folder, page, "check", "metrics")).as(job).isEmpty();
    }
  }

  @Test
  @Order(2)
  @DisplayName("R7.3 no alert fires, and none is about to, while nothing is wrong")
  void quiet() {
    // Longer than the window of the seed's thresholds and the time they wait: each had its chance.
    GrpcClientIT.await(PATIENCE, "all are scraped, and rates known", () -> prometheus.query("count_over_time(up[7s]) >= 7").size() == hosts.beds.size() + 1
        && prometheus.query("sum by (job) (rate(tidegate_requests_total[3s])) > 1").size() >= 4);
    assertThat(prometheus.query("up == 0")).isEmpty();
    assertThat(prometheus.alerts()).filteredOn(alert -> !FROM_THE_START.contains(alert.name())).as("before any trouble").isEmpty();
  }

  @Test
  @Order(3)
  @DisplayName("R7.1 R7.3 of each trouble its alert tells, and nothing that the trouble does not explain; the host that is well stays silent")
  void alertsFire() throws Exception {
    hosts.trouble();
    Set<Alert> seen = new HashSet<>();
    GrpcClientIT.await(PATIENCE, "every alert fires", () -> {
      seen.addAll(prometheus.alerts());
      List<String> missing = missing();
      java.util.concurrent.locks.LockSupport.parkNanos(200_000_000);
      return missing.isEmpty();
    });
    List<String> unexplained = new ArrayList<>();
    for (Alert alert : seen) {
      Set<String> known = new TreeSet<>(EXPECTED.getOrDefault(alert.job(), Set.of()));
      known.addAll(EXPLAINED.getOrDefault(alert.job(), Set.of()));
      if (alert.firing() && !known.contains(alert.name())) {
        unexplained.add(alert.job() + " " + alert.labels());
      }
    }
    assertThat(unexplained).isEmpty();
    assertThat(seen).filteredOn(alert -> alert.job().equals(AlertedHosts.WELL)).isEmpty();
  }

  private List<String> missing() {
    List<String> missing = new ArrayList<>();
    EXPECTED.forEach((job, names) -> {
      if (hosts.hasDisk() || !job.equals(AlertedHosts.DISK)) {
        Set<String> firing = prometheus.firing(job);
        names.stream().filter(name -> !firing.contains(name)).forEach(name -> missing.add(job + " " + name));
      }
    });
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
      JsonNode result = prometheus.query(query.forNow("tidegate-.*"));
      if (result.isEmpty()) {
        empty.add(query.toString());
      }
    }
    assertThat(asked).isGreaterThan(30);
    assertThat(empty).isEmpty();
  }
}
