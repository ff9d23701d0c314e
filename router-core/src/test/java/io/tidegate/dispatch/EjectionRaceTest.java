package io.tidegate.dispatch;

import static io.tidegate.dispatch.HealthBoardTest.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.EndpointHealth.State;
import io.tidegate.dispatch.HealthBoard.HealthRules;
import io.tidegate.model.Endpoint;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Reports of two loops in the same instant: one fault meets every endpoint of an upstream at once. The second comes when the first has looked at the others
 * and has done nothing yet; the first goes on once the second has been told, or waits for the first.
 */
class EjectionRaceTest {
  private static final long SECOND = 1_000_000_000L;
  private static final HealthRules RULES = new HealthRules(5, 5 * SECOND, 60 * SECOND, 300 * SECOND, 30 * SECOND);

  private final HealthBoard board = new HealthBoard(() -> 0, RULES);
  private final Reports reports = new Reports(board, RULES, this::looked);
  private final Endpoint one = endpoint("one", 1);
  private final Endpoint other = endpoint("other", 1);
  /** Comes between; null once it is there, and where nothing comes between. */
  private volatile @Nullable Thread second;

  @BeforeEach
  void both() {
    board.endpoints("vllm", List.of(one, other));
  }

  private HealthRules looked(EndpointGroup group, EndpointSlot slot) {
    HealthRules rules = board.rules(group, slot);
    Thread another = second;
    if (another != null) {
      second = null;
      another.start();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (another.isAlive() && another.getState() != Thread.State.BLOCKED) {
        assertThat(System.nanoTime() - end).as("neither told nor waiting").isNegative();
        Thread.onSpinWait();
      }
    }
    return rules;
  }

  private void fail(Endpoint endpoint, Kind kind, int times) {
    for (int i = 0; i < times; i++) {
      reports.failed(endpoint, AttemptFailure.of(kind));
    }
  }

  private void together(Endpoint first, Endpoint then, Kind kind) throws InterruptedException {
    Thread another = new Thread(() -> fail(then, kind, 1));
    second = another;
    fail(first, kind, 1);
    if (second != null) {
      // It did not have to look: then one comes after the other.
      another.start();
    }
    another.join(TimeUnit.SECONDS.toMillis(30));
    assertThat(another.isAlive()).isFalse();
  }

  private List<EndpointStatus> status() {
    return board.snapshot().get("vllm");
  }

  @Test
  @DisplayName("R4.8 of the last two that fail in the same instant one is the last, and out for the short time only")
  void theLastTwo() throws InterruptedException {
    fail(one, Kind.RESET, 4);
    fail(other, Kind.RESET, 4);
    together(one, other, Kind.RESET);
    assertThat(status()).extracting(EndpointStatus::ejectedForNanos).containsExactly(30 * SECOND, SECOND);
  }

  @Test
  @DisplayName("R4.8 of the last two that refuse in the same instant one is the last, too")
  void theLastTwoRefuse() throws InterruptedException {
    together(other, one, Kind.CONNECT_REFUSED);
    assertThat(status()).extracting(EndpointStatus::ejectedForNanos).containsExactly(SECOND, 5 * SECOND);
  }

  @Test
  @DisplayName("R4.8 no more than a tenth, but one, is out for its answers, also where two fail in the same instant")
  void atMostATenth() throws InterruptedException {
    fail(one, Kind.SERVER_ERROR, 4);
    fail(other, Kind.SERVER_ERROR, 4);
    together(one, other, Kind.SERVER_ERROR);
    assertThat(status()).extracting(EndpointStatus::state).containsExactly(State.EJECTED, State.HEALTHY);
    assertThat(board.ejections("vllm", EjectionCause.WITHHELD)).isEqualTo(1);
  }

  @Test
  @DisplayName("R4.8 two failures of one endpoint in the same instant count one after the other: the fifth does not pass for a fourth")
  void fourthAndFifth() throws InterruptedException {
    fail(one, Kind.SERVER_ERROR, 5);
    fail(other, Kind.SERVER_ERROR, 3);
    together(other, other, Kind.SERVER_ERROR);
    assertThat(status()).extracting(EndpointStatus::state).containsExactly(State.EJECTED, State.HEALTHY);
    assertThat(board.ejections("vllm", EjectionCause.WITHHELD)).isEqualTo(1);
  }

  @Test
  @DisplayName("R4.8 two fifth failures of one endpoint in the same instant are one ejection, and the second is not withheld: it came too late")
  void twoFifths() throws InterruptedException {
    fail(other, Kind.SERVER_ERROR, 4);
    together(other, other, Kind.SERVER_ERROR);
    assertThat(status()).extracting(EndpointStatus::state).containsExactly(State.HEALTHY, State.EJECTED);
    assertThat(board.ejections("vllm", EjectionCause.CONSECUTIVE)).isEqualTo(1);
    assertThat(board.ejections("vllm", EjectionCause.WITHHELD)).isZero();
  }
}
