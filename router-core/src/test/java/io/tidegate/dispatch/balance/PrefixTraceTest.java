package io.tidegate.dispatch.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Real chat traffic (Mooncake's conversation trace, first half hour) over four replicas that each keep 3,000 blocks of 512 tokens. A replica
 * takes a second for 8,000 tokens it has not kept, and 25 ms for each token of the answer.
 */
class PrefixTraceTest {
  private static final String TRACE = "/traces/mooncake-conversation.csv.gz";
  private static final int REPLICAS = 4;
  private static final int KEPT = 3_000;
  private static List<Turn> turns = List.of();

  private record Turn(double seconds, int outTokens, long[] blocks) {}

  private record Done(int replica, double seconds) {}

  /** What came of a way to choose. */
  private record Outcome(double hitRatio, double loadByRequests, double loadByWork) {}

  private interface Choice {
    int pick(Targets targets, long[] blocks);
  }

  @BeforeAll
  static void read() throws IOException {
    List<Turn> read = new ArrayList<>();
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(
        new GZIPInputStream(PrefixTraceTest.class.getResourceAsStream(TRACE)), StandardCharsets.US_ASCII))) {
      lines.lines().skip(1).forEach(line -> {
        String[] cells = line.split(",");
        long[] ids = Stream.of(cells[2].trim().split(" ")).filter(run -> !run.isEmpty()).flatMapToLong(PrefixTraceTest::run).toArray();
        read.add(new Turn(Long.parseLong(cells[0]) / 1000.0, Integer.parseInt(cells[1]), ids));
      });
    }
    turns = spread(read);
    assertThat(turns).hasSizeGreaterThan(5_000);
  }

  private static LongStream run(String run) {
    int dash = run.indexOf('-');
    return dash < 0 ? LongStream.of(Long.parseLong(run))
        : LongStream.rangeClosed(Long.parseLong(run.substring(0, dash)), Long.parseLong(run.substring(dash + 1)));
  }

  /** The trace gives arrivals in steps: those of one step are spread evenly until the next. */
  private static List<Turn> spread(List<Turn> read) {
    List<Turn> all = new ArrayList<>();
    for (int i = 0; i < read.size();) {
      int end = i;
      while (end < read.size() && read.get(end).seconds == read.get(i).seconds) {
        end++;
      }
      double step = end < read.size() ? read.get(end).seconds - read.get(i).seconds : 1;
      for (int n = i; n < end; n++) {
        all.add(new Turn(read.get(i).seconds + step * (n - i) / (end - i), read.get(n).outTokens, read.get(n).blocks));
      }
      i = end;
    }
    return all;
  }

  private static long mixed(long id) {
    long a = (id + 1) * 0x9e3779b97f4a7c15L;
    a = (a ^ (a >>> 30)) * 0xbf58476d1ce4e5b9L;
    return a ^ (a >>> 27) | 1;
  }

  private static Outcome play(Choice choice) {
    BlockLru[] caches = IntStream.range(0, REPLICAS).mapToObj(i -> new BlockLru(KEPT)).toArray(BlockLru[]::new);
    int[] inFlight = new int[REPLICAS];
    int[] requests = new int[REPLICAS];
    double[] work = new double[REPLICAS];
    PriorityQueue<Done> ends = new PriorityQueue<>(Comparator.comparingDouble(Done::seconds));
    Targets targets = new FakeTargets(inFlight);
    long hits = 0;
    long blocks = 0;
    for (Turn turn : turns) {
      while (!ends.isEmpty() && ends.peek().seconds <= turn.seconds) {
        inFlight[ends.remove().replica]--;
      }
      long[] hashes = LongStream.of(turn.blocks).map(PrefixTraceTest::mixed).toArray();
      int at = choice.pick(targets, hashes);
      int kept = 0;
      while (kept < hashes.length && caches[at].contains(hashes[kept])) {
        kept++;
      }
      for (int i = hashes.length - 1; i >= 0; i--) {
        caches[at].touch(hashes[i]);
      }
      hits += kept;
      blocks += hashes.length;
      double takes = (hashes.length - kept) * 512 / 8000.0 + turn.outTokens * 0.025;
      inFlight[at]++;
      requests[at]++;
      work[at] += takes;
      ends.add(new Done(at, turn.seconds + takes));
    }
    return new Outcome((double) hits / blocks, IntStream.of(requests).max().orElse(0) * (double) REPLICAS / turns.size(),
        DoubleStream.of(work).max().orElse(0) * REPLICAS / DoubleStream.of(work).sum());
  }

  private static Choice prefix() {
    PrefixIndex index = new PrefixIndex(KEPT);
    int[] columns = index.columns(IntStream.range(0, REPLICAS).mapToObj(i -> "replica" + i).toList());
    PickFacts facts = new PickFacts();
    return (targets, blocks) -> {
      facts.clear();
      LongStream.of(blocks).forEach(facts::block);
      return index.pick(targets, columns, facts);
    };
  }

  @Test
  @DisplayName("R4.7 chat traffic over four replicas: at least 0.21 of the blocks are found where they were kept, at max/mean load of at most 1.10")
  void prefixesFindTheirReplica() {
    Outcome outcome = play(prefix());
    assertThat(outcome.hitRatio).isGreaterThanOrEqualTo(0.21);
    assertThat(outcome.loadByRequests).isLessThanOrEqualTo(1.10);
    assertThat(outcome.loadByWork).isLessThanOrEqualTo(1.10);
  }

  @Test
  @DisplayName("R4.7 negative control: in turn, the same traffic finds less than half of that")
  void turnsDoNot() {
    SmoothWheel wheel = new SmoothWheel();
    Outcome outcome = play((targets, blocks) -> wheel.turn(targets));
    assertThat(outcome.hitRatio).isLessThan(0.12);
  }
}
