package io.tidegate.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a boot that is over prepared and never used goes; of its records not a byte. */
class TrimTest {
  @Test
  @DisplayName("G7 H2 a segment that holds its opening record only, which ends with zeros, is whole after the next start")
  void trailingZerosBelongToTheRecord() throws Exception {
    MemoryStore store = new MemoryStore();
    for (int boot = 0; boot < 3; boot++) {
      Rig rig = Rig.on(store, "a" + boot, 1);
      rig.work();
      store = store.killed();
      assertThat(Rig.verify(store).problems()).as("boot %d", boot).isEmpty();
    }
  }

  @Test
  @DisplayName("G7 H2 a record that was being written when the process was killed is a note, though the next segment is prepared, marked or not")
  void tornBeforeAPreparedSegment() throws Exception {
    for (boolean marked : new boolean[] {true, false}) {
      MemoryStore store = new MemoryStore();
      Rig rig = Rig.on(store, "a", 1);
      rig.work();
      rig.traffic(20);
      rig.work();
      String written = "audit-a-0-000000.tga";
      String prepared = "audit-a-0-000001.tga";
      byte[] bytes = store.get(written).clone();
      int end = Frames.lastUsed(java.nio.ByteBuffer.wrap(bytes), 0) + 15 & ~7;
      bytes[end + 12] = 7;
      store.put(written, bytes);
      if (!marked) {
        store.put(prepared, new byte[store.get(prepared).length]);
      }
      MemoryStore dead = store.killed();
      assertThat(Rig.verify(dead).problems()).as("marked %s", marked).isEmpty();
      Rig.on(dead, "b", 1).work();
      assertThat(Rig.verify(dead).problems()).as("marked %s, after the next start", marked).isEmpty();
    }
  }

  @Test
  @DisplayName("G7 a segment that was wiped is named, if a later one is not empty")
  void wipedInTheMiddle() throws Exception {
    MemoryStore store = new MemoryStore();
    Rig rig = Rig.on(store, "a", 1);
    rig.work();
    rig.traffic(900);
    String middle = "audit-a-0-000001.tga";
    assertThat(Frames.isUnused(java.nio.ByteBuffer.wrap(store.get("audit-a-0-000002.tga")))).isFalse();
    store.put(middle, new byte[store.get(middle).length]);
    assertThat(Rig.verify(store.killed()).problems()).isNotEmpty();
  }

  @Test
  @DisplayName("G7 the head file says of the newest statement what that says of itself, from the first moment on")
  void headFileFromTheFirstMoment() throws Exception {
    MemoryStore store = new MemoryStore();
    Rig rig = Rig.on(store, "a", 1);
    // The clock goes on between any two calls.
    rig.loop().advance(1_000_000);
    rig.log.round();
    assertThat(Rig.verify(store).problems()).isEmpty();
    rig.loop().advance(5_000_000_000L);
    rig.log.round();
    assertThat(Rig.verify(store.killed()).problems()).isEmpty();
  }
}
