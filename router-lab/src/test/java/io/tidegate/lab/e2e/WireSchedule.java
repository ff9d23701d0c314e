package io.tidegate.lab.e2e;

import io.tidegate.admission.Callers;
import io.tidegate.lab.emulator.Emulator;
import io.tidegate.lab.fault.ConnectionFaults;
import io.tidegate.lab.fault.Fault;
import io.tidegate.lab.fault.Faults;
import io.tidegate.lab.fault.StreamFaults;
import io.tidegate.lab.plan.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * What one seed does to a real daemon: which fault strikes which call of which emulator, who asks what over which door and leaves when, and when policies
 * change and listeners close. The same seed draws the same; what meets what is for the machine to say.
 */
final class WireSchedule {
  static final String KEY = "key-of-the-ward-0123456789abcdef";
  private static final int CALLS = 60;
  private static final List<Supplier<Fault>> FAULTS = List.of(ConnectionFaults::resetBeforeHead, ConnectionFaults::resetAfterHead,
      () -> ConnectionFaults.resetAfter(2), ConnectionFaults::closeBeforeHead, () -> ConnectionFaults.closeAfter(1), ConnectionFaults::closeUnannounced,
      ConnectionFaults::closeAnnounced, ConnectionFaults::hang, Faults::serverError, Faults::busy, Faults::loading, Faults::paymentRequired,
      () -> Faults.rateLimited("1"), Faults::badRequest, () -> Faults.errorThatEchoes(400), Faults::errorInOk, Faults::blankContent, Faults::badJson,
      Faults::duplicateKeys, Faults::html, Faults::disguisedHtml, Faults::jsonForSse, Faults::sseForJson, Faults::gzip, Faults::noChoices, Faults::foreignId,
      () -> StreamFaults.stall(2), () -> StreamFaults.stallWithPings(2, Duration.ofMillis(50)), () -> StreamFaults.failInStream(1),
      () -> StreamFaults.cut(2, Wire.Cut.DATA), () -> StreamFaults.cut(1, Wire.Cut.CODE_POINT), StreamFaults::noDone, StreamFaults::noFinish,
      StreamFaults::dataAfterDone, () -> StreamFaults.slowFirstToken(Duration.ofSeconds(2)), () -> StreamFaults.slowHead(Duration.ofMillis(300)),
      () -> StreamFaults.slowEvents(Duration.ofMillis(60)), () -> StreamFaults.keepAlive(3, Duration.ofMillis(40)), () -> StreamFaults.endlessLine(8 << 20));

  /** What a request is about. */
  enum About { HARMLESS, CONTACT, RESTRICTED }

  /**
   * One request of one caller.
   *
   * @param canary stands in it, and in nothing else
   */
  record Call(About about, Asker.Question question, String canary, int pauseMillis) {}

  /** Something that happens to all. */
  record Turn(int afterMillis, String what) {}

  final long seed;
  final List<List<Fault>> faults = new ArrayList<>();
  final List<List<Call>> callers = new ArrayList<>();
  final List<Turn> turns = new ArrayList<>();

  WireSchedule(long seed, int callers, int callsEach) {
    this.seed = seed;
    SplittableRandom random = new SplittableRandom(seed);
    for (int emulator = 0; emulator < 3; emulator++) {
      List<Fault> script = new ArrayList<>();
      // From a good service to one that fails nearly always.
      int share = 1 + random.nextInt(9);
      for (int i = 0; i < CALLS; i++) {
        script.add(random.nextInt(10) < share ? FAULTS.get(random.nextInt(FAULTS.size())).get() : Fault.none());
      }
      faults.add(script);
    }
    for (int i = 0; i < callers; i++) {
      List<Call> calls = new ArrayList<>();
      for (int n = 0; n < callsEach; n++) {
        calls.add(call(random, "s" + seed + "c" + i + "n" + n));
      }
      this.callers.add(calls);
    }
    for (int i = 0; i < 5; i++) {
      turns.add(new Turn(100 + random.nextInt(500), List.of("tight", "loose", "tight", "private-b gone", "public gone").get(random.nextInt(5))));
    }
  }

  private static Call call(SplittableRandom random, String name) {
    About about = About.values()[random.nextInt(3)];
    String canary = switch (about) {
      case RESTRICTED -> Samples.cnId(random);
      case CONTACT -> name + "@example-corp.com";
      // No canary is the beginning of another.
      case HARMLESS -> "word" + name + "q";
    };
    String word = switch (about) {
      case RESTRICTED -> " 患者身份证号 " + canary + "，请总结病历";
      case CONTACT -> " write to " + canary;
      case HARMLESS -> canary;
    };
    String wish = List.of("", "interactive", "batch").get(random.nextInt(3));
    // Fewer bytes than any answer has.
    int leave = random.nextInt(5) == 0 ? random.nextInt(200) : -1;
    return new Call(about, new Asker.Question(word, random.nextBoolean(), wish, "", leave), canary, random.nextInt(4) == 0 ? random.nextInt(120) : 0);
  }

  /** A daemon whose times are short, with the shipped policy in {@code folder} and a second file that can be tightened. */
  static TestBed bed(Path folder, WireNames names, Collector collector) throws IOException {
    Path policies = Files.createDirectories(folder.resolve("policies"));
    // Without its tests: under the tight floor they would not hold.
    String shipped = Files.readString(TestBed.root().resolve("policies/baseline.yaml"));
    Files.writeString(policies.resolve("baseline.yaml"), shipped.substring(0, shipped.indexOf("\ntests:\n")) + "\n...\n");
    floor(folder, 1, false);
    Path keys = Files.writeString(folder.resolve("keys"), "ward:service:" + Callers.hashOf(KEY) + "\n");
    return TestBed.builder().policies(policies).section("callers", "{keysFile: '" + keys + "'}")
        .section("telemetry", "{logLevel: debug, otlp: {endpoint: '" + collector.url() + "', interval: 1s}, traces: {endpoint: '" + collector.url() + "', ratio: 1}}")
        .section("timeouts", "{drain: 1s, total: 3s, batchTotal: 3s, idle: 300ms, firstToken: {interactive: 500ms, standard: 500ms, batch: 500ms}}")
        .section("health", "{interval: 1s, ejectAfter: 3, eject: 200ms, maxEject: 500ms, accountPause: 1s}")
        .section("dns", "{server: '127.0.0.1:" + names.port() + "'}").publicMore(", connectTimeout: 500ms")
        .privateMore(", connectTimeout: 500ms, dnsName: " + WireNames.NAME).emulators(settings -> settings.thinks(false)).start();
  }

  /** The second policy file: under the tight one nothing goes out. */
  static void floor(Path folder, int revision, boolean tight) throws IOException {
    Path fresh = Files.writeString(folder.resolve(".fresh"), """
        apiVersion: tidegate/v1
        kind: SensitivityPolicy
        metadata: {name: floor, revision: %d, owner: secops}
        spec:
          floor: %s
        ...
        """.formatted(revision, tight ? "confidential" : "internal"));
    Files.move(fresh, folder.resolve("policies/floor.yaml"), java.nio.file.StandardCopyOption.ATOMIC_MOVE, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  void spoil(TestBed bed) {
    List<Emulator> emulators = List.of(bed.privateA, bed.privateB, bed.publicOne);
    for (int i = 0; i < emulators.size(); i++) {
      emulators.get(i).script(faults.get(i).toArray(Fault[]::new));
    }
  }

  /** In words, for a report. */
  @Override
  public String toString() {
    return "seed " + seed + "\nprivate-a " + faults.get(0) + "\nprivate-b " + faults.get(1) + "\npublic " + faults.get(2) + "\n" + turns;
  }
}
