package io.tidegate.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.region.RegionHold.State;
import io.tidegate.dispatch.region.RegionPlan;
import io.tidegate.fake.RecordingSink;
import io.tidegate.fake.ScriptedUpstreams.Sent;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Refusal;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Zone;
import io.tidegate.policy.Policies;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Requests of a daemon in the east, with a private upstream in three regions and a public one in the west, in virtual time. */
class RegionFailoverTest {
  private static final String ANSWER = "{\"choices\":[]}";
  private static final List<String> REGIONS = List.of("east", "north", "west");

  private final LineRig rig = new LineRig();

  @BeforeEach
  void regions() {
    rig.balancer = new io.tidegate.dispatch.Balancer(rig.health);
    rig.regions = new RegionPlan(REGIONS, Map.of("home", REGIONS, "cloud", List.of("west")), "east", "");
    rig.health.endpoints("home", REGIONS.stream().flatMap(region -> List.of(at("home", region + "1", region), at("home", region + "2", region)).stream())
        .toList());
    rig.health.endpoints("cloud", List.of(at("cloud", "c1", "west")));
  }

  @AfterEach
  void aftermath() {
    rig.aftermath();
  }

  private static Endpoint at(String upstream, String id, String region) {
    return LineRig.endpoint(upstream, id).in(region);
  }

  private void down(String region) {
    for (Endpoint endpoint : rig.health.endpoints("home")) {
      if (endpoint.region().equals(region)) {
        rig.health.failed(endpoint, AttemptFailure.of(Kind.CONNECT_REFUSED));
      }
    }
  }

  private void probed(String region) {
    for (Endpoint endpoint : rig.health.endpoints("home")) {
      if (endpoint.region().equals(region)) {
        rig.health.probed(endpoint, true);
      }
    }
  }

  private void pass(Duration time) {
    rig.loop.advance(time.toNanos());
  }

  private void policy(String spec) {
    rig.rules = LineRig.rules(Policies.bundle(spec));
  }

  private static io.tidegate.model.ErrorAnswer error(RecordingSink sink) {
    return java.util.Objects.requireNonNull(sink.error);
  }

  private RecordingSink restricted() {
    return rig.walk(Ask.harmless().declared(Sensitivity.RESTRICTED));
  }

  private List<String> tried() {
    return rig.upstreams.sent.stream().map(Sent::endpoint).toList();
  }

  private String last() {
    return tried().get(tried().size() - 1);
  }

  @Test
  @DisplayName("R3.3 the own region first; the caller's, where it is known")
  void ownFirst() {
    rig.upstreams.answer(ANSWER).answer(ANSWER);
    restricted();
    assertThat(last()).startsWith("east");
    rig.walk(Ask.harmless().declared(Sensitivity.RESTRICTED).region("west"));
    assertThat(last()).startsWith("west");
  }

  @Test
  @DisplayName("R3.3 every endpoint of the region is gone at once: the very request that finds out is answered by the next region")
  void goneAtOnce() {
    rig.upstreams.fail(Kind.CONNECT_REFUSED).fail(Kind.CONNECT_REFUSED).answer(ANSWER).answer(ANSWER);
    assertThat(LineRig.upstream(restricted())).isEqualTo("home");
    assertThat(tried()).hasSize(3).element(2).asString().startsWith("north");
    assertThat(rig.health.regions("home")).containsEntry("east", State.LOST);
    restricted();
    assertThat(tried()).as("the next one asks nobody who is gone").hasSize(4).element(3).asString().startsWith("north");
  }

  @Test
  @DisplayName("R3.3 many endpoints gone at once: the last attempt is kept for the next region")
  void manyGone() {
    rig.health.endpoints("home", java.util.stream.IntStream.range(0, 9).mapToObj(i -> at("home", "x" + i, i < 8 ? "east" : "north")).toList());
    rig.upstreams.fail(Kind.CONNECT_REFUSED).fail(Kind.CONNECT_REFUSED).answer(ANSWER);
    assertThat(LineRig.upstream(restricted())).isEqualTo("home");
    assertThat(last()).isEqualTo("x8");
  }

  @Test
  @DisplayName("R3.3 a region that says nothing costs one connect time-out, not one for each endpoint")
  void silence() {
    rig.upstreams.fail(Kind.CONNECT_TIMEOUT).answer(ANSWER);
    restricted();
    assertThat(tried()).hasSize(2).element(1).asString().startsWith("north");
  }

  @Test
  @DisplayName("R3.3 a lost region is asked by no request until a probe finds it well, it was well for 30 s, and then by a ramp")
  void comesBack() {
    down("east");
    rig.upstreams.byDefault = events -> events.answered(rig.upstreams.bytes(ANSWER), Upstreams.Usage.UNKNOWN);
    pass(Duration.ofMinutes(2));
    restricted();
    assertThat(last()).as("not even as the probe, though its ejection is over").startsWith("north");
    probed("east");
    assertThat(rig.health.regions("home")).containsEntry("east", State.RETURNING);
    pass(Duration.ofSeconds(29));
    restricted();
    assertThat(last()).startsWith("north");
    pass(Duration.ofSeconds(16));
    int before = rig.upstreams.sent.size();
    for (int i = 0; i < 400; i++) {
      restricted();
    }
    long east = rig.upstreams.sent.stream().skip(before).filter(sent -> sent.endpoint().startsWith("east")).count();
    assertThat(east).as("of 400, half way up the ramp").isBetween(160L, 240L);
    pass(Duration.ofSeconds(15));
    restricted();
    assertThat(last()).startsWith("east");
    assertThat(rig.health.regions("home")).containsEntry("east", State.SERVING);
  }

  @Test
  @DisplayName("R3.3 a region that is held serves all the same when nobody else is left")
  void heldButAlone() {
    down("east");
    pass(Duration.ofMinutes(2));
    probed("east");
    down("north");
    down("west");
    rig.upstreams.answer(ANSWER);
    restricted();
    assertThat(last()).startsWith("east");
  }

  @Test
  @DisplayName("R3.3 G1 a region of residency is all there is: refused with its own code when it is down, and nothing is sent elsewhere")
  void residency() {
    policy("residency: {restricted: [east]}");
    down("east");
    RecordingSink sink = restricted();
    assertThat(error(sink).refusal()).isEqualTo(Refusal.NO_PERMITTED_REGION);
    assertThat(error(sink).message()).contains("(east)");
    assertThat(rig.upstreams.sent).isEmpty();
    rig.upstreams.answer(ANSWER);
    rig.walk(Ask.harmless().declared(Sensitivity.CONFIDENTIAL));
    assertThat(last()).as("what is bound nowhere goes on").startsWith("north");
  }

  @Test
  @DisplayName("R3.3 G1 a residency nobody stands in is refused at once, and says that waiting is of no use")
  void nobodyThere() {
    policy("residency: {restricted: [south]}");
    RecordingSink sink = restricted();
    assertThat(error(sink).refusal()).isEqualTo(Refusal.NO_REGION_SERVES);
    assertThat(error(sink).refusal().code()).isEqualTo("no_permitted_region");
    assertThat(error(sink).refusal().repeatMayHelp()).isFalse();
  }

  @Test
  @DisplayName("R3.3 G1 with residency, an upstream of which nobody says where it stands is no candidate")
  void unsaid() {
    rig.regions = new RegionPlan(REGIONS, Map.of("cloud", List.of("west")), "east", "");
    rig.health.endpoints("home", List.of(LineRig.endpoint("home", "h1")));
    policy("residency: {restricted: [east]}");
    assertThat(error(restricted()).refusal()).isEqualTo(Refusal.NO_REGION_SERVES);
  }

  @Test
  @DisplayName("R3.3 G1 a residency also binds where the daemon knows no regions at all")
  void noRegionsConfigured() {
    rig.regions = io.tidegate.dispatch.region.RegionOrders.NONE;
    policy("residency: {restricted: [east]}");
    assertThat(error(restricted()).refusal()).isEqualTo(Refusal.NO_REGION_SERVES);
  }

  @Test
  @DisplayName("R3.3 G1 whatever fails in whatever order: bound to regions, nothing is ever sent outside them")
  void property() {
    rig.upstreams.byDefault = null;
    for (int seed = 0; seed < 1_500; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<String> permitted = REGIONS.stream().filter(region -> random.nextInt(2) == 0).toList();
      policy("residency: {internal: [" + String.join(", ", permitted.isEmpty() ? List.of("south") : permitted) + "]}\n"
          + "routes: {internal: {interactive: [private, public], standard: [public, private]}}");
      regions();
      for (String region : REGIONS) {
        if (random.nextInt(3) == 0) {
          down(region);
        }
      }
      rig.upstreams.byDefault = events -> {
        Kind kind = List.of(Kind.CONNECT_REFUSED, Kind.CONNECT_TIMEOUT, Kind.BUSY, Kind.RESET, Kind.SERVER_ERROR, Kind.RATE_LIMITED)
            .get(random.nextInt(6));
        if (random.nextInt(3) == 0) {
          events.answered(rig.upstreams.bytes(ANSWER), Upstreams.Usage.UNKNOWN);
        } else {
          events.failed(AttemptFailure.of(kind));
        }
      };
      int before = rig.upstreams.sent.size();
      Sensitivity declared = Sensitivity.values()[random.nextInt(4)];
      rig.walk(Ask.harmless().declared(declared).region(List.of("", "east", "west", "mars").get(random.nextInt(4))));
      for (Sent sent : rig.upstreams.sent.subList(before, rig.upstreams.sent.size())) {
        String region = sent.zone() == Zone.PUBLIC ? "west" : sent.endpoint().substring(0, sent.endpoint().length() - 1);
        assertThat(permitted).as("seed %d sent to %s", seed, sent.endpoint()).contains(region);
      }
      pass(Duration.ofMinutes(1));
    }
  }
}
