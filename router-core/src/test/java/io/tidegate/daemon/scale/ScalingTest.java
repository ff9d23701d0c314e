package io.tidegate.daemon.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tidegate.config.ScalingConfig;
import io.tidegate.config.ScalingConfig.Mode;
import io.tidegate.forecast.Forecaster;
import io.tidegate.forecast.Grid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon's own counts, in virtual time. */
class ScalingTest {
  private static final Instant MIDNIGHT = Instant.parse("2026-11-25T00:00:00Z");
  private static final int LOOK_SECONDS = 5;

  @TempDir
  private Path folder;

  /** A day in a fraction of a second. */
  private static final class Played implements Scaling.Load {
    double total;
    long second;

    @Override
    public double decisions() {
      return total;
    }

    @Override
    public double queueDepth() {
      return 3;
    }

    @Override
    public double saturation() {
      return 0.25;
    }

    /** Load that comes and goes within hours, so that a mean says more than the newest window. */
    double rate() {
      double hour = second / 3600.0;
      return 50 + 20 * Math.sin(2 * Math.PI * hour / 24) + 25 * Math.sin(second / 600 * 12.9898);
    }

    void run(Scaling scaling, long seconds) {
      for (long i = 0; i < seconds; i += LOOK_SECONDS) {
        second += LOOK_SECONDS;
        total += rate() * LOOK_SECONDS;
        scaling.tick();
      }
    }

    Scaling scaling(Mode mode, int window, Path state) {
      return new Scaling(new ScalingConfig(mode, window, state, null, null), this, () -> second * 1_000_000_000L, () -> MIDNIGHT.plusSeconds(second), Runnable::run);
    }
  }

  @Test
  @DisplayName("R8.3 requests a second are those of the last minute, and nothing is said to be idle before a quarter of a minute was seen")
  void rate() {
    Played load = new Played();
    Scaling scaling = load.scaling(Mode.OFF, 600, folder.resolve("s"));
    load.run(scaling, 15);
    assertThat(scaling.settled()).isFalse();
    load.run(scaling, 5);
    assertThat(scaling.settled()).isTrue();
    load.run(scaling, 60);
    assertThat(scaling.requestsPerSecond()).isCloseTo(load.rate(), within(1.0));
    for (int i = 0; i < 13; i++) {
      load.second += LOOK_SECONDS;
      scaling.tick();
    }
    assertThat(scaling.requestsPerSecond()).isZero();
    assertThat(scaling.queueDepth()).isEqualTo(3);
    assertThat(scaling.saturation()).isEqualTo(0.25);
  }

  @Test
  @DisplayName("R9.4 shadow: forecast and error are shown to metrics and page, and nobody is told to act on them")
  void shadow() {
    Played load = new Played();
    Scaling scaling = load.scaling(Mode.SHADOW, 600, folder.resolve("s"));
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    scaling.gauges(registry);
    load.run(scaling, 3 * 86_400);
    assertThat(scaling.page()).contains("\"mode\":\"shadow\"", "\"trusted\":true", "\"acting\":false");
    assertThat(scaling.forecast(false)).isEqualTo(scaling.requestsPerSecond());
    assertThat(scaling.forecast(true)).isEqualTo(scaling.requestsPerSecond());
    assertThat(registry.scrape()).contains("tidegate_forecast_rps{estimate=\"0.5\"} ", "tidegate_forecast_rps{estimate=\"0.9\"} ", "tidegate_forecast_acting 0.0")
        .containsPattern("tidegate_forecast_error_ratio 0\\.[0-9]+");
  }

  @Test
  @DisplayName("R9.4 acting: the forecast is told while it beats persistence, switches itself off when it does not, and on again")
  void acting() {
    Played load = new Played();
    Scaling scaling = load.scaling(Mode.ACT, 600, folder.resolve("s"));
    load.run(scaling, 11 * 3600);
    assertThat(scaling.page()).as("before half of a day was seen").contains("\"acting\":false");
    load.run(scaling, 2 * 86_400);
    assertThat(scaling.page()).contains("\"acting\":true");
    assertThat(scaling.forecast(false)).isNotEqualTo(scaling.requestsPerSecond());
    assertThat(scaling.forecast(true)).isGreaterThan(scaling.forecast(false));
    // A day without a window: there is nothing that it could be trusted for.
    load.second += 86_400;
    load.run(scaling, 600);
    assertThat(scaling.page()).contains("\"acting\":false");
    assertThat(scaling.forecast(true)).isEqualTo(scaling.requestsPerSecond());
    load.run(scaling, 86_400);
    assertThat(scaling.page()).contains("\"acting\":true");
  }

  @Test
  @DisplayName("R9.1 a restart goes on where the last run stopped: the windows between are missing, not empty")
  void restart() throws IOException {
    Path state = folder.resolve("deep").resolve("forecast.state");
    Played load = new Played();
    Scaling before = load.scaling(Mode.ACT, 600, state);
    load.run(before, 2 * 86_400);
    assertThat(before.page()).contains("\"acting\":true");
    String weights = weights(before);
    before.close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state))).isEqualTo("rw-------");
    load.second += 1800;
    load.total = 0;
    Scaling after = load.scaling(Mode.ACT, 600, state);
    after.tick();
    assertThat(weights(after)).isEqualTo(weights);
    load.run(after, 3600);
    assertThat(after.page()).contains("\"acting\":true");
    assertThat(after.forecast(false)).isBetween(10.0, 120.0);
  }

  @Test
  @DisplayName("R9.1 a state that is damaged, a folder, or of other windows does not keep the daemon from beginning anew")
  void damaged() throws IOException {
    Path state = folder.resolve("forecast.state");
    Played load = new Played();
    Scaling before = load.scaling(Mode.SHADOW, 600, state);
    load.run(before, 86_400);
    before.close();
    byte[] kept = Files.readAllBytes(state);
    for (byte[] bytes : new byte[][] {{}, {1, 2, 3}, java.util.Arrays.copyOf(kept, kept.length - 1), changed(kept, 3), changed(kept, 9), changed(kept, 500)}) {
      Files.write(state, bytes);
      assertThat(anew(load.scaling(Mode.SHADOW, 600, state))).isTrue();
    }
    Files.write(state, kept);
    assertThat(anew(load.scaling(Mode.SHADOW, 60, state))).isTrue();
    assertThat(anew(load.scaling(Mode.SHADOW, 600, state))).isFalse();
    Files.delete(state);
    Files.createDirectories(state.resolve("a"));
    Scaling folder = load.scaling(Mode.SHADOW, 600, state);
    assertThat(anew(folder)).isTrue();
    load.run(folder, 3600);
    folder.close();
  }

  @Test
  @DisplayName("R9.1 what is written last at the end stays, though an earlier state still waited for its thread")
  void lateWrite() throws IOException {
    StateFile file = new StateFile(folder.resolve("forecast.state"));
    byte[] learnt = new Forecaster(Grid.TEN_MINUTES).save();
    file.write(learnt, 8);
    file.write(learnt, 7);
    assertThat(file.read(Grid.TEN_MINUTES)).hasValueSatisfying(kept -> assertThat(kept.last()).isEqualTo(8));
    file.write(learnt, 8);
    file.write(learnt, 9);
    assertThat(file.read(Grid.TEN_MINUTES)).hasValueSatisfying(kept -> assertThat(kept.last()).isEqualTo(9));
  }

  private static byte[] changed(byte[] bytes, int at) {
    byte[] changed = bytes.clone();
    changed[at] ^= 4;
    return changed;
  }

  private static boolean anew(Scaling scaling) {
    scaling.tick();
    return scaling.page().contains("\"forecast_rps\":null");
  }

  private static String weights(Scaling scaling) {
    String page = scaling.page();
    return page.substring(page.indexOf("\"weights\""));
  }

  @Test
  @DisplayName("R9.1 a clock that is set back or far ahead, and a counter that begins again, are gaps and not load")
  void oddClocks() {
    Played load = new Played();
    Scaling scaling = load.scaling(Mode.SHADOW, 60, folder.resolve("s"));
    load.run(scaling, 7200);
    load.second -= 3600;
    load.run(scaling, 3600);
    load.total = 0;
    load.run(scaling, 3600);
    load.second += 400L * 86_400;
    load.run(scaling, 3600);
    assertThat(scaling.page()).contains("\"forecast_rps\":");
    assertThat(scaling.page()).doesNotContain("\"forecast_rps\":null");
  }

  @Test
  @DisplayName("R9.1 decisions are summed whatever labels they carry")
  void counter() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    DoubleSupplier decisions = Scaling.decisions(registry);
    assertThat(decisions.getAsDouble()).isZero();
    Counter one = Counter.builder("tidegate.decisions").tag("rule", "1").register(registry);
    one.increment(2);
    Counter.builder("tidegate.decisions").tag("rule", "2").register(registry).increment(3);
    assertThat(decisions.getAsDouble()).isEqualTo(5);
    registry.remove(one);
    assertThat(decisions.getAsDouble()).as("a rule that is gone").isEqualTo(5);
    Counter.builder("tidegate.decisions").tag("rule", "1").register(registry).increment(4);
    assertThat(decisions.getAsDouble()).isEqualTo(9);
  }
}
