package io.tidegate.dispatch;

import io.tidegate.dispatch.balance.Pace;
import io.tidegate.dispatch.balance.PeakEwma;
import java.util.concurrent.atomic.AtomicInteger;

/** What one endpoint has to do, and how soon it begins to answer. Any thread. Stays the same object while the endpoint's address stays. */
public final class EndpointLoad {
  /** Of an endpoint that is gone. */
  static final EndpointLoad NOWHERE = new EndpointLoad(1);

  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger good = new AtomicInteger();
  private final AtomicInteger all = new AtomicInteger();
  private final PeakEwma firstTokens;
  private final Pace pace = new Pace();

  EndpointLoad(long decayNanos) {
    firstTokens = new PeakEwma(decayNanos);
  }

  void enter() {
    inFlight.incrementAndGet();
  }

  /** An attempt that {@link HealthBoard#enter} counted is over, however it ended. Once each. */
  public void leave() {
    inFlight.decrementAndGet();
  }

  /** The first content of a streamed answer came {@code nanos} after the attempt began, or had not come by then. */
  public void firstToken(int promptBytes, long nanos, long nowNanos) {
    firstTokens.seen(promptBytes, nanos, nowNanos);
  }

  int inFlight() {
    return inFlight.get();
  }

  double firstTokenNanos(int promptBytes, long nowNanos) {
    return firstTokens.nanos(promptBytes, nowNanos);
  }

  Pace pace() {
    return pace;
  }

  /** Counts an answer in the window of rates. */
  void answered(boolean well) {
    all.incrementAndGet();
    if (well) {
      good.incrementAndGet();
    }
  }

  int good() {
    return good.get();
  }

  int all() {
    return all.get();
  }

  void newWindow() {
    good.set(0);
    all.set(0);
  }
}
