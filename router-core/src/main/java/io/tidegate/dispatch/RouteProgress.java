package io.tidegate.dispatch;

import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.policy.RouteStep.When;
import java.util.List;

/**
 * What has become of the steps of one request's route so far, and so whether the next step's condition holds. Conditions only leave candidates
 * out; they never add one or change the order (hazards A3, A4). Confined to its walk; the one for routes without conditions is shared and never
 * changes.
 *
 * <pre>
 * the worst that the steps before met     ALWAYS   BUSY   DOWN
 * nothing was tried                       yes      no     no     no upstream there serves the request: that is not busy, and not down
 * only endpoints out of reach             yes      yes    yes
 * busy ones too                           yes      yes    no
 * one that was reached and failed         yes      no     no
 * </pre>
 */
public final class RouteProgress {
  private static final RouteProgress UNCONDITIONAL = new RouteProgress(false);

  private final boolean conditional;
  private Met before = Met.NOTHING;
  private Met soFar = Met.NOTHING;
  private int step = -1;

  /** From harmless to worst. */
  private enum Met { NOTHING, OUT_OF_REACH, BUSY, FAILED }

  private RouteProgress(boolean conditional) {
    this.conditional = conditional;
  }

  /** For one walk over {@code candidates}. */
  public static RouteProgress of(List<Candidate> candidates) {
    for (int i = 0; i < candidates.size(); i++) {
      if (candidates.get(i).when() != When.ALWAYS) {
        return new RouteProgress(true);
      }
    }
    return UNCONDITIONAL;
  }

  /** Whether {@code candidate}, the next in order, may be used now. */
  public boolean admits(Candidate candidate) {
    if (!conditional) {
      return true;
    }
    if (candidate.step() != step) {
      step = candidate.step();
      before = soFar;
    }
    return switch (candidate.when()) {
      case ALWAYS -> true;
      case BUSY -> before == Met.OUT_OF_REACH || before == Met.BUSY;
      case DOWN -> before == Met.OUT_OF_REACH;
    };
  }

  /** An attempt at the last admitted candidate failed, or no endpoint of it can be tried for this reason. */
  public void failed(Kind kind) {
    if (conditional) {
      Met met = met(kind);
      soFar = met.compareTo(soFar) > 0 ? met : soFar;
    }
  }

  private static Met met(Kind kind) {
    return switch (kind) {
      case CONNECT_REFUSED, CONNECT_TIMEOUT, TLS, ADDRESS_NOT_ALLOWED, ACCOUNT -> Met.OUT_OF_REACH;
      case POOL_FULL, REFUSED_STREAM, RATE_LIMITED, BUSY, LOADING -> Met.BUSY;
      case GATE_REFUSED, RESET, FIRST_TOKEN_TIMEOUT, IDLE_TIMEOUT, TOTAL_TIMEOUT, SERVER_ERROR, REQUEST_REJECTED, PROTOCOL, OVERSIZED, INCOMPLETE,
          CANCELLED -> Met.FAILED;
    };
  }
}
