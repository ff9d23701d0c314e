package io.tidegate.line;

import static io.tidegate.dispatch.AttemptFailure.Kind.FIRST_TOKEN_TIMEOUT;
import static io.tidegate.dispatch.AttemptFailure.Kind.REQUEST_REJECTED;
import static io.tidegate.dispatch.AttemptFailure.Kind.SERVER_ERROR;
import static io.tidegate.dispatch.AttemptFailure.Kind.TOTAL_TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.fake.RecordingSink;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Refusal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How long a request and its attempts may take. */
class TimeWalkTest {
  private static final String ANSWER = "{\"choices\":[]}";

  private final LineRig rig = new LineRig();

  @AfterEach
  void aftermath() {
    rig.aftermath();
  }

  @Test
  @DisplayName("E9 the deadline reaches the attempt; without a stream half of it is left for another")
  void deadlineReachesTheAttempt() {
    rig.upstreams.answer(ANSWER);
    rig.walk(Ask.harmless().within(Duration.ofSeconds(3).toNanos()));
    assertThat(rig.upstreams.sent.get(0).times()).isEqualTo(new Upstreams.AttemptTimes(Duration.ofMillis(1500).toNanos(),
        LineConfig.DEFAULT.idle().toNanos(), Duration.ofSeconds(3).toNanos()));
  }

  @Test
  @DisplayName("decisions 31 without a deadline the class's own times hold")
  void timesByClass() {
    rig.upstreams.answer(ANSWER).answer(ANSWER);
    rig.walk(Ask.harmless());
    rig.walk(Ask.about("b").wish(LatencyClass.BATCH));
    assertThat(rig.upstreams.sent.get(0).times().firstTokenNanos()).as("no stream").isEqualTo(Duration.ofMinutes(5).toNanos());
    assertThat(rig.upstreams.sent.get(0).times().totalNanos()).isEqualTo(Duration.ofMinutes(10).toNanos());
    assertThat(rig.upstreams.sent.get(1).times().totalNanos()).isEqualTo(Duration.ofMinutes(60).toNanos());
    rig.upstreams.fail(Kind.REQUEST_REJECTED);
    rig.walk(Ask.about("c").stream());
    assertThat(rig.upstreams.sent.get(2).times().firstTokenNanos()).as("stream").isEqualTo(Duration.ofSeconds(60).toNanos());
  }

  @Test
  @DisplayName("E9 a second attempt gets what is left of the time")
  void timeIsSpentAcrossAttempts() {
    rig.upstreams.hold().answer(ANSWER);
    RecordingSink sink = rig.walk(Ask.harmless().within(Duration.ofSeconds(20).toNanos()));
    rig.loop.advance(Duration.ofSeconds(12).toNanos());
    rig.upstreams.last().failed(AttemptFailure.of(SERVER_ERROR));
    rig.loop.run();
    assertThat(rig.upstreams.sent.get(1).times().totalNanos()).isEqualTo(Duration.ofSeconds(8).toNanos());
    assertThat(sink.json).isEqualTo(ANSWER);
  }

  @Test
  @DisplayName("E9 no attempt begins once the time is over")
  void timeOver() {
    rig.upstreams.hold();
    RecordingSink sink = rig.walk(Ask.harmless().within(Duration.ofSeconds(20).toNanos()));
    rig.loop.advance(Duration.ofSeconds(20).toNanos());
    rig.upstreams.last().failed(AttemptFailure.of(SERVER_ERROR));
    LineRig.refused(sink, Refusal.DEADLINE_EXCEEDED);
    assertThat(rig.upstreams.sent).hasSize(1);
  }

  @Test
  @DisplayName("a caller in a hurry cannot eject an endpoint for everybody: a time-out at its own deadline is its own")
  void hurryEjectsNobody() {
    rig.health.endpoints("home", List.of(LineRig.endpoint("home", "h1")));
    for (int i = 0; i < 5; i++) {
      rig.upstreams.hold();
      RecordingSink sink = rig.walk(Ask.restricted().within(Duration.ofMillis(50).toNanos()));
      rig.loop.advance(Duration.ofMillis(50).toNanos());
      rig.upstreams.last().failed(AttemptFailure.of(FIRST_TOKEN_TIMEOUT));
      LineRig.refused(sink, Refusal.DEADLINE_EXCEEDED);
    }
    assertThat(rig.state("h1")).isEqualTo("HEALTHY");
  }

  @Test
  @DisplayName("E9 the total time-out is final")
  void totalTimeoutIsFinal() {
    rig.upstreams.fail(TOTAL_TIMEOUT);
    LineRig.refused(rig.walk(Ask.harmless()), Refusal.DEADLINE_EXCEEDED);
  }
}
