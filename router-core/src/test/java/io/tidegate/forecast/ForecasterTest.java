package io.tidegate.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForecasterTest {
  @ParameterizedTest
  @ValueSource(ints = {60, 600})
  @DisplayName("R9.1 it begins as persistence: until the first answer came, what was seen last is what is expected")
  void coldStart(int step) {
    Grid grid = Grid.of(step);
    Forecaster forecaster = new Forecaster(grid);
    assertThat(forecaster.newest().known()).isFalse();
    for (int i = 0; i < grid.ahead(); i++) {
      Forecast forecast = forecaster.next(100 + i);
      assertThat(forecast.now()).isEqualTo(100 + i);
      assertThat(forecast.point()).isEqualTo(100 + i);
      assertThat(forecast.high()).isGreaterThan(forecast.point());
    }
    assertThat(forecaster.trusted()).isFalse();
  }

  @Test
  @DisplayName("R9.1 gaps are skipped: nothing is learnt from one, and nothing breaks however long it is")
  void gaps() {
    Forecaster forecaster = new Forecaster(Grid.TEN_MINUTES);
    for (int i = 0; i < 200; i++) {
      assertThat(forecaster.next(Double.NaN).known()).isFalse();
    }
    for (int i = 0; i < 500; i++) {
      forecaster.next(50 + i % 7);
    }
    var weights = forecaster.weights();
    for (int i = 0; i < 5000; i++) {
      Forecast forecast = forecaster.next(Double.NaN);
      assertThat(forecast.point()).isBetween(20.0, 100.0);
      assertThat(forecast.high()).isBetween(forecast.point(), 200.0);
    }
    assertThat(forecaster.weights()).isEqualTo(weights);
    assertThat(forecaster.next(60).point()).isBetween(20.0, 100.0);
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 600})
  @DisplayName("R9.1 what was learnt survives a restart: the restored forecaster says the same as one that never stopped")
  void restart(int step) {
    Grid grid = Grid.of(step);
    Trace trace = Series.SINE.made(grid, 3, 5);
    Forecaster steady = new Forecaster(grid);
    Forecaster restarted = new Forecaster(grid);
    for (int i = 0; i < trace.values().length; i++) {
      if (i % 97 == 0) {
        byte[] saved = restarted.save();
        assertThat(saved.length).isLessThanOrEqualTo(Forecaster.MOST_STATE_BYTES);
        restarted = Forecaster.restore(grid, saved).orElseThrow();
        assertThat(restarted.newest()).isEqualTo(steady.newest());
        assertThat(restarted.weights()).isEqualTo(steady.weights());
      }
      assertThat(restarted.next(trace.values()[i])).isEqualTo(steady.next(trace.values()[i]));
    }
    assertThat(restarted.trusted()).isEqualTo(steady.trusted());
    assertThat(restarted.errorRatio()).isEqualTo(steady.errorRatio());
  }

  @Test
  @DisplayName("R9.1 a state that is cut, changed in any byte, of other windows or of nothing at all is as none")
  void damagedState() {
    Forecaster forecaster = new Forecaster(Grid.TEN_MINUTES);
    Trace trace = Series.WALK.made(Grid.TEN_MINUTES, 2, 1);
    for (double value : trace.values()) {
      forecaster.next(value);
    }
    byte[] saved = forecaster.save();
    assertThat(Forecaster.restore(Grid.TEN_MINUTES, saved)).isPresent();
    assertThat(Forecaster.restore(Grid.ONE_MINUTE, saved)).isEmpty();
    for (int length : new int[] {0, 1, 15, 16, 20, 100, saved.length - 1}) {
      assertThat(Forecaster.restore(Grid.TEN_MINUTES, Arrays.copyOf(saved, length))).isEmpty();
    }
    assertThat(Forecaster.restore(Grid.TEN_MINUTES, Arrays.copyOf(saved, saved.length + 8))).isEmpty();
    Random random = new Random(3);
    for (int i = 0; i < 500; i++) {
      byte[] changed = saved.clone();
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
      assertThat(Forecaster.restore(Grid.TEN_MINUTES, changed)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 120, 200, 300, 600})
  @DisplayName("R9.1 all that a series holds fits in 64 KiB, whatever it saw")
  void bounded(int step) {
    Grid grid = Grid.of(step);
    Forecaster forecaster = new Forecaster(grid);
    int empty = forecaster.save().length;
    for (int i = 0; i < 20 * grid.perDay(); i++) {
      forecaster.next(i % 13 == 0 ? Double.NaN : i % 11 == 0 ? 0 : Math.pow(10, i % 24 - 6));
    }
    assertThat(forecaster.save()).hasSize(empty).hasSizeLessThanOrEqualTo(64 << 10);
  }

  @Test
  @DisplayName("R9.1 forecasts are finite and not negative whatever comes: zeros, the smallest and the largest of counts, one value for ever")
  void hostileValues() {
    double[][] all = {{0}, {Double.MIN_VALUE}, {1e300}, {0, 1e12}, {1e-300, 1e300}, {0, 0, 0, 5}, {Double.NaN, 0, 1e9, Double.NaN}, {7}};
    for (double[] values : all) {
      Forecaster forecaster = new Forecaster(Grid.TEN_MINUTES);
      for (int i = 0; i < 3000; i++) {
        Forecast forecast = forecaster.next(values[i % values.length]);
        if (forecast.known()) {
          assertThat(forecast.point()).isFinite().isNotNegative();
          assertThat(forecast.high()).isFinite().isGreaterThanOrEqualTo(forecast.point());
        }
      }
      assertThat(Forecaster.restore(Grid.TEN_MINUTES, forecaster.save())).isPresent();
    }
    Forecaster forecaster = new Forecaster(Grid.TEN_MINUTES);
    assertThatThrownBy(() -> forecaster.next(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> forecaster.next(Double.POSITIVE_INFINITY)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("R9.2 nothing looks ahead: changing what comes later changes no forecast that was made")
  void noLookAhead() throws Exception {
    double[] values = Series.large().values();
    for (int change : new int[] {1, 100, 777, 1500}) {
      Forecaster one = new Forecaster(Grid.TEN_MINUTES);
      Forecaster other = new Forecaster(Grid.TEN_MINUTES);
      for (int i = 0; i < change; i++) {
        assertThat(other.next(values[i])).isEqualTo(one.next(values[i]));
      }
      assertThat(other.next(values[change] * 10)).isNotEqualTo(one.next(values[change]));
    }
  }

  @Test
  @DisplayName("R9.4 a forecast that was worse than persistence over the last day is not trusted, and is again once it was better for a day")
  void trust() {
    Trust trust = new Trust(Grid.TEN_MINUTES);
    day(trust, 0.9, 0.5);
    assertThat(trust.trusted()).isFalse();
    day(trust, 0.9, 0.5);
    assertThat(trust.trusted()).isTrue();
    assertThat(trust.errorRatio()).isEqualTo(0.9, org.assertj.core.data.Offset.offset(1e-9));
    day(trust, 1.3, 1);
    assertThat(trust.trusted()).isFalse();
    day(trust, 0.9, 0.5);
    day(trust, 0.9, 0.5);
    assertThat(trust.trusted()).isTrue();
    day(trust, Double.NaN, 1);
    assertThat(trust.trusted()).as("after a day of gaps nothing is known").isFalse();
  }

  /** Part of a day in which the forecast's error was this part of persistence's. */
  private static void day(Trust trust, double ratio, double part) {
    for (int i = 0; i < part * 144; i++) {
      if (!Double.isNaN(ratio)) {
        trust.answer(100 + 10 * ratio, 110, 100);
      }
      trust.step();
    }
  }
}
