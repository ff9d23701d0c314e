package io.tidegate.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.FakeLoop;
import io.tidegate.line.AnswerCache.Key;
import io.tidegate.line.AnswerCache.Life;
import io.tidegate.line.AnswerCache.Origin;
import io.tidegate.line.AnswerCache.Stored;
import io.tidegate.line.Shape;
import io.tidegate.model.Destination;
import io.tidegate.model.Sensitivity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LayeredCacheTest {
  private static final Instant THEN = Instant.parse("2026-11-25T20:00:00Z");

  private final FakeLoop loop = new FakeLoop();
  private final FakeFarStore store = new FakeFarStore();
  /** Another machine's: its clock has another origin. */
  private final FakeLoop otherLoop = new FakeLoop();
  private Duration clocksDiffer = Duration.ZERO;
  private final LayeredCache cache = daemon(loop, 0);
  private final LayeredCache other = daemon(otherLoop, 0);

  private LayeredCache daemon(FakeLoop time, int world) {
    return daemon(new ExactCache(1 << 20, time), time, world);
  }

  private LayeredCache daemon(ExactCache near, FakeLoop time, int world) {
    long since = time.nanos();
    return new LayeredCache(near, store, new Sealing(new byte[32], new byte[] {(byte) world}),
        () -> THEN.plusNanos(time.nanos() - since).plus(time == otherLoop ? clocksDiffer : Duration.ZERO), Duration.ofMillis(2).toNanos());
  }

  @AfterEach
  void aftermath() {
    assertThat(loop.pendingTimers() + otherLoop.pendingTimers()).as("timers left").isZero();
  }

  private static Key key(Sensitivity sensitivity, String text) {
    return Answers.key("a", sensitivity, text);
  }

  private void put(String text) {
    cache.put(key(Sensitivity.INTERNAL, text), Answers.body(text), Answers.stored("a", "m", text, loop.nanos()));
  }

  private @Nullable Stored find(LayeredCache in, FakeLoop on, Key key, String text) {
    List<Optional<Stored>> found = new ArrayList<>();
    in.find(key, Answers.body(text), on, stored -> found.add(Optional.ofNullable(stored)));
    on.run();
    on.advance(Duration.ofMillis(2).toNanos());
    assertThat(found).hasSize(1);
    return found.get(0).orElse(null);
  }

  @Test
  @DisplayName("R3.6 an answer keeps its age on its way to another machine, and ends there when it would end here")
  void age() {
    put("x");
    loop.advance(Duration.ofMinutes(6).toNanos());
    otherLoop.advance(Duration.ofMinutes(6).toNanos());
    Stored found = Objects.requireNonNull(find(other, otherLoop, key(Sensitivity.INTERNAL, "x"), "x"));
    assertThat(found.life().at(other.nanos())).isEqualTo(Life.State.STALE);
    otherLoop.advance(Duration.ofMinutes(59).toNanos());
    assertThat(other.get(key(Sensitivity.INTERNAL, "x"))).isNull();
    assertThat(find(other, otherLoop, key(Sensitivity.INTERNAL, "x"), "x")).as("the store still has it").isNull();
  }

  @Test
  @DisplayName("a clock that is behind takes an answer for new; one that is far behind does not take it at all")
  void clocks() {
    put("x");
    clocksDiffer = Duration.ofSeconds(-3);
    assertThat(Objects.requireNonNull(find(other, otherLoop, key(Sensitivity.INTERNAL, "x"), "x")).life().bornNanos()).isEqualTo(other.nanos() - 2_000_000);
    clocksDiffer = Duration.ofMinutes(-3);
    assertThat(find(other, otherLoop, key(Sensitivity.INTERNAL, "x"), "x")).isNull();
  }

  @Test
  @DisplayName("decisions 5 RESTRICTED stays in the process: neither put, nor asked for, though its life would let it out")
  void restricted() {
    Key restricted = key(Sensitivity.RESTRICTED, "x");
    cache.put(restricted, Answers.body("x"), Answers.stored("a", "m", "x", loop.nanos()));
    assertThat(store.puts).isZero();
    assertThat(cache.goesDeeper(restricted)).isFalse();
    assertThat(find(cache, loop, restricted, "x")).isNull();
    assertThat(store.gets).isZero();
    assertThat(cache.get(restricted)).isNotNull();
  }

  @Test
  @DisplayName("what may not leave the process does not, of whatever class")
  void inside() {
    cache.put(key(Sensitivity.PUBLIC, "x"), Answers.body("x"), new Stored(new byte[3], new Origin("up", Destination.PRIVATE, "a", "m", 0, 1, 1, Shape.NONE),
        new Life(loop.nanos(), 300, 0, 0, false, false)));
    assertThat(store.puts).isZero();
  }

  @Test
  @DisplayName("C3 an entry under another's name opens for nobody, and is counted")
  void moved() {
    put("x");
    put("y");
    List<Map.Entry<String, Sealed>> all = new ArrayList<>(store.entries.entrySet());
    Sealed first = all.get(0).getValue();
    store.entries.put(all.get(0).getKey(), all.get(1).getValue());
    store.entries.put(all.get(1).getKey(), first);
    assertThat(find(other, otherLoop, key(Sensitivity.INTERNAL, "x"), "x")).isNull();
    assertThat(find(other, otherLoop, key(Sensitivity.INTERNAL, "y"), "y")).isNull();
    assertThat(other.shared().foreign()).isEqualTo(2);
  }

  @Test
  @DisplayName("C3 an entry changed in any bit, its tags included, or cut anywhere, does not open")
  void changed() {
    put("x");
    String name = store.entries.keySet().iterator().next();
    byte[] whole = store.entries.get(name).bytes();
    for (int at = 0; at < whole.length; at++) {
      byte[] bytes = whole.clone();
      bytes[at] ^= 1;
      store.entries.put(name, Sealed.found(bytes));
      assertThat(find(other, otherLoop, key(Sensitivity.INTERNAL, "x"), "x")).as("changed at %d", at).isNull();
      store.entries.put(name, Sealed.found(java.util.Arrays.copyOf(whole, at)));
      assertThat(find(other, otherLoop, key(Sensitivity.INTERNAL, "x"), "x")).as("cut at %d", at).isNull();
    }
  }

  @Test
  @DisplayName("an answer is sealed anew each time: equal answers do not look equal")
  void nonces() {
    put("x");
    byte[] first = store.entries.values().iterator().next().bytes();
    put("x");
    assertThat(store.entries).hasSize(1);
    assertThat(store.entries.values().iterator().next().bytes()).isNotEqualTo(first);
  }

  @Test
  @DisplayName("daemons with other upstreams do not find each other's answers")
  void otherWorld() {
    put("x");
    assertThat(find(daemon(otherLoop, 1), otherLoop, key(Sensitivity.INTERNAL, "x"), "x")).isNull();
  }

  @Test
  @DisplayName("what another daemon stored that was asked for before our purge is a miss here each time; what was asked for after it is found")
  void storedAfterAPurge() {
    ExactCache near = new ExactCache(1 << 20, otherLoop);
    LayeredCache purging = daemon(near, otherLoop, 0);
    Key key = key(Sensitivity.INTERNAL, "x");
    Stored underWay = Answers.stored("a", "m", "x", loop.nanos());
    loop.advance(Duration.ofSeconds(1).toNanos());
    otherLoop.advance(Duration.ofSeconds(1).toNanos());
    near.purge(new Purge("a", null, null, null));
    purging.purgeShared(new Purge("a", null, null, null));
    loop.advance(Duration.ofSeconds(1).toNanos());
    otherLoop.advance(Duration.ofSeconds(1).toNanos());
    cache.put(key, Answers.body("x"), underWay);
    for (int i = 0; i < 2; i++) {
      assertThat(find(purging, otherLoop, key, "x")).isNull();
      assertThat(purging.get(key)).isNull();
    }
    assertThat(store.gets).isEqualTo(2);
    put("x");
    assertThat(find(purging, otherLoop, key, "x")).isNotNull();
    assertThat(purging.get(key)).isNotNull();
  }

  @Test
  @DisplayName("what is purged while it is being stored does not go to the shared layer; what was on its way there is removed")
  void purgedOnItsWay() {
    AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> { });
    ExactCache near = new ExactCache(1 << 20, () -> {
      meanwhile.getAndSet(() -> { }).run();
      return loop.nanos();
    });
    LayeredCache purging = daemon(near, loop, 0);
    Key key = key(Sensitivity.INTERNAL, "x");
    meanwhile.set(() -> near.purge(new Purge("a", null, null, null)));
    purging.put(key, Answers.body("x"), Answers.stored("a", "m", "x", loop.nanos()));
    assertThat(near.size()).isZero();
    assertThat(store.puts).isZero();
    loop.advance(1);
    store.meanwhile = () -> near.purge(new Purge("a", null, null, null));
    purging.put(key, Answers.body("x"), Answers.stored("a", "m", "x", loop.nanos()));
    assertThat(store.meanwhile).as("the purge fell into it").isNull();
    assertThat(store.puts).isEqualTo(1);
    assertThat(store.entries).isEmpty();
    loop.advance(1);
    store.removes.clear();
    purging.put(key, Answers.body("x"), Answers.stored("a", "m", "x", loop.nanos()));
    assertThat(store.puts).isEqualTo(2);
    assertThat(store.lastLifeMillis).isEqualTo(3_900_000);
    assertThat(store.entries).hasSize(1);
    assertThat(store.removes).isEmpty();
  }

  @Test
  @DisplayName("G4 what a purge overtook is removed from a shared layer that is slow and full, and asked for again until it is gone")
  void purgedOnItsWayToAFullLayer() {
    ExactCache near = new ExactCache(1 << 20, loop);
    LayeredCache purging = daemon(near, loop, 0);
    store.state = FakeFarStore.State.HANGING;
    for (int i = 1; i < SharedLayer.MAX_PUTS; i++) {
      store(purging, "a" + i);
    }
    // It takes the last place.
    store.meanwhile = () -> near.purge(new Purge("a", null, null, null));
    store(purging, "x");
    assertThat(store.puts).isEqualTo(SharedLayer.MAX_PUTS);
    String name = new Sealing(new byte[32], new byte[] {0}).name(key(Sensitivity.INTERNAL, "x"), Answers.body("x"));
    assertThat(store.removes).containsExactly(name);
    // The connection breaks: neither the puts nor the removal can be known to be done, and a purge looked there in between.
    store.release();
    assertThat(store.removes).hasSize(1 + SharedLayer.MAX_PUTS).endsWith(name);
    store.state = FakeFarStore.State.GONE;
    store.release();
    purging.settle();
    assertThat(store.removes).as("not while nobody is there").hasSize(1 + SharedLayer.MAX_PUTS);
    store.state = FakeFarStore.State.WELL;
    // What failed has opened the breaker: a ping closes it, which the first to come by sends.
    loop.advance(SharedLayer.FIRST_PAUSE_NANOS);
    purging.settle();
    store.entries.put(name, Sealed.found(new byte[1]));
    purging.settle();
    assertThat(store.entries).doesNotContainKey(name);
    assertThat(store.removes).hasSize(1 + 2 * SharedLayer.MAX_PUTS);
    purging.settle();
    assertThat(store.removes).as("once it is gone").hasSize(1 + 2 * SharedLayer.MAX_PUTS);
    loop.advance(1);
    store(purging, "later");
    assertThat(store.puts).isEqualTo(SharedLayer.MAX_PUTS + 1);
  }

  private void store(LayeredCache in, String text) {
    in.put(key(Sensitivity.INTERNAL, text), Answers.body(text), Answers.stored("a", "m", text, loop.nanos()));
  }

  @Test
  @DisplayName("G4 what another daemon put there that was asked for before our purge is a miss here as long as it lives")
  void storedLongAfterAPurge() {
    ExactCache near = new ExactCache(1 << 20, otherLoop);
    LayeredCache purging = daemon(near, otherLoop, 0);
    Key key = key(Sensitivity.INTERNAL, "x");
    int week = 7 * 24 * 3_600;
    Stored underWay = new Stored(new byte[3], new Origin("up", Destination.PRIVATE, "a", "m", 0, 1, 1, Shape.NONE), new Life(loop.nanos(), week, week, 0, true, false));
    for (Duration after : new Duration[] {Duration.ofSeconds(1), Duration.ofSeconds(3_800), Duration.ofDays(14).minusSeconds(3_900)}) {
      loop.advance(after.toNanos());
      otherLoop.advance(after.toNanos());
      // Each purge forgets those that are too old.
      near.purge(new Purge(after.equals(Duration.ofSeconds(1)) ? "a" : "b", null, null, null));
      cache.put(key, Answers.body("x"), underWay);
      assertThat(find(other, otherLoop, key, "x")).as("negative control, after %s", after).isNotNull();
      assertThat(find(purging, otherLoop, key, "x")).as("after %s", after).isNull();
    }
  }

  @Test
  @DisplayName("what was found does not take the place of what is younger")
  void younger() {
    put("x");
    Stored newer = Answers.stored("a", "m", "newer", otherLoop.nanos() + 1);
    other.put(key(Sensitivity.INTERNAL, "z"), Answers.body("z"), newer);
    store.state = FakeFarStore.State.WELL;
    otherLoop.advance(Duration.ofSeconds(1).toNanos());
    other.put(key(Sensitivity.INTERNAL, "x"), Answers.body("y"), Answers.stored("a", "m", "here", otherLoop.nanos()));
    find(other, otherLoop, key(Sensitivity.INTERNAL, "x"), "x");
    assertThat(Answers.text(Objects.requireNonNull(other.get(key(Sensitivity.INTERNAL, "x"))))).isEqualTo("here");
  }
}
