package io.tidegate.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Somebody who may write the directory but has not the key: whatever is changed, verify names it. The directory holds three boots: one that was
 * killed while it wrote, one that stopped in order, and one more, over several segments each.
 */
@Tag("once")
class TamperPropertyTest {
  private static final Map<String, byte[]> SOUND = new TreeMap<>();
  private static final int EDITS = Integer.getInteger("tidegate.edits", 150);

  @BeforeAll
  static void write() throws IOException {
    MemoryStore store = new MemoryStore();
    Rig killed = Rig.on(store, "a", 1);
    killed.work();
    killed.traffic(300);
    killed.decide("unsynced");
    // The record it was writing when it was killed.
    byte[] last = store.get("audit-a-0-000001.tga");
    int end = Frames.lastUsed(ByteBuffer.wrap(last), Segment.HEADER);
    Arrays.fill(last, (end + 7 & ~7) + 4, (end + 7 & ~7) + 100, (byte) 7);
    store = store.killed();
    store.put("audit-a-0-000001.tga", last);
    Rig stopped = Rig.on(store, "b", 2);
    stopped.work();
    stopped.traffic(560);
    stopped.stop();
    Rig third = Rig.on(store, "c", 1);
    third.work();
    third.traffic(40);
    third.stop();
    store.files.keySet().forEach(name -> SOUND.put(name, new byte[0]));
    for (String name : List.copyOf(SOUND.keySet())) {
      SOUND.put(name, store.get(name));
    }
    SOUND.remove(FileAuditLog.PUBLIC_KEY);
  }

  private static MemoryStore store(Map<String, byte[]> files) {
    MemoryStore store = new MemoryStore();
    files.forEach(store::put);
    return store;
  }

  @Test
  @DisplayName("G7 untouched it is sound, and the torn record of the boot that was killed is a note that its closing statement pins")
  void untouched() throws IOException {
    VerifyReport report = Rig.verify(store(SOUND));
    assertThat(report.problems()).isEmpty();
    assertThat(report.notes()).singleElement().asString().contains("audit-a-0-000001.tga", "cut while it was written; closed by the next start");
    assertThat(report.unsigned()).isZero();
    assertThat(report.segments()).isGreaterThan(7);
  }

  /** One way to change a directory; returns false if it could not be done there. */
  enum Edit {
    FLIP_A_BIT {
      @Override
      boolean on(Map<String, byte[]> files, Random chance) {
        byte[] bytes = files.get(any(files, chance));
        bytes[chance.nextInt(bytes.length)] ^= (byte) (1 << chance.nextInt(8));
        return true;
      }
    },
    FLIP_A_BIT_AND_MEND_THE_CHECKSUM {
      @Override
      boolean on(Map<String, byte[]> files, Random chance) {
        byte[] bytes = files.get(segment(files, chance));
        int[] record = record(bytes, chance);
        bytes[record[0] + 8 + chance.nextInt(record[1] - 8)] ^= (byte) (1 << chance.nextInt(8));
        mend(bytes, record[0]);
        return true;
      }
    },
    DELETE_A_RECORD {
      @Override
      boolean on(Map<String, byte[]> files, Random chance) {
        delete(files.get(segment(files, chance)), chance);
        return true;
      }
    },
    DELETE_A_RECORD_AND_LINK_ANEW {
      @Override
      boolean on(Map<String, byte[]> files, Random chance) {
        byte[] bytes = files.get(segment(files, chance));
        delete(bytes, chance);
        byte[] before = null;
        long sequence = -1;
        for (Frames.Frame frame = Frames.at(ByteBuffer.wrap(bytes), Segment.HEADER); frame != null;) {
          if (before != null) {
            System.arraycopy(before, 0, bytes, frame.at() + 8, 32);
            ByteBuffer.wrap(bytes).putLong(frame.at() + Encoder.SEQUENCE_AT, sequence + 1);
            mend(bytes, frame.at());
          }
          frame = Frames.at(ByteBuffer.wrap(bytes), frame.at());
          before = frame.hash();
          sequence = frame.sequence();
          frame = Frames.at(ByteBuffer.wrap(bytes), Segment.next(frame.at(), frame.bytes().limit() - 8));
        }
        return true;
      }
    },
    DELETE_A_FILE {
      @Override
      boolean on(Map<String, byte[]> files, Random chance) {
        files.remove(any(files, chance));
        return true;
      }
    },
    DELETE_A_BOOT {
      @Override
      boolean on(Map<String, byte[]> files, Random chance) {
        String boot = "audit-" + (char) ('a' + chance.nextInt(3)) + "-";
        return files.keySet().removeIf(name -> name.startsWith(boot));
      }
    },
    DELETE_A_CHAIN {
      @Override
      boolean on(Map<String, byte[]> files, Random chance) {
        String name = segment(files, chance);
        String chain = name.substring(0, name.lastIndexOf('-') + 1);
        return files.keySet().removeIf(file -> file.startsWith(chain));
      }
    },
    SWAP_TWO_RECORDS {
      @Override
      boolean on(Map<String, byte[]> files, Random chance) {
        byte[] bytes = files.get(segment(files, chance));
        int[] one = record(bytes, chance);
        int[] other = record(bytes, chance);
        if (one[1] != other[1] || one[0] == other[0]) {
          return false;
        }
        byte[] kept = Arrays.copyOfRange(bytes, one[0], one[0] + one[1]);
        System.arraycopy(bytes, other[0], bytes, one[0], one[1]);
        System.arraycopy(kept, 0, bytes, other[0], one[1]);
        return true;
      }
    },
    SWAP_TWO_SEGMENTS {
      @Override
      boolean on(Map<String, byte[]> files, Random chance) {
        String one = segment(files, chance);
        String other = segment(files, chance);
        byte[] bytes = files.put(one, files.get(other));
        files.put(other, bytes);
        return !one.equals(other);
      }
    },
    CUT_THE_END_OF_A_FILE {
      @Override
      boolean on(Map<String, byte[]> files, Random chance) {
        String name = segment(files, chance);
        byte[] bytes = files.get(name);
        int[] record = record(bytes, chance);
        files.put(name, Arrays.copyOf(bytes, record[0] + chance.nextInt(record[1])));
        return true;
      }
    },
    WIPE_THE_END_OF_A_CHAIN {
      @Override
      boolean on(Map<String, byte[]> files, Random chance) {
        byte[] bytes = files.get(segment(files, chance));
        Arrays.fill(bytes, record(bytes, chance)[0], bytes.length, (byte) 0);
        return true;
      }
    },
    SPLICE_FROM_ANOTHER_CHAIN {
      @Override
      boolean on(Map<String, byte[]> files, Random chance) {
        String to = segment(files, chance);
        String from = segment(files, chance);
        byte[] target = files.get(to);
        byte[] source = files.get(from);
        int[] record = record(source, chance);
        int at = record(target, chance)[0];
        if (to.equals(from) || at + record[1] > target.length) {
          return false;
        }
        System.arraycopy(source, record[0], target, at, record[1]);
        return true;
      }
    },
    APPEND_A_FORGED_RECORD {
      @Override
      boolean on(Map<String, byte[]> files, Random chance) {
        String name = lastSegment(files, segment(files, chance));
        byte[] bytes = files.get(name);
        ByteBuffer wrapped = ByteBuffer.wrap(bytes);
        Frames.Frame last = null;
        int at = Segment.HEADER;
        for (Frames.Frame frame = Frames.at(wrapped, at); frame != null; frame = Frames.at(wrapped, at)) {
          last = frame;
          at = Segment.next(at, frame.bytes().limit() - 8);
        }
        if (last == null) {
          return false;
        }
        Encoder forged = new RecordWriter(World.NONE).outcome(last.epochMicros() + 1, "forged", new io.tidegate.model.RouteInfo("forged",
            io.tidegate.model.Sensitivity.PUBLIC, io.tidegate.model.LatencyClass.BATCH, null, null, "", "00", io.tidegate.model.RouteInfo.CacheOutcome.MISS, 1),
            null, 1, io.tidegate.line.Upstreams.Usage.UNKNOWN);
        forged.link(last.sequence() + 1, 0, last.hash());
        forged.seal();
        bytes = Arrays.copyOf(bytes, Math.max(bytes.length, at + forged.length() + 8));
        System.arraycopy(forged.bytes, 0, bytes, at, forged.length());
        files.put(name, bytes);
        return true;
      }
    },
    ADD_A_CHAIN_OF_ONES_OWN {
      @Override
      boolean on(Map<String, byte[]> files, Random chance) throws IOException {
        MemoryStore own = new MemoryStore();
        FileAuditLog log = new FileAuditLog(Rig.config(java.nio.file.Path.of("x")), own, SigningKey.of(new byte[] {9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9,
            9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9}), "mine" + chance.nextInt(9), 1, World.NONE, () -> Rig.NOW, () -> 0, task -> { });
        log.decided(Samples.decision("forged"), Samples.findings(), List.of(), new byte[32], io.tidegate.line.AuditLog.Notes.NONE,
            new io.tidegate.fake.FakeLoop());
        boolean journalToo = chance.nextBoolean();
        own.files.keySet().forEach(name -> {
          if (name.endsWith(".tga") && (journalToo || !name.contains("-j-"))) {
            files.put(name, own.get(name));
          }
        });
        return true;
      }
    };

    abstract boolean on(Map<String, byte[]> files, Random chance) throws IOException;

    static String any(Map<String, byte[]> files, Random chance) {
      List<String> names = new ArrayList<>(files.keySet());
      // The room that was only prepared holds nothing: its loss is no loss.
      names.removeIf(name -> name.endsWith(".tga") && Frames.lastUsed(ByteBuffer.wrap(files.get(name)), Segment.HEADER) == Segment.HEADER);
      return names.get(chance.nextInt(names.size()));
    }

    static String segment(Map<String, byte[]> files, Random chance) {
      for (;;) {
        String name = any(files, chance);
        if (name.endsWith(".tga")) {
          return name;
        }
      }
    }

    static String lastSegment(Map<String, byte[]> files, String of) {
      String chain = of.substring(0, of.lastIndexOf('-') + 1);
      return files.keySet().stream().filter(name -> name.startsWith(chain)
          && Frames.lastUsed(ByteBuffer.wrap(files.get(name)), Segment.HEADER) > Segment.HEADER).max(String::compareTo).orElseThrow();
    }

    /** Where a record begins, and its length. */
    static int[] record(byte[] bytes, Random chance) {
      List<int[]> records = new ArrayList<>();
      ByteBuffer wrapped = ByteBuffer.wrap(bytes);
      int at = Segment.HEADER;
      for (Frames.Frame frame = Frames.at(wrapped, at); frame != null; frame = Frames.at(wrapped, at)) {
        records.add(new int[] {at, frame.bytes().limit()});
        at = Segment.next(at, frame.bytes().limit() - 8);
      }
      return records.get(chance.nextInt(records.size()));
    }

    static void delete(byte[] bytes, Random chance) {
      int[] record = record(bytes, chance);
      int next = Math.min(bytes.length, Segment.next(record[0], record[1] - 8));
      System.arraycopy(bytes.clone(), next, bytes, record[0], bytes.length - next);
      Arrays.fill(bytes, bytes.length - (next - record[0]), bytes.length, (byte) 0);
    }

    static void mend(byte[] bytes, int at) {
      int length = ByteBuffer.wrap(bytes).getInt(at);
      CRC32C crc = new CRC32C();
      crc.update(bytes, at + 8, length);
      ByteBuffer.wrap(bytes).putInt(at + 4, (int) crc.getValue());
    }
  }

  @ParameterizedTest
  @EnumSource(Edit.class)
  @DisplayName("G7 B5 no edit goes unnoticed")
  void noEditGoesUnnoticed(Edit edit) throws IOException {
    long seed = Long.getLong("tidegate.seed", 20261125) + edit.ordinal();
    Random chance = new Random(seed);
    int done = 0;
    for (int round = 0; done < EDITS; round++) {
      Map<String, byte[]> files = new TreeMap<>();
      SOUND.forEach((name, bytes) -> files.put(name, bytes.clone()));
      if (!edit.on(files, chance)) {
        continue;
      }
      done++;
      VerifyReport report = Rig.verify(store(files));
      assertThat(report.problems()).as("%s, seed %d, round %d", edit, seed, round).isNotEmpty();
      assertThat(report.problems()).allSatisfy(problem -> assertThat(problem.file()).isNotEmpty());
    }
  }

  @Test
  @DisplayName("G7 a start after a theft does not launder it: what an earlier statement named is still missed")
  void aNewStartDoesNotLaunder() throws IOException {
    MemoryStore store = store(SOUND);
    byte[] bytes = store.get("audit-b-0-000000.tga");
    int middle = 0;
    for (Frames.Frame frame = Frames.at(ByteBuffer.wrap(bytes), Segment.HEADER); frame != null && frame.at() < 20_000; frame = Frames.at(ByteBuffer.wrap(bytes), middle)) {
      middle = Segment.next(frame.at(), frame.bytes().limit() - 8);
    }
    Arrays.fill(bytes, middle, bytes.length, (byte) 0);
    store.put("audit-b-0-000000.tga", bytes);
    store.files.keySet().removeIf(name -> name.startsWith("audit-b-0-") && !name.endsWith("000000.tga"));
    Rig next = Rig.on(store, "d", 1);
    next.work();
    next.traffic(20);
    next.stop();
    assertThat(Rig.verify(store).problems()).extracting(VerifyReport.Problem::kind).contains(VerifyReport.Kind.TRUNCATED);
  }

  @Test
  @DisplayName("G7 names say what happened: gap, cut, missing segment, missing boot, foreign chain, forged signature")
  void namesSayWhatHappened() throws IOException {
    assertThat(named(files -> files.remove("audit-b-0-000000.tga"))).contains("MISSING audit-b-0-000000.tga: the segment is gone, and no signed");
    assertThat(named(files -> files.keySet().removeIf(name -> name.startsWith("audit-c-")))).contains("MISSING audit-c-j-000000.tga: the whole chain is gone");
    assertThat(named(files -> files.remove(HeadFile.NAME))).contains("MISSING audit.head");
    assertThat(named(files -> files.put("audit-b-0-000000.tga", files.get("audit-b-1-000000.tga"))))
        .contains("REORDERED audit-b-0-000000.tga byte 8 record 0: the segment was written as another one");
    assertThat(named(files -> Edit.DELETE_A_RECORD.on(files, new Random(5)))).contains("missing before it");
    assertThat(named(files -> files.put("stray-file.tga", new byte[10]))).contains("FOREIGN stray-file.tga");
    assertThat(named(files -> {
      byte[] journal = files.get("audit-b-j-000000.tga");
      Frames.Frame statement = Frames.at(ByteBuffer.wrap(journal), Segment.next(8, ByteBuffer.wrap(journal).getInt(8)));
      journal[statement.at() + statement.bytes().limit() - 1] ^= 1;
      Edit.mend(journal, statement.at());
    })).contains("FORGED audit-b-j-000000.tga byte", "the signature is not right");
  }

  private interface Change {
    void on(Map<String, byte[]> files) throws IOException;
  }

  private static String named(Change change) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    SOUND.forEach((name, bytes) -> files.put(name, bytes.clone()));
    change.on(files);
    return String.join("\n", Rig.verify(store(files)).problems().stream().map(Object::toString).toList());
  }

  @Test
  @DisplayName("H4 a directory of noise is refused in bounded time and memory")
  void noise() throws IOException {
    Random chance = new Random(3);
    Map<String, byte[]> files = new TreeMap<>();
    for (int i = 0; i < 40; i++) {
      byte[] bytes = new byte[64 << 10];
      chance.nextBytes(bytes);
      if (i % 2 == 0) {
        ByteBuffer.wrap(bytes).putLong(0, Segment.MAGIC);
      }
      files.put("audit-n-0-" + String.format("%06d", i) + ".tga", bytes);
    }
    VerifyReport report = org.junit.jupiter.api.Assertions.assertTimeout(Duration.ofSeconds(20), () -> Rig.verify(store(files)));
    assertThat(report.problems()).isNotEmpty().hasSizeLessThan(1_100);
  }
}
