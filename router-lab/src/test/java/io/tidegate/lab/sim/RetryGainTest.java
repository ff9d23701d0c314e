package io.tidegate.lab.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.lab.sim.RetryScorecard.Row;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The short form of script/simulate; the figures of docs/resilience.md are those of the long one. */
class RetryGainTest {
  private static final int SEEDS = 4;
  private static final int MINUTES = 12;

  private final RetryScorecard scorecard = new RetryScorecard(SimTests.traces());

  private List<Row> rows(OperatingPoint point) throws IOException {
    List<Row> rows = scorecard.rows(point, SEEDS, MINUTES);
    System.out.println("R1.11 " + point.name());
    rows.forEach(row -> System.out.println(row.markdown()));
    return rows;
  }

  private static Row of(List<Row> rows, String contender) {
    return rows.stream().filter(row -> row.contender().equals(contender)).findFirst().orElseThrow();
  }

  @Test
  @DisplayName("R1.11 in a short full outage the router answers more than a simple retry, and than the seed's code, and asks the servers less often")
  void shortOutage() throws IOException {
    List<Row> rows = rows(OperatingPoint.SHORT_OUTAGE);
    Row ours = of(rows, "router, as shipped");
    assertThat(ours.gain().low()).isPositive();
    assertThat(ours.success()).isGreaterThan(of(rows, "B3 the seed's code").success());
    assertThat(ours.amplification()).isLessThan(of(rows, "B1 three at once").amplification());
    assertThat(of(rows, "router without limits").gain().low()).as("by waiting for an upstream that is out for a moment").isPositive();
  }

  @Test
  @DisplayName("R1.11 in a brief partial fault it loses next to nothing against four attempts at once, and answers more than no retry")
  void partialFault() throws IOException {
    List<Row> rows = rows(OperatingPoint.PARTIAL_FAULT);
    Row ours = of(rows, "router, as shipped");
    assertThat(ours.success()).isGreaterThan(0.99);
    assertThat(ours.success()).isGreaterThan(of(rows, "B0 none").success() + 0.01);
  }

  @Test
  @DisplayName("R1.11 in bursts it answers far more than a simple retry, and asks the servers less often")
  void bursts() throws IOException {
    List<Row> rows = rows(OperatingPoint.BURSTS_6);
    Row ours = of(rows, "router, as shipped");
    assertThat(ours.gain().low()).isGreaterThan(0.1);
    assertThat(ours.amplification()).isLessThan(of(rows, "B1 three at once").amplification());
    assertThat(of(rows, "B2 after 1, 2, 4 s").gain().low()).as("the seed's own figure has its place here").isGreaterThan(0.2);
    assertThat(of(rows, "router, another upstream allowed").gain().low()).isGreaterThan(ours.gain().high());
  }

  @Test
  @DisplayName("R1.11 in sustained overload another permitted upstream is what helps, and retries cost no more than the budget")
  void overload() throws IOException {
    List<Row> rows = rows(OperatingPoint.OVERLOAD);
    assertThat(of(rows, "router, another upstream allowed").gain().low()).isGreaterThan(0.3);
    assertThat(of(rows, "router, as shipped").amplification()).isLessThan(1);
    assertThat(of(rows, "router, as shipped").success()).isGreaterThan(of(rows, "B1 three at once").success());
  }

  @Test
  @DisplayName("R1.11 negative control: what is compared with itself gains nothing, and the interval of noise contains nothing")
  void nothingGainsNothing() {
    double[] some = {0.5, 0.6, 0.7, 0.4};
    Interval same = Interval.gain(some, some);
    assertThat(same).isEqualTo(new Interval(0, 0, 0));
    Interval noise = Interval.gain(new double[] {0.5, 0.6, 0.7, 0.4}, new double[] {0.6, 0.5, 0.4, 0.7});
    assertThat(noise.low()).isNegative();
    assertThat(noise.high()).isPositive();
    assertThat(Interval.gain(new double[] {0.6, 0.66}, new double[] {0.5, 0.55}).low()).isCloseTo(0.2, org.assertj.core.data.Offset.offset(1e-9));
  }
}
