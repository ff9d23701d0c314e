package io.tidegate.dispatch.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TwoChoicesTest {
  private static final long SECOND = 1_000_000_000L;

  private static int[] draws(FakeTargets targets, int count) {
    SplittableRandom random = new SplittableRandom(46);
    int[] hits = new int[targets.size()];
    for (int i = 0; i < count; i++) {
      hits[TwoChoices.leastLoaded(targets, random)]++;
    }
    return hits;
  }

  @Test
  @DisplayName("R4.2 of two drawn the one with the greater weight/(in flight + 1): the most loaded of four is never chosen, the idle one every second time")
  void lighterOfTwo() {
    int[] hits = draws(new FakeTargets(new int[] {0, 2, 4, 9}), 60_000);
    // Pairs of four: the lightest is in half of them, the second wins against two of three, the third against one.
    assertThat(hits[0]).isBetween(29_000, 31_000);
    assertThat(hits[1]).isBetween(19_000, 21_000);
    assertThat(hits[2]).isBetween(9_300, 10_700);
    assertThat(hits[3]).isZero();
  }

  @Test
  @DisplayName("R4.2 a heavier target carries more before the lighter one is preferred: 4/(3+1) = 1/(0+1), 4/(4+1) < 1/(0+1)")
  void weights() {
    FakeTargets targets = FakeTargets.weighing(4, 1);
    targets.inFlight[0] = 2;
    assertThat(draws(targets, 1000)).containsExactly(1000, 0);
    targets.inFlight[0] = 4;
    assertThat(draws(targets, 1000)).containsExactly(0, 1000);
  }

  @Test
  @DisplayName("R4.2 what is shut is never chosen; of one that is open, always; of none, none")
  void onlyOpen() {
    FakeTargets targets = new FakeTargets(new int[20]);
    java.util.Arrays.fill(targets.open, false);
    SplittableRandom random = new SplittableRandom(47);
    assertThat(TwoChoices.leastLoaded(targets, random)).isEqualTo(-1);
    targets.open[13] = true;
    assertThat(draws(targets, 100)[13]).isEqualTo(100);
    targets.open[2] = true;
    targets.inFlight[13] = 1;
    assertThat(draws(targets, 100)[2]).isEqualTo(100);
  }

  private record Answer(int target, long beganNanos, long atNanos) {}

  /** Shares of ten targets, of which number 3 becomes ten times slower, over three decay times after it did. Arrivals: 200 a second. */
  private static double shareOfSlow(boolean byTime) {
    long decay = 10 * SECOND;
    int[] inFlight = new int[10];
    PeakEwma[] times = IntStream.range(0, 10).mapToObj(i -> new PeakEwma(decay)).toArray(PeakEwma[]::new);
    SplittableRandom random = new SplittableRandom(48);
    PriorityQueue<Answer> answers = new PriorityQueue<>(Comparator.comparingLong(Answer::atNanos));
    FakeTargets targets = new FakeTargets(inFlight);
    int slow = 0;
    int all = 0;
    for (long now = 0; now < 60 * SECOND; now += SECOND / 200) {
      while (!answers.isEmpty() && answers.peek().atNanos <= now) {
        Answer answer = answers.remove();
        inFlight[answer.target]--;
        times[answer.target].seen(1000, answer.atNanos - answer.beganNanos, answer.atNanos);
      }
      for (int i = 0; i < 10; i++) {
        targets.firstTokens[i] = times[i].nanos(1000, now);
      }
      int at = byTime ? TwoChoices.soonest(targets, 1000, random) : random.nextInt(10);
      boolean isSlow = at == 3 && now >= 30 * SECOND;
      inFlight[at]++;
      answers.add(new Answer(at, now, now + (long) ((0.8 + 0.4 * random.nextDouble()) * (isSlow ? SECOND / 2 : SECOND / 20))));
      if (now >= 30 * SECOND) {
        all++;
        slow += at == 3 ? 1 : 0;
      }
    }
    return (double) slow / all;
  }

  @Test
  @DisplayName("R4.2 one of ten targets becomes ten times slower: by peak EWMA it gets under 3 % within three decay times; by chance a tenth")
  void slowTargetIsLeft() {
    assertThat(shareOfSlow(true)).isLessThan(0.03);
    assertThat(shareOfSlow(false)).isBetween(0.08, 0.12);
  }

  @Test
  @DisplayName("R4.2 peak: a slower time counts at once, a faster one over the decay time, and silence makes a target worth a try again")
  void peakAndDecay() {
    PeakEwma time = new PeakEwma(10 * SECOND);
    assertThat(time.nanos(100, 0)).isZero();
    time.seen(100, SECOND / 10, 0);
    time.seen(100, SECOND, SECOND);
    assertThat(time.nanos(100, SECOND)).isCloseTo(SECOND, org.assertj.core.data.Percentage.withPercentage(0.1));
    time.seen(100, SECOND / 10, 11 * SECOND);
    assertThat(time.nanos(100, 11 * SECOND)).isCloseTo(SECOND * (0.1 + 0.9 / Math.E), org.assertj.core.data.Percentage.withPercentage(0.1));
    double silent = time.nanos(100, 41 * SECOND);
    assertThat(silent).isLessThan(time.nanos(100, 11 * SECOND) / 19);
  }

  @Test
  @DisplayName("R4.2 a long prompt's time says nothing about short ones")
  void perSizeOfPrompt() {
    PeakEwma time = new PeakEwma(10 * SECOND);
    time.seen(100_000, 5 * SECOND, 0);
    assertThat(time.nanos(100, 0)).isZero();
    assertThat(time.nanos(90_000, 0)).isGreaterThan(4.9 * SECOND);
  }

  @Test
  @DisplayName("R4.2 a target of which nothing is known gets one request, not all: while that is out it costs more than a slow one")
  void unknownTarget() {
    FakeTargets targets = new FakeTargets(new int[2]);
    targets.firstTokens[0] = SECOND;
    SplittableRandom random = new SplittableRandom(49);
    assertThat(TwoChoices.soonest(targets, 100, random)).isEqualTo(1);
    targets.inFlight[1] = 1;
    assertThat(TwoChoices.soonest(targets, 100, random)).isZero();
  }
}
