package io.tidegate.daemon.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.admission.queue.Places;
import io.tidegate.admission.queue.QueueRules;
import io.tidegate.admission.queue.Ticket;
import io.tidegate.admission.queue.Waiter;
import io.tidegate.admission.queue.WaitingRoom;
import io.tidegate.admission.queue.Wake;
import io.tidegate.fake.CountingMeters;
import io.tidegate.fake.FakeLoop;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import io.tidegate.time.Loop;
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
  @DisplayName("R2.7 no line is begun while anybody waits for a place, of whatever class: it would only wait behind them")
  void whoWaits() {
    FakeLoop loop = new FakeLoop();
    Places none = new Places() {
      @Override
      public int free(String upstream) {
        return 0;
      }

      @Override
      public void keep(String upstream) {}

      @Override
      public void unkeep(String upstream) {}
    };
    WaitingRoom room = new WaitingRoom(loop, none, QueueRules.DEFAULT);
    interactive.waitIn(room);
    assertThat(interactive.lines(8)).isEqualTo(8);
    Ticket ticket = room.offer(new Waiter() {
      @Override
      public Loop loop() {
        return loop;
      }

      @Override
      public void wake(Wake why, String upstream, int retryAfterSeconds) {}
    }, new Waiter.Wish(LatencyClass.STANDARD, "ward", List.of("home"), 0, 0, Long.MAX_VALUE, Long.MAX_VALUE / 2));
    assertThat(interactive.lines(8)).isZero();
    nanos += 1_000_000_000;
    assertThat(interactive.lines(8)).as("a job does not starve").isEqualTo(1);
    room.withdraw(ticket);
    assertThat(interactive.lines(8)).isEqualTo(8);
  }

  @Test
  @DisplayName("R2.7 of an upstream's places batches leave free what interactive requests had lately and have not now: an eighth at least, half at most, the only one never")
  void leftFree() {
    assertThat(List.of(1, 2, 8, 40, 41)).extracting(interactive::places).containsExactly(0, 1, 1, 5, 6);
    for (int i = 0; i < 9; i++) {
      begins(LatencyClass.INTERACTIVE);
    }
    begins(LatencyClass.STANDARD);
    for (int i = 0; i < 6; i++) {
      ends(LatencyClass.INTERACTIVE);
    }
    assertThat(interactive.places(40)).as("nine lately, three of them now").isEqualTo(6);
    for (int i = 0; i < 3; i++) {
      ends(LatencyClass.INTERACTIVE);
    }
    assertThat(interactive.places(40)).isEqualTo(9);
    assertThat(interactive.places(10)).as("batches have their half").isEqualTo(5);
    nanos += 30_000_000_000L;
    assertThat(interactive.places(40)).as("in the window before").isEqualTo(9);
    nanos += 30_000_000_000L;
    assertThat(interactive.places(40)).as("long ago").isEqualTo(5);
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
