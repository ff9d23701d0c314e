package io.tidegate.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.audit.AuditConfig;
import io.tidegate.audit.FileAuditLog;
import io.tidegate.audit.SigningKey;
import io.tidegate.audit.Verifier;
import io.tidegate.audit.VerifyReport;
import io.tidegate.audit.World;
import io.tidegate.fake.RecordingSink;
import io.tidegate.fake.SmallDisk;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests through the real line, their records on a real disk that is full or cannot be written, and then can again. */
@Timeout(60)
class FullDiskTest {
  private static final int SEGMENT = 64 << 10;
  private static final SigningKey KEY = SigningKey.of(new byte[32]);
  private static final String ANSWER = "{\"choices\":[]}";
  /** Many times what the prepared segments hold. */
  private static final int ENOUGH = 50_000;

  @TempDir
  private Path folder;

  private final LineRig rig = new LineRig();
  private final long begunNanos = System.nanoTime();
  private final ExecutorService background = Executors.newSingleThreadExecutor();
  private int asked;
  private long slowestNanos;
  private int slow;

  /** Something a disk does. */
  private interface Act {
    void on(SmallDisk disk) throws IOException, InterruptedException;
  }

  @AfterEach
  void aftermath() {
    background.shutdownNow();
    rig.aftermath();
  }

  private long nanos() {
    return System.nanoTime() - begunNanos;
  }

  /** Walks one request in real time; nothing is left in the script if no attempt was made. */
  private RecordingSink walk(Ask ask) {
    rig.loop.advance(nanos() - rig.loop.nanos());
    rig.upstreams.answer(ANSWER);
    long before = System.nanoTime();
    RecordingSink sink = rig.walk(ask);
    long took = System.nanoTime() - before;
    slowestNanos = Math.max(slowestNanos, took);
    slow += took >= TimeUnit.SECONDS.toNanos(1) ? 1 : 0;
    rig.upstreams.script.clear();
    return sink;
  }

  /** Only the public upstream has this model. */
  private RecordingSink askPublic() {
    return walk(Ask.about("sort list " + ++asked).model("deepseek"));
  }

  private static Upstream withoutStandIn(Upstream home) {
    return new Upstream(home.name(), home.zone(), home.dialect(), home.models(), home.defaultModel(), home.aliases(), false, home.emulated(), home.basePath(),
        home.networks(), home.tls(), home.key(), home.embeddings(), home.endpoints(), home.consulService(), home.connectTimeout(),
        home.maxConnectionsPerEndpoint());
  }

  private boolean isRefused(RecordingSink sink) {
    ErrorAnswer error = sink.error;
    if (error == null) {
      assertThat(LineRig.upstream(sink)).isEqualTo("cloud");
      return false;
    }
    assertThat(error.refusal()).isEqualTo(Refusal.AUDIT_UNAVAILABLE);
    return true;
  }

  private void lives(String what, Act trouble, Act relief) throws Exception {
    try (SmallDisk disk = SmallDisk.mount(folder, "1m")) {
      Path records = disk.path().resolve("audit");
      FileAuditLog log = new FileAuditLog(new AuditConfig(records, SEGMENT, 1L << 30, Duration.ofDays(30)), KEY, "boot", 1, World.NONE, Instant::now, this::nanos,
          background);
      rig.log = log;
      rig.catalog = List.of(withoutStandIn(LineRig.HOME), LineRig.CLOUD);
      log.start();
      assertThat(isRefused(askPublic())).isFalse();
      slowestNanos = 0;
      slow = 0;
      trouble.on(disk);
      // What was prepared before takes records still: those requests go on, each with its record.
      int recorded = 0;
      while (recorded < ENOUGH && !isRefused(askPublic())) {
        recorded++;
      }
      assertThat(recorded).isLessThan(ENOUGH);
      long sentBefore = rig.upstreams.sent.stream().filter(sent -> sent.zone() == Zone.PUBLIC).count();
      for (int i = 0; i < 50; i++) {
        assertThat(isRefused(askPublic())).isTrue();
        RecordingSink home = walk(Ask.about("my SECRETWORD " + ++asked));
        assertThat(home.error).isNull();
        assertThat(LineRig.upstream(home)).isEqualTo("home");
      }
      assertThat(rig.upstreams.sent.stream().filter(sent -> sent.zone() == Zone.PUBLIC).count()).isEqualTo(sentBefore);
      // All fifty would wait for a disk; one may have met a machine that stood still.
      assertThat(slow).as("a refusal does not wait for the disk, the slowest took %d ms", slowestNanos / 1_000_000).isLessThanOrEqualTo(1);
      relief.on(disk);
      long relieved = System.nanoTime();
      while (isRefused(askPublic())) {
        assertThat(System.nanoTime() - relieved).isLessThan(TimeUnit.SECONDS.toNanos(10));
        Thread.onSpinWait();
      }
      long recovered = System.nanoTime() - relieved;
      log.close();
      VerifyReport report = Verifier.verify(records, List.of(KEY.publicKey()), List.of(), (segment, of, file) -> { });
      assertThat(report.problems()).isEmpty();
      assertThat(report.lost()).as("records that the log itself says are missing").isGreaterThanOrEqualTo(100);
      System.out.printf("B6: %s: %d more requests recorded in what was prepared, then refused, slowest answer %.1f ms; served again %.0f ms after relief%n", what,
          recorded, slowestNanos / 1e6, recovered / 1e6);
    }
  }

  @Test
  @DisplayName("B6 H4 a disk that is really full: audited requests are refused within a second, private ones go on, and both after room is made, without a restart")
  void full() throws Exception {
    lives("full disk", SmallDisk::fill, SmallDisk::free);
  }

  @Test
  @DisplayName("B6 H4 a directory that really turns read-only: the same")
  void readOnly() throws Exception {
    lives("read-only disk", disk -> disk.readOnly(disk.path().resolve("audit")), disk -> disk.writable(disk.path().resolve("audit")));
  }
}
