package io.tidegate.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.FakeLoop;
import io.tidegate.line.AnswerCache.Key;
import io.tidegate.line.AnswerCache.Life;
import io.tidegate.line.AnswerCache.Stored;
import io.tidegate.model.Sensitivity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTest {
  private static final Instant THEN = Instant.parse("2026-11-25T20:00:00Z");

  @TempDir Path folder;
  private final FakeLoop time = new FakeLoop();
  private final ExactCache cache = new ExactCache(1 << 20, time);

  private Snapshot snapshot(int key, int world, Instant now) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) key;
    return new Snapshot(folder.resolve("snapshot"), bytes, new byte[] {(byte) world}, () -> now);
  }

  private static Key key(Sensitivity sensitivity, String text) {
    return Answers.key("canary-tenant", sensitivity, text);
  }

  private void put(Sensitivity sensitivity, String text) {
    cache.put(key(sensitivity, text), Answers.body(text), Answers.stored("canary-tenant", "canary-model", "canary " + text, time.nanos()));
  }

  private int read(ExactCache into, int key, int world, Duration later, String policy) throws IOException {
    return snapshot(key, world, THEN.plus(later)).read(into, policy);
  }

  @Test
  @DisplayName("what was written comes back with the age it has by then, once")
  void comesBack() throws IOException {
    put(Sensitivity.INTERNAL, "one");
    put(Sensitivity.CONFIDENTIAL, "two");
    assertThat(snapshot(1, 1, THEN).write(cache)).isEqualTo(2);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("snapshot")))).isEqualTo("rw-------");
    ExactCache next = new ExactCache(1 << 20, time);
    assertThat(read(next, 1, 1, Duration.ofMinutes(6), "bundle-1")).isEqualTo(2);
    Stored back = java.util.Objects.requireNonNull(next.get(key(Sensitivity.INTERNAL, "one")));
    assertThat(Answers.text(back)).isEqualTo("canary one");
    assertThat(back.life().at(time.nanos())).isEqualTo(Life.State.STALE);
    assertThat(folder.resolve("snapshot")).doesNotExist();
    assertThat(read(next, 1, 1, Duration.ZERO, "bundle-1")).isEqualTo(-1);
  }

  @Test
  @DisplayName("decisions 5 RESTRICTED is not in it, nor what may not leave the process; G3 no text is in it in the clear")
  void whatStaysOut() throws IOException {
    put(Sensitivity.RESTRICTED, "secret");
    cache.put(key(Sensitivity.INTERNAL, "home"), Answers.body("home"), Stored.of("canary home".getBytes(StandardCharsets.UTF_8), "up", time.nanos(), 60));
    put(Sensitivity.PUBLIC, "one");
    assertThat(snapshot(1, 1, THEN).write(cache)).isEqualTo(1);
    assertThat(new String(Files.readAllBytes(folder.resolve("snapshot")), StandardCharsets.ISO_8859_1)).doesNotContain("canary");
  }

  @Test
  @DisplayName("C6 of another bundle, of other upstreams, of another key, or past its time, nothing comes back")
  void othersFindNothing() throws IOException {
    put(Sensitivity.INTERNAL, "one");
    ExactCache next = new ExactCache(1 << 20, time);
    snapshot(1, 1, THEN).write(cache);
    assertThat(read(next, 1, 1, Duration.ZERO, "bundle-2")).isZero();
    snapshot(1, 1, THEN).write(cache);
    assertThat(read(next, 1, 2, Duration.ZERO, "bundle-1")).isZero();
    snapshot(1, 1, THEN).write(cache);
    assertThat(read(next, 2, 1, Duration.ZERO, "bundle-1")).isZero();
    snapshot(1, 1, THEN).write(cache);
    assertThat(read(next, 1, 1, Duration.ofMinutes(65), "bundle-1")).isZero();
    snapshot(1, 1, THEN).write(cache);
    assertThat(read(next, 1, 1, Duration.ofMinutes(-1), "bundle-1")).as("from the future").isZero();
    assertThat(next.size()).isZero();
  }

  @Test
  @DisplayName("a file that was cut, or changed anywhere, gives what stands whole before that, and nothing else")
  void damaged() throws IOException {
    for (int i = 0; i < 20; i++) {
      put(Sensitivity.INTERNAL, "text " + i);
    }
    snapshot(1, 1, THEN).write(cache);
    byte[] whole = Files.readAllBytes(folder.resolve("snapshot"));
    for (int at = 0; at < whole.length; at += 97) {
      byte[] changed = whole.clone();
      changed[at] ^= 0x40;
      Files.write(folder.resolve("snapshot"), changed);
      ExactCache next = new ExactCache(1 << 20, time);
      assertThat(read(next, 1, 1, Duration.ZERO, "bundle-1")).as("changed at %d", at).isLessThan(20);
      Files.write(folder.resolve("snapshot"), java.util.Arrays.copyOf(whole, at));
      int cut = read(next, 1, 1, Duration.ZERO, "bundle-1");
      assertThat(cut).as("cut at %d", at).isLessThan(20);
    }
  }
}
