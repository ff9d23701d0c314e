package io.tidegate.lab.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.tidegate.fake.FakeDns;
import io.tidegate.fake.FreePorts;
import io.tidegate.lab.config.EmulatedDialect;
import io.tidegate.lab.config.EmulatorConfig;
import io.tidegate.lab.e2e.WireSchedule.About;
import io.tidegate.lab.e2e.WireSchedule.Call;
import io.tidegate.lab.emulator.Canary;
import io.tidegate.lab.emulator.Emulator;
import io.tidegate.lab.fault.StreamFaults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Fault schedules over sockets: a real daemon, emulators that fail by script, callers over HTTP/1.1, HTTP/2 and gRPC who leave, policies that change and
 * upstreams that go and come back. The many schedules are played in virtual time, by FaultScheduleTest.
 */
final class WireRun {
  static final long BASE = 20_261_125;
  private static final String HEALED = "all-is-well-again-";
  private static final int CALLERS = 6;
  private static final int CALLS = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Longest time in which this whole process did not run, and still counts as running. */
  private static final long BREATH = Duration.ofSeconds(1).toNanos();

  private static final List<String> NETS = List.of("tcp", "tcp6", "udp", "udp6", "unix");

  /** Threads that are kept for the whole process. */
  private static final List<String> OTHERS = List.of("globalEventExecutor", "HttpClient", "grpc-", "ForkJoin", "CompletableFuture", "prometheus-metrics-scheduler-0");

  private final Path temporary;
  private final Queue<Span> stoodStill = new ConcurrentLinkedQueue<>();
  private volatile boolean beats = true;
  private int folders;

  WireRun(Path temporary) {
    this.temporary = temporary;
  }

  /** One call and what came of it; both times by the test's clock. */
  private record Done(String door, Call call, Asker.Kind kind, long begunNanos, long endedNanos) {}

  /** Some time. */
  private record Span(long fromNanos, long toNanos) {
    boolean holds(Done done) {
      return done.begunNanos() - fromNanos >= 0 && toNanos - done.endedNanos() >= 0;
    }

    boolean meets(long begunNanos, long endedNanos) {
      return endedNanos - fromNanos >= 0 && toNanos - begunNanos >= 0;
    }
  }

  /** Notes when this process was stopped, or got no processor: then its sockets time out, and nobody is to blame. */
  private void heart() {
    for (long last = System.nanoTime(); beats; ) {
      LockSupport.parkNanos(50_000_000);
      long now = System.nanoTime();
      if (now - last > BREATH) {
        stoodStill.add(new Span(last, now));
      }
      last = now;
    }
  }

  private boolean stoodStill(long begunNanos, long endedNanos) {
    return stoodStill.stream().anyMatch(span -> span.meets(begunNanos, endedNanos));
  }

  /** Plays seeds from {@code base} on, until there are enough or the time is over; one at least. */
  void play(long base, int most, Duration budget) throws Exception {
    long begun = System.nanoTime();
    Map<String, Integer> outcomes = new TreeMap<>();
    int threads = threads();
    // The machine's own marker for channels that are being closed is made with the first one.
    ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).close();
    // So are the sockets by which this process owns its blocks of port numbers.
    Emulator.start(EmulatorConfig.of(EmulatedDialect.VLLM)).close();
    FreePorts.number();
    Set<String> descriptors = descriptors();
    Thread heart = new Thread(this::heart, "heart");
    heart.start();
    int played = 0;
    while (played < most && (System.nanoTime() - begun < budget.toNanos() || played == 0)) {
      WireSchedule schedule = new WireSchedule(base + played++, CALLERS, CALLS);
      try {
        play(schedule, outcomes);
      } catch (Throwable broken) {
        throw new AssertionError(schedule.toString(), broken);
      }
    }
    beats = false;
    heart.join();
    System.out.printf("%d schedules over sockets in %d s: %s%n", played, (System.nanoTime() - begun) / 1_000_000_000L, outcomes);
    for (long end = System.nanoTime() + PATIENCE.toNanos(); threads() > threads && System.nanoTime() - end < 0; ) {
      LockSupport.parkNanos(50_000_000);
    }
    assertThat(threadNames()).as("threads, of which some are left").hasSizeLessThanOrEqualTo(threads);
    for (long end = System.nanoTime() + PATIENCE.toNanos(); !left(descriptors).isEmpty() && System.nanoTime() - end < 0; ) {
      LockSupport.parkNanos(200_000_000);
    }
    assertThat(left(descriptors).stream().map(WireRun::told)).as("descriptors that are left").isEmpty();
    assertThat(outcomes.keySet()).as("without these it would have shown nothing").contains("ANSWERED", "REFUSED", "BROKEN_OFF", "LEFT");
  }

  private void play(WireSchedule schedule, Map<String, Integer> outcomes) throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("schedule-" + folders++));
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (LogCapture log = new LogCapture(); WireNames names = new WireNames(schedule.seed); Collector collector = new Collector();
        TestBed bed = WireSchedule.bed(folder, names, collector)) {
      names.lead(bed.privateA.port(), bed.privateB.port());
      schedule.spoil(bed);
      Queue<Done> done = new ConcurrentLinkedQueue<>();
      Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
      List<Thread> callers = new ArrayList<>();
      List<Asker> doors = List.of(new H2Asker(group, bed.daemon.httpPort()),
          new GrpcAsker(ManagedChannelBuilder.forAddress("127.0.0.1", bed.daemon.grpcPort()).usePlaintext().disableRetry().build()));
      for (int i = 0; i < CALLERS; i++) {
        List<Call> calls = schedule.callers.get(i);
        Asker door = i % 3 == 0 ? new H1Asker(bed.daemon.httpPort()) : doors.get(i % 3 - 1);
        Thread caller = new Thread(() -> calls(door, calls, done, failures), "caller-" + i);
        callers.add(caller);
        caller.start();
      }
      List<Span> tight = turns(bed, folder, schedule);
      for (Thread caller : callers) {
        caller.join(PATIENCE.multipliedBy(4).toMillis());
        assertThat(caller.isAlive()).as("G5 a caller still waits").isFalse();
      }
      assertThat(failures).isEmpty();
      for (Done each : done) {
        boolean excused = each.kind() == Asker.Kind.LOST && stoodStill(each.begunNanos(), each.endedNanos());
        outcomes.merge(excused ? "UNKNOWN" : each.kind().name(), 1, Integer::sum);
        assertThat(excused || each.kind() != Asker.Kind.LOST).as("G5 a connection that ended without a word: %s, %s, after %d ms", each.door(),
            each.call().question().stream() ? "stream" : "whole", (each.endedNanos() - each.begunNanos()) / 1_000_000).isTrue();
      }
      names.heal();
      heals(bed);
      leftNothing(bed);
      String pages = bed.admin("/metrics") + bed.admin("/admin/status") + bed.daemon.status();
      stops(bed, doors, schedule.seed % 2 == 0 ? Duration.ofMillis(20) : Duration.ofMillis(400), outcomes);
      for (Asker door : doors) {
        door.close();
      }
      kept(bed, log, pages, collector, List.copyOf(done), tight);
      asked(names.asked(), List.copyOf(done));
    } finally {
      group.shutdownGracefully(0, 2, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  private static void calls(Asker door, List<Call> calls, Queue<Done> done, Queue<Throwable> failures) {
    try {
      for (Call call : calls) {
        Thread.sleep(call.pauseMillis());
        long begun = System.nanoTime();
        Asker.Outcome outcome = door.ask(WireSchedule.KEY, call.question());
        done.add(new Done(door.getClass().getSimpleName(), call, outcome.kind(), begun, System.nanoTime()));
      }
      if (door instanceof H1Asker own) {
        own.close();
      }
    } catch (Throwable failed) {
      failures.add(failed);
    }
  }

  /** Policies change and upstreams go while callers ask. Returns when nothing may have gone out. */
  private List<Span> turns(TestBed bed, Path folder, WireSchedule schedule) throws Exception {
    List<Span> tight = new ArrayList<>();
    long since = 0;
    int revision = 1;
    for (WireSchedule.Turn turn : schedule.turns) {
      Thread.sleep(turn.afterMillis());
      switch (turn.what()) {
        case "tight", "loose" -> {
          long before = System.nanoTime();
          WireSchedule.floor(folder, ++revision, turn.what().equals("tight"));
          HttpResponse<String> outcome = bed.http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + bed.daemon.adminPort() + "/admin/policy/reload"))
              .timeout(Duration.ofSeconds(40)).POST(HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
          assertThat(outcome.statusCode()).as(outcome.body()).isEqualTo(200);
          if (since != 0) {
            tight.add(new Span(since, before));
          }
          since = turn.what().equals("tight") ? System.nanoTime() : 0;
        }
        case "private-b gone" -> bounce(bed.privateB);
        default -> bounce(bed.publicOne);
      }
    }
    if (since != 0) {
      // What follows asks under it too.
      tight.add(new Span(since, Long.MAX_VALUE / 2 + since));
    }
    return tight;
  }

  private static void bounce(Emulator emulator) throws InterruptedException {
    emulator.refuseConnections();
    Thread.sleep(150);
    emulator.acceptConnections();
  }

  /** All is well again: whoever asks is answered. */
  private static void heals(TestBed bed) throws IOException {
    for (Emulator each : List.of(bed.privateA, bed.privateB, bed.publicOne)) {
      each.clearFaults();
    }
    try (H1Asker asker = new H1Asker(bed.daemon.httpPort())) {
      for (String declared : List.of("", "restricted")) {
        for (boolean stream : List.of(true, false)) {
          healed(asker, new Asker.Question(HEALED + declared, stream, "", declared, -1));
        }
      }
    }
  }

  /** Asks until it is answered: many times at least, as a machine that stood still has not tried. */
  private static void healed(H1Asker asker, Asker.Question question) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (int tries = 0; asker.ask(WireSchedule.KEY, question).kind() != Asker.Kind.ANSWERED; tries++) {
      assertThat(tries < 100 || System.nanoTime() - end < 0).as("G5 all is well again, and it is answered").isTrue();
      LockSupport.parkNanos(50_000_000);
    }
  }

  /** The daemon stops while callers are under way: each hears the end of its answer, or the word that it is incomplete. */
  private void stops(TestBed bed, List<Asker> doors, Duration gap, Map<String, Integer> outcomes) throws Exception {
    List<Emulator> emulators = List.of(bed.privateA, bed.privateB, bed.publicOne);
    emulators.forEach(each -> each.always(StreamFaults.slowEvents(gap)));
    Queue<Asker.Kind> ends = new ConcurrentLinkedQueue<>();
    Queue<String> lost = new ConcurrentLinkedQueue<>();
    AtomicBoolean stopping = new AtomicBoolean();
    List<Thread> callers = new ArrayList<>();
    int port = bed.daemon.httpPort();
    for (int i = 0; i < CALLERS; i++) {
      Asker door = i % 3 == 0 ? new H1Asker(port) : doors.get(i % 3 - 1);
      String declared = i % 2 == 0 ? "restricted" : "";
      int number = i;
      Thread caller = new Thread(() -> {
        long begun = System.nanoTime();
        try {
          Asker.Kind end = door.ask(WireSchedule.KEY, new Asker.Question("stopped" + number, true, "", declared, -1)).kind();
          if (end == Asker.Kind.LOST && !stoodStill(begun, System.nanoTime())) {
            lost.add(door.getClass().getSimpleName() + (stopping.get() ? " while it stopped" : " before it stopped"));
          }
          ends.add(end);
          if (door instanceof H1Asker own) {
            own.close();
          }
        } catch (Throwable failed) {
          lost.add(failed.toString());
        }
      }, "stopped-" + i);
      callers.add(caller);
      caller.start();
    }
    GrpcClientIT.await(PATIENCE, "all are under way, or done", () -> ends.size() + emulators.stream().mapToInt(each -> each.received().inFlight()).sum() >= CALLERS);
    stopping.set(true);
    bed.daemon.close();
    for (Thread caller : callers) {
      caller.join(PATIENCE.toMillis());
    }
    ends.forEach(end -> outcomes.merge("stopped " + end, 1, Integer::sum));
    assertThat(lost).as("G5 callers of a daemon that stops, who heard no end").isEmpty();
    assertThat(ends).hasSize(CALLERS);
  }

  private static void leftNothing(TestBed bed) {
    GrpcClientIT.await(PATIENCE, "no upstream works for who has left", () -> Stream.of(bed.privateA, bed.privateB, bed.publicOne)
        .allMatch(each -> each.received().inFlight() == 0));
    assertThat(bed.metric("tidegate_defects_total")).as("defects of the router").isZero();
    assertThat(bed.metric("tidegate_egress_refused_total")).as("G1 writes that only the last locks stopped").isZero();
  }

  /** No canary where none may be: at the public emulator, in logs, metrics, traces, status and records. */
  private static void kept(TestBed bed, LogCapture log, String pages, Collector collector, List<Done> done, List<Span> tight) throws IOException {
    List<String> inside = done.stream().filter(each -> each.call().about() != About.HARMLESS || tight.stream().anyMatch(span -> span.holds(each)))
        .map(each -> each.call().canary()).distinct().toList();
    assertThat(Canary.searchAll(bed.publicOne, inside)).as("G1 canaries at the public recorder").isEmpty();
    // Not of the calls before: those may all have ended while the name server hid the private upstream.
    List<String> home = List.of(HEALED + "restricted");
    assertThat(Canary.searchAll(bed.privateA, home).size() + Canary.searchAll(bed.privateB, home).size()).as("the recorders do record").isPositive();
    List<String> all = done.stream().map(each -> each.call().canary()).distinct().toList();
    List<byte[]> places = new ArrayList<>(List.of(log.events(), log.output(), pages.getBytes(UTF_8)));
    try (Stream<Path> files = Files.walk(bed.directory.resolve("audit"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        places.add(Files.readAllBytes(file));
      }
    }
    assertThat(places).as("logs, output, pages, and audit segments").hasSizeGreaterThan(3);
    assertThat(collector.spans).as("traces of requests").anyMatch(span -> span.getKind() == SpanKind.SPAN_KIND_SERVER);
    assertThat(collector.metrics).as("metrics that were pushed").isNotEmpty();
    places.addAll(collector.bodies);
    assertThat(Canary.searchIn(places, all)).as("G3 canaries in logs, metrics, traces, status or records").isEmpty();
  }

  /** Sockets, pipes and files that are open now and were not before; those of the test's own clients are closed when they are collected. */
  private static Set<String> left(Set<String> before) {
    System.gc();
    Set<String> now = descriptors();
    now.removeAll(before);
    return now;
  }

  /** A socket with both of its ends in hexadecimal. */
  private static String told(String descriptor) {
    StringBuilder told = new StringBuilder(descriptor);
    for (String net : NETS) {
      try (Stream<String> rows = Files.lines(Path.of("/proc/self/net", net))) {
        rows.filter(row -> row.contains(" " + descriptor.replaceAll("[^0-9]", "") + " ")).forEach(row -> told.append(' ').append(net).append(row.substring(0, Math.min(50, row.length()))));
      } catch (IOException none) {
        told.append(" no ").append(net);
      }
    }
    return told.toString();
  }

  /** What this process has open, by name; each socket and pipe has its own. Without what the virtual machine opens once for its own use. */
  private static Set<String> descriptors() {
    Set<String> all = new HashSet<>();
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      for (Path descriptor : open.toList()) {
        try {
          String name = Files.readSymbolicLink(descriptor).toString();
          if (!name.endsWith(".jar") && !name.endsWith(".so") && !name.startsWith("/dev/") && !name.startsWith("/proc/") && !name.startsWith("/sys/")
              && !name.startsWith("anon_inode:")) {
            all.add(name);
          }
        } catch (IOException closed) {
          // Meanwhile.
        }
      }
    } catch (IOException unknown) {
      throw new UncheckedIOException(unknown);
    }
    return all;
  }

  /** A name server hears the names that are configured, and nothing else. */
  private static void asked(List<FakeDns.Question> questions, List<Done> done) {
    assertThat(questions).as("questions to the name server").isNotEmpty();
    assertThat(questions).extracting(FakeDns.Question::name).as("names that were asked for").allMatch(name -> name.endsWith(".private.example"));
    List<byte[]> bytes = questions.stream().map(FakeDns.Question::edns).toList();
    assertThat(Canary.searchIn(bytes, done.stream().map(each -> each.call().canary()).distinct().toList())).as("G1 canaries in questions of DNS").isEmpty();
  }

  /** Of the daemon and the emulators; the test's HTTP client keeps one of its own, and the library of metrics one for all registries of a process. */
  private static int threads() {
    return threadNames().size();
  }

  private static List<String> threadNames() {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).filter(name -> OTHERS.stream().noneMatch(name::startsWith)).sorted().toList();
  }
}
