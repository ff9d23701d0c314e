package io.tidegate.jobs;

import static io.tidegate.jobs.JobBench.A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidegate.fake.Recorded;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory of jobs that another version wrote; the older one's is real. */
class JobsSkewTest {
  @TempDir Path folder;

  /** Writes a directory as this version leaves it, to be kept for later ones. */
  public static void main(String[] to) throws IOException {
    MemoryDisk disk = new MemoryDisk();
    JobBench bench = new JobBench(disk, JobLimits.DEFAULT, "old");
    bench.submit(A, JobBench.linesOf(3));
    bench.answerAll();
    bench.submit(A, JobBench.linesOf(6));
    for (int i = 0; i < 4; i++) {
      bench.asked.get(i).answer();
      bench.run();
    }
    for (String name : disk.names()) {
      Files.write(Path.of(to[0]).resolve(name), disk.bytes(name));
    }
  }

  private MemoryDisk older() throws IOException {
    MemoryDisk disk = new MemoryDisk();
    try (Stream<Path> files = Files.list(Recorded.copy("jobs", folder))) {
      for (Path file : files.toList()) {
        disk.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return disk;
  }

  private static TreeMap<String, String> all(MemoryDisk disk) {
    TreeMap<String, String> all = new TreeMap<>();
    disk.names().forEach(name -> all.put(name, new String(disk.bytes(name), StandardCharsets.ISO_8859_1)));
    return all;
  }

  private static void add(MemoryDisk disk, String name, String text) {
    byte[] before = disk.bytes(name);
    byte[] frame = Frames.frame(text.getBytes(StandardCharsets.UTF_8));
    byte[] both = java.util.Arrays.copyOf(before, before.length + frame.length);
    System.arraycopy(frame, 0, both, before.length, frame.length);
    disk.put(name, both);
  }

  private static void finishes(MemoryDisk disk) throws IOException {
    JobBench bench = new JobBench(disk, JobLimits.DEFAULT, "new");
    JsonNode done = bench.get("/v1/batches/batch_old1", A);
    assertThat(done.get("status").asText()).isEqualTo("completed");
    assertThat(bench.lines(done.get("output_file_id").asText(), A)).containsExactlyInAnyOrder("c0", "c1", "c2");
    assertThat(bench.asked).as("what has its answer is not asked again").hasSize(2);
    bench.answerAll();
    JsonNode half = bench.get("/v1/batches/batch_old6", A);
    assertThat(half.get("status").asText()).isEqualTo("completed");
    assertThat(bench.lines(half.get("output_file_id").asText(), A)).containsExactlyInAnyOrder("c0", "c1", "c2", "c3", "c4", "c5");
  }

  @Test
  @DisplayName("R2.7 skew: an older version's jobs are shown and finished, none of their lines asked again; the directory then says its form")
  void olderJobs() throws IOException {
    MemoryDisk disk = older();
    assertThat(disk.names()).doesNotContain(Form.NAME);
    finishes(disk);
    assertThat(new String(disk.bytes(Form.NAME), StandardCharsets.US_ASCII)).isEqualTo("tidegate jobs 1\n");
    assertThat(new JobBench(disk, JobLimits.DEFAULT, "next").get("/v1/batches/batch_old6", A).get("status").asText()).isEqualTo("completed");
  }

  @Test
  @DisplayName("R2.7 skew: members, records and files of a newer version of the same form are passed over; the jobs are finished all the same")
  void newerMinor() throws IOException {
    MemoryDisk disk = older();
    disk.put(Form.NAME, "tidegate jobs 1 and what a later version says\nmore of it\n".getBytes(StandardCharsets.US_ASCII));
    disk.put("tariffs", "of a later version".getBytes(StandardCharsets.US_ASCII));
    for (String name : List.of("file-old0.file", "file-old1-output.file", "file-old5.file")) {
      disk.put(name, new String(disk.bytes(name), StandardCharsets.UTF_8).replaceFirst("\\{", "{\"tariff\":{\"of\":[1,2]},").getBytes(StandardCharsets.UTF_8));
    }
    String journal = "batch_old6.journal";
    String made = new String(disk.bytes(journal), StandardCharsets.UTF_8).lines().findFirst().orElseThrow().substring(9);
    byte[] rest = disk.bytes(journal);
    int first = made.length() + 10;
    disk.put(journal, new byte[0]);
    add(disk, journal, made.replaceFirst("\\{", "{\"tariff\":\"night\","));
    add(disk, journal, "Xa record of a later version");
    byte[] head = disk.bytes(journal);
    byte[] both = java.util.Arrays.copyOf(head, head.length + rest.length - first);
    System.arraycopy(rest, first, both, head.length, rest.length - first);
    disk.put(journal, both);
    add(disk, journal, "X{\"another\":1}");
    finishes(disk);
    assertThat(disk.names()).contains("tariffs");
    assertThat(new String(disk.bytes(Form.NAME), StandardCharsets.US_ASCII)).as("the newer one's words stay").contains("later version");
  }

  @Test
  @DisplayName("R2.7 skew: a directory of another form is refused with what to do, and not one byte of it is changed")
  void otherForm() throws IOException {
    for (String words : List.of("tidegate jobs 2\n", "tidegate jobs 10\n", "tidegate jobs 1.5\n", "", "\n")) {
      MemoryDisk disk = older();
      // As a later version might frame them: to this one, nothing there is whole.
      disk.put("batch_new9.journal", "v2 crc64 0123456789abcdef {\"id\":\"batch_new9\"}\n".getBytes(StandardCharsets.US_ASCII));
      disk.put("file-new8.data", "lines".getBytes(StandardCharsets.US_ASCII));
      disk.put(Form.NAME, words.getBytes(StandardCharsets.US_ASCII));
      TreeMap<String, String> before = all(disk);
      assertThatThrownBy(() -> new JobBench(disk, JobLimits.DEFAULT, "new")).isInstanceOf(IOException.class).hasMessageContaining("another version")
          .hasMessageContaining("Fix: run that version until its jobs are over");
      assertThat(all(disk)).isEqualTo(before);
      try (Stream<Path> left = Files.walk(folder.resolve("recorded-jobs")).sorted(java.util.Comparator.reverseOrder())) {
        for (Path each : left.toList()) {
          Files.delete(each);
        }
      }
    }
  }

  @Test
  @DisplayName("R2.7 skew: a journal of whole records without the one that begins it is never taken for a leftover")
  void unknownJournal() throws IOException {
    MemoryDisk disk = older();
    disk.put("batch_new9.journal", Frames.frame("Ka beginning of a later version".getBytes(StandardCharsets.US_ASCII)));
    assertThatThrownBy(() -> new JobBench(disk, JobLimits.DEFAULT, "new")).isInstanceOf(IOException.class).hasMessageContaining("batch_new9.journal holds whole records");
    assertThat(disk.names()).contains("batch_new9.journal", "batch_old6.journal");
  }

  @Test
  @DisplayName("R2.7 skew: a full disk does not keep a start from an older version's jobs")
  void fullDisk() throws IOException {
    MemoryDisk disk = older();
    disk.failures = 1;
    JobBench bench = new JobBench(disk, JobLimits.DEFAULT, "new");
    assertThat(bench.diskFailures).isPositive();
    assertThat(bench.get("/v1/batches/batch_old1", A).get("status").asText()).isEqualTo("completed");
    assertThat(disk.names()).doesNotContain(Form.NAME);
  }
}
