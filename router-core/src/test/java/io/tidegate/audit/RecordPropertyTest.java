package io.tidegate.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.decide.Decision;
import io.tidegate.decide.DecisionFixture;
import io.tidegate.audit.AuditRecord.Place;
import io.tidegate.audit.AuditRecord.UpstreamState;
import io.tidegate.dispatch.Candidate;
import io.tidegate.dispatch.Catalog;
import io.tidegate.dispatch.HealthBoard.Standing;
import io.tidegate.line.AuditLog.Notes;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.Destination;
import io.tidegate.model.Dialect;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.LeftAttempt;
import io.tidegate.model.Likelihood;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is what is read back, and no record is longer than its bound, whatever the request. */
class RecordPropertyTest {
  private final RecordWriter writer = new RecordWriter(World.NONE);
  private Encoder written = new Encoder(0);


  private static <E> E any(Random random, E[] of) {
    return of[random.nextInt(of.length)];
  }

  private static String name(Random random, int longest) {
    StringBuilder name = new StringBuilder();
    for (int i = random.nextInt(longest); i > 0; i--) {
      name.appendCodePoint(any(random, new Integer[] {(int) 'a', (int) 'Z', 0xe9, 0x4e2d, 0x1f600}));
    }
    return name.toString();
  }

  /** At most 200 bytes of UTF-8, no character cut in two. */
  private static String cut(String whole) {
    int bytes = 0;
    int end = 0;
    while (end < whole.length()) {
      int next = whole.offsetByCodePoints(end, 1);
      bytes += whole.substring(end, next).getBytes(StandardCharsets.UTF_8).length;
      if (bytes > Encoder.MAX_STRING) {
        break;
      }
      end = next;
    }
    return whole.substring(0, end);
  }

  private static ModelRequest request(Random random, @Nullable LatencyClass wish) {
    try {
      JsonText json = JsonText.parse(("{\"p\":\"" + "x".repeat(random.nextInt(5000)) + "\"}").getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
      return new ModelRequest(name(random, 60), any(random, Operation.values()), new Prompt(json), "auto", random.nextBoolean(), false,
          random.nextBoolean(), new Caller(name(random, 400), name(random, 400), groups(random)), any(random, Sensitivity.values()), wish,
          random.nextLong(), CacheDirective.DEFAULT, 0);
    } catch (JsonException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Set<String> groups(Random random) {
    Set<String> groups = new java.util.HashSet<>();
    for (int i = random.nextInt(50); i > 0; i--) {
      groups.add("g" + i);
    }
    return groups;
  }

  private static Candidate candidate(String name) {
    return new Candidate(new Upstream(name, Zone.PRIVATE, Dialect.OPENAI, List.of("*"), null, Map.of(), false, false, "", List.of(), null, null, false,
        List.of(), null, Duration.ofSeconds(1), 1), "m");
  }

  private AuditRecord readBack() {
    assertThat(written.length()).isLessThan(RecordWriter.MAX_RECORD);
    written.link(7, 0, new byte[Encoder.HASH]);
    written.seal();
    Frames.Frame frame = Frames.at(ByteBuffer.wrap(Arrays.copyOf(written.bytes, written.length())), 0);
    assertThat(frame).isNotNull();
    return RecordReader.read(new ChainId("boot", 0), frame, Format.MINOR);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  @DisplayName("decisions 29 a decision is read back as it was written, but for the bounds of names and lists")
  void decisionsRoundTrip(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      LatencyClass wish = random.nextBoolean() ? any(random, LatencyClass.values()) : null;
      ModelRequest request = request(random, wish);
      List<Destination> route = new ArrayList<>(List.of(Destination.values()));
      Collections.shuffle(route, random);
      Decision decision = DecisionFixture.counted(request, random.nextInt(9) - 1, any(random, Sensitivity.values()), route.subList(0, random.nextInt(4)).toArray(new Destination[0]));
      Set<Findings.Trouble> troubles = Arrays.stream(Findings.Trouble.values()).filter(t -> random.nextInt(4) == 0).collect(Collectors.toSet());
      List<Finding> list = new ArrayList<>();
      Map<String, Integer> counts = new HashMap<>();
      for (int i = random.nextInt(random.nextBoolean() ? 5 : 4000); i > 0; i--) {
        Finding finding = new Finding("T" + random.nextInt(20), i, 0, 1, any(random, Likelihood.values()), "d" + random.nextInt(3));
        list.add(finding);
        counts.merge(finding.type() + '/' + finding.likelihood() + '/' + finding.detector(), 1, Integer::sum);
      }
      List<Candidate> candidates = new ArrayList<>();
      for (int i = random.nextInt(100); i > 0; i--) {
        candidates.add(candidate(name(random, 300)));
      }
      byte[] digest = new byte[32];
      random.nextBytes(digest);
      long micros = Math.abs(random.nextLong()) % (1L << 52);
      Notes notes = random.nextBoolean() ? Notes.CLEANED : Notes.NONE;
      written = writer.decision(micros, decision, new Findings(list, troubles), candidates, digest, notes);
      assertThat(readBack()).as("seed %d round %d", seed, round).isInstanceOfSatisfying(AuditRecord.Decided.class, read -> {
        assertThat(read.requestId()).isEqualTo(cut(request.id()));
        assertThat(read.tenant()).isEqualTo(cut(request.caller().tenant()));
        assertThat(read.caller()).isEqualTo(cut(request.caller().name()));
        assertThat(read.bodyDigest()).isEqualTo(HexFormat.of().formatHex(digest));
        assertThat(read.policyDigest()).isEqualTo(decision.policyDigest());
        assertThat(List.of(read.operation(), read.stream(), read.sampled(), read.declared(), read.timeLeftNanos(), read.bodyBytes())).isEqualTo(
            List.of(request.operation(), request.stream(), request.sampled(), request.declared(), request.timeLeftNanos(), request.prompt().json().length()));
        assertThat(read.latencyWish()).isEqualTo(wish);
        assertThat(read.sensitivity()).isEqualTo(decision.sensitivity());
        assertThat(read.latencyClass()).isEqualTo(decision.latencyClass());
        assertThat(read.route()).isEqualTo(decision.route());
        assertThat(read.rules()).isEqualTo(decision.rules());
        assertThat(read.troubles()).isEqualTo(troubles);
        assertThat(read.findings()).hasSize(Math.min(counts.size(), RecordWriter.MAX_ITEMS));
        read.findings().forEach(count -> assertThat(count.count()).isEqualTo(counts.get(count.kind())));
        assertThat(new Notes(read.transformed())).isEqualTo(notes);
        assertThat(read.messages()).isEqualTo(decision.messages());
        assertThat(read.groups()).isSorted().hasSize(Math.min(RecordWriter.MAX_ITEMS, request.caller().groups().size()));
        assertThat(read.model()).isEqualTo("auto");
        assertThat(read.now()).isEqualTo(decision.now());
        assertThat(read.candidates()).isEqualTo(candidates.stream().limit(RecordWriter.MAX_ITEMS).map(c -> cut(c.upstream().name())).toList());
        assertThat(read.time().toEpochMilli()).isEqualTo(micros / 1000);
      });
    }
  }

  @Test
  @DisplayName("decisions 29 a record says how each upstream stood and why it was no candidate; a model's name only if the configuration has it")
  void world() {
    Upstream home = candidate("home").upstream();
    Upstream cloud = new Upstream("cloud", Zone.PUBLIC, Dialect.OPENAI, List.of("deepseek"), null, Map.of(), false, false, "", List.of(), null, null, false,
        List.of(), null, Duration.ofSeconds(1), 1);
    Upstream small = new Upstream("small", Zone.PRIVATE, Dialect.OPENAI, List.of("tiny"), null, Map.of(), false, false, "", List.of(), null, null, false,
        List.of(), null, Duration.ofSeconds(1), 1);
    RecordWriter knowing = new RecordWriter(World.of(new Catalog(List.of(home, cloud, small)),
        name -> name.equals("home") ? new Standing(1, 2, false) : new Standing(0, 3, true)));
    Decision decision = DecisionFixture.decision(DecisionFixture.request("r", Operation.CHAT, "tiny", false, "{}"), Sensitivity.RESTRICTED, Destination.PRIVATE);
    written = knowing.decision(1, decision, Findings.NONE, List.of(new Candidate(home, "m")), new byte[32], Notes.NONE);
    assertThat(readBack()).isInstanceOfSatisfying(AuditRecord.Decided.class, read -> {
      assertThat(read.model()).isEqualTo("tiny");
      assertThat(read.upstreams()).containsExactly(new UpstreamState("home", 1, 2, false, Place.CANDIDATE),
          new UpstreamState("cloud", 0, 3, true, Place.ZONE_CLOSED), new UpstreamState("small", 0, 3, true, Place.MODEL_NOT_SERVED));
    });
  }

  private static final List<LeftAttempt> LEFT = List.of(new LeftAttempt("up", "e1", "reset", 12), new LeftAttempt("up", "e2", "busy", 0));
  private static final List<LeftAttempt> PRICED = List.of(new LeftAttempt("up", "e1", "protocol", 12, 310, 41), new LeftAttempt("up", "e2", "busy", 0),
      new LeftAttempt("up", "e3", "idle_timeout", 3, 7, -1));

  @Test
  @DisplayName("R1.2 tokens of attempts that were left are read back; where none are known the record is not a byte longer")
  void leftTokens() {
    assertThat(outcome(PRICED).left()).isEqualTo(PRICED);
    int priced = written.length();
    assertThat(outcome(PRICED.stream().map(each -> new LeftAttempt(each.upstream(), each.endpoint(), each.why(), each.millis())).toList()).left())
        .extracting(LeftAttempt::inputTokens).containsOnly(-1L);
    assertThat(priced - written.length()).isEqualTo(1 + 3 * 8);
  }

  @Test
  @DisplayName("R2.8 tokens of an answer are read back, with and without those of attempts that were left")
  void answerTokens() {
    Usage usage = new Usage(310, 41, 128, -1);
    assertThat(outcome(PRICED, usage)).isEqualTo(new AuditRecord.Ended("boot-0", 7, java.time.Instant.EPOCH.plusNanos(8000), "id", null, "", CacheOutcome.MISS, 3,
        "", 9, PRICED, usage));
    assertThat(outcome(List.of(), usage).usage()).isEqualTo(usage);
    assertThat(outcome(LEFT, usage).left()).isEqualTo(LEFT);
    assertThat(outcome(LEFT, new Usage(-1, 0, -1, 5)).usage()).isEqualTo(new Usage(-1, 0, -1, -1));
    assertThat(outcome(PRICED).usage()).isEqualTo(Usage.UNKNOWN);
  }

  private AuditRecord.Ended outcome(List<LeftAttempt> left) {
    return outcome(left, Usage.UNKNOWN);
  }

  private AuditRecord.Ended outcome(List<LeftAttempt> left, Usage usage) {
    written = writer.outcome(8, "id", new RouteInfo("id", Sensitivity.PUBLIC, LatencyClass.BATCH, null, null, "", "00", CacheOutcome.MISS, 3, left), null, 9, usage);
    return (AuditRecord.Ended) readBack();
  }

  @Test
  @DisplayName("an outcome of a version that did not list what was left is read as one without any")
  void earlierOutcome() {
    written = writer.outcome(8, "id", new RouteInfo("id", Sensitivity.PUBLIC, LatencyClass.BATCH, null, null, "", "00", CacheOutcome.MISS, 3), Refusal.BUSY, 9, Usage.UNKNOWN);
    written.link(7, 0, new byte[Encoder.HASH]);
    written.seal();
    Frames.Frame frame = new Frames.Frame(0, ByteBuffer.wrap(Arrays.copyOf(written.bytes, written.length() - 1)));
    assertThat(RecordReader.read(new ChainId("boot", 0), frame, Format.MINOR)).isInstanceOfSatisfying(AuditRecord.Ended.class, read -> {
      assertThat(read.durationNanos()).isEqualTo(9);
      assertThat(read.left()).isEmpty();
    });
  }

  @Test
  @DisplayName("an outcome is read back as it was written, for every refusal, destination and cache outcome")
  void outcomesRoundTrip() {
    List<@Nullable Refusal> refusals = new ArrayList<>(List.of(Refusal.values()));
    refusals.add(null);
    List<@Nullable Destination> destinations = new ArrayList<>(List.of(Destination.values()));
    destinations.add(null);
    for (Refusal refusal : refusals) {
      for (Destination destination : destinations) {
        for (CacheOutcome cache : CacheOutcome.values()) {
          written = writer.outcome(8, "id", new RouteInfo("id", Sensitivity.PUBLIC, LatencyClass.BATCH, destination, destination == null ? null : "up", "r",
              "00", cache, 3, LEFT), refusal, 9, new Usage(cache.ordinal(), 41, 0, -1));
          assertThat(readBack()).isEqualTo(new AuditRecord.Ended("boot-0", 7, java.time.Instant.EPOCH.plusNanos(8000), "id", destination,
              destination == null ? "" : "up", cache, 3, refusal == null ? "" : refusal.code(), 9, LEFT,
              new Usage(cache.ordinal(), 41, 0, -1)));
        }
      }
    }
  }
}
