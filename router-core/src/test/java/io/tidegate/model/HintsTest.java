package io.tidegate.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HintsTest {
  private static final List<String> MODELS = List.of("a", "b", "c");

  private static Hints random(SplittableRandom random) {
    Set<String> models = random.nextInt(3) == 0 ? Set.of() : random.nextBoolean() ? Set.of("a", "b") : Set.of(MODELS.get(random.nextInt(3)));
    return new Hints(Sensitivity.values()[random.nextInt(4)], models, random.nextInt(3) * 100, random.nextInt(3));
  }

  @Test
  @DisplayName("G1 hints never widen: what takes a request with hints takes it without, and two hints take what both take")
  void onlyNarrow() {
    SplittableRandom random = new SplittableRandom(6);
    for (int i = 0; i < 20_000; i++) {
      Hints one = random(random);
      Hints other = random(random);
      Sensitivity sensitivity = Sensitivity.values()[random.nextInt(4)];
      String model = MODELS.get(random.nextInt(3));
      int bytes = random.nextInt(1_500);
      int answer = random.nextInt(150);
      boolean both = one.take(sensitivity, model, bytes, answer) && other.take(sensitivity, model, bytes, answer);
      assertThat(one.and(other).take(sensitivity, model, bytes, answer)).as("%s and %s: %s %s %s %s", one, other, sensitivity, model, bytes, answer).isEqualTo(both);
      assertThat(Hints.NONE.take(sensitivity, model, bytes, answer)).isTrue();
    }
  }

  @Test
  @DisplayName("G1 a clearance takes itself and what is below")
  void clearance() {
    Hints internal = new Hints(Sensitivity.INTERNAL, Set.of(), 0, 0);
    assertThat(internal.clears(Sensitivity.PUBLIC)).isTrue();
    assertThat(internal.clears(Sensitivity.INTERNAL)).isTrue();
    assertThat(internal.clears(Sensitivity.CONFIDENTIAL)).isFalse();
  }

  @Test
  @DisplayName("R10 what certainly does not fit into a context is not taken; what may fit is")
  void context() {
    Hints small = new Hints(Sensitivity.RESTRICTED, Set.of(), 1_000, 0);
    assertThat(small.take(Sensitivity.PUBLIC, "a", 3_000, 500)).isTrue();
    assertThat(small.take(Sensitivity.PUBLIC, "a", 3_006, 500)).isFalse();
    assertThat(small.take(Sensitivity.PUBLIC, "a", 10, 1_000)).isFalse();
  }
}
