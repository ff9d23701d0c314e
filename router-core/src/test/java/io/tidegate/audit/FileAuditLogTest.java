package io.tidegate.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.fake.FakeLoop;
import io.tidegate.line.AuditLog.Notes;
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
  private static final int SEGMENT = Rig.SEGMENT;
  private static final Instant NOW = Rig.NOW;

  @TempDir
  private Path directory;

  /** Writes until nothing more fits; how many records did. */
  private static int fill(Rig rig) {
    for (int written = 0; written < 10_000; written++) {
      if (rig.decide("r" + written).isEmpty()) {
        return written;
      }
      rig.loop().advance(1);
    }
    throw new AssertionError("the log is never full");
  }

  private List<Path> segments() throws IOException {
    try (var files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(Segment.SUFFIX)).sorted().toList();
    }
  }

  @Test
  @DisplayName("G7 a record is readable from the file as soon as its receipt exists, without any close or flush")
  void writtenWhenReceived() throws IOException {
    Rig rig = Rig.in(directory, "boot", 1);
    assertThat(rig.decide("r1")).hasValueSatisfying(receipt -> {
      assertThat(receipt.requestId()).isEqualTo("r1");
      // The first record of a chain says that it begins.
      assertThat(receipt.sequence()).isEqualTo(1);
    });
    assertThat(AuditReader.all(directory)).singleElement().isInstanceOfSatisfying(AuditRecord.Decided.class, record -> {
      assertThat(record.requestId()).isEqualTo("r1");
      assertThat(record.chain()).isEqualTo("boot-0");
      assertThat(record.time()).isEqualTo(NOW);
      assertThat(record.findings()).singleElement().satisfies(count -> {
        assertThat(count.kind()).isEqualTo("CN_ID/VERY_LIKELY/cn-id");
        assertThat(count.count()).isEqualTo(2);
      });
      assertThat(record.sensitivity()).isEqualTo(Samples.decision("x").sensitivity());
    });
  }

  @Test
  @DisplayName("B6 when no segment can be had the caller is told, and writing goes on once one is there; the record says how many were lost")
  void fullIsSaid() throws IOException {
    Rig rig = Rig.in(directory, "boot", 1);
    int written = fill(rig);
    assertThat(written).isGreaterThan(100);
    assertThat(rig.log.lost()).isEqualTo(1);
    rig.work();
    assertThat(rig.decide("next")).isPresent();
    assertThat(AuditReader.all(directory)).hasSize(written + 1);
    rig.stop();
    VerifyReport report = Rig.verify(directory);
    assertThat(report.problems()).isEmpty();
    assertThat(report.lost()).isEqualTo(1);
  }

  @Test
  @DisplayName("H4 a segment that cannot be made is asked for again, and the loss is counted meanwhile")
  void unwritableDirectoryRecovers() throws IOException {
    Rig rig = Rig.in(directory, "boot", 1);
    fill(rig);
    Path away = directory.resolveSibling(directory.getFileName() + "-away");
    Files.move(directory, away);
    rig.work();
    assertThat(rig.decide("lost")).isEmpty();
    Files.move(away, directory);
    rig.advance(Duration.ofSeconds(1));
    assertThat(rig.decide("lost too")).isEmpty();
    rig.work();
    assertThat(rig.decide("back")).isPresent();
    assertThat(rig.log.lost()).isEqualTo(3);
  }

  @Test
  @DisplayName("B5 an edited record is found by its checksum, when it is read and when it is verified")
  void editIsFound() throws IOException {
    Rig rig = Rig.in(directory, "boot", 1);
    rig.decide("r1");
    rig.stop();
    Path segment = directory.resolve("audit-boot-0-000000.tga");
    try (var channel = Files.newByteChannel(segment, StandardOpenOption.WRITE)) {
      channel.position(Segment.HEADER + 200).write(ByteBuffer.wrap(new byte[] {'!'}));
    }
    assertThatThrownBy(() -> AuditReader.all(directory)).hasMessageContaining("wrong checksum or length at byte ");
    assertThat(Rig.verify(directory).problems()).extracting(VerifyReport.Problem::kind).contains(VerifyReport.Kind.EDITED);
  }

  @Test
  @DisplayName("decisions 32 the oldest segments go first, by age and by size; what stays is signed before, and verify accepts it")
  void retention() throws IOException {
    AuditConfig tight = new AuditConfig(directory, SEGMENT, 6L * SEGMENT, Duration.ofDays(30));
    Rig rig = new Rig(FileStore.in(directory), tight, "boot", 1, NOW);
    rig.work();
    for (int i = 0; i < 40; i++) {
      rig.traffic(100);
      rig.advance(Duration.ofSeconds(61));
      rig.log.round();
      rig.work();
      rig.log.round();
      rig.work();
      assertThat(segments().size()).as("round %d", i).isLessThanOrEqualTo(9);
    }
    assertThat(segments()).extracting(file -> file.getFileName().toString()).doesNotContain("audit-boot-0-000000.tga").contains("audit-boot-0-000016.tga");
    rig.stop();
    assertThat(Rig.verify(directory).problems()).isEmpty();
    // The very next one by hand is a theft.
    Files.delete(segments().get(0));
    assertThat(Rig.verify(directory).problems()).extracting(VerifyReport.Problem::kind).contains(VerifyReport.Kind.MISSING);
  }

  @Test
  @DisplayName("G7 retention never removes a segment that is being written or prepared, however old and however full the disk")
  void retentionSparesLiveSegments() throws IOException {
    AuditConfig tight = new AuditConfig(directory, SEGMENT, SEGMENT, Duration.ofDays(30));
    Rig rig = new Rig(FileStore.in(directory), tight, "boot", 2, NOW);
    rig.work();
    rig.decide("old", 1);
    rig.log.round();
    for (Path segment : segments()) {
      Files.setLastModifiedTime(segment, java.nio.file.attribute.FileTime.from(NOW.minus(Duration.ofDays(40))));
    }
    rig.advance(Duration.ofDays(40));
    rig.log.round();
    rig.work();
    rig.log.round();
    rig.work();
    // The other loop has not written for forty days; its records must still find their file.
    assertThat(rig.decide("late", 1)).isPresent();
    assertThat(AuditReader.all(directory)).extracting(AuditRecord::requestId).contains("old", "late");
    rig.stop();
    assertThat(Rig.verify(directory).problems()).isEmpty();
  }

  @Test
  @DisplayName("H4 a segment that cannot be made leaves nothing behind; one left by a process that died is not read, and goes later")
  void unfinishedSegments() throws IOException {
    FileStore store = FileStore.in(directory);
    assertThatThrownBy(() -> store.create("audit-x-0-000000.tga", -1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(directory).isEmptyDirectory();
    // Nor does what a disk that turned read-only kept of an earlier try stand in the way.
    Files.write(directory.resolve("audit-x-0-000000.tga" + FileStore.UNFINISHED), new byte[100]);
    store.create("audit-x-0-000000.tga", SEGMENT).close();
    store.delete("audit-x-0-000000.tga");
    assertThat(directory).isEmptyDirectory();
    Path left = Files.write(directory.resolve("audit-dead-0-000001.tga" + FileStore.UNFINISHED), new byte[100]);
    Files.setLastModifiedTime(left, java.nio.file.attribute.FileTime.from(NOW));
    Rig rig = Rig.in(directory, "boot", 1);
    rig.decide("r1");
    assertThat(AuditReader.all(directory)).hasSize(1);
    Retention.plan(store, Rig.config(directory), NOW.plus(Duration.ofMinutes(30)), Set.of(), "boot");
    assertThat(left).exists();
    Retention.plan(store, Rig.config(directory), NOW.plus(Duration.ofHours(2)), Set.of(), "boot");
    assertThat(left).doesNotExist();
  }

  @Test
  @DisplayName("H4 a full pool for file work is a lost record, not a failed request, and is asked again")
  void rejectedBackground() throws IOException {
    boolean[] full = {true};
    List<Runnable> background = new ArrayList<>();
    FakeLoop loop = new FakeLoop();
    FileAuditLog log = new FileAuditLog(Rig.config(directory), Rig.KEY, "boot", 1, World.NONE, () -> NOW, loop, task -> {
      if (full[0]) {
        throw new RejectedExecutionException();
      }
      background.add(task);
    });
    while (log.decided(Samples.decision("r"), Samples.findings(), List.of(), new byte[32], Notes.NONE, loop).isPresent()) {
      loop.advance(1);
    }
    full[0] = false;
    loop.advance(Duration.ofSeconds(1).toNanos());
    assertThat(log.decided(Samples.decision("r"), Samples.findings(), List.of(), new byte[32], Notes.NONE, loop)).isEmpty();
    List.copyOf(background).forEach(Runnable::run);
    assertThat(log.decided(Samples.decision("r"), Samples.findings(), List.of(), new byte[32], Notes.NONE, loop)).isPresent();
  }

  @Test
  @DisplayName("B5 each chain counts its records without a gap, across segments, and verify finds nothing")
  void sequences() throws IOException {
    Rig rig = Rig.in(directory, "boot", 2);
    rig.work();
    rig.traffic(2_000);
    assertThat(segments()).hasSizeGreaterThan(6);
    // Beside a log that goes on writing.
    assertThat(Rig.verify(directory).problems()).isEmpty();
    rig.stop();
    VerifyReport report = Rig.verify(directory);
    assertThat(report.problems()).isEmpty();
    assertThat(report.notes()).isEmpty();
    assertThat(report.unsigned()).isZero();
    assertThat(report.records()).isGreaterThan(4_000);
    assertThat(AuditReader.all(directory)).hasSize(4_000);
  }

  @Test
  @DisplayName("B5 verify finds nothing in a log that has just begun, though time goes on between a statement and the head file that names it")
  void soundFromTheStart() throws IOException {
    long[] micros = new long[1];
    FakeLoop loop = new FakeLoop();
    FileAuditLog log = new FileAuditLog(Rig.config(directory), Rig.KEY, "boot", 1, World.NONE, () -> NOW.plusNanos(1_000 * ++micros[0]), loop, task -> { });
    assertThat(Rig.verify(directory).problems()).isEmpty();
    for (int i = 0; i < 3; i++) {
      log.decided(Samples.decision("r" + i), Samples.findings(), List.of(), new byte[32], Notes.NONE, loop);
      loop.advance(Duration.ofSeconds(1).toNanos());
      log.round();
      assertThat(Rig.verify(directory).problems()).isEmpty();
    }
  }

  @Test
  @DisplayName("H2 a record that a kill cut short is no edit, though the next segment was prepared already, and the next start closes it")
  void cutBeforeAPreparedSegment() throws IOException {
    Rig rig = Rig.in(directory, "boot", 1);
    rig.work();
    rig.decide("r1");
    Path segment = directory.resolve("audit-boot-0-000000.tga");
    assertThat(directory.resolve("audit-boot-0-000001.tga")).exists();
    int end = Frames.lastUsed(ByteBuffer.wrap(Files.readAllBytes(segment)), Segment.HEADER) + 7 & ~7;
    try (var channel = Files.newByteChannel(segment, StandardOpenOption.WRITE)) {
      // All but the length, which is stored last.
      channel.position(end + Integer.BYTES).write(ByteBuffer.wrap(new byte[100], 0, 99).put(0, (byte) 'x').put(98, (byte) 'y'));
    }
    rig.log.round();
    VerifyReport report = Rig.verify(directory);
    assertThat(report.problems()).isEmpty();
    assertThat(report.notes()).anyMatch(note -> note.contains("being written"));
    rig.store.release("boot");
    Rig next = Rig.in(directory, "next", 1);
    assertThat(Rig.verify(directory).problems()).isEmpty();
    next.stop();
    assertThat(Rig.verify(directory).problems()).isEmpty();
  }

  @Test
  @DisplayName("B5 verify beside a log that begins its next segment between two reads sees no gap")
  void readWhileTheSegmentTurns() throws IOException {
    MemoryStore store = new MemoryStore();
    Rig rig = Rig.on(store, "a", 1);
    rig.work();
    rig.decide("first");
    boolean[] turned = new boolean[1];
    store.fault = (call, name) -> {
      if (call.equals("read") && name.equals("audit-a-0-000001.tga") && !turned[0]) {
        turned[0] = true;
        for (int i = 0; ByteBuffer.wrap(store.get(name)).getInt(Segment.HEADER) == 0; i++) {
          rig.decide("r" + i);
        }
      }
    };
    assertThat(Rig.verify(store).problems()).isEmpty();
    assertThat(turned).containsExactly(true);
  }

  @Test
  @DisplayName("decisions 28 two boots may write one directory at the same time, never the same chain")
  void handOver() throws IOException {
    MemoryStore store = new MemoryStore();
    Rig old = Rig.on(store, "a", 1);
    old.work();
    old.traffic(50);
    Rig young = Rig.on(store, "b", 1);
    young.work();
    young.traffic(50);
    old.traffic(50);
    old.advance(Duration.ofSeconds(1));
    old.log.round();
    assertThat(Rig.verify(store).problems()).isEmpty();
    old.stop();
    young.traffic(50);
    young.stop();
    assertThat(Rig.verify(store).problems()).isEmpty();
    FileStore files = FileStore.in(directory);
    files.hold("same");
    assertThatThrownBy(() -> new FileStore(directory).hold("same")).isInstanceOf(java.nio.channels.OverlappingFileLockException.class);
    assertThat(new FileStore(directory).isHeld("same")).isTrue();
    files.release("same");
    assertThat(new FileStore(directory).isHeld("same")).isFalse();
  }

  @Test
  @DisplayName("AuditReader finds a request's decision and outcome, newest first, and says so when there is none")
  void find() throws IOException {
    Rig rig = Rig.in(directory, "boot", 2);
    rig.work();
    rig.traffic(700);
    assertThat(AuditReader.find(directory, "r3")).hasValueSatisfying(found -> {
      assertThat(found.decided().requestId()).isEqualTo("r3");
      assertThat(found.ended()).isNotNull();
    });
    rig.decide("under way");
    assertThat(AuditReader.find(directory, "under way")).hasValueSatisfying(found -> assertThat(found.ended()).isNull());
    assertThat(AuditReader.find(directory, "never")).isEmpty();
  }

  @Test
  @DisplayName("G3 no text of a request is in the files, nor a model's name that no upstream has")
  void noText() throws IOException {
    Rig rig = Rig.in(directory, "boot", 1);
    rig.log.decided(Samples.decision("r1", "{\"messages\":[\"CANARY-1\"],\"model\":\"CANARY-2\"}", "CANARY-3"), Samples.findings(), List.of(), new byte[32],
        Notes.NONE, rig.loop());
    for (Path segment : segments()) {
      assertThat(Files.readString(segment, java.nio.charset.StandardCharsets.ISO_8859_1)).doesNotContain("CANARY");
    }
    assertThat(AuditReader.all(directory)).hasSize(1);
  }

  @Test
  @DisplayName("A18 only the owner may read the files")
  void permissions() throws IOException {
    Rig rig = Rig.in(directory, "boot", 1);
    rig.traffic(1);
    try (var files = Files.list(directory)) {
      assertThat(files.toList()).hasSizeGreaterThan(4).allSatisfy(file ->
          assertThat(Files.getPosixFilePermissions(file)).isEqualTo(java.nio.file.attribute.PosixFilePermissions.fromString("rw-------")));
    }
  }
}
