package io.tidegate.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.jobs.JobState.Event;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class JobStateTest {
  private static final Map<String, JobState> MOVES = Map.of("VALIDATING VALID", JobState.IN_PROGRESS, "VALIDATING INVALID", JobState.FAILED,
      "VALIDATING CANCEL", JobState.CANCELLING, "VALIDATING EXPIRE", JobState.EXPIRED, "IN_PROGRESS LINES_ENDED", JobState.FINALIZING,
      "IN_PROGRESS CANCEL", JobState.CANCELLING, "IN_PROGRESS EXPIRE", JobState.EXPIRED, "IN_PROGRESS INVALID", JobState.FAILED,
      "FINALIZING WRITTEN", JobState.COMPLETED, "CANCELLING WRITTEN", JobState.CANCELLED);

  @Test
  @DisplayName("R2.7 every state and every event: what moves, and that all else stays")
  void everyCell() {
    for (JobState state : JobState.values()) {
      for (Event event : Event.values()) {
        assertThat(state.next(event)).as("%s × %s", state, event).isEqualTo(MOVES.getOrDefault(state + " " + event, state));
      }
      assertThat(state.over()).isEqualTo(MOVES.keySet().stream().noneMatch(move -> move.startsWith(state + " ")));
    }
  }
}
