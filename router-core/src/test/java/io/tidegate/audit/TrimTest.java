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
