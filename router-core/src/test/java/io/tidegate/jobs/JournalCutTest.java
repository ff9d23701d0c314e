package io.tidegate.jobs;

import static io.tidegate.jobs.JobBench.A;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a stop leaves: at any byte, at any moment, however often. */
class JournalCutTest {
  private static final int LINES = 6;

  private static List<String> ids(int count) {
    return IntStream.range(0, count).mapToObj(i -> "c" + i).toList();
  }

  /** A job in the middle: four lines have their answers. */
  private static String half(MemoryDisk disk) throws IOException {
    JobBench bench = new JobBench(disk, JobLimits.DEFAULT, "i");
    String id = bench.submit(A, JobBench.linesOf(LINES));
    for (int i = 0; i < 4; i++) {
      bench.asked.get(i).answer();
      bench.run();
    }
    return id;
  }

  private static void finishes(MemoryDisk disk, String id, String what, int atLeast) throws IOException {
    JobBench bench = new JobBench(disk, JobLimits.DEFAULT, "n");
    JobBench.Heard there = bench.ask(JobDesk.Verb.GET, "/v1/batches/" + id, A, "");
    if (there.error != null) {
      assertThat(atLeast).as(what).isNegative();
      return;
    }
    assertThat(there.json.get("request_counts").get("completed").asInt()).as(what).isGreaterThanOrEqualTo(atLeast);
    bench.answerAll();
    JsonNode done = bench.get("/v1/batches/" + id, A);
    assertThat(done.get("status").asText()).as(what).isEqualTo("completed");
    assertThat(bench.lines(done.get("output_file_id").asText(), A)).as(what).containsExactlyInAnyOrderElementsOf(ids(LINES));
  }

  @Test
  @DisplayName("R2.7 a journal cut at every byte: what is whole counts, the rest is asked again, each line stands once in the file of answers")
  void cutAtEveryByte() throws IOException {
    MemoryDisk disk = new MemoryDisk();
    String id = half(disk);
    String name = id + JobBook.JOURNAL;
    byte[] whole = disk.bytes(name);
    int records = 0;
    for (int length = 0; length <= whole.length; length++) {
      records += length > 0 && whole[length - 1] == '\n' ? 1 : 0;
      MemoryDisk cut = disk.copy();
      cut.put(name, java.util.Arrays.copyOf(whole, length));
      // Made, in progress, and then the lines.
      finishes(cut, id, "cut at " + length, records == 0 ? -1 : Math.max(0, records - 2));
    }
    assertThat(records).isEqualTo(6);
  }

  @Test
  @DisplayName("R2.7 a journal with one byte damaged, at every byte: the same")
  void damagedAtEveryByte() throws IOException {
    MemoryDisk disk = new MemoryDisk();
    String id = half(disk);
    String name = id + JobBook.JOURNAL;
    byte[] whole = disk.bytes(name);
    int records = 0;
    for (int at = 0; at < whole.length; at++) {
      MemoryDisk damaged = disk.copy();
      byte[] bytes = whole.clone();
      bytes[at] ^= 0x10;
      damaged.put(name, bytes);
      finishes(damaged, id, "damaged at " + at, records == 0 ? -1 : Math.max(0, records - 2));
      records += whole[at] == '\n' ? 1 : 0;
    }
  }

  @Test
  @DisplayName("R2.7 power lost and disks that fail at random moments: no line is lost, none is answered twice, and what counted stays")
  void atRandomMoments() throws IOException {
    int crashes = 0;
    for (int seed = 0; seed < 300; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      MemoryDisk disk = new MemoryDisk();
      JobBench bench = new JobBench(disk, JobLimits.DEFAULT, "b0-");
      int lines = 1 + random.nextInt(40);
      String id = bench.submit(A, JobBench.linesOf(lines));
      int counted = 0;
      int boots = 0;
      for (int step = 0; step < 3_000 && !bench.status(id, A).equals("completed"); step++) {
        int what = random.nextInt(20);
        if (what == 0 && boots < 8) {
          disk.crash(() -> random.nextInt(3) == 0 ? random.nextInt(400) : 0, random.nextBoolean());
          crashes++;
          bench = new JobBench(disk, JobLimits.DEFAULT, "b" + ++boots + "-");
        } else if (what == 1) {
          disk.failures = random.nextInt(4);
        } else if (what < 5) {
          bench.advance(Duration.ofMillis(random.nextInt(3_000)));
        } else if (!bench.asked.isEmpty()) {
          bench.asked.remove(random.nextInt(bench.asked.size())).answer();
          if (random.nextBoolean()) {
            bench.run();
          }
        }
        int now = bench.get("/v1/batches/" + id, A).get("request_counts").get("completed").asInt();
        assertThat(now).as("seed %d: what counted, counts", seed).isGreaterThanOrEqualTo(counted);
        counted = now;
      }
      JsonNode done = bench.get("/v1/batches/" + id, A);
      assertThat(done.get("status").asText()).as("seed %d", seed).isEqualTo("completed");
      assertThat(bench.lines(done.get("output_file_id").asText(), A)).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(ids(lines));
    }
    assertThat(crashes).isGreaterThan(300);
  }
}
