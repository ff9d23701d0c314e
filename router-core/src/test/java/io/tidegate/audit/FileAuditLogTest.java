package io.tidegate.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.fake.FakeLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileAuditLogTest {
  private static final int SEGMENT = 64 << 10;
  private static final Instant NOW = Instant.parse("2026-11-24T08:00:00Z");

  @TempDir
  private Path directory;

  private final FakeLoop loop = new FakeLoop();
  private final List<Runnable> background = new ArrayList<>();

  private FileAuditLog log(int segmentBytes) throws IOException {
    return new FileAuditLog(new AuditConfig(directory, segmentBytes, 1L << 30, Duration.ofDays(30)), "boot", 1, () -> NOW, background::add);
  }

  /** Writes until nothing more fits; how many records did. */
  private int fill(FileAuditLog log) {
    for (int written = 0; written < 10_000; written++) {
      if (log.decided(Samples.decision("r" + written), Samples.findings(), List.of(), new byte[32], loop).isEmpty()) {
        return written;
      }
      loop.advance(1);
    }
    throw new AssertionError("the log is never full");
  }

  private void runBackground() {
    List<Runnable> due = List.copyOf(background);
    background.clear();
    due.forEach(Runnable::run);
  }

  @Test
  @DisplayName("G7 a record is readable from the file as soon as its receipt exists, without any close or flush")
  void writtenWhenReceived() throws IOException {
    FileAuditLog log = log(64 << 10);
    assertThat(log.decided(Samples.decision("r1"), Samples.findings(), List.of(), new byte[32], loop)).hasValueSatisfying(receipt -> {
      assertThat(receipt.requestId()).isEqualTo("r1");
      assertThat(receipt.sequence()).isZero();
    });
    assertThat(AuditReader.all(directory)).singleElement().isInstanceOfSatisfying(AuditRecord.Decided.class, record -> {
      assertThat(record.requestId()).isEqualTo("r1");
      assertThat(record.time()).isEqualTo(NOW);
      assertThat(record.findings()).containsEntry("CN_ID/VERY_LIKELY/cn-id", 2);
      assertThat(record.sensitivity()).isEqualTo(Samples.decision("x").sensitivity());
    });
  }

  @Test
  @DisplayName("B6 when no segment can be had the caller is told, and writing goes on once one is there")
  void fullIsSaid() throws IOException {
    FileAuditLog log = log(64 << 10);
    int written = fill(log);
    assertThat(written).isGreaterThan(100);
    assertThat(log.lost()).isEqualTo(1);
    runBackground();
    assertThat(log.decided(Samples.decision("next"), Samples.findings(), List.of(), new byte[32], loop)).isPresent();
    assertThat(AuditReader.all(directory)).hasSize(written + 1);
  }

  @Test
  @DisplayName("H4 a segment that cannot be made is asked for again, and the loss is counted meanwhile")
  void unwritableDirectoryRecovers() throws IOException {
    FileAuditLog log = log(64 << 10);
    fill(log);
    Path away = directory.resolveSibling(directory.getFileName() + "-away");
    Files.move(directory, away);
    runBackground();
    assertThat(log.decided(Samples.decision("lost"), Samples.findings(), List.of(), new byte[32], loop)).isEmpty();
    Files.move(away, directory);
    loop.advance(Duration.ofSeconds(1).toNanos());
    assertThat(log.decided(Samples.decision("lost too"), Samples.findings(), List.of(), new byte[32], loop)).isEmpty();
    runBackground();
    assertThat(log.decided(Samples.decision("back"), Samples.findings(), List.of(), new byte[32], loop)).isPresent();
    assertThat(log.lost()).isEqualTo(3);
  }

  @Test
  @DisplayName("B5 an edited record is found by its checksum")
  void editIsFound() throws IOException {
    FileAuditLog log = log(64 << 10);
    log.decided(Samples.decision("r1"), Samples.findings(), List.of(), new byte[32], loop);
    Path segment = Retention.segments(directory).get(0);
    try (var channel = Files.newByteChannel(segment, StandardOpenOption.WRITE)) {
      channel.position(Segment.HEADER + Segment.RECORD_HEADER + 20).write(ByteBuffer.wrap(new byte[] {'!'}));
    }
    assertThatThrownBy(() -> AuditReader.all(directory)).hasMessageContaining("wrong checksum at byte 8");
  }

  @Test
  @DisplayName("decisions 32 the oldest segments go first, by age and by size")
  void retention() throws IOException {
    for (int i = 0; i < 4; i++) {
      Path segment = Files.write(directory.resolve("audit-old-0-" + i + Segment.SUFFIX), new byte[SEGMENT]);
      Files.setLastModifiedTime(segment, java.nio.file.attribute.FileTime.from(NOW.minus(Duration.ofDays(40 - 10L * i))));
    }
    Retention.apply(new AuditConfig(directory, SEGMENT, 10L << 20, Duration.ofDays(25)), NOW, Set.of());
    assertThat(Retention.segments(directory)).extracting(file -> file.getFileName().toString()).containsExactly("audit-old-0-2.tga", "audit-old-0-3.tga");
    Retention.apply(new AuditConfig(directory, SEGMENT, 2L * SEGMENT, Duration.ofDays(25)), NOW, Set.of());
    assertThat(Retention.segments(directory)).extracting(file -> file.getFileName().toString()).containsExactly("audit-old-0-3.tga");
  }

  @Test
  @DisplayName("G7 retention never removes a segment that is being written or prepared, however old and however full the disk")
  void retentionSparesLiveSegments() throws IOException {
    AuditConfig tight = new AuditConfig(directory, SEGMENT, SEGMENT, Duration.ofDays(30));
    Instant[] now = {NOW};
    FileAuditLog log = new FileAuditLog(tight, "boot", 2, () -> now[0], background::add);
    runBackground();
    log.decided(Samples.decision("old"), Samples.findings(), List.of(), new byte[32], loop);
    for (Path segment : Retention.segments(directory)) {
      Files.setLastModifiedTime(segment, java.nio.file.attribute.FileTime.from(NOW));
    }
    now[0] = NOW.plus(Duration.ofDays(40));
    while (fill(log) > 0) {
      // What was prepared is filled too.
    }
    runBackground();
    // The other loop has not written for forty days; its records must still find their file.
    FakeLoop other = new FakeLoop(1);
    assertThat(log.decided(Samples.decision("late"), Samples.findings(), List.of(), new byte[32], other)).isPresent();
    assertThat(AuditReader.all(directory)).extracting(AuditRecord::requestId).contains("late");
  }

  @Test
  @DisplayName("a file that another process removed meanwhile does not stop the log")
  void goneFilesAreNoError() throws IOException {
    Retention.apply(new AuditConfig(directory, SEGMENT, SEGMENT, Duration.ofDays(1)), NOW, Set.of());
    Files.createSymbolicLink(directory.resolve("audit-gone-0-1" + Segment.SUFFIX), directory.resolve("nothing"));
    Retention.apply(new AuditConfig(directory, SEGMENT, SEGMENT, Duration.ofDays(1)), NOW, Set.of());
    assertThat(Retention.segments(directory)).isEmpty();
  }

  @Test
  @DisplayName("H4 a segment that cannot be made leaves nothing behind; one left by a process that died is not read, and goes later")
  void unfinishedSegments() throws IOException {
    assertThatThrownBy(() -> Segment.create(directory.resolve("x" + Segment.SUFFIX), -1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(directory).isEmptyDirectory();
    Path left = Files.write(directory.resolve("audit-dead-0-1" + Segment.UNFINISHED_SUFFIX), new byte[100]);
    Files.setLastModifiedTime(left, java.nio.file.attribute.FileTime.from(NOW));
    FileAuditLog log = log(SEGMENT);
    log.decided(Samples.decision("r1"), Samples.findings(), List.of(), new byte[32], loop);
    assertThat(AuditReader.all(directory)).hasSize(1);
    Retention.apply(new AuditConfig(directory, SEGMENT, 1L << 30, Duration.ofDays(1)), NOW.plus(Duration.ofMinutes(30)), Set.of());
    assertThat(left).exists();
    Retention.apply(new AuditConfig(directory, SEGMENT, 1L << 30, Duration.ofDays(1)), NOW.plus(Duration.ofHours(2)), Set.of());
    assertThat(left).doesNotExist();
  }

  @Test
  @DisplayName("H4 a full pool for file work is a lost record, not a failed request, and is asked again")
  void rejectedBackground() throws IOException {
    boolean[] full = {true};
    FileAuditLog log = new FileAuditLog(new AuditConfig(directory, SEGMENT, 1L << 30, Duration.ofDays(30)), "boot", 1, () -> NOW, task -> {
      if (full[0]) {
        throw new RejectedExecutionException();
      }
      background.add(task);
    });
    fill(log);
    full[0] = false;
    loop.advance(Duration.ofSeconds(1).toNanos());
    assertThat(log.decided(Samples.decision("r"), Samples.findings(), List.of(), new byte[32], loop)).isEmpty();
    runBackground();
    assertThat(log.decided(Samples.decision("r"), Samples.findings(), List.of(), new byte[32], loop)).isPresent();
  }

  @Test
  @DisplayName("B5 each chain counts its records without a gap, across segments")
  void sequences() throws IOException {
    FileAuditLog log = log(SEGMENT);
    for (int i = 0; i < 2_000; i++) {
      runBackground();
      assertThat(log.decided(Samples.decision("r" + i), Samples.findings(), List.of(), new byte[32], loop)).isPresent();
    }
    assertThat(Retention.segments(directory)).hasSizeGreaterThan(3);
    assertThat(AuditReader.all(directory)).extracting(AuditRecord::sequence).containsExactlyElementsOf(java.util.stream.LongStream.range(0, 2_000).boxed().toList());
  }

  @Test
  @DisplayName("G3 no text of a request is in the files")
  void noText() throws IOException {
    FileAuditLog log = log(SEGMENT);
    log.decided(Samples.decision("r1", "{\"messages\":[\"CANARY-1\"],\"model\":\"CANARY-2\"}"), Samples.findings(), List.of(), new byte[32], loop);
    for (Path segment : Retention.segments(directory)) {
      assertThat(Files.readString(segment, java.nio.charset.StandardCharsets.ISO_8859_1)).contains("r1").doesNotContain("CANARY");
    }
  }

  @Test
  @DisplayName("A18 only the owner may read the files")
  void permissions() throws IOException {
    log(SEGMENT);
    assertThat(Files.getPosixFilePermissions(Retention.segments(directory).get(0)))
        .isEqualTo(java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
  }
}
