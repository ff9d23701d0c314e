package io.tidegate.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.audit.AuditRecord.Decided;
import io.tidegate.audit.AuditRecord.Ended;
import io.tidegate.audit.VerifyReport.Kind;
import io.tidegate.fake.Recorded;
import io.tidegate.line.AuditLog.Notes;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Records of another version. The older one's are real: {@code skew/audit} was written by the last build without a minor version, two boots of it, the first
 * killed while it wrote ({@link #main} writes such a directory). The newer one's are made here as {@link Format} allows it, and beyond.
 */
class AuditSkewTest {
  private static final int NEXT = Format.MINOR + 1;

  @TempDir Path folder;

  /** Writes a directory as this version leaves it, to be kept for later ones. */
  public static void main(String[] to) throws IOException {
    MemoryStore store = new MemoryStore();
    for (String boot : List.of("first", "second")) {
      Rig rig = new Rig(store, Rig.config(Path.of("unused")), boot, 2, Rig.NOW.plusSeconds(boot.equals("first") ? 0 : 60));
      rig.traffic(12);
      rig.work();
      rig.log.round();
      if (boot.equals("second")) {
        rig.stop();
      } else {
        rig.decide("torn");
        store = store.killed();
      }
    }
    for (var chain : Listing.of(store.list()).chains().values()) {
      Listing.trim(store, chain);
    }
    for (String name : store.files.keySet()) {
      Files.write(Path.of(to[0]).resolve(name), store.get(name));
    }
  }

  /** A chain as a version with minor {@code minor} would write it. */
  private static final class Next {
    final ChainId id;
    private final ByteBuffer file = ByteBuffer.allocate(Rig.SEGMENT);
    private final byte[] head = new byte[Encoder.HASH];
    private long sequence;

    Next(ChainId id, int minor) {
      this.id = id;
      file.putLong(Segment.MAGIC);
      Encoder opening = new Encoder(512);
      opening.begin(Chain.OPENED, micros());
      opening.string(id.boot());
      opening.int32(id.index());
      opening.int32(0);
      opening.octet(minor);
      opening.string("a field of later");
      opening.octet(Chain.FIRST);
      add(opening);
    }

    static long micros() {
      return Rig.NOW.getEpochSecond() * 1_000_000;
    }

    void add(Encoder record) {
      record.link(sequence++, 0, head);
      record.seal();
      file.put(record.bytes, 0, record.length());
      file.position((file.position() + 7) & ~7);
      record.hashInto(head);
    }

    ChainState state() {
      return ChainState.of(id).upTo(sequence - 1, head);
    }

    byte[] bytes() {
      return file.array().clone();
    }
  }

  /** What the newer version left: a chain with all it may add to a record, its journal, and the head file. */
  private static MemoryStore newer(int minor, boolean unknown) {
    Next chain = new Next(new ChainId("next", 0), minor);
    RecordWriter writer = new RecordWriter(World.NONE);
    Encoder decision = writer.decision(Next.micros(), Samples.decision("r1"), Samples.findings(), List.of(), new byte[32], Notes.NONE);
    decision.string("a field of later");
    chain.add(decision);
    Encoder outcome = outcome(writer, "r1");
    outcome.octet(64);
    outcome.string("a field of later");
    chain.add(outcome);
    if (unknown) {
      Encoder kind = new Encoder(512);
      kind.begin((byte) 0x91, Next.micros());
      kind.string("a kind of later");
      chain.add(kind);
      chain.add(writer.decision(Next.micros(), Samples.decision("r2"), Samples.findings(), List.of(), new byte[32], Notes.NONE));
      Encoder cached = outcome(writer, "r2");
      // Behind kind, sequence, time, lost, id, destination and upstream: a way of caching that is not known yet.
      cached.bytes[Encoder.PAYLOAD + 1 + 8 + 8 + 4 + 3 + 1 + 1] = 99;
      chain.add(cached);
    }
    Next journal = new Next(ChainId.journal("next"), minor);
    Encoder statement = new Encoder(Statement.MOST_BYTES);
    Statement.write(statement, Next.micros(), Statement.Reason.STOP, Rig.KEY.publicKey().raw(), List.of(chain.state().asClosed(0, ChainState.NO_HASH)));
    statement.string("a field of later, signed like the rest");
    statement.link(journal.sequence, 0, journal.head);
    statement.raw(Rig.KEY.sign(ByteBuffer.wrap(statement.bytes, Encoder.HEAD, statement.length() - Encoder.HEAD).slice()));
    journal.add(statement);
    MemoryStore store = new MemoryStore();
    store.put(chain.id.fileName(0), chain.bytes());
    store.put(journal.id.fileName(0), journal.bytes());
    store.put(HeadFile.NAME, new HeadFile(journal.id, journal.sequence - 1, journal.head.clone(), Rig.NOW).text());
    return store;
  }

  private static Encoder outcome(RecordWriter writer, String id) {
    return writer.outcome(Next.micros(), id, new RouteInfo(id, Sensitivity.RESTRICTED, LatencyClass.STANDARD, null, null, "", "00", RouteInfo.CacheOutcome.MISS, 1), null,
        5_000_000, Usage.UNKNOWN);
  }

  private Path onDisk(MemoryStore store) throws IOException {
    Path directory = Files.createDirectory(folder.resolve("newer"));
    for (String name : store.files.keySet()) {
      Files.write(directory.resolve(name), store.get(name));
    }
    return directory;
  }

  @Test
  @DisplayName("G7 skew: an older version's records are verified, read, and go on: this version starts over them, closes its torn chain, and all are sound together")
  void olderRecords() throws IOException {
    Path directory = Recorded.copy("audit", folder);
    assertThat(Rig.verify(directory)).satisfies(report -> {
      assertThat(report.problems()).isEmpty();
      assertThat(report.records()).isEqualTo(60);
    });
    assertThat(AuditReader.all(directory)).hasSize(49).allSatisfy(record -> assertThat(record.requestId()).isNotEmpty());
    assertThat(AuditReader.find(directory, "r7")).hasValueSatisfying(found -> {
      assertThat(found.decided().sensitivity()).isEqualTo(Sensitivity.RESTRICTED);
      assertThat(found.decided().residency().anywhere()).isTrue();
      assertThat(found.ended()).isNotNull();
    });
    Rig rig = Rig.in(directory, "third", 1);
    rig.traffic(3);
    rig.stop();
    assertThat(Rig.verify(directory).problems()).isEmpty();
    assertThat(AuditReader.all(directory)).hasSize(49 + 6);
  }

  @Test
  @DisplayName("G7 skew: a newer version's records with more behind the known are verified and read; what is not known is passed over and counted, never half read")
  void newerMinor() throws IOException {
    assertThat(Rig.verify(newer(NEXT, false))).satisfies(report -> {
      assertThat(report.problems()).isEmpty();
      assertThat(report.notes()).isEmpty();
      assertThat(report.statements()).isEqualTo(1);
    });
    MemoryStore store = newer(NEXT, true);
    assertThat(Rig.verify(store)).satisfies(report -> {
      assertThat(report.problems()).isEmpty();
      assertThat(report.notes()).singleElement().asString().startsWith("next-0: 2 records of a newer version");
    });
    Path directory = onDisk(store);
    List<AuditRecord> read = new ArrayList<>();
    assertThatThrownBy(() -> AuditReader.read(directory, read::add)).isInstanceOf(IOException.class).hasMessageContaining("1 records of a newer version")
        .hasMessageContaining("Fix: ask that version");
    assertThat(read).extracting(AuditRecord::requestId).containsExactly("r1", "r1", "r2");
    assertThat(AuditReader.find(directory, "r1")).hasValueSatisfying(found -> {
      assertThat(found.decided()).isInstanceOf(Decided.class);
      assertThat(found.decided().residency().anywhere()).as("what stands behind is no residency").isTrue();
      assertThat(found.ended()).isInstanceOf(Ended.class);
    });
    assertThatThrownBy(() -> AuditReader.find(directory, "r2")).isInstanceOf(IOException.class).hasMessageContaining("a newer version wrote it");
  }

  @Test
  @DisplayName("G7 skew: this version beside a newer one's records: its statements name their heads, both are sound, nothing of them is changed")
  void besideNewer() throws IOException {
    MemoryStore store = newer(NEXT, true);
    byte[] chain = store.get("audit-next-0-000000.tga");
    Rig rig = Rig.on(store, "own", 1);
    rig.traffic(3);
    rig.stop();
    assertThat(store.get("audit-next-0-000000.tga")).startsWith(java.util.Arrays.copyOf(chain, 500));
    assertThat(Rig.verify(store).problems()).isEmpty();
    store.put("audit-next-0-000000.tga", edited(store.get("audit-next-0-000000.tga")));
    assertThat(Rig.verify(store).problems()).as("an edit is found in a newer version's record, too").isNotEmpty();
  }

  /** The last octet that is not zero, changed. */
  private static byte[] edited(byte[] file) {
    int last = file.length - 1;
    while (file[last] == 0) {
      last--;
    }
    file[last] ^= 0x40;
    return file;
  }

  @Test
  @DisplayName("G7 skew: in records that call themselves this version's nothing may stand behind the known, and no kind but the known")
  void sameMinorIsStrict() throws IOException {
    assertThat(Rig.verify(newer(Format.MINOR, true)).problems()).extracting(VerifyReport.Problem::kind).contains(Kind.UNREADABLE, Kind.FORGED);
    Path directory = onDisk(newer(Format.MINOR, false));
    assertThatThrownBy(() -> AuditReader.find(directory, "r1")).isInstanceOf(IOException.class).hasMessageContaining("cannot be read at byte");
  }

  @Test
  @DisplayName("G7 skew: records of another form are named with their form, not read and not touched; this version starts and records beside them")
  void otherMajor() throws IOException {
    MemoryStore store = newer(NEXT, false);
    for (String name : List.of("audit-next-0-000000.tga", "audit-next-j-000000.tga")) {
      byte[] bytes = store.get(name);
      bytes[7] = '4';
      store.put(name, bytes);
    }
    byte[] chain = store.get("audit-next-0-000000.tga");
    Rig rig = Rig.on(store, "own", 1);
    rig.traffic(3);
    rig.stop();
    assertThat(store.get("audit-next-0-000000.tga")).isEqualTo(chain);
    assertThat(Rig.verify(store).problems()).isNotEmpty().allSatisfy(problem -> assertThat(problem.file()).startsWith("audit-next-"))
        .anySatisfy(problem -> assertThat(problem.text()).contains("form 4", "reads form 3", "Fix: ask the version that wrote it"));
    Path directory = onDisk(store);
    assertThat(AuditReader.find(directory, "r0")).isPresent();
    assertThatThrownBy(() -> AuditReader.all(directory)).isInstanceOf(IOException.class).hasMessageContaining("form 4");
  }
}
