package io.tidegate.dispatch;

import io.tidegate.model.Endpoint;
import io.tidegate.time.Ticker;
import java.util.List;

/** The live endpoints of each upstream and how each fares. Any thread may read and report. */
public final class HealthBoard {
  public HealthBoard(Ticker ticker, HealthRules rules) {}

  /**
   * @param ejectAfterFailures consecutive failed attempts or probes that eject an endpoint
   * @param ejectNanos first ejection; doubles with each further one up to {@code maxEjectNanos}
   * @param accountNanos how long an upstream stays closed after 401, 402 or 403 of our account
   */
  public record HealthRules(int ejectAfterFailures, long ejectNanos, long maxEjectNanos, long accountNanos) {}

  /** Replaces the endpoints of an upstream; health of those that stay is kept. */
  public void endpoints(String upstream, List<Endpoint> endpoints) {
    throw new UnsupportedOperationException("dispatch: in work");
  }

  public List<Endpoint> endpoints(String upstream) {
    throw new UnsupportedOperationException();
  }

  /** An attempt gave a whole answer (or its first content). */
  public void succeeded(Endpoint endpoint) {
    throw new UnsupportedOperationException();
  }

  /** An attempt failed; only kinds that speak of the endpoint count. */
  public void failed(Endpoint endpoint, AttemptFailure failure) {
    throw new UnsupportedOperationException();
  }

  /** Result of an active probe. Passive signals win over a lying probe: a good probe alone does not reopen an ejected endpoint early. */
  public void probed(Endpoint endpoint, boolean healthy) {
    throw new UnsupportedOperationException();
  }
}
