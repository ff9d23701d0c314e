package io.tidegate.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.line.AnswerCache.Key;
import io.tidegate.line.AnswerCache.Life;
import io.tidegate.line.AnswerCache.Origin;
import io.tidegate.line.AnswerCache.Stored;
import io.tidegate.line.Shape;
import io.tidegate.model.Destination;
import io.tidegate.model.Sensitivity;
import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OriginTimesTest {
  private static final int PROBES = 4_000;
  private final Random random = new Random(4);
  private final OriginTimes times = new OriginTimes(new SplittableRandom(4));
  private final Key key = Answers.key("a", Sensitivity.PUBLIC, "x");

  private static Stored answer(int bytes, double millis) {
    return new Stored(new byte[bytes], new Origin("up", Destination.PUBLIC, "a", "m", 0, 1, (int) (millis * 1_000), Shape.NONE), new Life(0, 1, 0, 0, false, true));
  }

  /**
   * How well one time tells a hit from a miss: 0.5 not at all, 1 always; also that of who looks at the distance from the middle, so that a spread which is
   * too narrow or too wide counts as well.
   */
  static double auc(double[] hits, double[] misses) {
    double middle = median(misses);
    return Math.max(told(hits, misses, time -> time), told(hits, misses, time -> Math.abs(Math.log(time / middle))));
  }

  private static double median(double[] times) {
    double[] sorted = times.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static double told(double[] hits, double[] misses, ToDoubleFunction<Double> by) {
    double[] sorted = Arrays.stream(misses).map(time -> by.applyAsDouble(time)).sorted().toArray();
    double below = 0;
    for (double hit : hits) {
      double value = by.applyAsDouble(hit);
      int low = lower(sorted, value);
      int high = low;
      while (high < sorted.length && sorted[high] == value) {
        high++;
      }
      below += (low + high) / 2.0;
    }
    double auc = below / hits.length / sorted.length;
    return Math.max(auc, 1 - auc);
  }

  private static int lower(double[] sorted, double value) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) / 2;
      if (sorted[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** An origin whose time is a part for each byte, times noise. */
  private double origin(int bytes, double load) {
    return (200 + bytes * 0.5) * load * Math.exp(0.25 * random.nextGaussian());
  }

  @Test
  @DisplayName("C4 hits of answers of many sizes are told from misses at an AUC of 0.55 at most, by their time or by its distance from the middle")
  void notToldApart() {
    double[] hits = new double[PROBES];
    double[] misses = new double[PROBES];
    for (int i = 0; i < PROBES; i++) {
      int bytes = (int) (200 * Math.exp(2 * random.nextDouble()));
      misses[i] = origin(bytes, 1);
      times.add(key, answer(bytes, misses[i]));
      hits[i] = times.drawNanos(key, answer((int) (200 * Math.exp(2 * random.nextDouble())), 1)) / 1e6;
    }
    assertThat(auc(Arrays.copyOfRange(hits, 300, PROBES), Arrays.copyOfRange(misses, 300, PROBES))).isLessThanOrEqualTo(0.55);
  }

  @Test
  @DisplayName("C4 one answer, hit again and again, is told from misses of its size no better")
  void oneAnswerAgainAndAgain() {
    for (int size : new int[] {220, 700, 1_400}) {
      double[] hits = new double[PROBES];
      double[] misses = new double[PROBES];
      for (int i = 0; i < PROBES; i++) {
        int bytes = (int) (200 * Math.exp(2 * random.nextDouble()));
        times.add(key, answer(bytes, origin(bytes, 1)));
        hits[i] = times.drawNanos(key, answer(size, 1)) / 1e6;
        misses[i] = origin(size, 1);
      }
      assertThat(auc(Arrays.copyOfRange(hits, 300, PROBES), Arrays.copyOfRange(misses, 300, PROBES))).as("size %d", size).isLessThanOrEqualTo(0.55);
    }
  }

  @Test
  @DisplayName("C4 when the origin becomes four times as slow, hits do")
  void followsTheLoad() {
    double[] hits = new double[PROBES];
    double[] misses = new double[PROBES];
    for (int i = 0; i < PROBES; i++) {
      misses[i] = origin(500, i < PROBES / 2 ? 1 : 4);
      times.add(key, answer(500, misses[i]));
      hits[i] = times.drawNanos(key, answer(500, 1)) / 1e6;
    }
    int from = PROBES / 2 + OriginTimes.KEPT;
    assertThat(auc(Arrays.copyOfRange(hits, from, PROBES), Arrays.copyOfRange(misses, from, PROBES))).isLessThanOrEqualTo(0.55);
  }

  @Test
  @DisplayName("C4 the measure tells what is apart: hits at once, and hits that always take what the origin took once")
  void theMeasureCanFail() {
    double[] misses = new double[PROBES];
    double[] once = new double[PROBES];
    double[] atOnce = new double[PROBES];
    for (int i = 0; i < PROBES; i++) {
      misses[i] = origin(500, 1);
      once[i] = misses[0];
      atOnce[i] = 0.1;
    }
    assertThat(auc(atOnce, misses)).isEqualTo(1);
    assertThat(auc(once, misses)).isGreaterThan(0.6);
  }

  @Test
  @DisplayName("of an origin that nothing is known of, what the answer itself took counts")
  void nothingKnown() {
    assertThat(times.drawNanos(key, answer(10, 33))).isEqualTo(33_000_000);
  }
}
