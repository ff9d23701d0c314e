package io.tidegate.line;

import static io.tidegate.line.OverloadRig.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.line.OverloadRig.Setting;
import io.tidegate.line.OverloadRig.Walked;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Refusal;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three times what the servers can take, through the production line, and the same with the limiter off. */
class OverloadTest {
  private static final double CAPACITY = 10;
  /** Seconds that an interactive caller waits: what it counts as when it fails otherwise than by being told that it is busy. */
  private static final double PATIENCE = 8;

  private record Result(double goodput, double interactiveP95, int most) {}

  /** 20 slots, a mean service time of two seconds. The second minute counts. A server works on for callers who left. */
  private static Result run(Setting setting, double perSecond, Function<SplittableRandom, Ask> mix, long seed) {
    OverloadRig rig = new OverloadRig(setting);
    SplittableRandom random = new SplittableRandom(seed);
    SplittableRandom services = random.split();
    rig.upstreams.worksOn = true;
    rig.upstreams.serviceNanos = () -> (long) ((1 + 2 * services.nextDouble()) * SECOND);
    rig.offer(perSecond, 60 * SECOND, random, mix);
    long from = rig.loop.nanos();
    rig.offer(perSecond, 60 * SECOND, random, mix);
    long to = rig.loop.nanos();
    rig.loop.advance(600 * SECOND);
    assertThat(rig.walked).as("G5 one answer each").allMatch(walk -> walk.sink.over());
    assertThat(rig.inFlight()).as("permits left").isZero();
    assertThat(rig.loop.pendingTimers()).as("timers left").isZero();
    assertThat(rig.meters.defects).isEmpty();
    List<Walked> good = rig.walked.stream().filter(Walked::answered).toList();
    long served = good.stream().filter(walk -> walk.endNanos >= from && walk.endNanos < to).count();
    double[] waits = rig.walked.stream().filter(walk -> walk.latencyClass == LatencyClass.INTERACTIVE)
        .filter(walk -> walk.sentNanos >= from && walk.sentNanos < to && !walk.refused(Refusal.BUSY)).mapToDouble(walk -> walk.answered() ? (walk.endNanos - walk.sentNanos) / 1e9 : PATIENCE).sorted().toArray();
    return new Result(served / 60.0, waits[(int) (waits.length * 0.95)], rig.upstreams.target("h1", 20).most);
  }

  /** A fifth of the callers wait at a screen, eight seconds at most. */
  private static Ask mixed(SplittableRandom random) {
    double dice = random.nextDouble();
    Ask ask = Ask.harmless().of("t" + random.nextInt(5));
    return dice < 0.2 ? ask.wish(LatencyClass.INTERACTIVE).within(8 * SECOND)
        : dice < 0.6 ? ask.wish(LatencyClass.STANDARD).within(20 * SECOND) : ask.wish(LatencyClass.BATCH).within(60 * SECOND);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  @DisplayName("R7.5 at 3 x capacity goodput is 90 % of its peak and interactive p95 twice the unloaded; without the limiter both fail")
  void overload(long seed) {
    Result unloaded = run(Setting.LIMITED, 1, OverloadTest::mixed, seed);
    Result peak = run(Setting.LIMITED, CAPACITY, OverloadTest::mixed, seed);
    Result over = run(Setting.LIMITED, 3 * CAPACITY, OverloadTest::mixed, seed);
    Result control = run(Setting.LIMITED.off(), 3 * CAPACITY, OverloadTest::mixed, seed);
    System.out.printf("R7.5 seed %d: unloaded p95 %.2f s, peak %.2f/s; at 3x %.2f/s, p95 %.2f s; limiter off %.2f/s, p95 %.2f s%n", seed,
        unloaded.interactiveP95, peak.goodput, over.goodput, over.interactiveP95, control.goodput, control.interactiveP95);
    assertThat(over.goodput).isGreaterThanOrEqualTo(0.9 * peak.goodput);
    assertThat(over.interactiveP95).isLessThanOrEqualTo(2 * unloaded.interactiveP95);
    assertThat(control.goodput).as("negative control").isLessThan(0.9 * peak.goodput);
    assertThat(control.interactiveP95).as("negative control").isGreaterThan(2 * unloaded.interactiveP95);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  @DisplayName("R7.5 where everybody waits at a screen it holds too: the newest are served, the oldest told at once that it is busy")
  void allInteractive(long seed) {
    Function<SplittableRandom, Ask> all = random -> Ask.harmless().wish(LatencyClass.INTERACTIVE).within(8 * SECOND);
    Result unloaded = run(Setting.LIMITED, 1, all, seed);
    Result peak = run(Setting.LIMITED, CAPACITY, all, seed);
    Result over = run(Setting.LIMITED, 3 * CAPACITY, all, seed);
    Result control = run(Setting.LIMITED.off(), 3 * CAPACITY, all, seed);
    System.out.printf("R7.5 interactive only, seed %d: unloaded p95 %.2f s, peak %.2f/s; at 3x %.2f/s, p95 %.2f s; off %.2f/s, p95 %.2f s%n", seed,
        unloaded.interactiveP95, peak.goodput, over.goodput, over.interactiveP95, control.goodput, control.interactiveP95);
    assertThat(over.goodput).isGreaterThanOrEqualTo(0.9 * peak.goodput);
    assertThat(over.interactiveP95).isLessThanOrEqualTo(2 * unloaded.interactiveP95);
    assertThat(control.goodput).as("negative control").isLessThan(0.9 * peak.goodput);
    assertThat(control.interactiveP95).as("negative control").isGreaterThan(2 * unloaded.interactiveP95);
  }
}
