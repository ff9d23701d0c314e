package io.tidegate.cache.l2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.tidegate.cache.Answers;
import io.tidegate.cache.ExactCache;
import io.tidegate.cache.LayeredCache;
import io.tidegate.cache.Purge;
import io.tidegate.cache.Sealing;
import io.tidegate.fake.RedisServer;
import io.tidegate.line.AnswerCache.Key;
import io.tidegate.line.AnswerCache.Stored;
import io.tidegate.model.Sensitivity;
import io.tidegate.net.EventLoops;
import io.tidegate.net.Transport;
import io.tidegate.time.Loop;
import io.tidegate.time.WallClock;
import io.tidegate.wire.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The layered cache over a real redis-server, killed, hanging and forged. */
class RedisLayerIT {
  private static final String PROMPT = "canary-prompt-4f1c";
  private static final String ANSWER = "canary-answer-90ab";
  private static final String TENANT = "canary-tenant-77";
  private static final String MODEL = "canary-model-12";
  /** Long enough that a busy machine answers within it; how short it may be is asked where that is measured. */
  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final EventLoops loops = new EventLoops(Transport.best(), 2);
  private final Loop loop = loops.of((io.netty.channel.EventLoop) loops.group().next());
  private final List<LayeredCache> caches = new ArrayList<>();
  private RedisServer redis;

  @BeforeEach
  void start() throws IOException {
    redis = RedisServer.start();
  }

  @AfterEach
  void stop() throws IOException {
    caches.forEach(LayeredCache::close);
    loops.close();
    redis.close();
  }

  private LayeredCache cache(int key, long waitNanos, @Nullable String password) {
    return cache(new ExactCache(1 << 20, System::nanoTime), Instant::now, key, waitNanos, password);
  }

  private LayeredCache cache(ExactCache near, WallClock clock, int key, long waitNanos, @Nullable String password) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) key);
    RedisAt at = new RedisAt("127.0.0.1", redis.port, 0, false, null, null, password, "tidegate:");
    LayeredCache cache = new LayeredCache(near, RedisStore.open(at, loops.group(), 2), new Sealing(bytes, new byte[0]),
        clock, waitNanos);
    caches.add(cache);
    return cache;
  }

  private LayeredCache connected(int key) {
    LayeredCache cache = cache(key, WAIT_NANOS, null);
    await("connected", () -> cache.shared().connected());
    return cache;
  }

  private static void await(String what, BooleanSupplier condition) {
    long since = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - since > TimeUnit.SECONDS.toNanos(30)) {
        fail("not within 30 s: " + what);
      }
      Thread.onSpinWait();
    }
  }

  private @Nullable Stored find(LayeredCache cache, Key key, JsonText body) {
    CompletableFuture<Optional<Stored>> found = new CompletableFuture<>();
    loop.execute(() -> cache.find(key, body, loop, stored -> found.complete(Optional.ofNullable(stored))));
    return found.orTimeout(30, TimeUnit.SECONDS).join().orElse(null);
  }

  private static Key key(String text) {
    return Answers.key(TENANT, Sensitivity.INTERNAL, text);
  }

  private void put(LayeredCache cache, String text) {
    long before = cache.shared().stored();
    cache.put(key(text), Answers.body(text), Answers.stored(TENANT, MODEL, ANSWER + text, System.nanoTime()));
    await("stored", () -> cache.shared().stored() > before);
  }

  @Test
  @DisplayName("what one daemon stored another finds, and then has itself")
  void shared() {
    LayeredCache one = connected(1);
    LayeredCache other = connected(1);
    put(one, PROMPT);
    assertThat(other.get(key(PROMPT))).isNull();
    assertThat(other.goesDeeper(key(PROMPT))).isTrue();
    Stored found = find(other, key(PROMPT), Answers.body(PROMPT));
    assertThat(found).isNotNull();
    assertThat(Answers.text(found)).isEqualTo(ANSWER + PROMPT);
    assertThat(found.origin().tenant()).isEqualTo(TENANT);
    assertThat(found.life().freshSeconds()).isEqualTo(300);
    assertThat(other.get(key(PROMPT))).isSameAs(found);
    assertThat(find(other, key("another"), Answers.body("another"))).isNull();
  }

  @Test
  @DisplayName("G4 who has another key finds nothing")
  void otherKey() {
    put(connected(1), PROMPT);
    LayeredCache stranger = connected(2);
    assertThat(find(stranger, key(PROMPT), Answers.body(PROMPT))).isNull();
    assertThat(stranger.shared().misses()).isEqualTo(1);
  }

  @Test
  @DisplayName("G3 nothing in Redis tells of prompt, answer, tenant, model or bundle: its whole dump is searched")
  void canaries() throws IOException {
    LayeredCache cache = connected(1);
    for (int i = 0; i < 200; i++) {
      put(cache, PROMPT + i);
    }
    assertThat(redis.keys()).isEqualTo(200);
    String all = new String(redis.dump(), StandardCharsets.ISO_8859_1);
    assertThat(all.length()).isGreaterThan(200 * 100);
    assertThat(all).contains("tidegate:").doesNotContain("canary").doesNotContain("bundle-1").doesNotContain("INTERNAL").doesNotContain("messages");
  }

  @Test
  @DisplayName("decisions 5 RESTRICTED is neither stored there nor asked for, whatever its life says; nor what may not leave the process")
  void restricted() throws IOException {
    LayeredCache cache = connected(1);
    Key restricted = Answers.key(TENANT, Sensitivity.RESTRICTED, PROMPT);
    cache.put(restricted, Answers.body(PROMPT), Answers.stored(TENANT, MODEL, ANSWER, System.nanoTime()));
    Stored home = Stored.of(ANSWER.getBytes(StandardCharsets.UTF_8), "up", System.nanoTime(), 60);
    cache.put(key("home"), Answers.body("home"), home);
    put(cache, "the last");
    assertThat(redis.keys()).isEqualTo(1);
    assertThat(cache.get(restricted)).isNotNull();
    assertThat(cache.goesDeeper(restricted)).isFalse();
    assertThat(find(cache, restricted, Answers.body(PROMPT))).isNull();
    assertThat(cache.shared().misses() + cache.shared().hits()).isZero();
  }

  @Test
  @DisplayName("C3 an entry moved to another name, cut, or changed in one bit, does not open")
  void forged() throws IOException {
    LayeredCache cache = connected(1);
    put(cache, "mine");
    put(cache, "theirs");
    String[] names = names();
    assertThat(names).hasSize(2);
    redis.raw("COPY " + names[0] + " " + names[1] + " REPLACE");
    redis.raw("COPY " + names[1] + " " + names[0] + " REPLACE");
    LayeredCache reader = connected(1);
    int opened = 0;
    for (String text : List.of("mine", "theirs")) {
      opened += find(reader, key(text), Answers.body(text)) == null ? 0 : 1;
    }
    assertThat(opened).isEqualTo(1);
    assertThat(reader.shared().foreign()).isEqualTo(1);
    for (String name : names) {
      redis.raw("SETBIT " + name + " 700 " + 1);
      redis.raw("SETBIT " + name + " 701 " + 0);
      redis.raw("SETBIT " + name + " 702 " + 1);
      redis.raw("SETBIT " + name + " 703 " + 0);
      redis.raw("SETBIT " + name + " 704 " + 1);
      redis.raw("SETBIT " + name + " 705 " + 1);
      redis.raw("APPEND " + name + " x");
    }
    LayeredCache second = connected(1);
    assertThat(find(second, key("mine"), Answers.body("mine"))).isNull();
    assertThat(find(second, key("theirs"), Answers.body("theirs"))).isNull();
    assertThat(second.shared().foreign()).isEqualTo(2);
  }

  private String[] names() throws IOException {
    return Arrays.stream(new String(redis.raw("KEYS *"), StandardCharsets.UTF_8).split("\r\n")).filter(line -> line.startsWith("tidegate:")).toArray(String[]::new);
  }

  @Test
  @DisplayName("a purge removes what fits, there too, and nothing else")
  void purge() throws IOException {
    LayeredCache cache = connected(1);
    put(cache, "a");
    put(cache, "b");
    cache.put(Answers.key("other", Sensitivity.INTERNAL, "c"), Answers.body("c"), Answers.stored("other", MODEL, "c", System.nanoTime()));
    await("stored", () -> cache.shared().stored() == 3);
    redis.raw("SET tidegate:not-ours x");
    redis.raw("SET elsewhere x");
    assertThat(cache.purgeShared(new Purge(null, "no such model", null, null)).toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join()).isZero();
    assertThat(cache.purgeShared(new Purge(TENANT, MODEL, "bundle-1", null)).toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(2);
    assertThat(redis.keys()).isEqualTo(3);
    assertThat(cache.purgeShared(new Purge(null, null, null, null)).toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(2);
    assertThat(new String(redis.raw("GET elsewhere"), StandardCharsets.UTF_8)).startsWith("$1");
  }

  @Test
  @DisplayName("G4 what a purge overtook on its way there is removed there, and is there for nobody; what comes after it stays")
  void overtaken() throws IOException {
    AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> { });
    ExactCache near = new ExactCache(1 << 20, System::nanoTime);
    // Asked for the civil time after the answer is kept, and before it goes out.
    LayeredCache purging = cache(near, () -> {
      meanwhile.getAndSet(() -> { }).run();
      return Instant.now();
    }, 1, WAIT_NANOS, null);
    await("connected", () -> purging.shared().connected());
    put(purging, "stays");
    Stored answer = Answers.stored(TENANT, MODEL, ANSWER, System.nanoTime());
    meanwhile.set(() -> assertThat(near.purge(new Purge(TENANT, null, null, null))).as("it falls into it").isEqualTo(2));
    purging.put(key(PROMPT), Answers.body(PROMPT), answer);
    await("sent", () -> purging.shared().stored() == 2);
    await("removed", () -> keys() == 1);
    put(purging, PROMPT);
    assertThat(keys()).isEqualTo(2);
  }

  private long keys() {
    try {
      return redis.keys();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  @DisplayName("killed: what is asked is a miss, then nobody asks; back again: it is used again")
  void killed() throws IOException {
    LayeredCache cache = connected(1);
    put(cache, PROMPT);
    redis.kill();
    assertThat(find(cache, key("x"), Answers.body("x"))).isNull();
    await("seen to be gone", () -> !cache.goesDeeper(key("x")));
    cache.put(key("y"), Answers.body("y"), Answers.stored(TENANT, MODEL, "y", System.nanoTime()));
    assertThat(cache.get(key("y"))).isNotNull();
    redis.again();
    await("usable again", () -> cache.goesDeeper(key("x")));
    put(cache, "z");
    LayeredCache other = connected(1);
    assertThat(find(other, key("z"), Answers.body("z"))).isNotNull();
    assertThat(find(other, key(PROMPT), Answers.body(PROMPT))).isNull();
  }

  @Test
  @DisplayName("hanging: a few look-ups wait out their time, then none does; when it goes on it is used again")
  void hanging() throws IOException {
    LayeredCache cache = cache(1, TimeUnit.MILLISECONDS.toNanos(50), null);
    await("connected", () -> cache.shared().connected());
    redis.hang();
    int asked = 0;
    while (cache.goesDeeper(key("x"))) {
      assertThat(find(cache, key("x"), Answers.body("x"))).isNull();
      assertThat(++asked).isLessThan(20);
    }
    assertThat(cache.shared().late()).isEqualTo(asked).isBetween(5L, 10L);
    assertThat(cache.shared().open()).isTrue();
    for (int i = 0; i < 1_000; i++) {
      cache.put(key("p" + i), Answers.body("p" + i), Answers.stored(TENANT, MODEL, "p", System.nanoTime()));
    }
    assertThat(cache.shared().underWay()).as("of a store that was given up nothing more is asked").isLessThanOrEqualTo(asked + 1);
    redis.goOn();
    await("usable again", () -> cache.goesDeeper(key("x")));
    await("nothing is left under way", () -> cache.shared().underWay() == 0);
  }

  @Test
  @DisplayName("a Redis that does not let us in is one that is not there")
  void wrongPassword() throws IOException {
    redis.close();
    redis = RedisServer.start("--requirepass", "right");
    LayeredCache shut = cache(1, WAIT_NANOS, "wrong");
    LayeredCache in = cache(1, WAIT_NANOS, "right");
    await("connected", () -> in.shared().connected());
    put(in, PROMPT);
    assertThat(shut.goesDeeper(key(PROMPT))).isFalse();
    shut.put(key(PROMPT), Answers.body(PROMPT), Answers.stored(TENANT, MODEL, "kept here", System.nanoTime()));
    assertThat(shut.get(key(PROMPT))).isNotNull();
  }
}
