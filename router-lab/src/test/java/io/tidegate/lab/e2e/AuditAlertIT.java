package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.SmallDisk;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk of records that is really full, under a whole daemon, and the shipped alerts over what its own metrics showed then. Two segments are always ready on
 * the disk, so a full disk takes some ten thousand records more before the first is lost: longer than a soak's fault, and why that never raised it.
 */
@Tag("long")
class AuditAlertIT {
  private static final int MOST = 120_000;
  private static final int UNDER_WAY = 64;

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Semaphore room = new Semaphore(UNDER_WAY);
  private final AtomicInteger sentOut = new AtomicInteger();
  private final AtomicInteger stayed = new AtomicInteger();
  private int asked;

  private void ask(TestBed bed) throws InterruptedException {
    room.acquire();
    http.sendAsync(HttpRequest.newBuilder(bed.uri("/v1/chat/completions")).timeout(Duration.ofSeconds(60)).header("content-type", "application/json")
        .header("x-tidegate-sensitivity", "public").POST(HttpRequest.BodyPublishers.ofString(TestBed.body(TestBed.PUBLIC_MODEL, "Sort the list number " + ++asked, false))).build(),
        HttpResponse.BodyHandlers.ofString()).whenComplete((answer, failure) -> {
          boolean out = answer != null && answer.headers().firstValue("x-tidegate-destination").orElse("").equals("PUBLIC");
          (out ? sentOut : stayed).incrementAndGet();
          room.release();
        });
  }

  /** However long a busy machine takes to show it. */
  private double metric(TestBed bed, String name) throws IOException, InterruptedException {
    String page = http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + bed.daemon.adminPort() + "/metrics")).timeout(Duration.ofMinutes(2)).build(),
        HttpResponse.BodyHandlers.ofString()).body();
    return page.lines().filter(line -> line.startsWith(name + " ")).mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1))).sum();
  }

  private void settled() throws InterruptedException {
    room.acquire(UNDER_WAY);
    room.release(UNDER_WAY);
  }

  @Test
  @DisplayName("R7.3 B6 a record disk that is full: the daemon counts what it loses, sends nothing out, and over its own figures TidegateAuditLost and TidegateAuditDisk fire")
  void fullDisk() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(Files.createDirectory(folder.resolve("disk")), "24m");
        TestBed bed = TestBed.builder().section("loops", "1").section("cache", "{enabled: false}").emulators(settings -> settings.recording(false))
            .section("audit", "{directory: '" + disk.path().resolve("audit") + "'}").start()) {
      ask(bed);
      settled();
      assertThat(sentOut.get()).as("negative control: with a record it goes out").isEqualTo(1);
      double lostBefore = metric(bed, "tidegate_audit_lost_total");
      double freeBefore = metric(bed, "tidegate_audit_disk_free_bytes");
      assertThat(lostBefore).isZero();
      disk.fill();
      while (metric(bed, "tidegate_audit_lost_total") == 0 && asked < MOST) {
        for (int i = 0; i < 1_000; i++) {
          ask(bed);
        }
        settled();
      }
      double lost = metric(bed, "tidegate_audit_lost_total");
      double free = metric(bed, "tidegate_audit_disk_free_bytes");
      System.out.printf(Locale.ROOT, "B6 a full disk: within %d requests %.0f records were lost; %.0f bytes free%n", asked, lost, free);
      assertThat(lost).isPositive();
      int outBefore = sentOut.get();
      for (int i = 0; i < 100; i++) {
        ask(bed);
      }
      settled();
      assertThat(sentOut.get()).as("G7 nothing goes out without its record").isEqualTo(outBefore);
      assertThat(stayed.get()).isGreaterThanOrEqualTo(100);
      assertThat(free).isLessThan(64 << 10);

      String series = "{job=\"tidegate\",instance=\"a\"}', values: '";
      Path test = folder.resolve("full.test.yaml");
      Files.writeString(test, "rule_files: ['" + AlertRules.FOLDER.resolve("tidegate.rules.yaml").toAbsolutePath().normalize() + "']\ntests:\n- interval: 15s\n  input_series:\n"
          + "  - {series: 'tidegate_audit_lost_total" + series + number(lostBefore) + "x40 " + number(lost) + "x40'}\n"
          + "  - {series: 'tidegate_audit_disk_free_bytes" + series + number(freeBefore + (20L << 30)) + "x40 " + number(free) + "x40'}\n  alert_rule_test:\n"
          + "  - {alertname: TidegateAuditLost, eval_time: 9m}\n  - {alertname: TidegateAuditDisk, eval_time: 9m}\n"
          + fires("TidegateAuditLost", "a: decision records could not be written")
          + fires("TidegateAuditDisk", "a: " + bytes(free) + "B are left on the disk of the decision records"));
      assertThat(PrometheusServer.promtool(folder, "", "test", "rules", "full.test.yaml")).contains("SUCCESS");

      disk.free();
      GrpcClientIT.await(Duration.ofSeconds(30), "it records again", () -> bed.chat(TestBed.PUBLIC_MODEL, "Name the sea.", false, "x-tidegate-sensitivity", "public").statusCode() == 200);
    }
  }

  private static String fires(String alert, String summary) {
    return "  - alertname: " + alert + "\n    eval_time: 16m\n    exp_alerts:\n    - exp_labels: {job: tidegate, instance: a, severity: critical}\n      exp_annotations:\n"
        + "        summary: \"" + summary + "\"\n        runbook_url: docs/runbooks.md#" + alert.toLowerCase(Locale.ROOT) + "\n";
  }

  /** As the rules' template shows it. */
  private static String bytes(double free) {
    return free < 1024 ? number(free) : String.format(Locale.ROOT, "%.4g", free / 1024).replaceAll("\\.?0+$", "") + "ki";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.0f", value);
  }
}
