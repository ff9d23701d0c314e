package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.util.internal.PlatformDependent;
import io.tidegate.admission.Callers;
import io.tidegate.fake.ConsulAgent;
import io.tidegate.lab.chaos.ChaosProxy;
import io.tidegate.lab.emulator.Emulator;
import io.tidegate.lab.fault.ConnectionFaults;
import io.tidegate.lab.fault.Faults;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.LoggerFactory;

/**
 * The daemon in this JVM at 70 % of what its private upstream may have in flight, with a fault every 30 s, in an order that a fixed seed draws. Memory is what
 * is left after a full collection while nobody is under way: heap, and direct memory. The upstreams and the callers live in the same JVM; they keep nothing.
 */
final class SoakRun {
  private static final long SEED = 20_261_125;
  private static final int IN_FLIGHT = 16;
  private static final Duration THINKS = Duration.ofMillis(200);
  private static final double TOKENS_PER_SECOND = 120;
  /** Some fifty-five tokens come after the thinking, in streams and in whole answers; measured as limit / capacity of a run without faults. */
  private static final double ANSWER_SECONDS = 0.66;
  private static final double HOME_SHARE = 0.6;
  private static final double PER_SECOND = 0.7 * IN_FLIGHT / ANSWER_SECONDS / HOME_SHARE;
  private static final long CYCLE_MILLIS = 30_000;
  private static final long FAULT_MILLIS = 10_000;
  private static final long WARM_CYCLE_MILLIS = 12_000;
  private static final long WARM_FAULT_MILLIS = 5_000;
  private static final int WARM_ROUNDS = 2;
  /** Of a cycle's, the least counts: what else there was then was on its way. */
  private static final int LOOKS = 4;
  private static final double MOST_MIB_PER_HOUR = 4;
  private static final double MIB = 1 << 20;

  private final Path folder;
  private final int minutes;
  private final Heart heart = new Heart();
  private final SoakAlarms alarms = new SoakAlarms(heart);
  private final AtomicLong atPublic = new AtomicLong();
  private final AtomicLong leaks = new AtomicLong();
  private final Slope memory = new Slope();
  private final Slope heap = new Slope();
  private int revision = 1;

  SoakRun(Path folder, int minutes) {
    this.folder = folder;
    this.minutes = minutes;
  }

  void run() throws Exception {
    Path records = Files.createDirectory(folder.resolve("records"));
    boolean mounted = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=64m", "soak", records.toString()).start().waitFor() == 0;
    List<SoakFault> kinds = new ArrayList<>(List.of(SoakFault.values()));
    if (!mounted) {
      // Only root may make a small disk. Said aloud, since then one kind of fault is missing.
      System.out.println("soak: no small file system can be mounted here, so RECORDS_FULL is left out");
      kinds.remove(SoakFault.RECORDS_FULL);
    }
    AppenderBase<ILoggingEvent> watch = leakWatch();
    try (ConsulAgent agent = ConsulAgent.open(Files.createDirectory(folder.resolve("consul")));
        ChaosProxy consul = new ChaosProxy(new InetSocketAddress("127.0.0.1", agent.url().getPort())); TestBed bed = bed(records, consul)) {
      bed.publicOne.received().onRequest(request -> {
        if (new String(request.body(), StandardCharsets.UTF_8).contains(SoakLoad.HOME)) {
          atPublic.incrementAndGet();
        }
      });
      agent.register("llm", "a", "127.0.0.1", bed.privateA.port(), "passing");
      agent.register("llm", "b", "127.0.0.1", bed.privateB.port(), "passing");
      GrpcClientIT.await(Duration.ofSeconds(30), "both endpoints are found", () -> bed.daemon.status().split("\"discovered\":true", -1).length == 3);
      try (SoakLoad load = new SoakLoad(bed, PER_SECOND, SEED, heart)) {
        soak(agent, bed, consul, load, records, kinds);
      }
    } finally {
      heart.close();
      ((Logger) LoggerFactory.getLogger("ROOT")).detachAppender(watch);
      if (mounted) {
        new ProcessBuilder("umount", "-l", records.toString()).start().waitFor();
      }
    }
  }

  private void soak(ConsulAgent agent, TestBed bed, ChaosProxy consul, SoakLoad load, Path records, List<SoakFault> kinds) throws Exception {
    Random order = new Random(SEED);
    List<SoakFault> turn = new ArrayList<>(kinds);
    Collections.shuffle(turn, order);
    long warmed = System.nanoTime();
    for (int round = 0; round < WARM_ROUNDS; round++) {
      for (SoakFault fault : turn) {
        cycle(bed, consul, load, records, fault, WARM_FAULT_MILLIS, WARM_CYCLE_MILLIS, warmed);
      }
    }
    memory.forget();
    heap.forget();
    long begun = System.nanoTime();
    int faults = 0;
    while (System.nanoTime() - begun < TimeUnit.MINUTES.toNanos(minutes)) {
      // Their checks would be critical ten minutes after the last word, and with that nobody at home.
      agent.check("a", "pass");
      agent.check("b", "pass");
      if (faults % kinds.size() == 0) {
        Collections.shuffle(turn, order);
      }
      cycle(bed, consul, load, records, turn.get(faults++ % kinds.size()), FAULT_MILLIS, CYCLE_MILLIS, begun);
    }
    load.pause();
    double hours = (System.nanoTime() - begun) / 3.6e12;
    System.out.printf("soak: %.1f min after %.1f min of warm-up, %.0f requests/s, %d faults of %d kinds; %d samples, %.2f MiB/h, upper 95 %% bound %.2f MiB/h (of it heap %.2f); ends %s, refusals %s; alarms explained: %s; this machine stood still %d times%n",
        hours * 60, (begun - warmed) / 6e10, PER_SECOND, faults, kinds.size(), memory.count(), memory.slope(), memory.upper95(), heap.slope(), load.ends(), load.refusals(), alarms.explained(), heart.stops());
    memory.print("heap and direct");
    heap.print("heap");
    assertThat(load.wrong()).as("G5 requests without exactly one answer").isEmpty();
    assertThat(load.ends().keySet()).as("without these it would have shown nothing").contains(Asker.Kind.ANSWERED, Asker.Kind.REFUSED, Asker.Kind.LEFT);
    assertThat((double) load.ends().getOrDefault(Asker.Kind.ANSWERED, 0L) / load.ends().values().stream().mapToLong(Long::longValue).sum())
        .as("of all, so many were answered: below it the run shows an overload that nobody asked for").isGreaterThan(0.85);
    assertThat(atPublic).as("G1 what must stay home, at the public upstream").hasValue(0);
    assertThat(alarms.unexplained()).as("alarms that no fault explains").isEmpty();
    assertThat(leaks).as("leaked buffers").hasValue(0);
    assertThat(memory.upper95()).as("MiB an hour, upper 95 %% bound, of what is left after a full collection").isLessThan(MOST_MIB_PER_HOUR);
  }

  /** A fault, its end, and samples of memory while all is well again. */
  private void cycle(TestBed bed, ChaosProxy consul, SoakLoad load, Path records, SoakFault fault, long faultMillis, long cycleMillis, long begun)
      throws Exception {
    long from = System.nanoTime();
    alarms.begins(fault);
    begin(bed, consul, load, records, fault);
    until(bed, from, faultMillis);
    end(bed, consul, load, records, fault);
    alarms.ends(fault);
    long well = (faultMillis + cycleMillis) / 2;
    until(bed, from, well);
    Left least = null;
    for (int sample = 0; sample < LOOKS; sample++) {
      until(bed, from, well + (cycleMillis - well) * sample / LOOKS);
      load.pause();
      Left now = left();
      load.resume();
      least = least == null || now.bytes() < least.bytes() ? now : least;
    }
    double hours = (System.nanoTime() - begun) / 3.6e12;
    memory.add(hours, least.bytes() / MIB);
    heap.add(hours, least.heap() / MIB);
    until(bed, from, cycleMillis);
  }

  /** Looks at the alarms until so much of the cycle is over. */
  private void until(TestBed bed, long from, long millis) throws InterruptedException {
    while (System.nanoTime() - from < millis * 1_000_000) {
      alarms.look(bed);
      Thread.sleep(Math.max(1, Math.min(1_000, millis - (System.nanoTime() - from) / 1_000_000)));
    }
  }

  /** What a full collection leaves, in bytes. The heap as the collector found it: a moment later threads have been given pieces of it again. */
  private record Left(long heap, long direct) {
    long bytes() {
      return heap + direct;
    }
  }

  private static Left left() {
    for (int i = 0; i < 2; i++) {
      ManagementFactory.getMemoryMXBean().gc();
    }
    long heap = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      MemoryUsage collected = pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
      heap += collected == null ? 0 : collected.getUsed();
    }
    assertThat(heap).as("the heap after a collection").isPositive();
    long direct = Math.max(0, PlatformDependent.usedDirectMemory());
    for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      direct += pool.getName().equals("direct") ? pool.getMemoryUsed() : 0;
    }
    return new Left(heap, direct);
  }

  private void begin(TestBed bed, ChaosProxy consul, SoakLoad load, Path records, SoakFault fault) throws Exception {
    switch (fault) {
      case ENDPOINT_REFUSES -> bed.privateB.refuseConnections();
      case ENDPOINT_HANGS -> bed.privateA.always(ConnectionFaults.hang());
      case BUSY_503 -> bed.privateB.always(Faults.busy());
      case LIMITED_429 -> bed.publicOne.always(Faults.rateLimited("1"));
      case RESET_IN_STREAM -> bed.privateA.always(ConnectionFaults.resetAfter(2));
      case CONSUL_AWAY -> {
        consul.blackHole(true);
        consul.halfOpen();
      }
      case POLICY_GOOD -> {
        WireSchedule.floor(folder, ++revision, true);
        assertThat(reload(bed)).as("a good policy").isEqualTo(200);
      }
      case POLICY_BAD -> {
        Files.writeString(folder.resolve("policies/broken.yaml"), "rulez: []\n");
        assertThat(reload(bed)).as("a bad policy").isEqualTo(409);
      }
      case RECORDS_FULL -> fill(records.resolve("filler"));
      case CALLERS_LEAVE -> load.leaving(true);
    }
  }

  private void end(TestBed bed, ChaosProxy consul, SoakLoad load, Path records, SoakFault fault) throws Exception {
    switch (fault) {
      case ENDPOINT_REFUSES -> bed.privateB.acceptConnections();
      case ENDPOINT_HANGS, BUSY_503, LIMITED_429, RESET_IN_STREAM -> List.of(bed.privateA, bed.privateB, bed.publicOne).forEach(Emulator::clearFaults);
      case CONSUL_AWAY -> consul.blackHole(false);
      case POLICY_GOOD -> {
        WireSchedule.floor(folder, ++revision, false);
        assertThat(reload(bed)).as("a good policy").isEqualTo(200);
      }
      case POLICY_BAD -> {
        Files.delete(folder.resolve("policies/broken.yaml"));
        assertThat(reload(bed)).as("the policy that was there").isEqualTo(200);
      }
      case RECORDS_FULL -> Files.deleteIfExists(records.resolve("filler"));
      case CALLERS_LEAVE -> load.leaving(false);
    }
  }

  private static void fill(Path file) {
    byte[] block = new byte[64 << 10];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < 10_000; i++) {
        out.write(block);
      }
    } catch (IOException full) {
      // As full as it gets.
    }
  }

  private static int reload(TestBed bed) throws IOException, InterruptedException {
    return bed.http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + bed.daemon.adminPort() + "/admin/policy/reload")).timeout(Duration.ofSeconds(40))
        .POST(HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString()).statusCode();
  }

  private TestBed bed(Path records, ChaosProxy consul) throws IOException {
    Path policies = Files.createDirectories(folder.resolve("policies"));
    // Without its tests: under the tight floor they would not hold.
    String shipped = Files.readString(TestBed.root().resolve("policies/baseline.yaml"));
    Files.writeString(policies.resolve("baseline.yaml"), shipped.substring(0, shipped.indexOf("\ntests:\n")) + "\n...\n");
    WireSchedule.floor(folder, 1, false);
    Path keys = Files.writeString(folder.resolve("keys"), "ward:service:" + Callers.hashOf(WireSchedule.KEY) + "\n");
    return TestBed.builder().noPrivateEndpoints()
        .privateMore(", consulService: llm, connectTimeout: 500ms, maxInFlight: " + IN_FLIGHT).publicMore(", connectTimeout: 500ms")
        .section("consul", "{address: 'http://127.0.0.1:" + consul.port() + "', wait: 5s}").section("callers", "{keysFile: '" + keys + "'}")
        // Full before the first sample: what a cache takes while it fills up is no growth.
        .section("cache", "{size: 1MiB}")
        .section("audit", "{directory: '" + records.resolve("audit") + "', maxBytes: 24MiB}").section("policy",
            "{directory: '" + policies + "', state: '" + folder.resolve("state") + "'}")
        .section("timeouts", "{drain: 1s, total: 12s, batchTotal: 12s, idle: 4s, firstToken: {interactive: 4s, standard: 4s, batch: 4s}}")
        .section("health", "{interval: 1s, ejectAfter: 3, eject: 500ms, maxEject: 2s, outlierEject: 2s, accountPause: 1s}")
        .emulators(settings -> settings.slots(IN_FLIGHT).queue(1_000).thinkTime(THINKS).tokensPerSecond(TOKENS_PER_SECOND).prefixUnits(512).recording(false)).start();
  }

  /** Netty says so in the log when a buffer was lost; standing in for somebody who reads it. */
  private AppenderBase<ILoggingEvent> leakWatch() {
    AppenderBase<ILoggingEvent> watch = new AppenderBase<>() {
      @Override
      protected void append(ILoggingEvent event) {
        if (event.getMessage().startsWith("LEAK: ")) {
          leaks.incrementAndGet();
        }
      }
    };
    watch.start();
    ((Logger) LoggerFactory.getLogger("ROOT")).addAppender(watch);
    return watch;
  }
}
