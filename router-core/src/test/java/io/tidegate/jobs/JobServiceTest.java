package io.tidegate.jobs;

import static io.tidegate.jobs.JobBench.A;
import static io.tidegate.jobs.JobBench.B;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidegate.jobs.JobDesk.Verb;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class JobServiceTest {
  private final MemoryDisk disk = new MemoryDisk();

  private JobBench bench() throws IOException {
    return new JobBench(disk, JobLimits.DEFAULT, "i");
  }

  private static List<String> ids(int count) {
    return IntStream.range(0, count).mapToObj(i -> "c" + i).toList();
  }

  @Test
  @DisplayName("R2.7 validating, in_progress, finalizing, completed; all lines are answered, eight at a time")
  void completes() throws IOException {
    JobBench bench = bench();
    String id = bench.submit(A, JobBench.linesOf(30));
    JsonNode begun = bench.get("/v1/batches/" + id, A);
    assertThat(begun.get("status").asText()).isEqualTo("in_progress");
    assertThat(begun.get("output_file_id").isNull()).isTrue();
    assertThat(bench.asked).hasSize(8);
    bench.answerAll();
    JsonNode done = bench.get("/v1/batches/" + id, A);
    assertThat(done.get("status").asText()).isEqualTo("completed");
    assertThat(done.get("in_progress_at").asLong()).isEqualTo(bench.now.getEpochSecond());
    assertThat(done.get("finalizing_at").isNull()).isFalse();
    assertThat(done.get("completed_at").isNull()).isFalse();
    assertThat(done.get("error_file_id").isNull()).isTrue();
    assertThat(bench.lines(done.get("output_file_id").asText(), A)).containsExactlyInAnyOrderElementsOf(ids(30));
    assertThat(disk.bytes(id + JobBook.JOURNAL).length).as("the answers stand in one place").isLessThan(2_000);
    assertThat(bench().get("/v1/batches/" + id, A)).as("after a start").isEqualTo(done);
  }

  @Test
  @DisplayName("R2.7 G4 another tenant's files and batches are not there")
  void otherTenant() throws IOException {
    JobBench bench = bench();
    String id = bench.submit(A, JobBench.linesOf(3));
    String input = bench.get("/v1/batches/" + id, A).get("input_file_id").asText();
    bench.answerAll();
    String output = bench.get("/v1/batches/" + id, A).get("output_file_id").asText();
    for (String path : List.of("/v1/files/" + input, "/v1/files/" + input + "/content", "/v1/files/" + output + "/content", "/v1/batches/" + id)) {
      assertThat(bench.ask(Verb.GET, path, B, "").error.refusal()).as(path).isEqualTo(Refusal.NOT_FOUND);
      assertThat(bench.ask(Verb.GET, path, A, "").error).as(path).isNull();
    }
    assertThat(bench.ask(Verb.DELETE, "/v1/files/" + input, B, "").error.refusal()).isEqualTo(Refusal.NOT_FOUND);
    assertThat(bench.ask(Verb.POST, "/v1/batches/" + id + "/cancel", B, "").error.refusal()).isEqualTo(Refusal.NOT_FOUND);
    assertThat(bench.make(B, input).error.param()).isEqualTo("input_file_id");
    assertThat(bench.get("/v1/files", B).get("data")).isEmpty();
    assertThat(bench.get("/v1/batches", B).get("data")).isEmpty();
    assertThat(bench.get("/v1/files", A).get("data")).hasSize(2);
  }

  @Test
  @DisplayName("R2.7 a cancelled job stops at once, and gives what was answered")
  void cancel() throws IOException {
    JobBench bench = bench();
    String id = bench.submit(A, JobBench.linesOf(20));
    bench.asked.get(0).answer();
    bench.run();
    List<JobBench.Line> underWay = bench.asked.subList(1, bench.asked.size());
    assertThat(bench.ask(Verb.POST, "/v1/batches/" + id + "/cancel", A, "").json.get("status").asText()).isEqualTo("cancelled");
    assertThat(underWay).hasSize(8).allSatisfy(line -> assertThat(line.cancelled).isTrue());
    underWay.forEach(JobBench.Line::answer);
    bench.run();
    JsonNode over = bench.get("/v1/batches/" + id, A);
    assertThat(over.get("cancelling_at").isNull()).isFalse();
    assertThat(bench.lines(over.get("output_file_id").asText(), A)).containsExactly("c0");
    assertThat(bench.lines(over.get("error_file_id").asText(), A)).hasSize(19).allSatisfy(line -> assertThat(line).endsWith(" batch_cancelled"));
    assertThat(bench.service.linesUnderWay()).isZero();
  }

  @Test
  @DisplayName("R2.7 after 24 h a job expires: what was answered is given, every other line is named")
  void expires() throws IOException {
    JobBench bench = bench();
    String id = bench.submit(A, JobBench.linesOf(12));
    bench.asked.get(3).answer();
    bench.advance(Duration.ofHours(24).minusSeconds(2));
    assertThat(bench.status(id, A)).isEqualTo("in_progress");
    bench.advance(Duration.ofSeconds(3));
    JsonNode over = bench.get("/v1/batches/" + id, A);
    assertThat(over.get("status").asText()).isEqualTo("expired");
    assertThat(bench.lines(over.get("output_file_id").asText(), A)).containsExactly("c3");
    assertThat(bench.lines(over.get("error_file_id").asText(), A)).hasSize(11).allSatisfy(line -> assertThat(line).endsWith(" batch_expired"));
    assertThat(bench.asked).allSatisfy(line -> assertThat(line.cancelled || line.body.contains("c3")).isTrue());
  }

  @Test
  @DisplayName("R2.7 a line that could not be begun waits for better times, with one at a time; one that fails is asked three times; one that is wrong, once")
  void refusals() throws IOException {
    JobBench bench = bench();
    String id = bench.submit(A, JobBench.linesOf(3));
    for (int i = 0; i < 40; i++) {
      refuse(bench, Refusal.NO_PERMITTED_UPSTREAM);
      assertThat(bench.asked).isEmpty();
      bench.advance(Duration.ofSeconds(31));
      assertThat(bench.asked).hasSize(1);
    }
    bench.answerAll();
    assertThat(bench.status(id, A)).isEqualTo("completed");

    String wrong = bench.submit(A, JobBench.linesOf(2));
    assertThat(bench.asked).hasSize(2);
    bench.asked.get(0).done.refused("r", null, ErrorAnswer.of(Refusal.INVALID_REQUEST, "no"));
    bench.asked.get(1).done.refused("r", null, ErrorAnswer.of(Refusal.UPSTREAM_FAILED, "no"));
    bench.asked.clear();
    bench.run();
    for (int i = 0; i < 2; i++) {
      bench.advance(Duration.ofSeconds(31));
      assertThat(bench.asked).hasSize(1);
      refuse(bench, Refusal.UPSTREAM_FAILED);
    }
    JsonNode over = bench.get("/v1/batches/" + wrong, A);
    assertThat(over.get("request_counts").toString()).isEqualTo("{\"total\":2,\"completed\":0,\"failed\":2}");
    assertThat(bench.lines(over.get("error_file_id").asText(), A)).containsExactlyInAnyOrder("c0 invalid_request", "c1 upstream_failed");
    assertThat(over.get("output_file_id").isNull()).isTrue();
  }

  private static void refuse(JobBench bench, Refusal why) {
    List<JobBench.Line> lines = List.copyOf(bench.asked);
    bench.asked.clear();
    lines.forEach(line -> line.done.refused("r", null, ErrorAnswer.of(why, "no")));
    bench.run();
  }

  @Test
  @DisplayName("R2.7 lines are asked on headroom only, and by turns of the jobs")
  void headroom() throws IOException {
    JobBench bench = bench();
    bench.room = 0;
    String one = bench.submit(A, JobBench.linesOf(10));
    String two = bench.submit(B, JobBench.linesOf(10));
    bench.advance(Duration.ofMinutes(1));
    assertThat(bench.asked).isEmpty();
    bench.room = 4;
    bench.advance(Duration.ofMillis(30));
    assertThat(bench.asked).hasSize(4);
    assertThat(bench.asked.stream().filter(line -> line.job.id().equals(one)).count()).isEqualTo(2);
    bench.answerAll();
    assertThat(List.of(bench.status(one, A), bench.status(two, B))).containsOnly("completed");
  }

  @Test
  @DisplayName("R2.7 what is older than the retention is removed, but not what a job still reads; a full disk refuses uploads and holds lines up")
  void retentionAndRoom() throws IOException {
    JobLimits limits = new JobLimits(6_000, 1 << 20, 100, 1 << 10, 4, Duration.ofHours(24), Duration.ofHours(2), 2, 5);
    JobBench bench = new JobBench(disk, limits, "i");
    bench.room = 0;
    String id = bench.submit(A, JobBench.linesOf(20));
    String other = bench.upload(A, JobBench.linesOf(4)).json.get("id").asText();
    bench.advance(Duration.ofHours(3));
    assertThat(bench.ask(Verb.GET, "/v1/files/" + other, A, "").error.refusal()).isEqualTo(Refusal.NOT_FOUND);
    assertThat(bench.get("/v1/files", A).get("data")).hasSize(1);
    bench.room = 4;
    bench.advance(Duration.ofSeconds(1));
    bench.answerAll();
    assertThat(bench.status(id, A)).as("no room for the files of answers").isEqualTo("in_progress");
    assertThat(bench.asked).isEmpty();
    assertThat(bench.service.usedBytes()).isLessThan(8_000);
    assertThat(bench.upload(A, JobBench.linesOf(20)).error).isNull();
    assertThat(bench.upload(A, JobBench.linesOf(20)).error.refusal()).isEqualTo(Refusal.BUSY);
    bench.advance(Duration.ofHours(22));
    assertThat(bench.status(id, A)).isEqualTo("expired");
    bench.advance(Duration.ofHours(30));
    assertThat(disk.names()).containsExactly(Form.NAME);
    assertThat(bench.service.usedBytes()).isZero();
  }

  @Test
  @DisplayName("R2.7 bounds: a line, a file of lines, jobs of a tenant, files of a tenant")
  void bounds() throws IOException {
    JobLimits limits = new JobLimits(1 << 20, 2_000, 5, 300, 4, Duration.ofHours(24), Duration.ofHours(2), 2, 5);
    JobBench bench = new JobBench(disk, limits, "i");
    assertThat(bench.upload(A, JobBench.linesOf(40)).error.refusal()).isEqualTo(Refusal.TOO_LARGE);
    assertThat(disk.names()).containsExactly(Form.NAME);
    JsonNode many = bench.get("/v1/batches/" + bench.submit(A, JobBench.linesOf(6)), A);
    assertThat(many.at("/errors/data/0/code").asText()).isEqualTo("too_many_lines");
    assertThat(many.at("/errors/data/0/line").asInt()).isEqualTo(6);
    JsonNode longLine = bench.get("/v1/batches/" + bench.submit(A, JobBench.line("a".repeat(150))), A);
    assertThat(longLine.at("/errors/data/0/code").asText()).isEqualTo("line_too_long");
    assertThat(bench.get("/v1/batches/" + bench.submit(A, "\n\n"), A).at("/errors/data/0/code").asText()).isEqualTo("empty_file");
    bench.submit(A, JobBench.linesOf(2));
    String second = bench.submit(A, JobBench.linesOf(2));
    String file = bench.get("/v1/batches/" + second, A).get("input_file_id").asText();
    assertThat(bench.make(A, file).error.refusal()).isEqualTo(Refusal.BUSY);
    assertThat(bench.upload(A, "x").error.refusal()).isEqualTo(Refusal.BUSY);
    assertThat(bench.ask(Verb.DELETE, "/v1/files/" + file, A, "").error.refusal()).isEqualTo(Refusal.INVALID_REQUEST);
  }

  @Test
  @DisplayName("R2.7 lines are read with their neighbours by the rules in force, anew when those change")
  void neighbours() throws IOException {
    JobBench bench = bench();
    bench.submit(A, JobBench.linesOf(40));
    assertThat(bench.slices).isEqualTo(1);
    bench.rules = new Object();
    List<JobBench.Line> first = new ArrayList<>(bench.asked);
    first.forEach(JobBench.Line::answer);
    bench.run();
    assertThat(bench.slices).isEqualTo(2);
  }
}
