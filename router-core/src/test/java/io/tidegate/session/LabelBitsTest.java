package io.tidegate.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LabelBitsTest {
  private static final int BYTES = 4 * LabelBits.PAGE;

  /** Memory that outlives the one who writes it, ends that one after a number of stores, and lets others act while somebody looks at it. */
  private static final class Memory implements LabelBits.Stores {
    final ByteBuffer bytes = ByteBuffer.allocate((int) LabelBits.length(BYTES));
    int storesLeft = Integer.MAX_VALUE;
    /** Runs once, when the additions are counted. */
    @Nullable Runnable meanwhile;

    @Override
    public long get(int at) {
      Runnable now = at == LabelBits.ADDS_AT ? meanwhile : null;
      if (now != null) {
        meanwhile = null;
        now.run();
      }
      return bytes.getLong(at);
    }

    @Override
    public void put(int at, long value) {
      if (storesLeft-- <= 0) {
        throw new Killed();
      }
      bytes.putLong(at, value);
    }

    Memory copy() {
      Memory copy = new Memory();
      copy.bytes.put(0, bytes, 0, bytes.capacity());
      return copy;
    }
  }

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private record Hash(long first, long second) {
    static Hash any(SplittableRandom random) {
      return new Hash(random.nextLong(), random.nextLong());
    }
  }

  @Test
  @DisplayName("decisions 11 what was added is held, now and after each restart; what was not is held once in a thousand at most, up to half full")
  void holdsWhatWasAdded() throws LostBits {
    SplittableRandom random = new SplittableRandom(1);
    Memory memory = new Memory();
    LabelBits bits = new LabelBits(memory, BYTES);
    List<Hash> added = new ArrayList<>();
    while (bits.fill() < 0.5) {
      Hash hash = Hash.any(random);
      bits.add(hash.first, hash.second);
      added.add(hash);
    }
    assertThat(added.size()).as("conversations that fit").isGreaterThan(BYTES * 8 / LabelBits.PROBES / 2);
    LabelBits again = new LabelBits(memory, BYTES);
    assertThat(again.fill()).isEqualTo(bits.fill());
    assertThat(added).allMatch(hash -> bits.holds(hash.first, hash.second) && again.holds(hash.first, hash.second));
    long wrong = random.longs(100_000).filter(first -> again.holds(first, random.nextLong())).count();
    assertThat(wrong).isLessThan(200);
  }

  @Test
  @DisplayName("decisions 11 killed at each single store: no label that was noted is lost, and none makes the rest unreadable")
  void killedAtEachStore() throws LostBits {
    SplittableRandom random = new SplittableRandom(2);
    Memory before = new Memory();
    LabelBits filled = new LabelBits(before, BYTES);
    List<Hash> noted = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      Hash hash = Hash.any(random);
      filled.add(hash.first, hash.second);
      noted.add(hash);
    }
    Hash last = Hash.any(random);
    int kills = 0;
    for (int stores = 0; ; stores++, kills++) {
      Memory memory = before.copy();
      LabelBits bits = new LabelBits(memory, BYTES);
      memory.storesLeft = stores;
      boolean killed = killed(() -> bits.add(last.first, last.second));
      memory.storesLeft = Integer.MAX_VALUE;
      LabelBits reopened = new LabelBits(memory, BYTES);
      assertThat(noted).as("after %d stores", stores).allMatch(hash -> reopened.holds(hash.first, hash.second));
      assertThat(reopened.holds(last.first, last.second)).as("the last label after %d stores", stores).isEqualTo(stores >= 3);
      assertThat(new LabelBits(memory, BYTES).fill()).as("settled").isEqualTo(reopened.fill());
      if (!killed) {
        assertThat(reopened.holds(last.first, last.second)).isTrue();
        break;
      }
    }
    assertThat(kills).isGreaterThanOrEqualTo(15);
  }

  @Test
  @DisplayName("decisions 11 killed again while finishing what a kill interrupted: still nothing is lost")
  void killedWhileFinishing() throws LostBits {
    SplittableRandom random = new SplittableRandom(3);
    for (int first = 3; first < 20; first++) {
      for (int second = 0; second < 20; second++) {
        Memory memory = new Memory();
        LabelBits bits = new LabelBits(memory, BYTES);
        Hash hash = Hash.any(random);
        memory.storesLeft = first;
        killed(() -> bits.add(hash.first, hash.second));
        memory.storesLeft = second;
        killed(() -> new LabelBits(memory, BYTES));
        memory.storesLeft = Integer.MAX_VALUE;
        assertThat(new LabelBits(memory, BYTES).holds(hash.first, hash.second)).as("%d, then %d stores", first, second).isTrue();
      }
    }
  }

  @Test
  @DisplayName("H1 both of a hand-over killed at any store, in any order of their stores: no label that was noted is lost, and the rest stays readable")
  void bothKilled() throws LostBits {
    SplittableRandom random = new SplittableRandom(6);
    for (int first = 0; first < 28; first++) {
      for (int second = 0; second < 28; second++) {
        Memory memory = new Memory();
        LabelBits old = new LabelBits(memory, BYTES, 0, true);
        Hash kept = Hash.any(random);
        old.add(kept.first, kept.second);
        LabelBits successor = new LabelBits(memory, BYTES, 1, false);
        Hash one = Hash.any(random);
        Hash two = Hash.any(random);
        memory.storesLeft = first;
        killed(() -> old.add(one.first, one.second));
        memory.storesLeft = second;
        killed(() -> successor.add(two.first, two.second));
        memory.storesLeft = Integer.MAX_VALUE;
        LabelBits third = new LabelBits(memory, BYTES, first % 2, true);
        assertThat(third.holds(kept.first, kept.second)).isTrue();
        assertThat(third.holds(one.first, one.second)).as("%d, %d", first, second).isEqualTo(first >= 3);
        assertThat(third.holds(two.first, two.second)).as("%d, %d", first, second).isEqualTo(second >= 3);
        assertThat(new LabelBits(memory, BYTES).fill()).as("settled").isEqualTo(third.fill());
      }
    }
  }

  @Test
  @DisplayName("H1 what one of a hand-over adds the other holds at once, and still once it has taken it to its heap")
  void bothKnow() throws LostBits {
    SplittableRandom random = new SplittableRandom(7);
    Memory memory = new Memory();
    LabelBits old = new LabelBits(memory, BYTES, 0, true);
    LabelBits successor = new LabelBits(memory, BYTES, 1, false);
    for (int i = 0; i < 500; i++) {
      Hash hash = Hash.any(random);
      LabelBits adds = i % 2 == 0 ? old : successor;
      LabelBits looks = i % 2 == 0 ? successor : old;
      adds.add(hash.first, hash.second);
      assertThat(looks.holds(hash.first, hash.second)).isTrue();
      assertThat(looks.behind()).isTrue();
      if (i % 7 == 0) {
        looks.refresh();
        assertThat(looks.behind()).isFalse();
        assertThat(looks.holds(hash.first, hash.second)).isTrue();
      }
    }
    old.refresh();
    successor.refresh();
    assertThat(old.fill()).isEqualTo(successor.fill()).isEqualTo(new LabelBits(memory, BYTES).fill());
  }

  @Test
  @DisplayName("G1 what the other of a hand-over added is held also by one who looks while it comes to the heap; what nobody added is not")
  void takenToTheHeapMeanwhile() throws LostBits {
    SplittableRandom random = new SplittableRandom(8);
    for (int i = 0; i < 100; i++) {
      Memory memory = new Memory();
      LabelBits old = new LabelBits(memory, BYTES, 0, true);
      LabelBits successor = new LabelBits(memory, BYTES, 1, false);
      Hash added = Hash.any(random);
      Hash never = Hash.any(random);
      old.add(added.first, added.second);
      memory.meanwhile = successor::refresh;
      assertThat(successor.holds(added.first, added.second)).isTrue();
      assertThat(memory.meanwhile).as("it came to the heap during the look").isNull();
      assertThat(successor.behind()).isFalse();
      memory.meanwhile = successor::refresh;
      assertThat(successor.holds(never.first, never.second)).isFalse();
    }
  }

  private interface Step {
    void run() throws LostBits;
  }

  private static boolean killed(Step step) throws LostBits {
    try {
      step.run();
      return false;
    } catch (Killed killed) {
      return true;
    }
  }

  @Test
  @DisplayName("G2 any bit that is lost, any page that is zeroed, torn, swapped or overwritten is noticed")
  void damageIsNoticed() throws LostBits {
    SplittableRandom random = new SplittableRandom(4);
    Memory good = new Memory();
    LabelBits filled = new LabelBits(good, BYTES);
    for (int i = 0; i < 3_000; i++) {
      filled.add(random.nextLong(), random.nextLong());
    }
    int from = 2 * LabelBits.PAGE;
    for (int round = 0; round < 2_000; round++) {
      Memory bad = good.copy();
      int page = from + random.nextInt(4) * LabelBits.PAGE;
      switch (round % 5) {
        case 0 -> {
          int at = page + random.nextInt(LabelBits.PAGE);
          bad.bytes.put(at, (byte) (bad.bytes.get(at) ^ 1 << random.nextInt(8)));
        }
        case 1 -> bad.bytes.put(page, new byte[LabelBits.PAGE]);
        case 2 -> bad.bytes.put(page + LabelBits.PAGE / 2, new byte[LabelBits.PAGE / 2]);
        case 3 -> {
          byte[] noise = new byte[LabelBits.PAGE];
          random.nextBytes(noise);
          bad.bytes.put(page, noise);
        }
        default -> {
          byte[] one = new byte[LabelBits.PAGE];
          bad.bytes.get(from, one);
          bad.bytes.put(from, bad.bytes, from + LabelBits.PAGE, LabelBits.PAGE);
          bad.bytes.put(from + LabelBits.PAGE, one);
        }
      }
      assertThatThrownBy(() -> new LabelBits(bad, BYTES)).as("round %d", round).isInstanceOf(LostBits.class).hasMessageContaining("does not fit its sum");
    }
  }
}
