package io.tidegate.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.EndpointHealth.Event;
import io.tidegate.dispatch.EndpointHealth.State;
import io.tidegate.dispatch.HealthBoard.HealthRules;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointHealthTest {
  private static final HealthRules RULES = new HealthRules(3, 100, 800, 1000);

  /** HEALTHY one failure before the limit, EJECTED at 0 until 100, PROBING since 100 until 900. */
  private static final Map<State, EndpointHealth> AT = new EnumMap<>(Map.of(
      State.HEALTHY, new EndpointHealth(State.HEALTHY, 2, 2, 0, 0, 0),
      State.EJECTED, new EndpointHealth(State.EJECTED, 3, 0, 1, 0, 100),
      State.PROBING, new EndpointHealth(State.PROBING, 3, 0, 1, 100, 900)));

  @ParameterizedTest
  @DisplayName("R4.8 every cell of the table: state, event, time, state after, failures, bad probes, ejections, until")
  @CsvSource({
      "HEALTHY, SUCCESS,      50,  HEALTHY, 0, 0, 0, 0",
      "HEALTHY, FAILURE,      50,  EJECTED, 3, 2, 1, 150",
      "HEALTHY, REFUSAL,      50,  EJECTED, 3, 2, 1, 150",
      "HEALTHY, INCONCLUSIVE, 50,  HEALTHY, 2, 2, 0, 0",
      "HEALTHY, ASKED,        50,  HEALTHY, 2, 2, 0, 0",
      "HEALTHY, PROBE_GOOD,   50,  HEALTHY, 2, 0, 0, 0",
      "HEALTHY, PROBE_BAD,    50,  EJECTED, 3, 2, 1, 150",
      "EJECTED, SUCCESS,      50,  EJECTED, 3, 0, 1, 100",
      "EJECTED, FAILURE,      50,  EJECTED, 3, 0, 1, 100",
      "EJECTED, REFUSAL,      50,  EJECTED, 3, 0, 1, 100",
      "EJECTED, INCONCLUSIVE, 50,  EJECTED, 3, 0, 1, 100",
      "EJECTED, ASKED,        99,  EJECTED, 3, 0, 1, 100",
      "EJECTED, ASKED,        100, PROBING, 3, 0, 1, 900",
      "EJECTED, PROBE_GOOD,   50,  EJECTED, 3, 0, 1, 100",
      "EJECTED, PROBE_BAD,    50,  EJECTED, 3, 1, 1, 150",
      "EJECTED, PROBE_BAD,    790, EJECTED, 3, 1, 1, 800",
      "PROBING, SUCCESS,      150, HEALTHY, 0, 0, 1, 150",
      "PROBING, FAILURE,      150, EJECTED, 4, 0, 2, 350",
      "PROBING, REFUSAL,      150, EJECTED, 4, 0, 2, 350",
      "PROBING, INCONCLUSIVE, 150, EJECTED, 3, 0, 1, 175",
      "PROBING, ASKED,        899, PROBING, 3, 0, 1, 900",
      "PROBING, ASKED,        900, PROBING, 3, 0, 1, 1700",
      "PROBING, PROBE_GOOD,   150, PROBING, 3, 0, 1, 900",
      "PROBING, PROBE_BAD,    150, PROBING, 3, 0, 1, 900"})
  void everyCell(State from, Event event, long now, State to, int failures, int badProbes, int ejections, long until) {
    EndpointHealth after = AT.get(from).next(event, now, RULES);
    assertThat(after.state()).isEqualTo(to);
    assertThat(after.failures()).isEqualTo(failures);
    assertThat(after.badProbes()).isEqualTo(badProbes);
    assertThat(after.ejections()).isEqualTo(ejections);
    assertThat(after.untilNanos()).isEqualTo(until);
  }

  @Test
  @DisplayName("R4.8 the ejection doubles with each failed probe up to the greatest")
  void ejectionDoubles() {
    EndpointHealth health = EndpointHealth.start(0).next(Event.REFUSAL, 0, RULES);
    long now = 0;
    for (long expected : new long[] {100, 200, 400, 800, 800}) {
      assertThat(health.untilNanos() - now).isEqualTo(expected);
      now = health.untilNanos();
      health = health.next(Event.ASKED, now, RULES).next(Event.FAILURE, now, RULES);
    }
  }

  @Test
  @DisplayName("a long time of health forgives former ejections, a short one does not")
  void healthForgives() {
    EndpointHealth back = new EndpointHealth(State.HEALTHY, 0, 0, 3, 1000, 1000);
    assertThat(back.next(Event.SUCCESS, 1700, RULES).ejections()).isEqualTo(3);
    assertThat(back.next(Event.SUCCESS, 1800, RULES).ejections()).isZero();
  }

  @Test
  @DisplayName("lying health: good probes between failing requests do not keep an endpoint in")
  void goodProbesDoNotHideFailures() {
    EndpointHealth health = EndpointHealth.start(0);
    for (int i = 0; i < 3; i++) {
      health = health.next(Event.PROBE_GOOD, i, RULES).next(Event.FAILURE, i, RULES);
    }
    assertThat(health.state()).isEqualTo(State.EJECTED);
  }
}
