package io.tidegate.bench;

import io.tidegate.dispatch.region.RegionTable;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** R3.1: look-ups a second in a table of so many prefixes, addresses at random. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class RegionBench {
  private static final int ADDRESSES = 1 << 12;

  @Param({"1000", "1000000"})
  private int prefixes;
  @Param({"4", "16"})
  private int family;
  private RegionTable table = RegionTable.EMPTY;
  private final byte[][] addresses = new byte[ADDRESSES][];

  @Setup
  public void setup() {
    SplittableRandom random = new SplittableRandom(1);
    RegionTable.Builder builder = new RegionTable.Builder();
    for (int i = 0; i < prefixes; i++) {
      byte[] network = new byte[family];
      random.nextBytes(network);
      builder.add(network, random.nextInt(8, family == 4 ? 25 : 49), "r" + random.nextInt(16));
    }
    table = builder.build();
    for (int i = 0; i < ADDRESSES; i++) {
      addresses[i] = new byte[family];
      random.nextBytes(addresses[i]);
    }
  }

  @Benchmark
  @OperationsPerInvocation(ADDRESSES)
  public void lookUp(Blackhole hole) {
    for (byte[] address : addresses) {
      hole.consume(table.of(address));
    }
  }
}
