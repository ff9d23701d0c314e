package io.tidegate.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.model.Dialect;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.policy.RouteStep.When;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteProgressTest {
  private static Candidate candidate(int step, When when) {
    Upstream upstream = new Upstream("u" + step, Zone.PRIVATE, Dialect.OPENAI, List.of("*"), null, Map.of(), false, false, "/v1", List.of(), null, null,
        false, List.of(), null, Duration.ofSeconds(1), 8);
    return new Candidate(upstream, "m", step, when);
  }

  /** Whether a second step with {@code when} is admitted after these failures of the first. */
  private static boolean admitted(When when, List<Kind> failures) {
    Candidate first = candidate(0, When.ALWAYS);
    Candidate second = candidate(1, when);
    RouteProgress progress = RouteProgress.of(List.of(first, second));
    assertThat(progress.admits(first)).isTrue();
    failures.forEach(progress::failed);
    return progress.admits(second);
  }

  @ParameterizedTest
  @DisplayName("A3 each kind of failure admits the next step, or does not")
  @CsvSource({
      "CONNECT_REFUSED, true, true", "CONNECT_TIMEOUT, true, true", "TLS, true, true", "ADDRESS_NOT_ALLOWED, true, true", "ACCOUNT, true, true",
      "POOL_FULL, true, false", "REFUSED_STREAM, true, false", "RATE_LIMITED, true, false", "BUSY, true, false", "LOADING, true, false",
      "GATE_REFUSED, false, false", "RESET, false, false", "FIRST_TOKEN_TIMEOUT, false, false", "IDLE_TIMEOUT, false, false",
      "TOTAL_TIMEOUT, false, false", "SERVER_ERROR, false, false", "REQUEST_REJECTED, false, false", "PROTOCOL, false, false",
      "OVERSIZED, false, false", "INCOMPLETE, false, false", "CANCELLED, false, false"})
  void eachKind(Kind kind, boolean busy, boolean down) {
    assertThat(admitted(When.ALWAYS, List.of(kind))).isTrue();
    assertThat(admitted(When.BUSY, List.of(kind))).isEqualTo(busy);
    assertThat(admitted(When.DOWN, List.of(kind))).isEqualTo(down);
  }

  @Test
  @DisplayName("A3 the table above names every kind")
  void everyKindIsNamed() throws NoSuchMethodException {
    String[] rows = RouteProgressTest.class.getDeclaredMethod("eachKind", Kind.class, boolean.class, boolean.class).getAnnotation(CsvSource.class).value();
    assertThat(Arrays.stream(rows).map(row -> row.substring(0, row.indexOf(',')))).containsExactlyInAnyOrderElementsOf(
        Arrays.stream(Kind.values()).map(Kind::name).toList());
  }

  @Test
  @DisplayName("A3 of several failures the worst counts, in whatever order")
  void theWorstCounts() {
    Kind[] some = {Kind.CONNECT_REFUSED, Kind.BUSY, Kind.SERVER_ERROR};
    for (int set = 1; set < 8; set++) {
      List<Kind> failures = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        if ((set & 1 << i) != 0) {
          failures.add(some[i]);
        }
      }
      List<Kind> reversed = new ArrayList<>(failures);
      java.util.Collections.reverse(reversed);
      for (List<Kind> order : List.of(failures, reversed)) {
        assertThat(admitted(When.DOWN, order)).as("%s", order).isEqualTo(set == 1);
        assertThat(admitted(When.BUSY, order)).as("%s", order).isEqualTo(set <= 3);
        assertThat(admitted(When.ALWAYS, order)).isTrue();
      }
    }
  }

  @Test
  @DisplayName("A3 where nothing was tried, no condition holds")
  void nothingTried() {
    assertThat(admitted(When.DOWN, List.of())).isFalse();
    assertThat(admitted(When.BUSY, List.of())).isFalse();
    assertThat(admitted(When.ALWAYS, List.of())).isTrue();
  }

  @Test
  @DisplayName("a condition looks at the steps before, not at the other upstreams of its own step")
  void oneStepIsJudgedOnce() {
    Candidate first = candidate(0, When.ALWAYS);
    Candidate one = candidate(1, When.DOWN);
    Candidate two = candidate(1, When.DOWN);
    RouteProgress progress = RouteProgress.of(List.of(first, one, two));
    assertThat(progress.admits(first)).isTrue();
    progress.failed(Kind.CONNECT_REFUSED);
    assertThat(progress.admits(one)).isTrue();
    progress.failed(Kind.SERVER_ERROR);
    assertThat(progress.admits(two)).isTrue();
  }

  @Test
  @DisplayName("a route without conditions keeps no state of its own")
  void unconditionalRoutesShareOne() {
    Candidate first = candidate(0, When.ALWAYS);
    RouteProgress progress = RouteProgress.of(List.of(first));
    progress.failed(Kind.SERVER_ERROR);
    assertThat(progress).isSameAs(RouteProgress.of(List.of()));
    assertThat(progress.admits(candidate(1, When.ALWAYS))).isTrue();
  }
}
