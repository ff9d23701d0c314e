package io.tidegate.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScoreTest {
  private static final int DAY = 144;

  @Test
  @DisplayName("R9.3 m-large, days 7 to 13: better than persistence on WAPE and on the scaled quantile's pinball, and than every method of the pilot")
  void large() throws Exception {
    Score score = Score.of(Series.large(), 7 * DAY, 14 * DAY);
    assertThat(score.scored()).isEqualTo(7 * DAY);
    assertThat(score.persistenceWape()).isCloseTo(0.196, within(0.0005));
    assertThat(score.persistencePinball()).isCloseTo(0.0538, within(0.00005));
    assertThat(score.wape()).isLessThan(0.189);
    assertThat(score.scaledPinball()).isLessThan(0.0508);
    assertThat(score.pinball()).isLessThan(0.0508);
    assertThat(score.unserved()).isLessThan(0.8 * score.reactiveUnserved());
  }

  @Test
  @DisplayName("R9.3 m-small, days 6 to 9: better than persistence on WAPE and on the scaled quantile's pinball, and than every method of the pilot")
  void small() throws Exception {
    Score score = Score.of(Series.small(), 6 * DAY, 10 * DAY);
    assertThat(score.persistenceWape()).isCloseTo(0.102, within(0.0005));
    assertThat(score.persistencePinball()).isCloseTo(0.0336, within(0.0002));
    assertThat(score.wape()).isLessThan(0.090);
    assertThat(score.scaledPinball()).isLessThan(0.0305);
    assertThat(score.pinball()).isLessThan(0.0305);
    assertThat(score.unserved()).isLessThan(0.8 * score.reactiveUnserved());
  }

  @Test
  @DisplayName("R9.3 a day of another service, most of it a cold start: hardly worse than persistence")
  void coldDay() throws Exception {
    Score score = Score.of(Series.recorded("servegen-deepseek-r1-24h-10min.csv"), DAY / 4, DAY);
    assertThat(score.ratio()).isLessThan(1.02);
    assertThat(score.scaledPinball()).isLessThan(1.02 * score.persistencePinball());
  }

  @ParameterizedTest
  @EnumSource(Series.class)
  @DisplayName("R9.3 made-up series of every habit, in windows of ten minutes: never much worse than persistence, and better where there is anything to know")
  void habits(Series series) {
    Score score = Score.of(series.made(Grid.TEN_MINUTES, 14, 11), 2 * DAY, 14 * DAY);
    assertThat(score.ratio()).isLessThan(1.03);
    assertThat(score.scaledPinball()).isLessThan(1.06 * score.persistencePinball());
    assertThat(score.exceeded()).isBetween(0.03, series == Series.TINY ? 0.25 : 0.16);
    switch (series) {
      case FLAT, RAMP, SINE, WEEKLY, GAPS, SPIKES, TINY -> assertThat(score.ratio()).isLessThan(0.9);
      default -> assertThat(score.ratio()).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource(value = Series.class, names = {"FLAT", "STEP", "SINE", "BURSTS", "WALK", "TINY"})
  @DisplayName("R9.3 the same in windows of one minute")
  void minutes(Series series) {
    Score score = Score.of(series.made(Grid.ONE_MINUTE, 3, 12), 1440, 3 * 1440);
    assertThat(score.ratio()).isLessThan(1.02);
    assertThat(score.scaledPinball()).isLessThan(1.05 * score.persistencePinball());
  }

  @Test
  @DisplayName("R9.2 the measures are the documented ones, on a series where they can be told by hand")
  void byHand() {
    double[] values = new double[400];
    Arrays.fill(values, 100);
    values[300] = 150;
    Score score = Score.of(new Trace(Grid.TEN_MINUTES, values), 200, 400);
    assertThat(score.scored()).isEqualTo(200);
    // Persistence misses the spike, and then says it when it is over.
    assertThat(score.persistenceWape()).isCloseTo(100.0 / (199 * 100 + 150), within(1e-9));
    assertThat(score.persistencePinball()).isCloseTo((0.9 * 50 + 0.1 * 50) / (199 * 100 + 150), within(1e-9));
    assertThat(score.exceeded()).isCloseTo(1.0 / 200, within(1e-9));
    // 1.25 times the mean is a little above 125: of the spike, a little less than 25 finds no place, whatever was known.
    assertThat(score.reactiveUnserved() * (199 * 100 + 150)).isCloseTo(24.7, within(0.2));
  }

  @Test
  @DisplayName("R9.2 the score of a stretch does not depend on what comes after it")
  void noLookAhead() throws Exception {
    Trace trace = Series.large();
    double[] other = trace.values().clone();
    Random random = new Random(4);
    for (int i = 9 * DAY; i < other.length; i++) {
      other[i] = 1000 * random.nextDouble();
    }
    assertThat(Score.of(new Trace(trace.grid(), other), 7 * DAY, 9 * DAY)).isEqualTo(Score.of(trace, 7 * DAY, 9 * DAY));
  }

  @Test
  @DisplayName("R9.2 a file of windows: zeros are gaps unless they are said to count, missing lines are gaps, and what is wrong names its line")
  void traces() {
    Trace trace = Trace.parse(List.of("t_s,rate_rps", "0,5", "60,0", "180,7.5", ""), true);
    assertThat(trace.grid()).isEqualTo(Grid.ONE_MINUTE);
    assertThat(trace.values()).containsExactly(5, Double.NaN, Double.NaN, 7.5);
    assertThat(Trace.parse(List.of("0,5", "600,0"), false).values()).containsExactly(5, 0);
    for (List<String> wrong : List.of(List.of("t_s,rate_rps", "0,5", "60,-1"), List.of("0,1", "60,x", "120,1"), List.of("0,1", "60", "120,1"),
        List.of("0,1", "60,Infinity"))) {
      assertThatThrownBy(() -> Trace.parse(wrong, true)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("line");
    }
    for (List<String> wrong : List.of(List.of("0,1"), List.of("0,1", "61,1"), List.of("60,1", "0,1"), List.of("0,1", "60,1", "90,1", "180,1"), List.of("0,1", "7000,1"),
        List.<String>of(), List.of("0,1", "60,1", "1e15,1"))) {
      assertThatThrownBy(() -> Trace.parse(wrong, true)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
