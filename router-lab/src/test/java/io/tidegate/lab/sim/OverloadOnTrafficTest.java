package io.tidegate.lab.sim;

import static io.tidegate.lab.sim.SimTests.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.admission.limit.LimitRules;
import io.tidegate.model.Balance;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Refusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Limits and queues under real traffic: chat, whose prompts and answers differ by a hundredfold, before a server of twenty slots. */
class OverloadOnTrafficTest {
  private static final int SLOTS = 20;
  private static final long MINUTE = 60 * SECOND;
  /** Mean service time of two seconds: ten requests a second fit. */
  private static final double CAPACITY = 10;

  private final VirtualTime time = new VirtualTime();
  private final Trace chat;
  private final ServiceModel service;

  OverloadOnTrafficTest() throws IOException {
    chat = SimTests.traces().read(Trace.CHAT);
    service = ServiceModel.USUAL.times(SLOTS / CAPACITY / ServiceModel.USUAL.meanSeconds(chat));
  }

  private Trace at(double times) {
    double rate = chat.arrivals().size() / (chat.lengthNanos() / 1e9);
    return chat.faster(times * CAPACITY / rate).between(0, 5 * MINUTE);
  }

  private ModelServer server(int slots) {
    return new ModelServer(time, service, slots, 100_000, new SplittableRandom(61)).worksOn();
  }

  private static Ask mixed(Arrival arrival, SplittableRandom random) {
    double dice = random.nextDouble();
    Ask ask = Ask.of(arrival, 120 * SECOND).streamed().of("t" + random.nextInt(5));
    return dice < 0.2 ? new Ask(arrival, LatencyClass.INTERACTIVE, 20 * SECOND, true, ask.tenant(), "")
        : ask.in(dice < 0.6 ? LatencyClass.STANDARD : LatencyClass.BATCH);
  }

  private record Result(double goodput, double interactiveP95, double[] answered) {}

  /** The last four of five minutes count; a caller who was not told that it is busy, and had no answer, waited all its patience. */
  private Result run(double times, UnaryOperator<Setting> limits) {
    ModelServer server = server(SLOTS);
    Router router = new Router(time, limits.apply(Setting.home(Balance.DEFAULT, "h")), Map.of("h", server), 61);
    SplittableRandom random = new SplittableRandom(62);
    long start = time.nanos();
    List<Outcome> all = Simulation.play(time, at(times), router, arrival -> mixed(arrival, random));
    assertThat(router.counts().defects()).isZero();
    long from = start + MINUTE;
    long to = start + 5 * MINUTE;
    long good = all.stream().filter(outcome -> outcome.answered() && outcome.endNanos() >= from && outcome.endNanos() < to).count();
    double[] waits = all.stream().filter(outcome -> outcome.ask().latencyClass() == LatencyClass.INTERACTIVE && outcome.askedNanos() >= from
        && outcome.refusal() != Refusal.BUSY).mapToDouble(outcome -> outcome.answered() ? outcome.tookNanos() / 1e9 : 20).sorted().toArray();
    double[] answered = new double[3];
    for (LatencyClass each : LatencyClass.values()) {
      List<Outcome> of = all.stream().filter(outcome -> outcome.ask().latencyClass() == each && outcome.askedNanos() >= from).toList();
      answered[each.ordinal()] = (double) of.stream().filter(Outcome::answered).count() / of.size();
    }
    return new Result(good / 240.0, waits[(int) (waits.length * 0.95)], answered);
  }

  @Test
  @DisplayName("R7.5 R7.4 chat at 3 x capacity: goodput 90 % of its peak, interactive p95 twice the unloaded, batch goes first; limiter off: both fail")
  void overload() {
    Result unloaded = run(0.1, Setting::limited);
    Result peak = run(1, Setting::limited);
    Result over = run(3, Setting::limited);
    Result control = run(3, setting -> setting);
    System.out.printf("R7.5 chat: unloaded p95 %.2f s, peak %.2f/s; at 3x %.2f/s, p95 %.2f s, answered %.2f %.2f %.2f; off %.2f/s, p95 %.2f s%n",
        unloaded.interactiveP95, peak.goodput, over.goodput, over.interactiveP95, over.answered[0], over.answered[1], over.answered[2],
        control.goodput, control.interactiveP95);
    assertThat(over.goodput).isGreaterThanOrEqualTo(0.9 * peak.goodput);
    assertThat(over.interactiveP95).isLessThanOrEqualTo(2 * unloaded.interactiveP95);
    assertThat(over.answered[0]).as("interactive").isGreaterThan(0.95).isGreaterThan(over.answered[1]);
    assertThat(over.answered[1]).as("standard before batch").isGreaterThan(over.answered[2]);
    assertThat(control.goodput).as("negative control").isLessThan(0.9 * peak.goodput);
    assertThat(control.interactiveP95).as("negative control").isGreaterThan(2 * unloaded.interactiveP95);
  }

  @Test
  @DisplayName("R7.6 under real traffic from the first second on: before twenty slots the limit is in 16 to 26 after 45 s, does not fall when answers are "
      + "longer, and follows to ten in 20 s")
  void limit() {
    ModelServer server = server(SLOTS);
    Router router = new Router(time, Setting.home(Balance.DEFAULT, "h").limited(new LimitRules(Set.of("home"), Map.of(), 1)), Map.of("h", server), 63);
    SplittableRandom random = new SplittableRandom(64);
    List<Integer> settled = new ArrayList<>();
    List<Integer> longer = new ArrayList<>();
    List<Integer> halved = new ArrayList<>();
    // GradientTest has a steady stream, and 30 s. Here it first doubles to 64, and the queue that this made must drain.
    sample(router, 45, 120, settled);
    sample(router, 150, 240, longer);
    time.at(120 * SECOND, () -> server.service(new ServiceModel(service.overheadNanos(), service.prefillNanos(), 2 * service.decodeNanos(), service.spread())));
    time.at(240 * SECOND, () -> server.slots(SLOTS / 2));
    sample(router, 260, 300, halved);
    Simulation.play(time, at(1.5), router, arrival -> mixed(arrival, random));
    System.out.println("R7.6 chat: twenty slots " + range(settled) + ", answers twice as long " + range(longer) + ", ten slots " + range(halved));
    assertThat(settled).allMatch(limit -> limit >= 16 && limit <= 26);
    assertThat(longer).allMatch(limit -> limit >= 16 && limit <= 26);
    assertThat(halved).allMatch(limit -> limit >= 8 && limit <= 15);
  }

  private void sample(Router router, int fromSecond, int toSecond, List<Integer> into) {
    for (int second = fromSecond; second < toSecond; second++) {
      time.at(second * SECOND, () -> into.add(router.health().places().limits().get(0).limit()));
    }
  }

  private static String range(List<Integer> limits) {
    return limits.stream().mapToInt(Integer::intValue).min().orElse(0) + " to " + limits.stream().mapToInt(Integer::intValue).max().orElse(0);
  }
}
