package io.tidegate.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.cache.ExactCache;
import io.tidegate.cache.FakeFarStore;
import io.tidegate.cache.LayeredCache;
import io.tidegate.cache.Sealing;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.Balancer;
import io.tidegate.dispatch.Catalog;
import io.tidegate.fake.RecordingSink;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.Policies;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Two daemons with a shared layer between them, random requests, an origin that now and then fails, breaks off, filters or cuts, a shared layer that now and
 * then fails or hangs, and bundles that come and go. Every answer carries the number of the call that made it, so it is known of each where it came from:
 * an answer that was made for another request must be of an equal one (partition, class, bundle, operation, every byte), whole, and young enough.
 */
class G4CachePropertyTest {
  private static final int CASES = 100_000;
  private static final Pattern NUMBER = Pattern.compile("\"n\":(\\d+)");
  private static final Duration FRESH = Duration.ofMinutes(5);
  private static final Duration STALE = Duration.ofMinutes(20);
  private static final String SPEC = """
      egress: {edge-cache: [public, internal, confidential, restricted], private: [public, internal, confidential, restricted], public: [public, internal]}
      routes:
        restricted: {standard: [edge-cache, private]}
        confidential: {standard: [edge-cache, private]}
      cache:
        public: {store: true, shared: true, stale: 20m, staleIfError: 20m%s}
        internal: {store: true, stale: 20m%s}
        confidential: {store: true, stale: 20m, outside: true}
        restricted: {store: true, stale: 20m}
        groups: {siblings: [t0, t1, t2]}
      grants:
        - {id: open, tenants: [t0, t1, t3, t4], owner: secops, expires: 2099-01-01}
      """;

  private final LineRig rig = new LineRig();
  private final FakeFarStore store = new FakeFarStore();
  private final SplittableRandom random = new SplittableRandom(Long.getLong("tidegate.seed", 66));
  private final List<Made> made = new ArrayList<>();
  private final Map<CacheOutcome, Integer> outcomes = new EnumMap<>(CacheOutcome.class);
  private int asked;

  /** All that must be equal. */
  private record Part(String partition, Sensitivity sensitivity, String bundle, Operation operation, String body) {}

  /** One call of the origin; {@code of} is the request that was under way, or whose refresh it is. */
  private record Made(int asked, boolean whole, long atNanos) {}

  private final List<Part> parts = new ArrayList<>();

  private RequestLine daemon(LayeredCache cache) {
    return new RequestLine(new Rooms(() -> rig.rules, new Catalog(rig.catalog), rig.health, List.of(new Balancer(rig.health)), rig.encoder, rig.upstreams, cache,
        rig.log, new RequestDigest(new byte[32]), rig.meters, () -> LineRig.NOW, Runnable::run, LineConfig.DEFAULT, rig.external, rig.sessions,
        List.of(rig.retries), rig.flights, rig.merging));
  }

  private LayeredCache cache() {
    return new LayeredCache(new ExactCache(8 << 20, rig.loop, new SplittableRandom(1)), store, new Sealing(new byte[32], new byte[0]),
        () -> LineRig.NOW.plusNanos(rig.loop.nanos()), Duration.ofMillis(2).toNanos());
  }

  private static String partition(String tenant, Sensitivity sensitivity) {
    return sensitivity == Sensitivity.PUBLIC && tenant.compareTo("t2") <= 0 ? "siblings" : tenant;
  }

  /** The origin: mostly well. */
  private void originate(Upstreams.AttemptEvents events) {
    boolean stream = rig.upstreams.sent.get(rig.upstreams.sent.size() - 1).body().contains("\"stream\":true");
    int dice = random.nextInt(100);
    String reason = dice < 88 ? "stop" : dice < 90 ? "content_filter" : dice < 92 ? "length" : "";
    int number = made.size();
    made.add(new Made(asked, dice < 88, rig.loop.nanos()));
    String piece = "{\"n\":" + number + ",\"choices\":[{\"finish_reason\":" + (reason.isEmpty() ? "null" : "\"" + reason + "\"") + "}]}";
    if (dice >= 96) {
      events.failed(AttemptFailure.of(AttemptFailure.Kind.RESET));
    } else if (stream) {
      events.events(rig.upstreams.bytes("data: {\"n\":" + number + ",\"choices\":[{\"finish_reason\":null}]}\n\n"), true);
      if (dice >= 92) {
        events.failed(AttemptFailure.of(AttemptFailure.Kind.INCOMPLETE));
      } else {
        events.events(rig.upstreams.bytes("data: " + piece + "\n\n"), true);
        events.ended(Usage.UNKNOWN);
      }
    } else if (dice >= 92) {
      events.failed(AttemptFailure.of(AttemptFailure.Kind.INCOMPLETE));
    } else {
      events.answered(rig.upstreams.bytes(piece), Usage.UNKNOWN);
    }
  }

  @Test
  @DisplayName("G4 C1 C2 C3 C5 C6 100,000 random requests: never across a partition or a bundle, never too old, never cut or failed; RESTRICTED never outside")
  void neverWrong() throws JsonException {
    long began = rig.loop.nanos();
    List<RequestLine> daemons = List.of(daemon(cache()), daemon(cache()));
    List<Rules> bundles = new ArrayList<>();
    for (String more : List.of("", ", replay: paced", ", replay: as-origin")) {
      bundles.add(LineRig.rules(Policies.bundle(SPEC.formatted(more, more))));
    }
    rig.upstreams.byDefault = this::originate;
    int old = 0;
    int restrictedHits = 0;
    for (int i = 0; i < CASES; i++) {
      rig.loop.advance(Duration.ofMillis(random.nextInt(2_000) == 0 ? random.nextInt(600_000) : random.nextInt(20)).toNanos());
      if (random.nextInt(500) == 0) {
        store.state = random.nextInt(3) > 0 ? FakeFarStore.State.WELL : FakeFarStore.State.values()[random.nextInt(4)];
        store.release();
      }
      if (random.nextInt(4_000) == 0) {
        rig.rules = bundles.get(random.nextInt(bundles.size()));
      } else if (i == 0) {
        rig.rules = bundles.get(0);
      }
      old += ask(i, daemons.get(random.nextInt(2))) ? 1 : 0;
      Part part = parts.get(i);
      restrictedHits += part != null && part.sensitivity == Sensitivity.RESTRICTED && made.get(made.size() - 1).asked != i ? 1 : 0;
      rig.upstreams.sent.clear();
    }
    assertThat(old).as("answers made for an earlier request").isBetween(CASES / 5, CASES * 4 / 5);
    assertThat(outcomes.get(CacheOutcome.STALE)).isGreaterThan(100);
    assertThat(outcomes.get(CacheOutcome.HIT)).isGreaterThan(CASES / 10);
    assertThat(restrictedHits).as("RESTRICTED from the process's own memory").isGreaterThan(100);
    assertThat(store.entries).hasSizeGreaterThan(100);
    assertThat(store.gets).isGreaterThan(1_000);
    assertThat(rig.upstreams.leaks()).isZero();
    assertThat(rig.meters.defects).isEmpty();
    assertThat(rig.loop.nanos() - began).isGreaterThan(Duration.ofHours(1).toNanos());
  }

  /** True if the answer was made for an earlier request. */
  private boolean ask(int i, RequestLine daemon) throws JsonException {
    asked = i;
    Operation operation = Operation.values()[random.nextInt(2)];
    String tenant = "t" + random.nextInt(7);
    boolean stream = random.nextInt(3) == 0;
    boolean sampled = random.nextInt(10) == 0;
    int word = random.nextInt(20);
    CacheDirective directive = word == 0 ? CacheDirective.NO_CACHE : word == 1 ? CacheDirective.NO_STORE : CacheDirective.DEFAULT;
    String body = body(operation, stream);
    ModelRequest request = new ModelRequest("r" + i, operation, new Prompt(JsonText.parse(body.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT)), "auto",
        stream, false, sampled, new Caller(tenant, "job" + random.nextInt(2)), random.nextInt(8) == 0 ? Sensitivity.RESTRICTED : Sensitivity.values()[random.nextInt(3)], null, 0, directive, rig.loop.nanos());
    int callsBefore = made.size();
    int putsBefore = store.puts;
    RecordingSink sink = rig.sink();
    daemon.walk(request, sink, rig.loop);
    rig.loop.advance(Duration.ofMillis(5).toNanos());
    RouteInfo route = sink.route;
    assertThat(sink.over()).as("case %d: G5 one answer", i).isTrue();
    if (route == null) {
      parts.add(null);
      return false;
    }
    Part part = new Part(partition(tenant, route.sensitivity()), route.sensitivity(), route.policy(), operation, body);
    parts.add(part);
    outcomes.merge(route.cache(), 1, Integer::sum);
    if (part.sensitivity == Sensitivity.RESTRICTED) {
      assertThat(store.puts).as("case %d: decisions 5", i).isEqualTo(putsBefore);
    }
    Matcher numbers = NUMBER.matcher(stream ? sink.frames : sink.json == null ? "" : sink.json);
    boolean earlier = false;
    while (numbers.find()) {
      int number = Integer.parseInt(numbers.group(1));
      if (number < callsBefore) {
        earlier = true;
        Made from = made.get(number);
        assertThat(parts.get(from.asked)).as("case %d: of an equal request", i).isEqualTo(part);
        assertThat(from.whole).as("case %d: whole", i).isTrue();
        assertThat(sampled || directive != CacheDirective.DEFAULT).as("case %d: may read", i).isFalse();
        long age = rig.loop.nanos() - from.atNanos;
        assertThat(age).as("case %d: age", i).isLessThan(FRESH.plus(STALE).toNanos());
        if (route.cache() == CacheOutcome.HIT) {
          assertThat(age).as("case %d: age of a hit", i).isLessThanOrEqualTo(FRESH.toNanos() + 5_000_000);
        }
      }
    }
    if (earlier && sink.error == null) {
      assertThat(stream ? sink.frames.toString() : sink.json).as("case %d: complete", i).contains("\"stop\"");
    }
    return earlier;
  }

  /** Bodies of few parts with few values, so that many are equal and many differ in one place only. */
  private String body(Operation operation, boolean stream) {
    String text = "\"say " + random.nextInt(3) + "\"";
    String what = operation == Operation.CHAT ? "\"messages\":[{\"role\":\"system\",\"content\":\"be " + random.nextInt(2) + "\"},{\"role\":\"user\",\"content\":" + text + "}]"
        : "\"prompt\":" + text;
    String tools = random.nextInt(3) == 0 ? ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f" + random.nextInt(2) + "\"}}]" : "";
    String limit = random.nextInt(3) == 0 ? ",\"max_tokens\":" + (10 + random.nextInt(2)) : "";
    return "{\"model\":\"auto\",\"temperature\":0," + what + tools + limit + (stream ? ",\"stream\":true" : "") + "}";
  }
}
