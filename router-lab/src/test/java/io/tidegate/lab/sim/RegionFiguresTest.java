package io.tidegate.lab.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.admission.limit.LimitRules;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.Balancer;
import io.tidegate.dispatch.Candidate;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.dispatch.HealthBoard.HealthRules;
import io.tidegate.dispatch.HealthBoard.RegionTimes;
import io.tidegate.dispatch.region.RegionPlan;
import io.tidegate.model.Dialect;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.policy.RouteStep.When;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * R3.7 in virtual time: callers in two regions with 5 ms of path to their own and 150 ms to the other, model servers with slots and a queue, and the
 * production order, board and balancer between them. Prints what it measures.
 */
class RegionFiguresTest {
  private static final long SECOND = 1_000_000_000L;
  private static final List<String> REGIONS = List.of("centre", "asia");
  private static final double NEAR = 0.005;
  private static final double FAR = 0.150;
  private static final int SLOTS = 8;
  private static final double SERVICE = 0.3;

  private final Upstream upstream = new Upstream("llm", Zone.PRIVATE, Dialect.VLLM, List.of("*"), null, Map.of(), false, false, "/v1", List.of(), null, null, true,
      List.of(), null, Duration.ofSeconds(1), 8);

  private static Endpoint at(String region) {
    return new Endpoint("llm", region, "10.0.0.1", 80, 1, false).in(region);
  }

  /** A region's model server: so many at once, the others in the order in which they came. */
  private static final class Site {
    final PriorityQueue<Double> busyUntil = new PriorityQueue<>();

    double done(double arrives, double works) {
      double starts = busyUntil.size() < SLOTS ? arrives : Math.max(arrives, busyUntil.poll());
      busyUntil.add(starts + works);
      return starts + works;
    }
  }

  private static double exponential(SplittableRandom random, double mean) {
    return -mean * Math.log(1 - random.nextDouble());
  }

  /** Mean seconds of a caller in Asia, by round trips of its exchange. */
  private double mean(int seed, boolean regional, int roundTrips) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, Site> sites = Map.of("centre", new Site(), "asia", new Site());
    RegionPlan plan = new RegionPlan(REGIONS, Map.of("llm", REGIONS), "centre", "");
    double now = 0;
    double sum = 0;
    int count = 0;
    // Each region's callers keep 60 % of one site's slots busy; all in one place, that place has all of the slots.
    double rate = 2 * 0.6 * SLOTS / SERVICE;
    Site whole = new Site();
    for (int i = 0; i < 40_000; i++) {
      now += exponential(random, 1 / rate);
      String home = random.nextBoolean() ? "asia" : "centre";
      String to = regional ? plan.of("llm", home).get(0) : "centre";
      double path = home.equals(to) ? NEAR : FAR;
      double works = exponential(random, SERVICE);
      Site site = regional ? sites.get(to) : i % 2 == 0 ? whole : sites.get("centre");
      double ends = site.done(now + path * (2 * roundTrips - 1), works) + path;
      if (home.equals("asia") && i > 4_000) {
        sum += ends - now;
        count++;
      }
    }
    return sum / count;
  }

  @Test
  @DisplayName("R3.7 the mean of a caller in Asia, all in the centre and by regions")
  void mean() {
    for (int roundTrips : new int[] {1, 3}) {
      double before = 0;
      double after = 0;
      double least = 99;
      for (int seed = 0; seed < 10; seed++) {
        double one = mean(seed, false, roundTrips);
        double two = mean(seed, true, roundTrips);
        before += one / 10;
        after += two / 10;
        least = Math.min(least, one / two);
      }
      System.out.printf("R3.7 mean of 10 seeds, %s: %.2f s -> %.2f s, at least %.2f times%n",
          roundTrips == 1 ? "on a kept connection" : "with a new TLS connection (3 round trips)", before, after, least);
      assertThat(least).isGreaterThan(roundTrips == 1 ? 1.5 : 2.5);
    }
  }

  /** Share of good answers over a year, in which regions go down and come back by themselves and together. */
  private double[] year(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long[] now = {0};
    HealthBoard board = new HealthBoard(() -> now[0], new HealthRules(5, 5 * SECOND, 60 * SECOND, 300 * SECOND), LimitRules.NONE,
        new RegionTimes(30 * SECOND, 30 * SECOND));
    board.endpoints("llm", List.of(at("centre"), at("asia")));
    Balancer balancer = new Balancer(board);
    List<Candidate> frozen = REGIONS.stream().map(region -> new Candidate(upstream, "m", 0, When.ALWAYS, null, Endpoint.place("llm", region))).toList();
    // Twice a month each by itself for 30 minutes in the mean, once a year both together for 10.
    double[] changes = {exponential(random, 15 * 86_400), exponential(random, 15 * 86_400), exponential(random, 365 * 86_400)};
    boolean[] down = new boolean[3];
    long good = 0;
    long goodAlone = 0;
    long asked = 0;
    for (long second = 0; second < 365L * 86_400; second += 10) {
      now[0] = second * SECOND;
      for (int i = 0; i < 3; i++) {
        while (changes[i] <= second) {
          down[i] = !down[i];
          changes[i] += exponential(random, down[i] ? i == 2 ? 600 : 1_800 : i == 2 ? 365 * 86_400 : 15 * 86_400);
        }
      }
      boolean[] gone = {down[0] || down[2], down[1] || down[2]};
      for (int i = 0; i < 2; i++) {
        if (!gone[i] && board.share(Endpoint.place("llm", REGIONS.get(i))) < 1) {
          board.probed(at(REGIONS.get(i)), true);
        }
      }
      asked++;
      goodAlone += gone[0] ? 0 : 1;
      List<String> tried = new ArrayList<>();
      for (Candidate candidate : balancer.arranged(frozen)) {
        Optional<Endpoint> endpoint = balancer.pick(candidate.place(), Set.copyOf(tried));
        if (endpoint.isEmpty()) {
          continue;
        }
        tried.add(endpoint.get().id());
        if (gone[REGIONS.indexOf(endpoint.get().region())]) {
          board.failed(endpoint.get(), AttemptFailure.of(Kind.CONNECT_REFUSED));
        } else {
          board.succeeded(endpoint.get());
          good++;
          break;
        }
      }
    }
    return new double[] {(double) goodAlone / asked, (double) good / asked};
  }

  @Test
  @DisplayName("R3.7 S-A availability over a simulated year, one region and two")
  void availability() {
    double alone = 0;
    double both = 0;
    double worst = 1;
    int seeds = 5;
    for (int seed = 0; seed < seeds; seed++) {
      double[] year = year(seed);
      alone += year[0] / seeds;
      both += year[1] / seeds;
      worst = Math.min(worst, year[1]);
    }
    System.out.printf("R3.7 S-A %d years: one region %.4f %%, two %.4f %%, worst year %.4f %%%n", seeds, alone * 100, both * 100, worst * 100);
    assertThat(both).isGreaterThan(alone);
    assertThat(worst).isGreaterThan(0.9997);
  }
}
