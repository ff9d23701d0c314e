package io.tidegate.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.fake.FakeLoop;
import io.tidegate.line.AuditLog.Notes;
import io.tidegate.model.AuditReceipt;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks that are full, read-only, failing, hanging; and the power cut, argued by the order of calls. */
class AuditFaultTest {
  /** A millisecond is usual. */
  private static final long MOST_A_TURN_NANOS = 50_000_000;

  private final MemoryStore store = new MemoryStore();
  private final List<Boolean> told = new ArrayList<>();

  private static MemoryStore.Fault failing(String call) {
    return (made, name) -> {
      if (made.equals(call)) {
        throw new IOException("No space left on device");
      }
    };
  }

  private void durable(Rig rig, String id) {
    rig.log.durable(rig.decide(id).orElseThrow(), rig.loop(), told::add);
  }

  @Test
  @DisplayName("G7 durable is told after the sync that covers the record and not before; a whole group waits for one sync")
  void durableAfterForce() throws IOException {
    Rig rig = Rig.on(store, "a", 1);
    rig.work();
    rig.log.round();
    store.calls.clear();
    for (int i = 0; i < 50; i++) {
      durable(rig, "r" + i);
    }
    rig.loop().run();
    assertThat(told).isEmpty();
    rig.log.round();
    rig.loop().run();
    assertThat(told).hasSize(50).doesNotContain(false);
    assertThat(store.calls.stream().filter("force audit-a-0-000000.tga"::equals)).hasSize(1);
    assertThat(rig.loop().pendingTimers()).isZero();
    // What is on the disk already is told at once.
    durable(rig, "late");
    rig.log.round();
    rig.loop().run();
    AuditReceipt receipt = rig.decide("known").orElseThrow();
    rig.log.round();
    rig.log.durable(receipt, rig.loop(), told::add);
    assertThat(told).hasSize(52).doesNotContain(false);
  }

  @Test
  @DisplayName("B6 a disk that does not answer within a second is a refusal, once, and a late answer changes nothing")
  void durableIsBounded() throws IOException {
    Rig rig = Rig.on(store, "a", 1);
    rig.work();
    durable(rig, "r");
    rig.loop().advance(Duration.ofMillis(999).toNanos());
    assertThat(told).isEmpty();
    rig.loop().advance(Duration.ofMillis(2).toNanos());
    assertThat(told).containsExactly(false);
    rig.log.round();
    rig.loop().run();
    assertThat(told).containsExactly(false);
  }

  @Test
  @DisplayName("G7 a failed sync is never durable, refuses what follows, and leaves the segment it failed on; recovery needs no restart")
  void failedForce() throws IOException {
    Rig rig = Rig.on(store, "a", 1);
    rig.work();
    rig.traffic(3);
    AuditReceipt doubtful = rig.decide("r").orElseThrow();
    rig.log.durable(doubtful, rig.loop(), told::add);
    store.fault = failing("force");
    rig.log.round();
    rig.loop().run();
    assertThat(told).containsExactly(false);
    assertThat(rig.decide("refused")).isEmpty();
    assertThat(rig.log.figures().failing()).isTrue();
    assertThat(rig.log.lost()).isEqualTo(1);
    store.fault = (call, name) -> { };
    rig.advance(Duration.ofMillis(200));
    rig.log.round();
    rig.log.durable(doubtful, rig.loop(), told::add);
    rig.log.round();
    rig.loop().run();
    assertThat(told).as("a later sync proves nothing about what one failed on").containsExactly(false, false);
    assertThat(rig.decide("again")).isPresent();
    assertThat(java.nio.ByteBuffer.wrap(store.get("audit-a-0-000001.tga")).getInt(Segment.HEADER)).as("in a fresh segment").isPositive();
    rig.work();
    rig.advance(Duration.ofSeconds(1));
    rig.log.round();
    rig.stop();
    VerifyReport report = Rig.verify(store);
    assertThat(report.problems()).isEmpty();
    assertThat(report.lost()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"create", "force", "replace", "delete", "read", "list"})
  @DisplayName("H4 B6 whatever call fails with a full disk, the log goes on or refuses, never throws, and is sound afterwards without a restart")
  void fullAtAnyCall(String call) throws IOException {
    AuditConfig tight = new AuditConfig(java.nio.file.Path.of("unused"), Rig.SEGMENT, 8L * Rig.SEGMENT, Duration.ofDays(30));
    Rig rig = new Rig(store, tight, "a", 2, Rig.NOW);
    rig.work();
    rig.traffic(200);
    store.fault = failing(call);
    for (int i = 0; i < 2_000; i++) {
      rig.decide("f" + i, i % 2);
      rig.end("f" + i, i % 2);
      rig.advance(Duration.ofMillis(60));
      if (i % 3 == 0) {
        rig.work();
        rig.log.round();
      }
    }
    store.fault = (any, name) -> { };
    for (int i = 0; i < 20; i++) {
      rig.advance(Duration.ofMillis(200));
      rig.decide("asks for room", i % 2);
      rig.work();
      rig.log.round();
    }
    rig.traffic(200);
    rig.stop();
    assertThat(Rig.verify(store).problems()).isEmpty();
  }

  @Test
  @DisplayName("H4 B6 what could not be laid out while the disk was full is laid out once it is well, and no record is lost for it minutes later")
  void laidOutAgain() throws IOException {
    Rig rig = Rig.on(store, "a", 1);
    rig.work();
    boolean[] full = {false};
    store.fault = (call, name) -> {
      if (call.equals("create")) {
        full[0] = true;
        throw new IOException("full");
      }
    };
    while (!full[0]) {
      rig.traffic(1);
    }
    store.fault = (any, name) -> { };
    rig.traffic(500);
    rig.stop();
    assertThat(rig.log.lost()).isZero();
    assertThat(Rig.verify(store).problems()).isEmpty();
  }

  @Test
  @DisplayName("H4 a start on a full or read-only disk fails with a reason")
  void startFails() {
    for (String call : List.of("create", "replace", "force", "list", "hold")) {
      MemoryStore full = new MemoryStore();
      full.fault = failing(call);
      assertThatThrownBy(() -> Rig.on(full, "a", 1)).as(call).isInstanceOf(IOException.class);
    }
  }

  @Test
  @Timeout(30)
  @DisplayName("B6 H4 a hanging disk: within a second nothing is recorded and the loop is not blocked; when it lets go, all goes on")
  void hangingDisk() throws Exception {
    CountDownLatch letGo = new CountDownLatch(1);
    AtomicBoolean hang = new AtomicBoolean();
    store.fault = (call, name) -> {
      if (hang.get() && call.equals("force")) {
        try {
          letGo.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
    };
    ExecutorService background = Executors.newSingleThreadExecutor();
    FakeLoop loop = new FakeLoop();
    // Room for all that is written meanwhile: what refuses must be the sync that hangs.
    AuditConfig roomy = new AuditConfig(java.nio.file.Path.of("unused"), 4 << 20, 1L << 30, Duration.ofDays(30));
    FileAuditLog log = new FileAuditLog(roomy, store, Rig.KEY, "a", 1, World.NONE, java.time.Instant::now, System::nanoTime, background);
    java.util.function.Supplier<Optional<AuditReceipt>> decide = () -> {
      // A thousand requests a second.
      LockSupport.parkNanos(1_000_000);
      loop.advance(System.nanoTime() - loop.nanos());
      return log.decided(Samples.decision("r"), Samples.findings(), List.of(), new byte[32], Notes.NONE, loop);
    };
    log.start();
    assertThat(decide.get()).isPresent();
    hang.set(true);
    long refusedAfter = 0;
    // Until then a record may be refused for another reason: the next segment is not there yet.
    for (long last = System.nanoTime(); !log.figures().failing(); ) {
      decide.get();
      long now = System.nanoTime();
      // What requests feel of it: where the machine stands still, none come.
      refusedAfter += Math.min(now - last, MOST_A_TURN_NANOS);
      last = now;
      // The sync begins at most 35 ms after the record; on a machine of its own this is below a second.
      assertThat(refusedAfter).isLessThan(TimeUnit.SECONDS.toNanos(2));
    }
    assertThat(decide.get()).isEmpty();
    assertThat(log.figures().lagNanos()).isPositive();
    letGo.countDown();
    long freeAt = System.nanoTime();
    while (decide.get().isEmpty()) {
      assertThat(System.nanoTime() - freeAt).isLessThan(TimeUnit.SECONDS.toNanos(20));
    }
    log.close();
    background.shutdown();
    System.out.println("B6: a hanging disk was noticed after " + refusedAfter / 1_000_000 + " ms");
    assertThat(Syncing.HUNG_NANOS).isLessThan(TimeUnit.MILLISECONDS.toNanos(900));
    assertThat(Rig.verify(store).problems()).isEmpty();
  }

  @Test
  @DisplayName("G7 retention signs what stays, and has that on the disk, before it removes anything")
  void statesBeforeItDeletes() throws IOException {
    AuditConfig tight = new AuditConfig(java.nio.file.Path.of("unused"), Rig.SEGMENT, 6L * Rig.SEGMENT, Duration.ofDays(30));
    Rig rig = new Rig(store, tight, "a", 1, Rig.NOW);
    rig.work();
    rig.traffic(1_200);
    rig.advance(Duration.ofSeconds(61));
    rig.log.round();
    rig.work();
    store.calls.clear();
    rig.log.round();
    rig.work();
    List<String> calls = store.calls;
    int delete = calls.indexOf(calls.stream().filter(call -> call.startsWith("delete audit-a-0-")).findFirst().orElseThrow());
    assertThat(calls.subList(0, delete)).contains("force audit-a-j-000000.tga", "replace audit.head");
    // A crash in between is no theft either.
    rig.stop();
    assertThat(Rig.verify(store).problems()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  @DisplayName("G7 decisions 6 after a power cut every record that was told to be durable is there, and the next start closes what was torn")
  void powerCut(long seed) throws IOException {
    Random chance = new Random(seed);
    for (int round = 0; round < 12; round++) {
      MemoryStore before = new MemoryStore();
      Rig rig = Rig.on(before, "a", 2);
      Set<String> durable = new HashSet<>();
      for (int i = chance.nextInt(900); i >= 0; i--) {
        String id = "r" + i;
        int loop = chance.nextInt(2);
        Optional<AuditReceipt> receipt = rig.decide(id, loop);
        if (receipt.isPresent() && chance.nextInt(3) == 0) {
          rig.log.durable(receipt.get(), rig.loops.get(loop), synced -> {
            if (synced) {
              durable.add(id);
            }
          });
        }
        if (chance.nextInt(4) == 0) {
          rig.work();
        }
        if (chance.nextInt(5) == 0) {
          rig.log.round();
        }
        rig.advance(Duration.ofMillis(chance.nextInt(90)));
      }
      MemoryStore left = before.powerCut(chance);
      Rig next = Rig.on(left, "b", 1);
      next.work();
      next.traffic(3);
      next.stop();
      assertThat(Rig.verify(left).problems()).as("seed %d round %d", seed, round).isEmpty();
      Set<String> there = new HashSet<>();
      for (var chain : Listing.of(left.list()).chains().entrySet()) {
        for (var segment : chain.getValue().values()) {
          var bytes = left.read(segment.name());
          for (Frames.Frame frame = Frames.at(bytes, Segment.HEADER); frame != null; frame = Frames.at(bytes, Segment.next(frame.at(), frame.bytes().limit() - 8))) {
            if (RecordReader.isRequest(frame)) {
              there.add(RecordReader.requestId(frame));
            }
          }
        }
      }
      assertThat(there).as("seed %d round %d", seed, round).containsAll(durable);
    }
  }

  @Test
  @DisplayName("H2 a log that was closed makes no file any more: its directory may be another boot's")
  void closed() throws IOException {
    Rig rig = Rig.on(store, "a", 2);
    rig.log.close();
    List<String> left = List.copyOf(store.files.keySet());
    assertThat(rig.background).as("segments for later").isNotEmpty();
    store.calls.clear();
    rig.work();
    assertThat(store.files.keySet()).containsExactlyElementsOf(left);
    assertThat(store.calls).isEmpty();
  }
}
