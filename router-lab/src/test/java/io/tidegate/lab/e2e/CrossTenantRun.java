package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.tidegate.admission.Callers;
import io.tidegate.lab.e2e.Asker.Kind;
import io.tidegate.lab.e2e.Asker.Outcome;
import io.tidegate.lab.e2e.Asker.Question;
import io.tidegate.lab.emulator.Emulator;
import io.tidegate.lab.fault.ConnectionFaults;
import io.tidegate.lab.fault.Fault;
import io.tidegate.lab.fault.Faults;
import io.tidegate.lab.fault.StreamFaults;
import io.tidegate.lab.plan.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Fifty tenants at once, over HTTP/1.1, HTTP/2 and gRPC, on connections they share, streamed or not, while callers leave, clients repeat and upstreams
 * fail. The emulators answer with the mark of the tenant and the word of the request they computed for: so an answer, cached or not, shows whose it is.
 * One request in three has a prompt that all tenants ask, so that a cache could mistake them.
 */
final class CrossTenantRun {
  private static final int TENANTS = 50;
  private static final int SHARED_PROMPTS = 20;
  private static final int WORKERS = 24;
  private static final List<Supplier<Fault>> FAULTS = List.of(ConnectionFaults::resetBeforeHead, ConnectionFaults::resetAfterHead,
      () -> ConnectionFaults.resetAfter(2), ConnectionFaults::closeBeforeHead, () -> ConnectionFaults.closeAfter(1), ConnectionFaults::closeUnannounced,
      ConnectionFaults::closeAnnounced, Faults::serverError, Faults::badJson, Faults::foreignId, () -> StreamFaults.failInStream(1),
      () -> StreamFaults.cut(2, Wire.Cut.values()[0]), StreamFaults::noDone, StreamFaults::dataAfterDone);

  private final Path folder;
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final String[] marks = new String[TENANTS];

  CrossTenantRun(Path folder) {
    this.folder = folder;
  }

  private static String key(int tenant) {
    return "key-of-tenant-" + tenant + "-0123456789abcdef";
  }

  /** Asks so often, and checks each answer. Fails past the budget. */
  void run(int requests, long seed, long budgetNanos) throws Exception {
    StringBuilder keys = new StringBuilder();
    for (int i = 0; i < TENANTS; i++) {
      keys.append("tenant-").append(i).append(":service:").append(Callers.hashOf(key(i))).append('\n');
    }
    Path file = Files.writeString(folder.resolve("keys"), keys);
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    long begun = System.nanoTime();
    try (TestBed bed = TestBed.builder().section("callers", "{keysFile: '" + file + "'}")
        .section("health", "{interval: 1s, ejectAfter: 100, eject: 100ms, maxEject: 100ms}")
        .section("timeouts", "{drain: 2s, idle: 3s, total: 10s, firstToken: {standard: 5s, interactive: 5s}}").emulators(e -> e.marking(true).recording(false).thinks(false)).start()) {
      learnMarks(bed);
      AtomicInteger left = new AtomicInteger(requests);
      List<Thread> workers = new ArrayList<>();
      List<Asker> askers = askers(bed, group);
      for (int i = 0; i < WORKERS; i++) {
        SplittableRandom random = new SplittableRandom(seed * 1_000 + i);
        Asker asker = askers.get(i);
        Thread worker = new Thread(() -> work(bed, asker, random, left, begun + budgetNanos), "asker-" + i);
        worker.start();
        workers.add(worker);
      }
      for (Thread worker : workers) {
        worker.join();
      }
      for (Asker asker : askers) {
        asker.close();
      }
      assertThat(bed.metric("tidegate_defects_total")).as("defects of the router").isZero();
    } finally {
      group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }
    System.out.println("cross-tenant: seed " + seed + ", " + requests + " requests in " + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun) + " s: "
        + new java.util.TreeMap<>(counts) + ", of another: " + wrong.size());
    assertThat(failures).as("seed %d", seed).isEmpty();
    assertThat(wrong).as("answers of another, seed %d", seed).isEmpty();
    assertThat(count("asked")).isEqualTo(requests);
    // Without these the run would have shown nothing.
    assertThat(count("ANSWERED")).as("answered").isGreaterThan(requests * 6L / 10);
    assertThat(count("hit")).as("answered from the cache").isGreaterThan(requests / 20L);
    for (String needed : List.of("H1Asker ANSWERED", "H2Asker ANSWERED", "GrpcAsker ANSWERED", "H1Asker LEFT", "H2Asker LEFT", "GrpcAsker LEFT",
        "H1Asker hit", "H2Asker hit", "GrpcAsker hit", "faults", "repeated")) {
      assertThat(count(needed)).as(needed).isGreaterThan(requests / 1_000L);
    }
  }

  private List<Asker> askers(TestBed bed, EventLoopGroup group) {
    List<Asker> shared = List.of(new H2Asker(group, bed.daemon.httpPort()), new H2Asker(group, bed.daemon.httpPort()),
        new GrpcAsker(ManagedChannelBuilder.forAddress("127.0.0.1", bed.daemon.grpcPort()).usePlaintext().disableRetry().build()),
        new GrpcAsker(ManagedChannelBuilder.forAddress("127.0.0.1", bed.daemon.grpcPort()).usePlaintext().disableRetry().build()));
    List<Asker> askers = new ArrayList<>();
    for (int i = 0; i < WORKERS; i++) {
      askers.add(i % 3 == 0 ? new H1Asker(bed.daemon.httpPort()) : shared.get(i % 4));
    }
    return askers;
  }

  /** By which mark the emulators know each tenant: each has one of its own. */
  private void learnMarks(TestBed bed) throws IOException {
    Set<String> distinct = new HashSet<>();
    try (H1Asker asker = new H1Asker(bed.daemon.httpPort())) {
      for (int tenant = 0; tenant < TENANTS; tenant++) {
        String text = asker.ask(key(tenant), new Question("learn" + tenant, false, "", "", -1)).text();
        assertThat(text).matches("<<[^ ]{8,} learn" + tenant + ">>");
        marks[tenant] = text.substring(2, text.indexOf(' '));
        distinct.add(marks[tenant]);
      }
    }
    assertThat(distinct).hasSize(TENANTS);
  }

  private void work(TestBed bed, Asker asker, SplittableRandom random, AtomicInteger left, long endNanos) {
    List<Emulator> emulators = List.of(bed.publicOne, bed.publicOne, bed.privateA, bed.privateB);
    try {
      for (int number = left.decrementAndGet(); number >= 0; number = left.decrementAndGet()) {
        if (System.nanoTime() - endNanos > 0) {
          throw new AssertionError("the time budget is over with " + number + " requests left");
        }
        if (random.nextInt(25) == 0) {
          emulators.get(random.nextInt(emulators.size())).script(FAULTS.get(random.nextInt(FAULTS.size())).get());
          add("faults");
        }
        int tenant = random.nextInt(TENANTS);
        boolean shared = random.nextInt(3) == 0;
        Question question = new Question(shared ? "shared" + random.nextInt(SHARED_PROMPTS) : "t" + tenant + "n" + number, random.nextBoolean(),
            random.nextInt(4) == 0 ? "interactive" : "", random.nextInt(12) == 0 ? "confidential" : "", random.nextInt(25) == 0 ? random.nextInt(200) : -1);
        add("asked");
        if (!asked(asker, tenant, question) && random.nextBoolean()) {
          add("repeated");
          asked(asker, tenant, question);
        }
      }
    } catch (Throwable failed) {
      failures.add(failed);
    }
  }

  /** Whether an answer came; whatever came must be the tenant's own, for this request. */
  private boolean asked(Asker asker, int tenant, Question question) throws IOException, InterruptedException {
    Outcome outcome = asker.ask(key(tenant), question);
    String way = asker.getClass().getSimpleName();
    add(outcome.kind().name());
    add(way + " " + outcome.kind());
    if (outcome.kind() == Kind.REFUSED) {
      add("REFUSED " + outcome.text());
    }
    if (outcome.kind() != Kind.ANSWERED) {
      return false;
    }
    if (outcome.cache().equals("hit")) {
      add("hit");
      add(way + " hit");
    }
    String due = "<<" + marks[tenant] + " " + question.word() + ">>";
    if (!outcome.text().equals(due)) {
      wrong.add(way + " " + outcome.cache() + ": due " + due + ", came " + outcome.text());
    }
    return true;
  }

  private void add(String what) {
    counts.computeIfAbsent(what, absent -> new LongAdder()).increment();
  }

  private long count(String what) {
    LongAdder found = counts.get(what);
    return found == null ? 0 : found.sum();
  }
}
