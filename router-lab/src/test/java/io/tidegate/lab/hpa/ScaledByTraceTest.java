package io.tidegate.lab.hpa;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.StreamObserver;
import io.tidegate.config.ScalingConfig;
import io.tidegate.config.ScalingConfig.Mode;
import io.tidegate.daemon.scale.Scaling;
import io.tidegate.forecast.Trace;
import io.tidegate.scaler.ScalerService;
import io.tidegate.scaler.v1.GetMetricsRequest;
import io.tidegate.scaler.v1.GetMetricsResponse;
import io.tidegate.scaler.v1.ScaledObjectRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fourteen days of real rates through the daemon's own counts, forecaster and scaler, into the model of the autoscaler. */
class ScaledByTraceTest {
  private static final Instant START = Instant.parse("2026-11-02T00:00:00Z");
  private static final double TARGET = 500;
  /** The target is four fifths of what a replica can do: R7's threshold. */
  private static final double EACH_TAKES = 625;

  @TempDir
  private Path folder;

  static RateCurve large(double times) throws IOException {
    Path file = Path.of(System.getProperty("tidegate.root", "..")).resolve("router-core/src/test/resources/traces/servegen-m-large-14d-10min.csv");
    Trace trace = Trace.parse(Files.readAllLines(file), true);
    return new RateCurve(trace.values(), trace.grid().stepSeconds(), times);
  }

  /**
   * @param steady seconds, as the trigger's metadata say
   * @param seed of the Poisson arrivals; 0 for arrivals without any noise
   */
  static HpaRun run(RateCurve load, HpaRules rules, int startSeconds, Mode mode, String metric, int steady, long seed, Path state) {
    Played played = new Played();
    Random random = new Random(seed);
    Scaling scaling = new Scaling(new ScalingConfig(mode, 600, state, null, null), played, () -> played.second * 1_000_000_000L,
        () -> START.plusSeconds(played.second), Runnable::run);
    ScalerService scaler = new ScalerService(scaling, () -> played.second * 1_000_000_000L);
    ScaledObjectRef object = ScaledObjectRef.newBuilder().putScalerMetadata("metric", metric).putScalerMetadata("target", Double.toString(TARGET)).putScalerMetadata("steady", Integer.toString(steady)).build();
    Keda keda = new Keda(() -> ask(scaler, object, metric), TARGET, Keda.Fallback.CURRENT, rules.max(), 3);
    return HpaRun.of(load, rules, startSeconds, EACH_TAKES, second -> {
      played.second = second;
      int step = HpaRun.STEP_SECONDS;
      played.total += second == 0 ? 0 : seed == 0 ? load.at(second - step / 2.0) * step : load.arrivals(second - step, step, random);
      scaling.tick();
    }, replicas -> List.of(keda.read(replicas)));
  }

  private static double ask(ScalerService scaler, ScaledObjectRef object, String metric) {
    AtomicReference<Double> value = new AtomicReference<>();
    scaler.getMetrics(GetMetricsRequest.newBuilder().setScaledObjectRef(object).setMetricName(metric).build(), new StreamObserver<>() {
      @Override
      public void onNext(GetMetricsResponse answer) {
        value.set(answer.getMetricValues(0).getMetricValueFloat());
      }

      @Override
      public void onError(Throwable failure) {
        throw new IllegalStateException(failure);
      }

      @Override
      public void onCompleted() {}
    });
    return value.get();
  }

  private static final class Played implements Scaling.Load {
    double total;
    long second;

    @Override
    public double decisions() {
      return total;
    }

    @Override
    public double queueDepth() {
      return 0;
    }

    @Override
    public double saturation() {
      return 0;
    }
  }

  @ParameterizedTest
  @CsvSource({"1,SHADOW,requests_per_second,0", "15,SHADOW,requests_per_second,1", "15,ACT,max_rps,2"})
  @DisplayName("R8.4 over fourteen days of real rates: 3 to 20 replicas, and at most one change of direction in ten minutes")
  void fourteenDays(double times, Mode mode, String metric, long seed) throws IOException {
    HpaRun run = run(large(times), HpaRules.defaults(3, 20), 300, mode, metric, 600, seed, folder.resolve("s"));
    System.out.println("R8.4 x" + times + " " + mode + " " + metric + " seed " + seed + ": " + run);
    assertThat(run.cluster().fewest()).isGreaterThanOrEqualTo(3);
    assertThat(run.cluster().most()).isLessThanOrEqualTo(20);
    assertThat(run.cluster().quickTurns()).isZero();
    assertThat(run.unserved()).isLessThan(0.005);
    if (times > 1) {
      assertThat(run.cluster().most()).as("it had to scale").isGreaterThan(12);
      assertThat(run.cluster().turns()).isGreaterThan(20);
    }
  }

  @Test
  @DisplayName("R8.4 the figure as it is, without steady, makes an autoscaler of Kubernetes' own settings turn back within ten minutes: a negative control")
  void withoutSteady() throws IOException {
    HpaRun run = run(large(15), HpaRules.defaults(3, 20), 300, Mode.SHADOW, "requests_per_second", 0, 1, folder.resolve("s"));
    assertThat(run.cluster().quickTurns()).isPositive();
  }

  @Test
  @DisplayName("R8.4 with a model that loads for half an hour, acting on the forecast leaves less load unserved than the rate alone")
  void forecastPays() throws IOException {
    HpaRun reactive = run(large(15), HpaRules.defaults(3, 20), 1800, Mode.SHADOW, "max_rps", 600, 1, folder.resolve("a"));
    HpaRun acting = run(large(15), HpaRules.defaults(3, 20), 1800, Mode.ACT, "max_rps", 600, 1, folder.resolve("b"));
    System.out.println("reactive " + reactive + "\nacting   " + acting);
    assertThat(acting.unserved()).isLessThan(0.95 * reactive.unserved());
    assertThat(acting.cluster().quickTurns()).isZero();
  }
}
