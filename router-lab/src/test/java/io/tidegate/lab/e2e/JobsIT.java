package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidegate.lab.e2e.JobClient.Answer;
import java.net.http.HttpClient.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs over the wire, through the whole daemon. */
class JobsIT {
  @TempDir
  private Path directory;

  private TestBed.Builder bed() {
    return TestBed.builder().section("jobs", "{directory: '" + directory.resolve("jobs") + "', fileLimit: 8MiB}");
  }

  @Test
  @DisplayName("R2.7 R2.2 G1 a job is uploaded, made, run and read; each line is decided by itself, and what is cut over lines stays home")
  void wholeWay() throws Exception {
    try (TestBed bed = bed().start()) {
      JobClient client = new JobClient(bed.daemon.httpPort(), Version.HTTP_1_1);
      SplittableRandom random = new SplittableRandom(5);
      StringBuilder lines = new StringBuilder();
      List<String> secrets = new ArrayList<>();
      List<String> home = new ArrayList<>();
      for (int i = 0; i < 80; i++) {
        String id = Samples.cnId(random);
        if (i % 8 == 3) {
          home.add("c" + i);
          secrets.add(id);
          lines.append(JobClient.line("c" + i, "auto", "患者身份证号 " + id + "，请总结病历。"));
        } else if (i % 8 == 5) {
          home.add("c" + i);
          secrets.add(id.substring(0, 11));
          lines.append(JobClient.line("c" + i, "auto", "the first part is " + id.substring(0, 11)));
          i++;
          home.add("c" + i);
          secrets.add(id.substring(11));
          lines.append(JobClient.line("c" + i, "auto", id.substring(11) + " is what follows"));
        } else {
          lines.append(JobClient.line("c" + i, "auto", "Explain sorting algorithm number " + i + " briefly."));
        }
      }
      lines.append(JobClient.line("streamed", "auto", "Explain streams.").replace("\"stream\":false", "\"stream\":true"));
      String id = client.submit(lines.toString());
      JsonNode done = client.over(id, Duration.ofSeconds(30));
      assertThat(done.get("status").asText()).isEqualTo("completed");
      assertThat(done.get("request_counts").toString()).isEqualTo("{\"total\":81,\"completed\":80,\"failed\":1}");
      List<JsonNode> out = client.lines(done.get("output_file_id").asText());
      assertThat(out).hasSize(80);
      for (JsonNode line : out) {
        assertThat(line.get("response").get("status_code").asInt()).isEqualTo(200);
        assertThat(line.get("response").get("body").get("choices").isEmpty()).isFalse();
        assertThat(line.get("route").get("latency_class").asText()).isEqualTo("BATCH");
        assertThat(line.get("route").get("destination").asText()).as(line.get("custom_id").asText())
            .isEqualTo(home.contains(line.get("custom_id").asText()) ? "PRIVATE" : "PUBLIC");
      }
      List<JsonNode> errors = client.lines(done.get("error_file_id").asText());
      assertThat(errors).singleElement().satisfies(line -> {
        assertThat(line.get("custom_id").asText()).isEqualTo("streamed");
        assertThat(line.get("response").get("body").get("error").get("param").asText()).isEqualTo("stream");
      });
      for (String secret : secrets) {
        assertThat(bed.publicOne.received().contains(secret.getBytes(StandardCharsets.UTF_8))).as("bytes of a restricted line").isFalse();
      }
      assertThat(bed.publicOne.received().contains("sorting algorithm number 0".getBytes(StandardCharsets.UTF_8))).as("the recorder does record").isTrue();
      assertThat(Files.getPosixFilePermissions(directory.resolve("jobs"))).isEqualTo(PosixFilePermissions.fromString("rwx------"));
      try (Stream<Path> files = Files.list(directory.resolve("jobs"))) {
        for (Path file : files.toList()) {
          assertThat(Files.getPosixFilePermissions(file)).as(file.toString()).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
      }
    }
  }

  @Test
  @DisplayName("R2.7 over HTTP/1.1 and HTTP/2: files come and go, and what is wrong is told with its place")
  void filesAndFaults() throws Exception {
    try (TestBed bed = bed().start()) {
      for (Version version : Version.values()) {
        JobClient client = new JobClient(bed.daemon.httpPort(), version);
        StringBuilder text = new StringBuilder();
        SplittableRandom random = new SplittableRandom(1);
        while (text.length() < 3 << 20) {
          text.append(Long.toHexString(random.nextLong())).append(random.nextInt(50) == 0 ? "\r\n--xy" : "\r\n");
        }
        byte[] large = text.toString().getBytes(StandardCharsets.UTF_8);
        Answer file = client.upload("batch", large);
        assertThat(file.status()).as(file.text()).isEqualTo(200);
        String id = file.json().get("id").asText();
        assertThat(file.json().get("bytes").asInt()).isEqualTo(large.length);
        Answer content = client.get("/v1/files/" + id + "/content");
        assertThat(content.status()).as(content.text().substring(0, 200)).isEqualTo(200);
        assertThat(Arrays.equals(content.bytes(), large)).as("the same %d bytes, and not %d others", large.length, content.bytes().length).isTrue();
        assertThat(client.get("/v1/files?purpose=batch&limit=1").json().get("data").get(0).get("id").asText()).isEqualTo(id);
        Answer refused = client.upload("fine-tune", "x".getBytes(StandardCharsets.UTF_8));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().get("error").get("param").asText()).isEqualTo("purpose");
        assertThat(client.upload("batch", new byte[(8 << 20) + 1]).status()).isEqualTo(413);
        assertThat(client.post("/v1/files", "{}").status()).isEqualTo(415);
        assertThat(client.get("/v1/files/file-none").status()).isEqualTo(404);
        assertThat(client.get("/v1/filesystem").status()).isEqualTo(404);
        assertThat(client.ask("DELETE", "/v1/files/" + id, "", new byte[0]).json().get("deleted").asBoolean()).isTrue();
        assertThat(client.get("/v1/files/" + id).status()).isEqualTo(404);

        String batch = client.submit("{\"custom_id\":\"a\"}\nno json\n" + JobClient.line("a", "auto", "x").replace("/v1/chat/completions", "/v1/embeddings"));
        JsonNode failed = client.over(batch, Duration.ofSeconds(20));
        assertThat(failed.get("status").asText()).isEqualTo("failed");
        List<String> codes = new ArrayList<>();
        failed.get("errors").get("data").forEach(error -> codes.add(error.get("line").asInt() + " " + error.get("code").asText()));
        assertThat(codes).containsExactly("1 invalid_method", "1 mismatched_url", "1 missing_required_parameter", "2 invalid_json_line",
            "3 duplicate_custom_id", "3 mismatched_url");
        assertThat(client.post("/v1/batches/" + batch + "/cancel", "").status()).isEqualTo(400);
      }
      try (Stream<Path> files = Files.list(directory.resolve("jobs"))) {
        assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".data")).toList()).as("nothing of refused uploads").hasSize(2);
      }
    }
  }

  @Test
  @DisplayName("R2.7 without a directory the paths are unknown")
  void offByDefault() throws Exception {
    try (TestBed bed = TestBed.start()) {
      JobClient client = new JobClient(bed.daemon.httpPort(), Version.HTTP_1_1);
      assertThat(client.get("/v1/files").status()).isEqualTo(404);
      assertThat(client.upload("batch", new byte[] {1}).status()).isEqualTo(404);
      assertThat(client.post("/v1/batches", "{}").status()).isEqualTo(404);
    }
  }
}
