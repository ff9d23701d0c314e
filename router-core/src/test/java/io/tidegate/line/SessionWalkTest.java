package io.tidegate.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.PickReason;
import io.tidegate.fake.RecordingSink;
import io.tidegate.fake.ScriptedUpstreams.Sent;
import io.tidegate.model.Balance;
import io.tidegate.model.Balance.Method;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which endpoint a walk takes, and that it is given back. Restricted requests: only home may serve them, with h1 and h2. */
class SessionWalkTest {
  private final LineRig rig = new LineRig();

  @AfterEach
  void aftermath() {
    rig.aftermath();
  }

  private static Ask restricted(String session) {
    Ask ask = Ask.restricted().sampled();
    return session.isEmpty() ? ask : ask.in(session);
  }

  private String askedAt(String session) {
    rig.upstreams.answer("{\"ok\":1}");
    rig.walk(restricted(session));
    return rig.upstreams.sent.get(rig.upstreams.sent.size() - 1).endpoint();
  }

  private int inFlight() {
    return List.of("h1", "h2").stream().mapToInt(id -> rig.health.inFlight(LineRig.endpoint("home", id))).sum();
  }

  @Test
  @DisplayName("R4.5 R4.6 turns of a named session go to one endpoint, and sessions are spread over both")
  void sessionStays() {
    Set<String> homes = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      String first = askedAt("s" + i);
      assertThat(askedAt("s" + i)).isEqualTo(first);
      homes.add(first);
    }
    assertThat(homes).containsExactlyInAnyOrder("h1", "h2");
  }

  @Test
  @DisplayName("R4.5 G1 a session whose endpoint refuses goes to the other of the same upstream, and nowhere else")
  void sessionMovesInsideTheUpstream() {
    String home = askedAt("s");
    rig.upstreams.fail(Kind.CONNECT_REFUSED).answer("{\"ok\":1}");
    rig.walk(restricted("s"));
    List<Sent> sent = rig.upstreams.sent.subList(1, 3);
    assertThat(sent.get(0).endpoint()).isEqualTo(home);
    assertThat(sent.get(1).endpoint()).isNotEqualTo(home);
    assertThat(sent).allMatch(one -> one.upstream().equals("home"));
    assertThat(askedAt("s")).isNotEqualTo(home);
    assertThat(rig.health.picks("home", PickReason.AWAY_TRIED)).isEqualTo(1);
    assertThat(rig.health.picks("home", PickReason.AWAY_EJECTED)).isEqualTo(1);
  }

  @Test
  @DisplayName("R4.2 an attempt counts as in flight from its start to its end, whole, broken, failed or left behind, and once")
  void inFlightIsGivenBack() {
    rig.upstreams.hold();
    RecordingSink held = rig.walk(restricted("s"));
    assertThat(inFlight()).isEqualTo(1);
    rig.upstreams.last.answered(rig.upstreams.bytes("{\"ok\":1}"), Upstreams.Usage.UNKNOWN);
    rig.upstreams.last.failed(AttemptFailure.of(Kind.RESET));
    rig.loop.run();
    assertThat(held.route).isNotNull();
    assertThat(inFlight()).isZero();
    rig.upstreams.fail(Kind.RESET).fail(Kind.RESET);
    rig.walk(restricted("s"));
    assertThat(inFlight()).isZero();
    rig.upstreams.hold();
    RecordingSink gone = new RecordingSink();
    Line.Walk walk = rig.begin(restricted("t"), gone);
    assertThat(inFlight()).isEqualTo(1);
    walk.cancel();
    assertThat(inFlight()).isZero();
  }

  @Test
  @DisplayName("R4.2 by PEAK_EWMA the endpoint that began its stream sooner gets the next one")
  void firstTokenIsMeasured() {
    rig.health.balance("home", Balance.DEFAULT.with(Method.PEAK_EWMA));
    for (int i = 0; i < 2; i++) {
      rig.upstreams.hold();
      rig.walk(restricted("").stream());
      String at = rig.upstreams.sent.get(i).endpoint();
      rig.loop.advance(at.equals("h1") ? 3_000_000_000L : 100_000_000L);
      rig.upstreams.last.events(rig.upstreams.bytes("data: {}\n\n"), true);
      rig.upstreams.last.ended(Upstreams.Usage.UNKNOWN);
      rig.loop.run();
    }
    assertThat(rig.upstreams.sent).extracting(Sent::endpoint).containsExactlyInAnyOrder("h1", "h2");
    for (int i = 0; i < 10; i++) {
      assertThat(askedAt("")).isEqualTo("h2");
    }
  }

  @Test
  @DisplayName("R4.11 a session leaves its home when that takes ten times as long per token as the others, seen on whole answers alone")
  void slowHome() {
    rig.health.endpoints("home", List.of(LineRig.endpoint("home", "h1"), LineRig.endpoint("home", "h2"), LineRig.endpoint("home", "h3")));
    String home = askedAt("s");
    for (int i = 0; i < 200; i++) {
      rig.upstreams.hold();
      rig.walk(restricted(i % 2 == 0 ? "s" : "t" + i));
      rig.loop.advance(rig.upstreams.sent.get(rig.upstreams.sent.size() - 1).endpoint().equals(home) ? 2_000_000_000L : 200_000_000L);
      rig.upstreams.last.answered(rig.upstreams.bytes("{\"ok\":1}"), new Upstreams.Usage(100, 50, 0, 0));
      rig.loop.run();
    }
    assertThat(rig.health.picks("home", PickReason.AWAY_SLOW)).isPositive();
    assertThat(askedAt("s")).isNotEqualTo(home);
  }
}
