package io.tidegate.semantic;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.semantic.Pairs.Pair;
import io.tidegate.semantic.Sameness.Outcome;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The guards alone, without any encoder: what they let through an encoder may only take away. */
class PairsTest {
  private static final Reader READER = new Reader(new Lexicon(), 7, 11);

  private static boolean same(String left, String right) {
    Optional<Fingerprint> one = READER.read(left);
    Optional<Fingerprint> other = READER.read(right);
    return one.isPresent() && other.isPresent() && Sameness.compare(one.get(), other.get()) == Outcome.SAME;
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"tuning", "heldout"})
  @DisplayName("C3 no near miss passes, whatever its vectors say")
  void nearMisses(String half) {
    List<Pair> near = Pairs.of(half).stream().filter(pair -> !pair.same()).toList();
    assertThat(near).hasSizeGreaterThan(125);
    assertThat(near).allSatisfy(pair -> assertThat(same(pair.left(), pair.right())).as(pair.toString()).isFalse());
    assertThat(near).allSatisfy(pair -> assertThat(same(pair.right(), pair.left())).as(pair.toString()).isFalse());
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"tuning", "heldout"})
  @DisplayName("of the paraphrases at least 60 in 100 pass, in each language")
  void paraphrases(String half) {
    for (boolean chinese : new boolean[] {false, true}) {
      List<Pair> all = Pairs.of(half).stream().filter(pair -> pair.same() && pair.chinese() == chinese).toList();
      assertThat(all).hasSizeGreaterThanOrEqualTo(25);
      assertThat(all.stream().filter(pair -> same(pair.left(), pair.right())).count()).as("served in " + half + (chinese ? ", Chinese" : ", English"))
          .isGreaterThanOrEqualTo(all.size() * 6L / 10);
    }
  }

  @Test
  @DisplayName("a question is the same as itself, and so is its order of comparison")
  void reflexiveAndSymmetric() {
    for (String half : List.of("tuning", "heldout")) {
      for (Pair pair : Pairs.of(half)) {
        assertThat(same(pair.left(), pair.left())).as(pair.left()).isTrue();
        assertThat(same(pair.left(), pair.right())).as(pair.toString()).isEqualTo(same(pair.right(), pair.left()));
      }
    }
  }
}
