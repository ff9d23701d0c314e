package io.tidegate.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.FakeLoop;
import io.tidegate.line.AuditLog.Notes;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.RouteInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An audit log in virtual time: its loops, its background thread and its syncing thread all run on the test's thread, when told. */
final class Rig {
  static final int SEGMENT = 64 << 10;
  static final Instant NOW = Instant.parse("2026-11-24T08:00:00Z");
  static final SigningKey KEY = SigningKey.of(new byte[32]);

  final List<FakeLoop> loops = new ArrayList<>();
  final List<Runnable> background = new ArrayList<>();
  final SegmentStore store;
  final FileAuditLog log;
  private final Instant begun;
  private int written;

  Rig(SegmentStore store, AuditConfig config, String boot, int loopCount, Instant begun) throws IOException {
    this.store = store;
    this.begun = begun;
    for (int i = 0; i < loopCount; i++) {
      loops.add(new FakeLoop(i));
    }
    this.log = new FileAuditLog(config, store, KEY, boot, loopCount, World.NONE, this::now, () -> loops.get(0).nanos(), background::add);
  }

  static AuditConfig config(Path directory) {
    return new AuditConfig(directory, SEGMENT, 1L << 30, Duration.ofDays(30));
  }

  static Rig in(Path directory, String boot, int loops) throws IOException {
    return new Rig(FileStore.in(directory), config(directory), boot, loops, NOW);
  }

  static Rig on(SegmentStore store, String boot, int loops) throws IOException {
    return new Rig(store, config(Path.of("unused")), boot, loops, NOW);
  }

  Instant now() {
    return begun.plusNanos(loops.get(0).nanos());
  }

  FakeLoop loop() {
    return loops.get(0);
  }

  Optional<AuditReceipt> decide(String id, int loop) {
    return log.decided(Samples.decision(id), Samples.findings(), List.of(), new byte[32], Notes.NONE, loops.get(loop));
  }

  Optional<AuditReceipt> decide(String id) {
    return decide(id, 0);
  }

  void end(String id, int loop) {
    log.ended(Samples.decision(id), new RouteInfo(id, io.tidegate.model.Sensitivity.RESTRICTED, io.tidegate.model.LatencyClass.STANDARD, null, null, "", "00",
        RouteInfo.CacheOutcome.MISS, 1), null, 5_000_000, io.tidegate.line.Upstreams.Usage.UNKNOWN, loops.get(loop));
  }

  /** Decisions with their outcomes, spread over the loops; a round and background work now and then. */
  void traffic(int requests) {
    for (int i = 0; i < requests; i++) {
      String id = "r" + written++;
      int loop = written % loops.size();
      assertThat(decide(id, loop)).as("record of " + id).isPresent();
      end(id, loop);
      advance(Duration.ofMillis(7));
      if (written % 5 == 0) {
        work();
        log.round();
      }
    }
  }

  void advance(Duration time) {
    loops.forEach(loop -> loop.advance(time.toNanos()));
  }

  /** Runs what the background thread was given. */
  void work() {
    while (!background.isEmpty()) {
      List<Runnable> due = List.copyOf(background);
      background.clear();
      due.forEach(Runnable::run);
    }
  }

  /** Stops in order. */
  void stop() {
    work();
    log.close();
  }

  static VerifyReport verify(SegmentStore store) throws IOException {
    return Verifier.verify(store, List.of(KEY.publicKey()), List.of(), (segment, of, file) -> { });
  }

  static VerifyReport verify(Path directory) throws IOException {
    return verify(new FileStore(directory));
  }
}
