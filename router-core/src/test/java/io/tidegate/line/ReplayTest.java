package io.tidegate.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.RecordingSink;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Destination;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.policy.Policies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReplayTest {
  private static final String ONE = "data: {\"id\":\"chatcmpl-0a1b2c\",\"created\":1700000000,\"c\":\"one\"}\n\n";
  private static final String TWO = "data: {\"id\":\"chatcmpl-0a1b2c\",\"created\":1700000000,\"c\":\"two\"}\n\n";
  private static final String THREE = "data: {\"id\":\"chatcmpl-0a1b2c\",\"created\":1700000000,\"c\":\"three\"}\n\n";
  private static final String JSON = "{\"id\":\"chatcmpl-0a1b2c\",\"created\":1700000000,\"choices\":[{\"text\":\"\\\"id\\\":\\\"x-1\\\"\",\"finish_reason\":\"stop\"}]}";

  private final LineRig rig = new LineRig();
  private final List<Long> pieces = new ArrayList<>();

  @AfterEach
  void aftermath() {
    rig.aftermath();
  }

  private void policy(String replay) {
    rig.rules = LineRig.rules(Policies.bundle("cache:\n  public: {store: true, shared: true, replay: " + replay + "}\n  internal: {store: true, replay: " + replay
        + "}\n  groups: {siblings: [a, b]}\ngrants:\n  - {id: open, tenants: [a, b], owner: secops, expires: 2099-01-01}\n"));
  }

  private void millis(long millis) {
    rig.loop.advance(Duration.ofMillis(millis).toNanos());
  }

  /** Its first content after 40 ms, then pieces 30 and 50 ms later. */
  private RecordingSink originStream(Ask ask) {
    rig.upstreams.hold();
    RecordingSink sink = rig.walk(ask);
    millis(40);
    rig.upstreams.last().events(rig.upstreams.bytes(ONE), true);
    millis(30);
    rig.upstreams.last().events(rig.upstreams.bytes(TWO), true);
    millis(50);
    rig.upstreams.last().events(rig.upstreams.bytes(THREE), true);
    rig.upstreams.last().ended(Usage.UNKNOWN);
    return sink;
  }

  /** The milliseconds from now at which each piece comes. */
  private RecordingSink watched(Ask ask) {
    RecordingSink sink = rig.sink();
    long began = rig.loop.nanos();
    pieces.clear();
    int[] seen = {0};
    sink.inside = () -> {
      if (sink.frames.length() > seen[0]) {
        seen[0] = sink.frames.length();
        pieces.add((rig.loop.nanos() - began) / 1_000_000);
      }
    };
    rig.begin(ask, sink);
    return sink;
  }

  @Test
  @DisplayName("at once: a stored stream goes out in one piece, now")
  void atOnce() {
    policy("at-once");
    originStream(Ask.harmless().of("a").stream());
    RecordingSink hit = watched(Ask.harmless().of("a").stream());
    assertThat(hit.frames).hasToString(ONE + TWO + THREE);
    assertThat(pieces).containsExactly(0L);
  }

  @Test
  @DisplayName("paced: a stored stream begins now, in the pieces it had, with the pauses it had")
  void paced() {
    policy("paced");
    originStream(Ask.harmless().of("a").stream());
    RecordingSink hit = watched(Ask.harmless().of("a").stream());
    millis(29);
    assertThat(hit.frames).hasToString(ONE);
    millis(200);
    assertThat(hit.frames).hasToString(ONE + TWO + THREE);
    assertThat(pieces).containsExactly(0L, 30L, 80L);
    assertThat(Objects.requireNonNull(hit.route).cache()).isEqualTo(CacheOutcome.HIT);
  }

  @Test
  @DisplayName("paced: a caller that does not read holds the replay up, and gets the rest when it reads again")
  void backPressure() {
    policy("paced");
    originStream(Ask.harmless().of("a").stream());
    RecordingSink hit = rig.sink();
    Line.Walk walk = rig.begin(Ask.harmless().of("a").stream(), hit);
    hit.writable = false;
    millis(500);
    assertThat(hit.frames).hasToString(ONE);
    hit.writable = true;
    walk.writable();
    millis(500);
    assertThat(hit.frames).hasToString(ONE + TWO + THREE);
  }

  @Test
  @DisplayName("G5 paced: a caller that leaves midway ends it; no timer stays")
  void leftMidway() {
    policy("paced");
    originStream(Ask.harmless().of("a").stream());
    RecordingSink hit = rig.sink();
    Line.Walk walk = rig.begin(Ask.harmless().of("a").stream(), hit);
    hit.gone();
    walk.cancel();
    assertThat(rig.loop.pendingTimers()).isZero();
    millis(500);
    assertThat(hit.frames).hasToString(ONE);
  }

  @Test
  @DisplayName("C4 as origin: a hit begins no sooner than the origin did, with its pauses; its owner is told that it is one")
  void asOrigin() {
    policy("as-origin");
    originStream(Ask.harmless().of("a").stream());
    RecordingSink hit = watched(Ask.harmless().of("a").stream());
    millis(39);
    assertThat(hit.calls).isEmpty();
    millis(500);
    assertThat(pieces).containsExactly(40L, 70L, 120L);
    assertThat(Objects.requireNonNull(hit.route).cache()).isEqualTo(CacheOutcome.HIT);
    assertThat(hit.frames).hasToString(ONE + TWO + THREE);
  }

  @Test
  @DisplayName("C4 as origin: another tenant of the group is told what a miss is told, and nothing in the answer is older than its request or was seen before")
  void hiddenFromOthers() {
    policy("as-origin");
    rig.upstreams.answer(JSON).answer(JSON);
    RouteInfo miss = Objects.requireNonNull(rig.walk(Ask.harmless().of("a")).route);
    RecordingSink hit = rig.walk(Ask.harmless().of("b"));
    assertThat(rig.upstreams.sent).hasSize(1);
    RouteInfo told = Objects.requireNonNull(hit.route);
    assertThat(told.cache()).isEqualTo(miss.cache()).isEqualTo(CacheOutcome.MISS);
    assertThat(told.destination()).isEqualTo(miss.destination()).isEqualTo(Destination.PUBLIC);
    assertThat(told.attempts()).isEqualTo(miss.attempts());
    assertThat(told.upstream()).isEqualTo(miss.upstream());
    assertThat(rig.meters.ends.get(1)).as("meters and records know").isEqualTo("EDGE_CACHE answered HIT");
    assertThat(hit.json).hasSize(JSON.length()).contains("\"created\":" + LineRig.NOW.getEpochSecond()).contains("\\\"id\\\":\\\"x-1\\\"")
        .doesNotContain("chatcmpl-0a1b2c").containsPattern("\"id\":\"chatcmpl-[0-9a-f]{6}\"");
    RecordingSink again = rig.walk(Ask.harmless().of("b"));
    assertThat(again.json).isNotEqualTo(hit.json);
    rig.upstreams.script.clear();
  }

  @Test
  @DisplayName("C4 as origin: a stream's id is one in all its pieces, and another than the stored one")
  void streamIds() {
    policy("as-origin");
    originStream(Ask.harmless().of("a").stream());
    RecordingSink hit = watched(Ask.harmless().of("b").stream());
    millis(500);
    List<String> ids = hit.frames.toString().lines().filter(line -> line.startsWith("data")).map(line -> line.replaceAll(".*\"id\":\"([^\"]*)\".*", "$1")).toList();
    assertThat(ids).hasSize(3);
    assertThat(ids.stream().distinct()).hasSize(1).doesNotContain("chatcmpl-0a1b2c");
    assertThat(pieces).containsExactly(40L, 70L, 120L);
  }

  @Test
  @DisplayName("C4 as origin: a call under way is shared inside the tenant, and not with another of its group")
  void flightsAreTheTenants() {
    policy("as-origin");
    rig.upstreams.hold();
    RecordingSink first = rig.walk(Ask.harmless().of("a"));
    Upstreams.AttemptEvents firstCall = rig.upstreams.last();
    RecordingSink same = rig.walk(Ask.harmless().of("a"));
    assertThat(rig.upstreams.sent).hasSize(1);
    rig.upstreams.hold();
    RecordingSink other = rig.walk(Ask.harmless().of("b"));
    assertThat(rig.upstreams.sent).hasSize(2);
    firstCall.answered(rig.upstreams.bytes(JSON), Usage.UNKNOWN);
    rig.loop.run();
    assertThat(first.json).isEqualTo(same.json).isEqualTo(JSON);
    assertThat(other.json).isNull();
    rig.upstreams.last().answered(rig.upstreams.bytes(JSON), Usage.UNKNOWN);
    rig.loop.run();
  }

  @Test
  @DisplayName("a hit that waits never waits past its request's time")
  void deadline() {
    policy("as-origin");
    rig.upstreams.hold();
    rig.walk(Ask.harmless().of("a"));
    millis(10_000);
    rig.upstreams.last().answered(rig.upstreams.bytes(JSON), Usage.UNKNOWN);
    rig.loop.run();
    RecordingSink hurried = rig.walk(Ask.harmless().of("a").within(Duration.ofMillis(200).toNanos()));
    millis(200);
    assertThat(hurried.json).isEqualTo(JSON);
  }
}
