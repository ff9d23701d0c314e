package io.tidegate.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.Failover.Next;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FailoverTest {
  @ParameterizedTest
  @DisplayName("R1.2 each kind of failure leads to its next step and its answer")
  @CsvSource({
      "CONNECT_REFUSED,      SAME_UPSTREAM_OTHER_ENDPOINT, NO_PERMITTED_UPSTREAM, 503, 0",
      "CONNECT_TIMEOUT,      SAME_UPSTREAM_OTHER_ENDPOINT, NO_PERMITTED_UPSTREAM, 503, 0",
      "TLS,                  SAME_UPSTREAM_OTHER_ENDPOINT, NO_PERMITTED_UPSTREAM, 503, 0",
      "ADDRESS_NOT_ALLOWED,  SAME_UPSTREAM_OTHER_ENDPOINT, NO_PERMITTED_UPSTREAM, 503, 0",
      "GATE_REFUSED,         STOP,                         NOTHING_PERMITTED,     503, 0",
      "POOL_FULL,            SAME_UPSTREAM_OTHER_ENDPOINT, BUSY,                  429, 1",
      "REFUSED_STREAM,       SAME_UPSTREAM_OTHER_ENDPOINT, UPSTREAM_FAILED,       502, 0",
      "RESET,                SAME_UPSTREAM_OTHER_ENDPOINT, UPSTREAM_FAILED,       502, 0",
      "FIRST_TOKEN_TIMEOUT,  SAME_UPSTREAM_OTHER_ENDPOINT, FIRST_TOKEN_TIMEOUT,   504, 0",
      "IDLE_TIMEOUT,         SAME_UPSTREAM_OTHER_ENDPOINT, UPSTREAM_FAILED,       502, 0",
      "TOTAL_TIMEOUT,        STOP,                         DEADLINE_EXCEEDED,     504, 0",
      "RATE_LIMITED,         NEXT_UPSTREAM,                RATE_LIMITED,          429, 1",
      "BUSY,                 SAME_UPSTREAM_OTHER_ENDPOINT, BUSY,                  429, 1",
      "LOADING,              SAME_UPSTREAM_OTHER_ENDPOINT, NO_PERMITTED_UPSTREAM, 503, 1",
      "ACCOUNT,              NEXT_UPSTREAM,                NO_PERMITTED_UPSTREAM, 503, 0",
      "SERVER_ERROR,         SAME_UPSTREAM_OTHER_ENDPOINT, UPSTREAM_FAILED,       502, 0",
      "REQUEST_REJECTED,     STOP,                         INVALID_REQUEST,       400, 0",
      "PROTOCOL,             SAME_UPSTREAM_OTHER_ENDPOINT, UPSTREAM_FAILED,       502, 0",
      "OVERSIZED,            STOP,                         UPSTREAM_FAILED,       502, 0",
      "INCOMPLETE,           SAME_UPSTREAM_OTHER_ENDPOINT, UPSTREAM_FAILED,       502, 0",
      "CANCELLED,            STOP,                         INTERNAL,              500, 0"})
  void table(Kind kind, Next next, Refusal refusal, int status, int retryAfter) {
    AttemptFailure failure = AttemptFailure.of(kind);
    assertThat(Failover.next(failure, false, 1, 3)).isEqualTo(next);
    ErrorAnswer answer = Failover.answer(failure, false);
    assertThat(answer.refusal()).isEqualTo(refusal);
    assertThat(answer.httpStatus()).isEqualTo(status);
    assertThat(answer.retryAfterSeconds()).isEqualTo(retryAfter);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @DisplayName("R1.4 after the first content nothing is tried again, and the stream says it is incomplete")
  void committedStops(Kind kind) {
    assertThat(Failover.next(AttemptFailure.of(kind), true, 1, 9)).isEqualTo(Next.STOP);
    assertThat(Failover.answer(AttemptFailure.of(kind), true).refusal()).isEqualTo(Refusal.UPSTREAM_INCOMPLETE);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @DisplayName("F2 the number of attempts is bounded whatever happens")
  void attemptsAreBounded(Kind kind) {
    assertThat(Failover.next(AttemptFailure.of(kind), false, 3, 3)).isEqualTo(Next.STOP);
    assertThat(Failover.next(AttemptFailure.of(kind), false, 4, 3)).isEqualTo(Next.STOP);
  }

  @ParameterizedTest
  @CsvSource({"0,1", "1,1", "999,1", "1001,2", "20000,20", "60000,60", "61000,60", "9000000000000,60"})
  @DisplayName("Retry-After stays within 1 to 60 seconds")
  void retryAfterIsClamped(long millis, int seconds) {
    assertThat(Failover.answer(new AttemptFailure(Kind.RATE_LIMITED, 429, false, millis, null), false).retryAfterSeconds())
        .isEqualTo(seconds);
  }

  @ParameterizedTest
  @CsvSource({"400,INVALID_REQUEST", "404,NOT_FOUND", "413,TOO_LARGE", "422,INVALID_REQUEST"})
  @DisplayName("decisions 34 an upstream's word about the request passes through with its status")
  void rejectionPassesThrough(int status, Refusal refusal) {
    ErrorAnswer answer = Failover.answer(new AttemptFailure(Kind.REQUEST_REJECTED, status, false, 0, "max_tokens is too large"), false);
    assertThat(answer.refusal()).isEqualTo(refusal);
    assertThat(answer.httpStatus()).isEqualTo(status);
    assertThat(answer.message()).isEqualTo("max_tokens is too large");
  }

  @Test
  @DisplayName("an upstream's word is told rather than that another could not be reached")
  void moreTelling() {
    AttemptFailure refused = AttemptFailure.of(Kind.CONNECT_REFUSED);
    AttemptFailure broken = AttemptFailure.of(Kind.SERVER_ERROR);
    AttemptFailure limited = AttemptFailure.of(Kind.RATE_LIMITED);
    assertThat(Failover.moreTelling(broken, refused)).isSameAs(broken);
    assertThat(Failover.moreTelling(refused, limited)).isSameAs(limited);
    assertThat(Failover.moreTelling(limited, refused)).isSameAs(limited);
    AttemptFailure later = AttemptFailure.of(Kind.PROTOCOL);
    assertThat(Failover.moreTelling(broken, later)).isSameAs(later);
  }
}
