package io.tidegate.semantic;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.semantic.SemanticIndex.Match;
import io.tidegate.semantic.SemanticIndex.Partition;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SemanticIndexTest {
  private static final Reader READER = new Reader(new Lexicon(), 1, 2);
  private static final Partition HERE = new Partition(1, 1, 0);
  private static final float[] EAST = {1, 0};
  private static final float[] NORTH_EAST = {0.8f, 0.6f};

  private final SemanticIndex<String> index = new SemanticIndex<>(3, 1 << 20);

  private static Fingerprint print(String text) {
    return READER.read(text).orElseThrow();
  }

  private Match<String> find(Partition in, float[] vector, String text, float threshold, long now) {
    return index.find(in, vector, print(text), threshold, now);
  }

  @Test
  @DisplayName("G4 an entry is found in its own partition only, and by vectors of its own encoder")
  void partitions() {
    index.add(HERE, EAST, print("What is recursion?"), "a", 10, 0);
    assertThat(find(HERE, EAST, "Define recursion.", 0.9f, 0).value()).isEqualTo("a");
    assertThat(find(new Partition(1, 2, 0), EAST, "Define recursion.", 0.9f, 0).value()).isNull();
    assertThat(find(new Partition(2, 1, 0), EAST, "Define recursion.", 0.9f, 0).value()).isNull();
    assertThat(find(new Partition(1, 1, 1), EAST, "Define recursion.", 0.9f, 0).value()).isNull();
    assertThat(find(HERE, new float[] {1, 0, 0}, "Define recursion.", 0.9f, 0).value()).as("vectors of another length").isNull();
  }

  @Test
  @DisplayName("the threshold holds, the nearest that asks the same is found, and the score is its own")
  void nearest() {
    index.add(HERE, NORTH_EAST, print("What is recursion?"), "far", 10, 0);
    index.add(HERE, EAST, print("Explain recursion."), "near", 10, 0);
    Match<String> match = find(HERE, EAST, "Define recursion.", 0.5f, 0);
    assertThat(match.value()).isEqualTo("near");
    assertThat(match.score()).isEqualTo(1f);
    assertThat(find(HERE, new float[] {0, 1}, "Define recursion.", 0.61f, 0).value()).isNull();
    assertThat(find(HERE, new float[] {0, 1}, "Define recursion.", 0.6f, 0).value()).isEqualTo("far");
  }

  @Test
  @DisplayName("C3 the nearest that does not ask the same is turned down for one farther off that does")
  void guarded() {
    index.add(HERE, EAST, print("What is iteration?"), "another", 10, 0);
    assertThat(find(HERE, EAST, "Define recursion.", 0.5f, 0).outcome()).isEqualTo(Sameness.Outcome.WORDS);
    index.add(HERE, NORTH_EAST, print("What is recursion?"), "same", 10, 0);
    assertThat(find(HERE, EAST, "Define recursion.", 0.5f, 0).value()).isEqualTo("same");
  }

  @Test
  @DisplayName("C3 an entry ends with its answer")
  void ends() {
    index.add(HERE, EAST, print("What is recursion?"), "a", 10, 0);
    assertThat(find(HERE, EAST, "Define recursion.", 0.9f, 9).value()).isEqualTo("a");
    assertThat(find(HERE, EAST, "Define recursion.", 0.9f, 10).value()).isNull();
    index.add(HERE, EAST, print("What is iteration?"), "b", 30, 20);
    assertThat(index.entries()).as("what is over makes room").isEqualTo(1);
  }

  @Test
  @DisplayName("G8 a partition holds so many, the oldest goes; all together so many bytes, the partition unused for longest goes")
  void bounded() {
    for (int i = 0; i < 5; i++) {
      index.add(HERE, EAST, print("What is thing " + i + "?"), "v" + i, 100, 0);
    }
    assertThat(index.entries()).isEqualTo(3);
    assertThat(find(HERE, EAST, "What is thing 1?", 0.9f, 0).value()).isNull();
    assertThat(find(HERE, EAST, "What is thing 2?", 0.9f, 0).value()).isEqualTo("v2");
    SemanticIndex<String> small = new SemanticIndex<>(1_000, 20_000);
    for (int i = 0; i < 500; i++) {
      small.add(new Partition(i, 0, 0), EAST, print("What is recursion?"), "v", 100, 0);
      assertThat(small.bytes()).isLessThanOrEqualTo(20_000);
    }
    assertThat(small.entries()).isBetween(10, 200);
    assertThat(small.find(new Partition(0, 0, 0), EAST, print("What is recursion?"), 0.5f, 0).value()).isNull();
    assertThat(small.find(new Partition(499, 0, 0), EAST, print("What is recursion?"), 0.5f, 0).value()).isEqualTo("v");
  }

  @Test
  @DisplayName("one entry for one answer; what is removed is gone, and weighs nothing")
  void oneForEach() {
    index.add(HERE, EAST, print("What is recursion?"), "a", 10, 0);
    index.add(HERE, EAST, print("What is recursion?"), "a", 20, 0);
    assertThat(index.entries()).isEqualTo(1);
    assertThat(find(HERE, EAST, "Define recursion.", 0.9f, 15).value()).isEqualTo("a");
    index.remove(HERE, "a");
    assertThat(index.entries()).isZero();
    assertThat(index.bytes()).isZero();
  }
}
