package io.tidegate.daemon.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.EndpointHealth.State;
import io.tidegate.dispatch.EndpointStatus;
import io.tidegate.dispatch.UpstreamPlaces.LimitStatus;
import io.tidegate.model.Endpoint;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class UpstreamsViewTest {
  private static final long SECOND = 1_000_000_000L;
  private static final LimitStatus ROOM = new LimitStatus("u", "e", 8, 3, 2.5, 0);
  private static final LimitStatus FULL = new LimitStatus("u", "e", 8, 8, 2.5, 0);

  private static EndpointStatus status(State state, int failures, @Nullable Kind last, long out, long avoided, long cool, int percent) {
    return new EndpointStatus(new Endpoint("u", "e", "127.0.0.1", 1, 4, false), state, failures, last, out, avoided, null, cool, 3, percent);
  }

  private static String why(EndpointStatus status, @Nullable LimitStatus limit) {
    return UpstreamsView.why(status, limit, false);
  }

  @Test
  @DisplayName("each endpoint says the strongest reason why it is asked, or not")
  void reasons() {
    assertThat(why(status(State.HEALTHY, 0, null, 0, 0, 0, 100), ROOM)).isEqualTo("takes requests");
    assertThat(why(status(State.HEALTHY, 2, Kind.SERVER_ERROR, 0, 0, 0, 100), null)).isEqualTo("takes requests; 2 failures in a row, the last server error");
    assertThat(why(status(State.HEALTHY, 0, null, 0, 0, 0, 34), ROOM)).isEqualTo("slow start: takes 34 % of its share, rising");
    assertThat(why(status(State.HEALTHY, 0, Kind.BUSY, 0, 2 * SECOND, 0, 34), ROOM)).isEqualTo("busy or loading a model: others first for 2.0 s");
    assertThat(why(status(State.HEALTHY, 0, Kind.BUSY, 0, 2 * SECOND, 0, 100), FULL)).isEqualTo("full: 8 of 8 in flight");
    assertThat(why(status(State.HEALTHY, 0, Kind.RATE_LIMITED, 0, 9 * SECOND, 9 * SECOND, 100), FULL)).isEqualTo("it asked us to wait (Retry-After): 9.0 s left");
    assertThat(why(status(State.EJECTED, 1, Kind.CONNECT_REFUSED, 3 * SECOND / 2, 0, 0, 100), ROOM))
        .isEqualTo("left out after 1 failure in a row, the last connect refused; tried again in 1.5 s");
    assertThat(why(status(State.EJECTED, 5, null, 0, 0, 0, 100), ROOM)).isEqualTo("left out after 5 failures in a row; the next request is its probe");
    assertThat(why(status(State.PROBING, 5, Kind.RESET, 0, 0, 0, 100), ROOM)).isEqualTo("on probation: one request is its probe, the last reset");
    assertThat(UpstreamsView.why(status(State.HEALTHY, 0, null, 0, 0, 0, 100), ROOM, true)).startsWith("closed: our account was refused");
  }
}
