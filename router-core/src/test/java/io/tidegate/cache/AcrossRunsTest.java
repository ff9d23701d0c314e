package io.tidegate.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.fake.FakeLoop;
import io.tidegate.line.AnswerCache.Key;
import io.tidegate.model.Sensitivity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes of one unit in virtual time; each has a monotonic clock of its own, as after a reboot. */
class AcrossRunsTest {
  private static final Instant THEN = Instant.parse("2026-11-25T20:00:00Z");
  private static final Purge WARD = new Purge("ward", null, null, null);

  @TempDir Path folder;
  private long passed;

  private final class Process {
    private final FakeLoop time = new FakeLoop();
    private final long since = passed;
    private @Nullable Runnable meanwhile;
    private final ExactCache near = new ExactCache(1 << 20, () -> {
      time.advance(passed - since - time.nanos());
      Runnable now = meanwhile;
      meanwhile = null;
      if (now != null) {
        now.run();
      }
      return time.nanos();
    });
    private final AcrossRuns runs;

    Process() {
      this(0);
    }

    Process(int key) {
      byte[] bytes = new byte[32];
      bytes[0] = (byte) key;
      Snapshot left = new Snapshot(folder.resolve("snapshot"), new byte[32], new byte[0], () -> THEN.plusNanos(passed));
      runs = new AcrossRuns(near, new PurgeNotes(folder.resolve("purges"), bytes), left, () -> THEN.plusNanos(passed));
    }

    void ask(String tenant) {
      near.put(key(tenant), Answers.body("x"), Answers.stored(tenant, "m", "x", near.nanos()));
    }

    boolean has(String tenant) {
      return near.get(key(tenant)) != null;
    }
  }

  private static Key key(String tenant) {
    return Answers.key(tenant, Sensitivity.INTERNAL, "x");
  }

  private Process starts() throws IOException {
    Process process = new Process();
    process.runs.recall();
    process.runs.restore("bundle-1");
    return process;
  }

  private void later(Duration time) {
    passed += time.toNanos();
  }

  @Test
  @DisplayName("G4 what another process left before a purge is removed by it; what another leaves after it lacks what was purged, and has what was asked for since")
  void leaves() throws IOException {
    Process standIn = starts();
    standIn.ask("ward");
    standIn.ask("lab");
    Process unit = starts();
    standIn.runs.leave();
    later(Duration.ofSeconds(1));
    assertThat(unit.runs.purge(WARD).failure()).isNull();
    assertThat(folder.resolve("snapshot")).doesNotExist();
    later(Duration.ofSeconds(1));
    assertThat(standIn.runs.leave()).as("what was not purged").isEqualTo(1);
    later(Duration.ofSeconds(1));
    Process next = starts();
    assertThat(next.has("ward")).isFalse();
    assertThat(next.has("lab")).isTrue();
    next.ask("ward");
    next.runs.leave();
    later(Duration.ofSeconds(1));
    assertThat(starts().has("ward")).isTrue();
  }

  @Test
  @DisplayName("G4 a file that came to be there all the same, of a process that knows no notes, gives nothing that was purged")
  void anyFile() throws IOException {
    Process old = starts();
    old.ask("ward");
    old.ask("lab");
    Process unit = starts();
    later(Duration.ofSeconds(1));
    unit.runs.purge(WARD);
    later(Duration.ofSeconds(1));
    Snapshot file = new Snapshot(folder.resolve("snapshot"), new byte[32], new byte[0], () -> THEN.plusNanos(passed));
    assertThat(file.write(old.near)).isEqualTo(2);
    later(Duration.ofMinutes(59));
    Process next = new Process();
    next.runs.recall();
    assertThat(next.runs.restore("bundle-1")).as("only what came back is counted").isEqualTo(1);
    assertThat(next.has("ward")).isFalse();
    assertThat(next.has("lab")).isTrue();
  }

  @Test
  @DisplayName("G4 a purge that falls into the moment in which another process leaves holds too: what was written goes again")
  void whileItLeaves() throws IOException {
    Process standIn = starts();
    standIn.ask("ward");
    standIn.ask("lab");
    Process unit = starts();
    later(Duration.ofSeconds(1));
    // Asked for the time as it packs the first answer: it has read the notes, and not yet put the file there.
    standIn.meanwhile = () -> unit.runs.purge(WARD);
    assertThat(standIn.runs.leave()).isZero();
    assertThat(standIn.meanwhile).isNull();
    assertThat(folder.resolve("snapshot")).doesNotExist();
  }

  @Test
  @DisplayName("G4 a process that runs beside the one that was told to purge does so too when it looks, and what it was asked since stays")
  void besides() throws IOException {
    Process one = starts();
    Process other = starts();
    other.ask("ward");
    other.ask("lab");
    later(Duration.ofSeconds(1));
    one.runs.purge(WARD);
    later(Duration.ofSeconds(1));
    assertThat(other.has("ward")).isTrue();
    assertThat(other.runs.recall()).isTrue();
    assertThat(other.has("ward")).isFalse();
    assertThat(other.has("lab")).isTrue();
    other.ask("ward");
    assertThat(other.runs.recall()).as("told once").isFalse();
    assertThat(other.has("ward")).isTrue();
    one.runs.purge(new Purge("lab", null, null, null));
    assertThat(one.runs.recall()).as("its own are none of its news").isFalse();
    assertThat(other.runs.recall()).isTrue();
    assertThat(other.has("lab")).isFalse();
    assertThat(other.has("ward")).as("the first purge is not told again").isTrue();
  }

  @Test
  @DisplayName("G4 a purge is remembered by those that start as long as an answer may live, and then forgotten; by tenant, model, bundle, session and everything")
  void asLongAsAnAnswerMayLive() throws IOException {
    for (Purge purge : new Purge[] {WARD, new Purge(null, "m", null, null), new Purge(null, null, "bundle-1", null), new Purge("ward", null, null, 0L), Purge.ALL}) {
      Process one = starts();
      long born = passed;
      later(Duration.ofSeconds(1));
      one.runs.purge(purge);
      later(Duration.ofDays(14).minusSeconds(2));
      Process late = starts();
      assertThat(late.near.isPurged(key("ward"), Answers.stored("ward", "m", "x", 0).origin(), late.near.nanos() - (passed - born))).as("%s", purge).isTrue();
      assertThat(late.near.isPurged(key("ward"), Answers.stored("ward", "m", "x", 0).origin(), late.near.nanos())).as("%s", purge).isFalse();
      later(Duration.ofHours(2));
      one.runs.purge(new Purge("nobody", null, null, null));
      Process later = starts();
      assertThat(later.near.isPurged(key("ward"), Answers.stored("ward", "m", "x", 0).origin(), later.near.nanos() - (passed - born))).as("%s", purge).isFalse();
    }
  }

  @Test
  @DisplayName("G2 notes that are damaged, cut, of another key or another version stand for a purge of everything until now, also for those that start later")
  void damaged() throws IOException {
    Path notes = folder.resolve("purges");
    starts().runs.purge(WARD);
    byte[] whole = Files.readAllBytes(notes);
    for (int at = 0; at < whole.length; at++) {
      byte[] changed = whole.clone();
      changed[at] ^= 1;
      byte[][] files = {changed, java.util.Arrays.copyOf(whole, at)};
      for (byte[] file : files) {
        Process before = new Process();
        before.ask("lab");
        before.runs.leave();
        later(Duration.ofMillis(2));
        Files.write(notes, file);
        Process next = new Process();
        assertThatThrownBy(next.runs::recall).as("at %d", at).isInstanceOf(IOException.class);
        next.runs.restore("bundle-1");
        assertThat(next.has("lab")).as("at %d", at).isFalse();
        Process after = starts();
        assertThat(after.near.isPurged(key("lab"), Answers.stored("lab", "m", "x", 0).origin(), after.near.nanos() - 1_000_000)).as("at %d", at).isTrue();
        later(Duration.ofMillis(2));
      }
    }
    assertThatThrownBy(new Process(1).runs::recall).isInstanceOf(IOException.class);
  }

  @Test
  @DisplayName("G3 notes say no name in the clear, and are for this user only")
  void sealed() throws IOException {
    starts().runs.purge(new Purge("canary-tenant", "canary-model", "canary-bundle", 7L));
    assertThat(new String(Files.readAllBytes(folder.resolve("purges")), StandardCharsets.ISO_8859_1)).doesNotContain("canary");
    for (String file : new String[] {"purges", "purges.lock"}) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(file)))).isEqualTo("rw-------");
    }
  }

  @Test
  @DisplayName("a purge that cannot be noted says so, and still purges the process and what was left")
  void notNoted() throws IOException {
    Process standIn = starts();
    standIn.ask("ward");
    standIn.runs.leave();
    Process unit = new Process();
    unit.ask("ward");
    later(Duration.ofSeconds(1));
    Files.createDirectories(folder.resolve("purges.new").resolve("in the way"));
    AcrossRuns.Outcome outcome = unit.runs.purge(WARD);
    assertThat(outcome.removed()).isEqualTo(1);
    assertThat(outcome.failure()).isNotNull();
    assertThat(unit.has("ward")).isFalse();
    assertThat(folder.resolve("snapshot")).doesNotExist();
  }

  @Test
  @DisplayName("G8 of very many purges the oldest are kept as one of everything, and the file stays small")
  void many() throws IOException {
    Process one = starts();
    long born = passed;
    later(Duration.ofSeconds(1));
    for (int i = 0; i < PurgeList.MAX_KEPT + 9; i++) {
      one.runs.purge(new Purge("t" + i, null, null, null));
      later(Duration.ofMillis(2));
    }
    assertThat(Files.size(folder.resolve("purges"))).isLessThan(64L * PurgeList.MAX_KEPT);
    Process next = starts();
    assertThat(next.near.isPurged(key("ward"), Answers.stored("ward", "m", "x", 0).origin(), next.near.nanos() - (passed - born))).isTrue();
    assertThat(next.near.isPurged(key("ward"), Answers.stored("ward", "m", "x", 0).origin(), next.near.nanos() - 1_000_000)).isFalse();
  }
}
