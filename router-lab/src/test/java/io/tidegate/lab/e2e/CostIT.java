package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.audit.AuditReader;
import io.tidegate.audit.AuditRecord.Ended;
import java.nio.file.Path;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What traffic of every kind cost, by the records that a running daemon writes. */
class CostIT {
  @Test
  @DisplayName("R2.8 'tidegate cost --records' counts all traffic: whole, streamed, private, a batch's items, embeddings and a hit, each with its tokens")
  void allTraffic() throws Exception {
    try (TestBed bed = TestBed.builder().privateMore(", embeddings: true").section("prices", "[{upstream: public, input: 2, output: 8}, {upstream: private, input: 1, output: 1}]")
        .start()) {
      assertThat(bed.chat("auto", "Name a river.", false).statusCode()).isEqualTo(200);
      assertThat(bed.chat("auto", "Name a mountain.", true).body()).contains("[DONE]").doesNotContain("prompt_tokens");
      assertThat(bed.chat("auto", "Name a lake.", false, "x-tidegate-sensitivity", "RESTRICTED").statusCode()).isEqualTo(200);
      assertThat(bed.post("/v1/batch", "{\"requests\":[{\"prompt\":\"Name a town.\"},{\"prompt\":\"Name a sea.\"}]}").statusCode()).isEqualTo(200);
      assertThat(bed.post("/v1/embeddings", "{\"model\":\"auto\",\"input\":\"a river\"}").statusCode()).isEqualTo(200);
      assertThat(bed.chat("auto", "Name a river.", false).headers().firstValue("x-tidegate-cache")).contains("hit");
      assertThat(bed.chat("no-such-model", "Name a river.", false).statusCode()).isEqualTo(404);
      Path records = bed.directory.resolve("audit");
      GrpcClientIT.await(Duration.ofSeconds(30), "eight ends are recorded", () -> ended(records).size() == 8);
      assertThat(ended(records).stream().filter(each -> each.usage().inputTokens() > 0)).as("answers with their tokens").hasSize(6);

      Path out = bed.directory.resolve("cost.json");
      Process report = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp",
          System.getProperty("java.class.path"), "io.tidegate.cli.Tidegate", "cost", "--config", bed.directory.resolve("tidegate.yaml").toString(), "--records", "--json")
          .redirectError(ProcessBuilder.Redirect.INHERIT).redirectOutput(out.toFile()).start();
      assertThat(report.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(report.exitValue()).isZero();
      assertThat(Files.readString(out)).startsWith("{\"answers\":7,\"reference\":\"public\",").contains("\"left_out\":0,\"unpriced\":[]")
          .doesNotContain("\"cache\":0,").doesNotContain("\"target\":0,");
    }
  }

  private static List<Ended> ended(Path records) {
    try {
      return AuditReader.all(records).stream().filter(Ended.class::isInstance).map(Ended.class::cast).toList();
    } catch (java.io.IOException broken) {
      throw new java.io.UncheckedIOException(broken);
    }
  }
}
