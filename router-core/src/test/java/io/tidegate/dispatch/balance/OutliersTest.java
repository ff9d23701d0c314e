package io.tidegate.dispatch.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OutliersTest {
  private static BitSet below(int requests, int... good) {
    int[] all = new int[good.length];
    Arrays.fill(all, requests);
    return Outliers.below(good, all);
  }

  @Test
  @DisplayName("R4.8 the one 1.9 deviations below the mean of five or more; of four nobody; on fewer than 100 requests nobody")
  void successRate() {
    assertThat(below(100, 99, 100, 98, 100, 60).toString()).isEqualTo("{4}");
    assertThat(below(100, 99, 100, 98, 60).isEmpty()).isTrue();
    assertThat(below(99, 99, 99, 99, 99, 10).isEmpty()).isTrue();
  }

  @Test
  @DisplayName("R4.8 the threshold is the mean less 1.9 deviations: four good ones and one at 60 % fall apart, two halves do not")
  void threshold() {
    // Mean 0.92, deviation 0.16: 60 % lies two deviations below, and is out. With a second bad one the deviation hides both.
    assertThat(below(1000, 1000, 1000, 1000, 1000, 600).toString()).isEqualTo("{4}");
    assertThat(below(1000, 1000, 1000, 1000, 600, 600).isEmpty()).isTrue();
  }

  @Test
  @DisplayName("R4.8 where all are nearly perfect nobody is an outlier")
  void nearlyPerfect() {
    assertThat(below(1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 970).isEmpty()).isTrue();
  }

  @Test
  @DisplayName("R4.8 a host with few requests neither counts nor is judged")
  void fewRequests() {
    assertThat(Outliers.below(new int[] {100, 100, 100, 100, 60, 0}, new int[] {100, 100, 100, 100, 100, 99}).toString()).isEqualTo("{4}");
  }

  @Test
  @DisplayName("R4.8 a tenth may be out, but always one")
  void most() {
    assertThat(new int[] {Outliers.most(1), Outliers.most(2), Outliers.most(19), Outliers.most(20), Outliers.most(100)})
        .containsExactly(1, 1, 1, 2, 10);
  }

  @Test
  @DisplayName("R4.9 an endpoint that came back has a tenth of its weight, half at half time, all of it after the window")
  void slowStart() {
    assertThat(SlowStart.part(0, 100)).isEqualTo(0.1);
    assertThat(SlowStart.part(5, 100)).isEqualTo(0.1);
    assertThat(SlowStart.part(50, 100)).isEqualTo(0.5);
    assertThat(SlowStart.part(100, 100)).isEqualTo(1);
    assertThat(SlowStart.part(0, 0)).isEqualTo(1);
  }
}
