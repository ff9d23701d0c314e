package io.tidegate.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.fake.RecordingSink;
import io.tidegate.fake.ScriptedUpstreams.Sent;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Zone;
import io.tidegate.policy.Policies;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Steps of a route with conditions, walked: what each failure at home opens, and what it does not. */
class RouteConditionsTest {
  private static final String ANSWER = "{\"choices\":[]}";

  private final LineRig rig = new LineRig();

  @AfterEach
  void aftermath() {
    rig.aftermath();
  }

  private void route(String interactive) {
    rig.rules = LineRig.rules(Policies.bundle("routes: {internal: {interactive: " + interactive + "}}"));
  }

  private RecordingSink walk() {
    return rig.walk(Ask.harmless().wish(LatencyClass.INTERACTIVE));
  }

  private List<String> tried() {
    return rig.upstreams.sent.stream().map(Sent::endpoint).toList();
  }

  @ParameterizedTest
  @DisplayName("A3 a conditional step is used after just the failures its condition names")
  @CsvSource({"down, CONNECT_REFUSED, true", "down, CONNECT_TIMEOUT, true", "down, BUSY, false", "down, RATE_LIMITED, false", "down, RESET, false",
      "down, SERVER_ERROR, false", "down, FIRST_TOKEN_TIMEOUT, false", "busy, CONNECT_REFUSED, true", "busy, BUSY, true", "busy, LOADING, true",
      "busy, POOL_FULL, true", "busy, SERVER_ERROR, false", "busy, INCOMPLETE, false", "always, SERVER_ERROR, true"})
  void conditions(String when, Kind kind, boolean used) {
    route("[private, {to: public, when: " + when + "}]");
    // Two endpoints stand at home, and three attempts are allowed.
    rig.upstreams.fail(kind);
    if (kind != Kind.RATE_LIMITED) {
      rig.upstreams.fail(kind);
    }
    if (used) {
      rig.upstreams.answer(ANSWER);
    }
    RecordingSink sink = walk();
    assertThat(rig.upstreams.sentTo(Zone.PUBLIC)).isEqualTo(used);
    assertThat(LineRig.upstream(sink)).isEqualTo(used ? "cloud" : null);
  }

  @Test
  @DisplayName("A3 'down' does not hold while one endpoint is merely busy: the other being out of reach is not enough")
  void downMeansAll() {
    route("[private, {to: public, when: down}]");
    rig.health.failed(LineRig.endpoint("home", "h1"), new AttemptFailure(Kind.RATE_LIMITED, 429, false, 30_000, null));
    rig.upstreams.fail(Kind.CONNECT_REFUSED);
    RecordingSink sink = walk();
    assertThat(tried()).containsExactly("h2");
    assertThat(sink.error).isNotNull();
  }

  @Test
  @DisplayName("A3 a home that is known to be out of reach opens 'down' without an attempt")
  void knownToBeDown() {
    route("[private, {to: public, when: down}]");
    rig.down("home");
    rig.upstreams.answer(ANSWER);
    assertThat(LineRig.upstream(walk())).isEqualTo("cloud");
    assertThat(tried()).containsExactly("c1");
  }

  @Test
  @DisplayName("A3 no upstream at home for the model is neither busy nor down: the caller cannot open a step by naming a model")
  void namingAModelOpensNothing() {
    rig.catalog = List.of(LineRig.CLOUD);
    for (String when : List.of("down", "busy")) {
      route("[private, {to: public, when: " + when + "}]");
      RecordingSink sink = rig.walk(Ask.harmless().wish(LatencyClass.INTERACTIVE).model("deepseek"));
      assertThat(sink.error).isNotNull();
    }
    assertThat(tried()).isEmpty();
  }

  @Test
  @DisplayName("A4 the frozen list holds conditional candidates too, in the route's order")
  void candidatesAreFrozen() {
    route("[private, {to: public, when: down}]");
    rig.upstreams.answer(ANSWER);
    walk();
    assertThat(rig.audit.candidates).containsExactly(List.of("home", "cloud"));
  }

  @Test
  @DisplayName("G7 B6 where the record cannot be written, what waits behind the public step may still be asked")
  void auditDown() {
    rig.rules = LineRig.rules(Policies.bundle("routes: {internal: {standard: [public, {to: private, when: down}]}}"));
    rig.audit.full = true;
    rig.upstreams.answer(ANSWER);
    assertThat(LineRig.upstream(rig.walk(Ask.harmless()))).isEqualTo("home");
  }

  @ParameterizedTest
  @EnumSource(value = Kind.class, mode = EnumSource.Mode.EXCLUDE, names = "CANCELLED")
  @DisplayName("G1 a step that asks for a transformation opens nothing by itself, whatever fails before it")
  void afterOpensNothing(Kind kind) {
    route("[private, {to: public, after: pseudonymise}]");
    for (int i = 0; i < 2; i++) {
      rig.upstreams.fail(kind);
    }
    walk();
    rig.upstreams.script.clear();
    assertThat(rig.upstreams.sentTo(Zone.PUBLIC)).isFalse();
  }
}
