package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.lab.e2e.OpenLoad.Came;
import io.tidegate.model.LatencyClass;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * Three times what two private model servers can take, over sockets, with the limiter and without it. Each server holds 20 requests for a
 * second, 300 ms of it before the first token: long beside what a busy machine adds. It works on for callers
 * who have left. All bounds are ratios of figures of one run.
 */
final class OverloadRun {
  private static final int SLOTS = 20;
  private static final Duration TO_FIRST_TOKEN = Duration.ofMillis(200);
  private static final double TOKENS_PER_SECOND = 10;
  /** A stream's seven tokens and its end come after a gap each: a second for a whole answer. */
  private static final double CAPACITY = 2 * SLOTS / 1.0;
  /** Seconds that do not count beside a collection of garbage, which holds everybody up. */
  private static final double AFTER_COLLECTION = 1;
  /** Where more callers than this come late, the machine stood still, and its times tell nothing about the router. */
  private static final double LATE = 0.01;
  private static final int RUNS = 3;
  private static final double MINUTE = 60;
  private static final long HEAP_GROWTH = 24L << 20;

  private OverloadRun() {}

  /**
   * What was seen.
   *
   * @param worst goodput of the worst minute, where there was more than one
   * @param limit requests that the router lets in at the end
   * @param grown bytes that the heap has grown by
   */
  private record Figures(double goodput, double worst, double interactiveP95, double limit, long refused, long grown) {}

  private static TestBed bed(boolean limited) {
    return TestBed.builder().section("limits", "{adaptive: " + limited + ", queue: {total: 60}}")
        .emulators(settings -> settings.slots(SLOTS).queue(100_000).thinkTime(TO_FIRST_TOKEN).tokensPerSecond(TOKENS_PER_SECOND)
            .computeOnShare(1).recording(false)).start();
  }

  private static double p95(Stream<Came> all) {
    double[] seconds = all.mapToDouble(Came::seconds).sorted().toArray();
    return seconds[(int) (seconds.length * 0.95)];
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** The load for a while that does not count, then for one that does. */
  private static Figures loaded(TestBed bed, OpenLoad load, double perSecond, double before, double seconds) {
    List<Came> all = new ArrayList<>(load.offer(perSecond, before));
    long heap = heap();
    all.addAll(load.offer(perSecond, AFTER_COLLECTION));
    long from = System.nanoTime();
    List<Came> counted = new ArrayList<>();
    List<Long> marks = new ArrayList<>(List.of(from));
    for (double left = seconds; left > 0; left -= MINUTE) {
      counted.addAll(load.offer(perSecond, Math.min(left, MINUTE)));
      marks.add(System.nanoTime());
      if (seconds > MINUTE) {
        System.out.printf("R7.5 on the wire: minute %d of %.0f, %.1f/s%n", marks.size() - 1, seconds / MINUTE,
            served(all, counted, marks.get(marks.size() - 2), marks.get(marks.size() - 1)));
      }
    }
    long to = System.nanoTime();
    all.addAll(counted);
    all.addAll(load.offer(perSecond, AFTER_COLLECTION));
    long grown = heap() - heap;
    double limit = bed.metric("tidegate_limit", "upstream=\"private\"");
    OpenLoad.over(all);
    double worst = Double.MAX_VALUE;
    for (int i = 1; i < marks.size(); i++) {
      worst = Math.min(worst, served(all, List.of(), marks.get(i - 1), marks.get(i)));
    }
    assertThat(all).as("G5 everybody is answered, told so, or left by his own time").allMatch(came -> came.status == 200 || came.status == 429
        || came.status == 503 || came.status == 504 || came.status == 0);
    double p95 = p95(counted.stream().filter(came -> came.latencyClass == LatencyClass.INTERACTIVE));
    return new Figures(served(all, List.of(), from, to), worst, p95, limit, counted.stream().filter(came -> came.status == 429).count(), grown);
  }

  /** Whole answers a second that ended between the two. */
  private static double served(List<Came> some, List<Came> more, long from, long to) {
    return Stream.concat(some.stream(), more.stream()).filter(came -> came.status == 200 && came.endNanos >= from && came.endNanos < to).count() * 1e9 / (to - from);
  }

  /** @param seconds of overload that count. A run in which the machine stood still is not looked at, and made again. */
  static void run(double seconds) {
    for (int run = 1; once(seconds); run++) {
      assertThat(run).as("R7.5 on the wire: this machine stood still in each of %d runs, which say nothing", RUNS).isLessThan(RUNS);
    }
  }

  /** Whether the machine stood still. */
  private static boolean once(double seconds) {
    ExecutorService callbacks = Executors.newFixedThreadPool(2);
    Figures peak;
    Figures over;
    Figures control;
    double unloaded;
    double late;
    try {
      try (TestBed bed = bed(true)) {
        OpenLoad load = new OpenLoad(bed, callbacks, 1);
        OpenLoad.over(load.offer(CAPACITY / 2, 1));
        List<Came> alone = load.offer(CAPACITY / 4, 4);
        OpenLoad.over(alone);
        unloaded = p95(alone.stream());
        over = loaded(bed, load, 3 * CAPACITY, 5, seconds);
        peak = loaded(bed, load, CAPACITY, 1, 5);
        assertThat(bed.publicOne.received().modelCalls()).as("G1 RESTRICTED, however full it is").isZero();
        GrpcClientIT.await(Duration.ofSeconds(30), "all places are free again", () -> bed.metric("tidegate_in_flight", "upstream=\"private\"") == 0);
        assertThat(bed.metric("tidegate_permit_closed_again_total")).isZero();
        late = load.late();
      }
      try (TestBed bed = bed(false)) {
        control = loaded(bed, new OpenLoad(bed, callbacks, 2), 3 * CAPACITY, 11, 3);
      }
    } finally {
      callbacks.shutdownNow();
    }
    System.out.printf("R7.5 on the wire: unloaded p95 %.2f s, peak %.1f/s; at 3x for %.0f s %.1f/s (worst minute %.1f), p95 %.2f s, limit %.0f for %d places, "
            + "%d told busy, heap %+d KiB; limiter off %.1f/s, p95 %.2f s; %.1f %% of callers late%n",
        unloaded, peak.goodput, seconds, over.goodput, over.worst, over.interactiveP95, over.limit, 2 * SLOTS, over.refused, over.grown >> 10,
        control.goodput, control.interactiveP95, 100 * late);
    if (late > LATE) {
      return true;
    }
    assertThat(over.goodput).as("goodput").isGreaterThanOrEqualTo(0.9 * peak.goodput);
    assertThat(over.worst).as("goodput of the worst minute").isGreaterThanOrEqualTo(0.9 * peak.goodput);
    assertThat(over.refused).as("told that it is busy").isPositive();
    assertThat(over.limit).as("R7.6 the limit of two times twenty places").isBetween(32.0, 52.0);
    assertThat(over.grown).as("bytes that the heap grew by").isLessThan(HEAP_GROWTH);
    assertThat(control.goodput).as("negative control: goodput").isLessThan(0.9 * peak.goodput);
    assertThat(control.interactiveP95).as("negative control: interactive p95").isGreaterThan(2 * unloaded);
    assertThat(over.interactiveP95).as("interactive p95, at most twice the unloaded").isLessThanOrEqualTo(2 * unloaded);
    return false;
  }
}
