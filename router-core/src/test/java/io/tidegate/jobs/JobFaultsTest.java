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
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Disks that fail while lines are under way, refusals in a bunch, and faults of our own. */
class JobFaultsTest {
  private static final int PARALLEL = JobLimits.DEFAULT.parallel();

  private final MemoryDisk disk = new MemoryDisk();

  private JobBench bench() throws IOException {
    return new JobBench(disk, JobLimits.DEFAULT, "i");
  }

  private static List<String> ids(int count) {
    return IntStream.range(0, count).mapToObj(i -> "c" + i).toList();
  }

  /** Time goes by, and whatever is asked is answered at once. */
  private static void pass(JobBench bench, Duration time) {
    for (long left = time.toMillis(); left > 0; left -= 100) {
      bench.answerAll();
      bench.advance(Duration.ofMillis(100));
    }
  }

  private static void refuse(JobBench bench, List<JobBench.Line> lines) {
    List.copyOf(lines).forEach(line -> line.done.refused("r", null, ErrorAnswer.of(Refusal.BUSY, "no")));
    bench.asked.clear();
    bench.run();
  }

  private void completed(JobBench bench, String id, int lines) {
    JsonNode done = bench.get("/v1/batches/" + id, A);
    assertThat(done.get("status").asText()).isEqualTo("completed");
    assertThat(bench.lines(done.get("output_file_id").asText(), A)).containsExactlyInAnyOrderElementsOf(ids(lines));
  }

  @Test
  @DisplayName("G8 G5 a disk that fails holds the lines up: no more than twice as many answers as lines may be under way wait for it, and one look at a time is taken whether it is well")
  void diskThatFails() throws IOException {
    JobBench bench = bench();
    String id = bench.submit(A, JobBench.linesOf(200));
    bench.asked.remove(0).answer();
    bench.run();
    disk.failures = Integer.MAX_VALUE;
    int before = bench.asks;
    pass(bench, Duration.ofMinutes(1));
    assertThat(bench.asks - before).as("asked while nothing could be kept").isLessThanOrEqualTo(PARALLEL);
    assertThat(bench.service.linesUnderWay()).isZero();
    assertThat(bench.timers()).as("the clock, and the look whether the disk is well").isLessThanOrEqualTo(2);
    assertThat(bench.diskFailures).as("told once a second, not by line").isBetween(50, 62);
    assertThat(bench.get("/v1/batches/" + id, A).at("/request_counts/completed").asInt()).isEqualTo(1);

    disk.failures = 0;
    bench.advance(Duration.ofSeconds(2));
    assertThat(bench.asked).as("goes on by itself").hasSize(PARALLEL);
    bench.answerAll();
    completed(bench, id, 200);
    assertThat(bench.asks).as("each line was paid once").isEqualTo(200);
  }

  @Test
  @DisplayName("G8 while the disk fails four open jobs hold no more answers than five times the lines that may be under way")
  void manyJobs() throws IOException {
    JobBench bench = bench();
    for (int i = 0; i < JobLimits.OPEN + 2; i++) {
      bench.submit(i % 2 == 0 ? A : B, JobBench.linesOf(60));
    }
    disk.failures = Integer.MAX_VALUE;
    // Job by job: all lines of one come in together, and then others have all the room.
    while (!bench.asked.isEmpty()) {
      answerTogether(bench, bench.asked.get(0).job.id());
    }
    pass(bench, Duration.ofMinutes(1));
    assertThat(bench.asks).isLessThanOrEqualTo((JobLimits.OPEN + 1) * PARALLEL);
    assertThat(bench.timers()).isLessThanOrEqualTo(JobLimits.OPEN + 1);
    disk.failures = 0;
    pass(bench, Duration.ofSeconds(10));
    assertThat(bench.get("/v1/batches", A).get("data")).allSatisfy(job -> assertThat(job.get("status").asText()).isEqualTo("completed"));
    assertThat(bench.asks).isEqualTo((JobLimits.OPEN + 2) * 60);
  }

  private static void answerTogether(JobBench bench, String job) {
    List<JobBench.Line> together = bench.asked.stream().filter(line -> line.job.id().equals(job)).toList();
    together.forEach(JobBench.Line::answer);
    bench.asked.removeAll(together);
    bench.run();
  }

  @Test
  @DisplayName("G8 while one job waits for the disk, another's answers are recorded before further lines of it are begun")
  void secondJob() throws IOException {
    JobBench bench = bench();
    String one = bench.submit(A, JobBench.linesOf(60));
    String two = bench.submit(B, JobBench.linesOf(60));
    disk.failures = Integer.MAX_VALUE;
    answerTogether(bench, one);
    answerTogether(bench, one);
    assertThat(bench.asked).hasSize(PARALLEL).allSatisfy(line -> assertThat(line.job.id()).isEqualTo(two));
    answerTogether(bench, two);
    assertThat(bench.asked).isEmpty();
    disk.failures = 0;
    bench.advance(Duration.ofSeconds(2));
    assertThat(bench.asked).hasSize(PARALLEL);
  }

  @Test
  @DisplayName("R2.7 the last lines of a job come in while the disk fails: it ends within seconds once the disk is well")
  void lastLines() throws IOException {
    JobBench bench = bench();
    String id = bench.submit(A, JobBench.linesOf(5));
    disk.failures = Integer.MAX_VALUE;
    pass(bench, Duration.ofHours(1));
    assertThat(bench.asks).isEqualTo(5);
    disk.failures = 0;
    bench.advance(Duration.ofSeconds(2));
    completed(bench, id, 5);
  }

  @Test
  @DisplayName("R2.7 an uploaded file that cannot be read for ten minutes: lines go on within seconds once it can")
  void unreadable() throws IOException {
    JobBench bench = bench();
    bench.room = 0;
    String id = bench.submit(A, JobBench.linesOf(20));
    disk.unreadable = true;
    bench.room = PARALLEL;
    bench.advance(Duration.ofMinutes(10));
    assertThat(bench.asks).isZero();
    disk.unreadable = false;
    bench.advance(Duration.ofSeconds(2));
    assertThat(bench.asked).hasSize(PARALLEL);
    bench.answerAll();
    completed(bench, id, 20);
  }

  @Test
  @DisplayName("R2.7 a cancel that the disk refuses is refused, and does nothing later: the job goes on")
  void refusedCancel() throws IOException {
    JobBench bench = bench();
    String id = bench.submit(A, JobBench.linesOf(20));
    disk.failures = Integer.MAX_VALUE;
    bench.asked.remove(0).answer();
    bench.run();
    assertThat(bench.ask(Verb.POST, "/v1/batches/" + id + "/cancel", A, "").error).isEqualTo(JobService.DISK);
    disk.failures = 0;
    pass(bench, Duration.ofSeconds(3));
    completed(bench, id, 20);
  }

  @Test
  @DisplayName("G8 a new state that the disk refuses is recorded once, however often it was tried")
  void oneStateRecord() throws IOException {
    JobBench bench = bench();
    String file = bench.upload(A, JobBench.linesOf(3)).json.get("id").asText();
    disk.wellFor = 3;
    disk.failures = Integer.MAX_VALUE;
    String id = bench.make(A, file).json.get("id").asText();
    bench.advance(Duration.ofMinutes(5));
    assertThat(bench.status(id, A)).isEqualTo("validating");
    disk.failures = 0;
    bench.advance(Duration.ofSeconds(2));
    assertThat(bench.status(id, A)).isEqualTo("in_progress");
    assertThat(new String(disk.bytes(id + JobBook.JOURNAL), java.nio.charset.StandardCharsets.UTF_8).lines()).hasSize(2);
  }

  @Test
  @DisplayName("R2.7 eight lines refused at once are one refusal: a quarter of a second later one line is asked")
  void bunchOfRefusals() throws IOException {
    JobBench bench = bench();
    bench.submit(A, JobBench.linesOf(20));
    bench.advance(Duration.ofSeconds(1));
    assertThat(bench.asked).hasSize(PARALLEL);
    refuse(bench, bench.asked);
    bench.advance(Duration.ofMillis(240));
    assertThat(bench.asked).isEmpty();
    bench.advance(Duration.ofMillis(60));
    assertThat(bench.asked).as("one, to see").hasSize(1);
    bench.answerAll();
    assertThat(bench.asks).isEqualTo(20 + PARALLEL);
  }

  @Test
  @DisplayName("R2.7 eight lines refused one after the other are one refusal too; only one that was asked after a pause makes the next one longer")
  void refusalsInARow() throws IOException {
    JobBench bench = bench();
    bench.submit(A, JobBench.linesOf(20));
    for (JobBench.Line line : List.copyOf(bench.asked)) {
      bench.advance(Duration.ofMillis(100));
      refuse(bench, List.of(line));
    }
    bench.advance(Duration.ofMillis(510));
    assertThat(bench.asked).hasSize(1);
    refuse(bench, bench.asked);
    bench.advance(Duration.ofMillis(490));
    assertThat(bench.asked).as("half a second").isEmpty();
    bench.advance(Duration.ofMillis(270));
    assertThat(bench.asked).hasSize(1);
  }

  @Test
  @DisplayName("R2.7 an Error where a line is asked: it is told of, and the line is asked again")
  void errorInAsking() throws IOException {
    JobBench bench = bench();
    bench.room = 0;
    String id = bench.submit(A, JobBench.linesOf(20));
    bench.askFault = new MemoryDisk.Planted();
    bench.room = PARALLEL;
    pass(bench, Duration.ofSeconds(3));
    completed(bench, id, 20);
    assertThat(bench.told).isEqualTo(1);
  }

  @Test
  @DisplayName("R2.7 an Error in the jobs' clock does not stop it: jobs expire")
  void errorInTheClock() throws IOException {
    JobBench bench = bench();
    bench.room = 0;
    String id = bench.submit(A, JobBench.linesOf(3));
    bench.clockFault = new MemoryDisk.Planted();
    bench.advance(Duration.ofSeconds(1));
    assertThat(bench.told).isEqualTo(1);
    bench.advance(Duration.ofHours(24));
    assertThat(bench.status(id, A)).isEqualTo("expired");
  }

  @Test
  @DisplayName("R2.7 an Error between lines' ends and their records: what came in is recorded at once")
  void errorBeforeTheRecord() throws IOException {
    JobBench bench = bench();
    String id = bench.submit(A, JobBench.linesOf(12));
    List.copyOf(bench.asked).forEach(JobBench.Line::answer);
    bench.asked.clear();
    bench.roomFault = new MemoryDisk.Planted();
    bench.run();
    assertThat(bench.told).isEqualTo(1);
    assertThat(bench.get("/v1/batches/" + id, A).at("/request_counts/completed").asInt()).isEqualTo(PARALLEL);
    pass(bench, Duration.ofSeconds(2));
    completed(bench, id, 12);
    assertThat(bench.asks).isEqualTo(12);
  }

  @Test
  @DisplayName("R2.7 an Error in any one write of a job's life: it is told of, who asked has an answer, and the job is done with each line once")
  void errorInAnyWrite() throws IOException {
    errorInAny(false);
  }

  @Test
  @DisplayName("R2.7 an Error in any one read of a job's life: the same")
  void errorInAnyRead() throws IOException {
    errorInAny(true);
  }

  private static void errorInAny(boolean read) throws IOException {
    int told = 0;
    for (int at = 0; at < 60 && told == at; at++) {
      MemoryDisk own = new MemoryDisk();
      JobBench bench = new JobBench(own, JobLimits.DEFAULT, "i");
      if (read) {
        own.readFault = new MemoryDisk.Planted();
        own.readsFor = at;
      } else {
        own.writeFault = new MemoryDisk.Planted();
        own.wellFor = at;
      }
      JobBench.Heard file = bench.upload(A, JobBench.linesOf(3));
      if (file.json == null) {
        assertThat(file.error.refusal()).isEqualTo(Refusal.INTERNAL);
        file = bench.upload(A, JobBench.linesOf(3));
      }
      JobBench.Heard made = bench.make(A, file.json.get("id").asText());
      if (made.json == null) {
        assertThat(made.error.refusal()).isEqualTo(Refusal.INTERNAL);
        made = bench.make(A, file.json.get("id").asText());
      }
      pass(bench, Duration.ofSeconds(5));
      own.readFault = null;
      JsonNode done = bench.get("/v1/batches/" + made.json.get("id").asText(), A);
      assertThat(done.get("status").asText()).as("a fault at %d", at).isEqualTo("completed");
      assertThat(bench.lines(done.get("output_file_id").asText(), A)).as("a fault at %d", at).containsExactlyInAnyOrderElementsOf(ids(3));
      assertThat(bench.service.linesUnderWay()).isZero();
      assertThat(new JobBench(own, JobLimits.DEFAULT, "n").get("/v1/batches", A).get("data")).as("after a start").hasSize(1);
      told += bench.told;
    }
    assertThat(told).as("places where it was").isBetween(read ? 4 : 15, 59);
  }
}
