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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policies that change while requests come and go. What the requests wait meanwhile: {@code script/bench reload}. */
class ReloadUnderLoadIT {
  private static final int RELOADS = Integer.getInteger("tidegate.reloads", 50);
  private static final int PER_SECOND = 500;
  /** Answers that each policy gives at least before the next one comes; more than there are connections on which older questions may be out. */
  private static final int ANSWERS_EACH = 20;
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

  @Test
  @DisplayName("G6 reloads under 500 requests a second: no error, and each answer names the policy that its record names")
  void reloads() throws Exception {
    Path policies = Files.createDirectory(folder.resolve("policies"));
    Files.copy(TestBed.root().resolve("policies/baseline.yaml"), policies.resolve("baseline.yaml"));
    project(1);
    List<PacedClient.Asked> answers;
    Map<String, String> recorded = new HashMap<>();
    int revision = 1;
    try (TestBed bed = TestBed.builder().policies(policies).start()) {
      try (PacedClient client = new PacedClient(bed.daemon.httpPort(), PER_SECOND)) {
        for (int i = 0; i < RELOADS; i++) {
          project(++revision);
          HttpResponse<String> outcome = reload(bed);
          assertThat(outcome.statusCode()).as(outcome.body()).isEqualTo(200);
          int before = client.answers().size();
          GrpcClientIT.await(Duration.ofSeconds(30), "requests go on", () -> client.answers().size() >= before + ANSWERS_EACH);
        }
        client.close();
        answers = client.answers();
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
    assertThat(answers.stream().map(PacedClient.Asked::policy).distinct().count()).as("policies that answered").isGreaterThanOrEqualTo(RELOADS);
    assertThat(answers).as("questions that were really asked and answered").hasSizeGreaterThanOrEqualTo(ANSWERS_EACH * RELOADS);
  }
}
