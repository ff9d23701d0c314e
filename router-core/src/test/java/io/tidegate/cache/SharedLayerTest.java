package io.tidegate.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.FakeLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SharedLayerTest {
  private static final long WAIT = Duration.ofMillis(2).toNanos();
  private static final Sealed ENTRY = Sealed.found(new byte[100]);

  private final FakeLoop loop = new FakeLoop();
  private final FakeFarStore store = new FakeFarStore();
  private final SharedLayer layer = new SharedLayer(store, loop, WAIT);
  private final List<Optional<Sealed>> answers = new ArrayList<>();

  @AfterEach
  void aftermath() {
    store.release();
    loop.run();
    assertThat(layer.underWay()).as("still under way").isZero();
    assertThat(loop.pendingTimers()).as("timers left").isZero();
  }

  private void get() {
    layer.get("name", loop, found -> answers.add(Optional.ofNullable(found)));
    loop.run();
  }

  private void after(Duration time) {
    loop.advance(time.toNanos());
  }

  /** Asks until nobody asks any more; how many did. */
  private int trip() {
    int asked = 0;
    while (layer.isUsable()) {
      get();
      after(Duration.ofMillis(2));
      assertThat(++asked).isLessThan(100);
    }
    return asked;
  }

  @Test
  @DisplayName("what is there is found, what is not is a miss")
  void wellAnswers() {
    get();
    store.entries.put("name", ENTRY);
    get();
    assertThat(answers).containsExactly(Optional.empty(), Optional.of(ENTRY));
    assertThat(layer.counts.misses.sum()).isEqualTo(1);
    assertThat(layer.counts.hits.sum()).isEqualTo(1);
  }

  @Test
  @DisplayName("a store that hangs is a miss after two milliseconds, not before; what it says later changes nothing")
  void late() {
    store.state = FakeFarStore.State.HANGING;
    get();
    after(Duration.ofNanos(WAIT - 1));
    assertThat(answers).isEmpty();
    after(Duration.ofNanos(1));
    assertThat(answers).containsExactly(Optional.empty());
    assertThat(layer.underWay()).isEqualTo(1);
    store.release();
    loop.run();
    assertThat(answers).hasSize(1);
  }

  @Test
  @DisplayName("a store that fails is a miss at once")
  void failing() {
    store.state = FakeFarStore.State.FAILING;
    get();
    assertThat(answers).containsExactly(Optional.empty());
  }

  @Test
  @DisplayName("after five that came to nothing nobody waits any more")
  void opens() {
    store.state = FakeFarStore.State.HANGING;
    assertThat(trip()).isEqualTo(SharedLayer.TRIP / 2);
    assertThat(layer.isOpen()).isTrue();
    int gets = store.gets;
    for (int i = 0; i < 100; i++) {
      assertThat(layer.isUsable()).isFalse();
    }
    assertThat(store.gets).isEqualTo(gets);
    assertThat(store.pings).isZero();
  }

  @Test
  @DisplayName("one late answer among many good ones opens nothing")
  void oneOfMany() {
    for (int i = 0; i < 100; i++) {
      store.state = i % 4 == 0 ? FakeFarStore.State.FAILING : FakeFarStore.State.WELL;
      get();
    }
    assertThat(layer.isOpen()).isFalse();
  }

  @Test
  @DisplayName("after a second one ping goes out, whoever comes by, and nobody waits for it; when it is back in time all may ask again")
  void closesAgain() {
    store.state = FakeFarStore.State.FAILING;
    trip();
    store.state = FakeFarStore.State.WELL;
    after(Duration.ofMillis(990));
    assertThat(layer.isUsable()).isFalse();
    assertThat(store.pings).isZero();
    after(Duration.ofMillis(10));
    assertThat(layer.isUsable()).as("this one does not wait").isFalse();
    assertThat(store.pings).isEqualTo(1);
    assertThat(layer.isUsable()).isTrue();
  }

  @Test
  @DisplayName("pauses between pings double up to half a minute")
  void pausesDouble() {
    store.state = FakeFarStore.State.FAILING;
    trip();
    List<Long> at = new ArrayList<>();
    long since = loop.nanos();
    for (int i = 0; i < 1_800; i++) {
      int before = store.pings;
      after(Duration.ofMillis(100));
      layer.isUsable();
      if (store.pings > before) {
        at.add((loop.nanos() - since) / 1_000_000_000);
        since = loop.nanos();
      }
    }
    assertThat(at).startsWith(1L, 2L, 4L, 8L, 16L, 30L, 30L);
  }

  @Test
  @DisplayName("a ping that is lost makes the store give up its connection, and nothing stays under way")
  void lostPing() {
    store.state = FakeFarStore.State.HANGING;
    trip();
    after(Duration.ofSeconds(1));
    layer.isUsable();
    assertThat(store.pings).isEqualTo(1);
    after(Duration.ofSeconds(4));
    layer.isUsable();
    assertThat(store.renewed).isZero();
    after(Duration.ofSeconds(1));
    layer.isUsable();
    assertThat(store.renewed).isEqualTo(1);
    loop.run();
    assertThat(layer.underWay()).isZero();
  }

  @Test
  @DisplayName("G8 look-ups and entries under way have a bound; past it a look-up is a miss at once and an entry is not stored")
  void bounded() {
    store.state = FakeFarStore.State.HANGING;
    for (int i = 0; i < 2 * SharedLayer.MAX_GETS; i++) {
      layer.get("name", loop, found -> answers.add(Optional.ofNullable(found)));
    }
    loop.run();
    assertThat(answers).hasSize(SharedLayer.MAX_GETS);
    assertThat(store.gets).isEqualTo(SharedLayer.MAX_GETS);
    for (int i = 0; i < 2 * SharedLayer.MAX_PUTS; i++) {
      layer.put("name", ENTRY, 1_000, () -> false);
    }
    assertThat(store.puts).isEqualTo(SharedLayer.MAX_PUTS);
    store.release();
    loop.run();
    Sealed large = Sealed.found(new byte[3 << 20]);
    for (int i = 0; i < 5; i++) {
      layer.put("name", large, 1_000, () -> false);
    }
    assertThat(store.puts).isEqualTo(SharedLayer.MAX_PUTS + 2);
    assertThat(layer.counts.notStored.sum()).isEqualTo(SharedLayer.MAX_PUTS * 2 + 3);
    after(Duration.ofMillis(2));
  }

  @Test
  @DisplayName("G8 nothing is put while too many names are to be removed that are not gone")
  void owed() {
    store.removesHang = true;
    for (int i = 0; i < Overtaken.MAX_OWED + 9; i++) {
      layer.put("name " + i, ENTRY, 1_000, () -> true);
    }
    assertThat(store.puts).isEqualTo(Overtaken.MAX_OWED);
    assertThat(layer.counts.notStored.sum()).isEqualTo(9);
    assertThat(layer.underWay()).isZero();
  }
}
