package io.tidegate.gguf.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tidegate.gguf.engine.EngineFailure;
import io.tidegate.gguf.fake.FakeWeights;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final Machine MACHINE = new Machine("Test CPU", 4, 8L << 30, "Linux 6 aarch64", 3, "llama.cpp test");

  private static Measured measured(String name, long bytes, double perplexity, Double... speeds) {
    return new Measured(name, "gemma3 ?B Q4_0", bytes, 1_000_000, new Sample(List.of(speeds)), new Sample(List.of(speeds)), 100L << 20, perplexity);
  }

  private static Report report(Optional<Report.Estimate> estimate) {
    return new Report(MACHINE, measured("a.gguf", 1_000_000, 20, 10.0, 11.0, 9.0, 10.0, 10.0), measured("b.gguf", 500_000, 22, 20.0, 22.0, 18.0, 20.0, 20.0),
        256, 64, 300, 0.9, estimate);
  }

  @Test
  @DisplayName("R5.2 mean and 95 % interval of five repetitions, by Student's t")
  void interval() {
    Sample sample = new Sample(List.of(10.0, 12.0, 11.0, 9.0, 13.0));
    assertThat(sample.mean()).isEqualTo(11);
    // s = 1.5811, 2.776 · s / √5
    assertThat(sample.interval()).isCloseTo(1.963, within(0.001));
    assertThat(new Sample(List.of(3.0)).interval()).isZero();
  }

  @Test
  @DisplayName("R5.2 a ratio is taken turn by turn: what slowed the machine is in both")
  void ratio() {
    Sample ratio = report(Optional.empty()).b().decode().over(report(Optional.empty()).a().decode());
    assertThat(ratio.mean()).isEqualTo(2);
    assertThat(ratio.interval()).isZero();
  }

  @Test
  @DisplayName("R5.2 R5.4 the machine, threads and build stand above the figures; sizes, speeds, memory and quality below")
  void text() {
    assertThat(report(Optional.empty()).text()).startsWith("measured on Test CPU, 4 cores, 8.0 GiB memory, Linux 6 aarch64; 3 threads; llama.cpp test\n5 repetitions")
        .contains("0.500").contains("2.00 ± 0.00").contains("1.1000").contains("90.0 %").doesNotContain("ESTIMATE").doesNotContain("stimate");
  }

  @Test
  @DisplayName("R5.4 an estimate is called one, with what it is made of, and never stands among what was measured")
  void estimate() {
    String text = report(Optional.of(new Report.Estimate("Raspberry Pi 4", 4e6))).text();
    assertThat(text.substring(text.indexOf("ESTIMATE, not measured, for Raspberry Pi 4"))).contains("4.0").contains("8.0");
    assertThat(new String(report(Optional.of(new Report.Estimate("x", 4e6))).json(), StandardCharsets.UTF_8))
        .contains("\"estimate\":{\"measured\":false,\"machine\":\"x\"", "\"machine\":{\"cpu\":\"Test CPU\"", "\"interval95\"");
  }

  @Test
  @DisplayName("R5.2 speeds are tokens over time, and the foresight of a text looks at each of its places once")
  void meter() throws EngineFailure {
    FakeWeights weights = new FakeWeights();
    long[] now = {0};
    try (Meter meter = new Meter(weights, 100, () -> now[0] += 1_000_000_000)) {
      Meter.Speed speed = meter.speed(new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}, 4);
      assertThat(speed).isEqualTo(new Meter.Speed(20, 4));
      int[] text = new int[40];
      java.util.Arrays.setAll(text, i -> i + 1);
      Meter.Foresight foresight = meter.foresight(text);
      assertThat(foresight.nats()).isEqualTo(1);
      assertThat(foresight.perplexity()).isCloseTo(Math.E, within(1e-9));
      assertThat(foresight.likeliest()).hasSize(40);
      assertThat(weights.opened.get(0).seen).as("nothing stays").isEmpty();
    }
  }
}
