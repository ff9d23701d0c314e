package io.tidegate.lab.hpa;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.lab.hpa.Keda.Fallback;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The model against what Kubernetes and KEDA document. */
class HpaTest {
  private static final HpaRules RULES = HpaRules.defaults(3, 20);
  private final Hpa hpa = new Hpa(RULES);

  @ParameterizedTest
  @CsvSource({"3,1500,3", "3,1649,3", "3,1651,4", "3,400,3", "4,1810,4", "6,3301,7", "5,4400,9", "20,99999,20", "10,5400,10"})
  @DisplayName("R8.4 the seed's 500 is for each replica: with 3 of them a fourth comes above 1,500 and the tolerance of a tenth, not at 500")
  void averageValue(int current, double total, int wanted) {
    assertThat(hpa.round(0, current, List.of(new Reading(total, 500)))).isEqualTo(wanted);
  }

  @Test
  @DisplayName("R8.4 the highest of several metrics counts")
  void highest() {
    assertThat(hpa.round(0, 3, List.of(new Reading(1000, 500), new Reading(70, 10), new Reading(2100, 500)))).isEqualTo(7);
  }

  @Test
  @DisplayName("R8.4 more at once, by the greater of double and four in fifteen seconds")
  void policies() {
    List<Reading> much = List.of(new Reading(20_000, 500));
    assertThat(hpa.round(0, 3, much)).isEqualTo(7);
    assertThat(hpa.round(15, 7, much)).isEqualTo(14);
    assertThat(hpa.round(30, 14, much)).isEqualTo(20);
  }

  @Test
  @DisplayName("R8.4 fewer only after five minutes in which nobody wanted more")
  void stabilisation() {
    assertThat(hpa.round(0, 3, List.of(new Reading(5000, 500)))).isEqualTo(7);
    assertThat(hpa.round(15, 7, List.of(new Reading(5000, 500)))).isEqualTo(10);
    int current = 10;
    for (int second = 30; second < 315; second += 15) {
      current = hpa.round(second, current, List.of(new Reading(1500, 500)));
      assertThat(current).as("after %d s", second).isEqualTo(10);
    }
    assertThat(hpa.round(315, current, List.of(new Reading(1500, 500)))).isEqualTo(3);
  }

  @Test
  @DisplayName("R8.5 a metric that is missing keeps replicas from getting fewer, and others may still ask for more")
  void missing() {
    assertThat(hpa.round(0, 8, List.of(Reading.missing(500)))).isEqualTo(8);
    assertThat(hpa.round(15, 8, List.of(Reading.missing(500), new Reading(500, 500)))).isEqualTo(8);
    assertThat(hpa.round(30, 8, List.of(Reading.missing(500), new Reading(5500, 500)))).isEqualTo(11);
    for (int second = 45; second < 7200; second += 15) {
      assertThat(hpa.round(second, 11, List.of(Reading.missing(500)))).isEqualTo(11);
    }
  }

  @ParameterizedTest
  @CsvSource({"NONE,12", "CURRENT,12", "STATIC,20"})
  @DisplayName("R8.5 the scaler gone for two hours: as many replicas as there were, or the maximum for a KEDA that does not know behavior; never fewer")
  void unreachable(Fallback fallback, int after) {
    AtomicReference<Double> answer = new AtomicReference<>(6000.0);
    Keda keda = new Keda(() -> {
      Double value = answer.get();
      if (value == null) {
        throw new IllegalStateException("unreachable");
      }
      return value;
    }, 500, fallback, 20, 3);
    int current = 3;
    for (int second = 0; second < 600; second += 15) {
      current = hpa.round(second, current, List.of(keda.read(current)));
    }
    assertThat(current).isEqualTo(12);
    answer.set(null);
    for (int second = 600; second < 7800; second += 15) {
      int before = current;
      current = hpa.round(second, current, List.of(keda.read(current)));
      assertThat(current).isGreaterThanOrEqualTo(before);
    }
    assertThat(current).isEqualTo(after);
    answer.set(2000.0);
    for (int second = 7800; second < 8700; second += 15) {
      current = hpa.round(second, current, List.of(keda.read(current)));
    }
    assertThat(current).as("back, and at what is needed").isEqualTo(4);
  }

  @Test
  @DisplayName("R8.5 a fallback to fewer replicas than there are would send them home: why the shipped one names the maximum")
  void staticFallbackToTheMinimumScalesIn() {
    Keda keda = new Keda(() -> {
      throw new IllegalStateException("unreachable");
    }, 500, Fallback.STATIC, 3, 3);
    int current = 12;
    for (int second = 0; second < 1200; second += 15) {
      current = hpa.round(second, current, List.of(keda.read(current)));
    }
    assertThat(current).isEqualTo(3);
  }
}
