package io.tidegate.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.cache.Answers;
import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Environment;
import io.tidegate.config.TidegateConfig;
import io.tidegate.line.AnswerCache.Key;
import io.tidegate.line.RequestDigest;
import io.tidegate.model.Sensitivity;
import io.tidegate.net.EventLoops;
import io.tidegate.net.Transport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes of one unit, on one state directory, as an upgrade starts and stops them. */
class EdgeCacheTest {
  private static final Key MINE = Answers.key("ward-a", Sensitivity.INTERNAL, "one");
  private static final Key OTHERS = Answers.key("ward-b", Sensitivity.INTERNAL, "two");

  @TempDir Path folder;
  private final EventLoops loops = new EventLoops(Transport.best(), 1);
  private TidegateConfig config;

  @BeforeEach
  void configure() {
    config = ConfigLoader.load(null, Environment.empty(), List.of("audit.directory=" + folder, "cache.snapshot=" + folder.resolve("cache.snapshot")))
        .config().orElseThrow();
  }

  @AfterEach
  void stop() {
    loops.close();
  }

  private EdgeCache starts() {
    EdgeCache cache = new EdgeCache(config, RootKey.of("root".getBytes(StandardCharsets.UTF_8)), new RequestDigest(new byte[32]), loops, Instant::now);
    cache.restore("bundle-1");
    return cache;
  }

  private static void ask(EdgeCache cache) {
    cache.near.put(MINE, Answers.body("one"), Answers.stored("ward-a", "m", "one", System.nanoTime()));
    cache.near.put(OTHERS, Answers.body("two"), Answers.stored("ward-b", "m", "two", System.nanoTime()));
  }

  @Test
  @DisplayName("G4 what a process of the unit purged does not come back from what another left before or after it, whichever is started then, and however it ended")
  void leftByAnother() {
    for (boolean purgedFirst : new boolean[] {true, false}) {
      EdgeCache standIn = starts();
      ask(standIn);
      EdgeCache unit = starts();
      assertThat(unit.near.size()).as("nothing was left for it").isZero();
      if (!purgedFirst) {
        standIn.close();
        assertThat(folder.resolve("cache.snapshot")).exists();
      }
      unit.purge("ward-a", null, null, null);
      if (purgedFirst) {
        standIn.close();
      }
      // The unit still runs, or was killed: it writes nothing.
      EdgeCache next = starts();
      assertThat(next.near.get(MINE)).as("purged first: %s", purgedFirst).isNull();
      if (purgedFirst) {
        assertThat(next.near.get(OTHERS)).as("of another tenant").isNotNull();
      }
      assertThat(folder.resolve("cache.snapshot")).doesNotExist();
    }
  }

  @Test
  @DisplayName("G4 who starts knows what was purged before it reads what was left, also by a version that knows no notes")
  void leftByAnOlderVersion() throws IOException {
    Path file = folder.resolve("cache.snapshot");
    EdgeCache old = starts();
    ask(old);
    old.close();
    byte[] left = Files.readAllBytes(file);
    starts().purge("ward-a", null, null, null);
    Files.write(file, left);
    EdgeCache next = starts();
    assertThat(next.near.get(MINE)).isNull();
    assertThat(next.near.get(OTHERS)).isNotNull();
  }

  @Test
  @DisplayName("a purge that cannot be noted is done here, and says so; one that can does not")
  void notNoted() throws IOException {
    EdgeCache unit = starts();
    ask(unit);
    assertThat(unit.purge("ward-a", null, null, null)).isEqualTo("{\"memory\":1}\n");
    Files.createDirectories(folder.resolve("cache.purges.new").resolve("in the way"));
    assertThat(unit.purge("ward-b", null, null, null)).startsWith("{\"memory\":1,\"noted_failed\":\"it is forgotten when this daemon ends");
    assertThat(unit.near.size()).isZero();
  }

  @Test
  @DisplayName("what was asked for after a purge comes back")
  void askedLater() {
    EdgeCache unit = starts();
    ask(unit);
    unit.purge("ward-a", null, null, null);
    Instant purged = Instant.now();
    while (Instant.now().isBefore(purged.plusMillis(5))) {
      Thread.onSpinWait();
    }
    ask(unit);
    unit.close();
    EdgeCache next = starts();
    assertThat(next.near.get(MINE)).isNotNull();
    assertThat(next.near.get(OTHERS)).isNotNull();
    assertThat(Files.exists(folder.resolve("cache.snapshot"))).isFalse();
  }
}
