package io.tidegate.daemon.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.CountingMeters;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class InteractiveTest {
  private long nanos = 1;
  private final Interactive interactive = new Interactive(new CountingMeters(), () -> nanos);

  private void begins(LatencyClass latencyClass) {
    interactive.decided(Sensitivity.INTERNAL, latencyClass, List.of(), List.of());
  }

  private void ends(LatencyClass latencyClass) {
    interactive.ended(Operation.CHAT, "default", new RouteInfo("id", Sensitivity.INTERNAL, latencyClass, null, null, "", "", CacheOutcome.MISS, 0), null, Refusal.BUSY, 1, 0,
        Usage.UNKNOWN, null);
  }

  @Test
  @DisplayName("R2.7 no line is begun while an interactive request is under way; one at a time where there always is one")
  void room() {
    assertThat(interactive.lines(8)).isEqualTo(8);
    begins(LatencyClass.STANDARD);
    begins(LatencyClass.BATCH);
    assertThat(interactive.lines(8)).isEqualTo(8);
    begins(LatencyClass.INTERACTIVE);
    begins(LatencyClass.INTERACTIVE);
    assertThat(interactive.lines(8)).isZero();
    nanos += 999_999_999;
    ends(LatencyClass.INTERACTIVE);
    assertThat(interactive.lines(8)).isZero();
    nanos += 1;
    assertThat(interactive.lines(8)).isEqualTo(1);
    ends(LatencyClass.INTERACTIVE);
    assertThat(interactive.lines(8)).isEqualTo(8);
    begins(LatencyClass.INTERACTIVE);
    assertThat(interactive.lines(8)).as("a second begins anew").isZero();
  }

  @Test
  @DisplayName("R2.7 what ends without a decision leaves no mark")
  void undecided() {
    ends(LatencyClass.STANDARD);
    begins(LatencyClass.INTERACTIVE);
    assertThat(interactive.lines(8)).isZero();
    ends(LatencyClass.INTERACTIVE);
    assertThat(interactive.lines(8)).isEqualTo(8);
  }
}
