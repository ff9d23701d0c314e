package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.audit.AuditReader;
import io.tidegate.audit.AuditRecord;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policies that change a thousand times while requests come and go. Prints the figures of docs/performance.md. */
class ReloadUnderLoadIT {
  private static final int RELOADS = Integer.getInteger("tidegate.reloads", 1_000);
  private static final int BLOCKS = 10;
  private static final int PER_SECOND = 500;
  /** Bar on the answers' 99th percentile while reloading over that at rest; {@code script/bench reload} sets it, for a machine that does nothing else. */
  private static final double RATIO = Double.parseDouble(System.getProperty("tidegate.reload.ratio", "Infinity"));

  @TempDir Path folder;

  private void project(int revision) throws IOException {
    Path fresh = Files.writeString(folder.resolve(".fresh"), """
        apiVersion: tidegate/v1
        kind: SensitivityPolicy
        metadata: {name: projects, revision: %d, owner: research}
        spec:
          lists: {projects: {terms: [helios-%d]}}
          detectors: [{id: project-name, list: projects, likelihood: very-likely}]
          rules: [{id: project, types: [PROJECT_NAME], raiseTo: confidential, reason: Names a project}]
        ...
        """.formatted(revision, revision));
    Files.move(fresh, folder.resolve("policies/projects.yaml"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static HttpResponse<String> reload(TestBed bed) throws IOException, InterruptedException {
    return bed.http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + bed.daemon.adminPort() + "/admin/policy/reload"))
        .timeout(Duration.ofSeconds(40)).POST(HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
  }

  private record Span(long from, long to) {
    boolean holds(PacedClient.Asked asked) {
      return asked.dueNanos() - from >= 0 && to - asked.dueNanos() > 0;
    }
  }

  private static double p99(List<PacedClient.Asked> answers, Predicate<PacedClient.Asked> which) {
    double[] millis = answers.stream().filter(which).mapToDouble(PacedClient.Asked::millis).sorted().toArray();
    return millis[(int) (millis.length * 0.99)];
  }

  @Test
  @DisplayName("G6 1,000 reloads under 500 requests a second: no error, and each answer names the policy that its record names")
  void reloads() throws Exception {
    Path policies = Files.createDirectory(folder.resolve("policies"));
    Files.copy(TestBed.root().resolve("policies/baseline.yaml"), policies.resolve("baseline.yaml"));
    project(1);
    List<PacedClient.Asked> answers;
    List<Span> reloading = new ArrayList<>();
    List<Span> resting = new ArrayList<>();
    Map<String, String> recorded = new HashMap<>();
    int revision = 1;
    long reloadNanos = 0;
    double pace;
    try (TestBed bed = TestBed.builder().policies(policies).start()) {
      long asking = System.nanoTime();
      try (PacedClient client = new PacedClient(bed.daemon.httpPort(), PER_SECOND)) {
        Thread.sleep(5_000);
        for (int block = 0; block < BLOCKS; block++) {
          long begin = System.nanoTime();
          for (int i = 0; i < RELOADS / BLOCKS; i++) {
            project(++revision);
            HttpResponse<String> outcome = reload(bed);
            assertThat(outcome.statusCode()).as(outcome.body()).isEqualTo(200);
          }
          long end = System.nanoTime();
          reloadNanos += end - begin;
          reloading.add(new Span(begin, end));
          Thread.sleep(1_500);
          resting.add(new Span(end + 200_000_000, System.nanoTime()));
        }
        client.close();
        answers = client.answers();
        pace = answers.size() * 1e9 / (System.nanoTime() - asking);
      }
      assertThat(bed.metric("tidegate_policy_reloads_total", "outcome=\"accepted\"")).isEqualTo(RELOADS + 1);
      assertThat(bed.metric("tidegate_policy_reload_failed_total")).isZero();
      for (AuditRecord record : AuditReader.all(bed.directory.resolve("audit"))) {
        if (record instanceof AuditRecord.Decided decided) {
          recorded.put(decided.requestId(), decided.policyDigest());
        }
      }
    }
    assertThat(answers).allMatch(asked -> asked.status() == 200);
    assertThat(answers).allMatch(asked -> !asked.policy().isEmpty() && asked.policy().equals(recorded.get(asked.id())));
    assertThat(answers.stream().map(PacedClient.Asked::policy).distinct().count()).as("policies that answered").isGreaterThan(RELOADS / 4);
    double rest = p99(answers, asked -> resting.stream().anyMatch(span -> span.holds(asked)));
    double during = p99(answers, asked -> reloading.stream().anyMatch(span -> span.holds(asked)));
    System.out.printf("%d answers, %.0f a second, %d policies; %.1f ms a reload; p99 at rest %.2f ms, during reloads %.2f ms, ratio %.2f%n", answers.size(), pace,
        answers.stream().map(PacedClient.Asked::policy).distinct().count(), reloadNanos / 1e6 / RELOADS, rest, during, during / rest);
    assertThat(pace).as("questions a second that were really asked and answered").isGreaterThan(0.95 * PER_SECOND);
    assertThat(during / rest).as("p99 during reloads over p99 at rest").isLessThanOrEqualTo(RATIO);
  }
}
