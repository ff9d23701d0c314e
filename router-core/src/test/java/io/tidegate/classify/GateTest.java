package io.tidegate.classify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The gate reads in blocks of 64 characters; what it sees must not depend on where they end. */
class GateTest {
  private static final Lexicon LEXICON = Lexicon.BUILT_IN;

  private static Piece gated(String text) {
    Piece piece = Piece.of(text.toCharArray(), text.length());
    Gate.pass(piece, LEXICON);
    return piece;
  }

  private static boolean encoded(char c) {
    return LEXICON.classes[c] < 0;
  }

  private static List<Integer> runsOneByOne(String text) {
    List<Integer> starts = new ArrayList<>();
    int run = 0;
    for (int i = 0; i < text.length(); i++) {
      run = encoded(text.charAt(i)) ? run + 1 : 0;
      if (run == Gate.ENCODED_RUN) {
        starts.add(i - Gate.ENCODED_RUN + 1);
      }
    }
    return starts;
  }

  private static boolean apartOneByOne(String text) {
    boolean before = false;
    int turns = 0;
    int longest = 0;
    for (int i = 0; i < text.length(); i++) {
      turns = encoded(text.charAt(i)) != before ? turns + 1 : 0;
      before = encoded(text.charAt(i));
      longest = Math.max(longest, turns);
    }
    return longest >= 2 * UnspacedView.LEAST - 2;
  }

  @Test
  @DisplayName("A10 encoded runs and single characters apart are seen wherever they stand, over the ends of blocks too")
  void blocks() {
    SplittableRandom random = new SplittableRandom(11);
    int runs = 0;
    int apart = 0;
    for (int round = 0; round < 4_000; round++) {
      StringBuilder made = new StringBuilder();
      int length = random.nextInt(1, 260);
      while (made.length() < length) {
        switch (random.nextInt(4)) {
          case 0 -> made.append("x".repeat(random.nextInt(14, 19)));
          case 1 -> made.append("a ".repeat(random.nextInt(5, 10)));
          case 2 -> made.append(" .".repeat(random.nextInt(3)));
          default -> made.append("Q".repeat(random.nextInt(40))).append(' ');
        }
      }
      String text = made.substring(0, length);
      Piece piece = gated(text);
      assertThat(Arrays.stream(piece.encoded, 0, piece.encodedRuns).boxed().toList()).as("length %d, round %d", length, round).isEqualTo(runsOneByOne(text));
      assertThat((piece.seen & CharClass.APART) != 0).as("apart, length %d, round %d", length, round).isEqualTo(apartOneByOne(text));
      runs += piece.encodedRuns;
      apart += apartOneByOne(text) ? 1 : 0;
    }
    assertThat(runs).isGreaterThan(4_000);
    assertThat(apart).isBetween(400, 3_600);
  }

  @Test
  @DisplayName("A10 a word, a number and an at-sign are seen at every place of a block")
  void places() {
    for (int before = 0; before < 140; before++) {
      Piece piece = gated(" ".repeat(before) + "password 4111 a@b");
      assertThat(piece.hitStart[0]).isEqualTo(before);
      assertThat(piece.digitStart[0]).isEqualTo(before + 9);
      assertThat(piece.digitEnd[0]).isEqualTo(before + 13);
      assertThat(piece.at[0]).isEqualTo(before + 15);
    }
  }
}
