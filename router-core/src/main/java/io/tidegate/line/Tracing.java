package io.tidegate.line;

import io.tidegate.model.TraceContext;
import io.tidegate.time.Loop;
import org.jspecify.annotations.Nullable;

/** Notes what requests do and when; implemented by {@code telemetry}. On the request's loop; cheap, and never waits. */
public interface Tracing {
  /** Notes nothing, and passes nothing on. */
  Tracing OFF = new Tracing() {
    @Override
    public @Nullable RequestTrace begin(@Nullable TraceContext from, long arrivedNanos, Loop loop) {
      return null;
    }

    @Override
    public void over(RequestTrace trace, Loop loop) {}
  };

  /**
   * A request begins.
   *
   * @param from the caller's trace; null if it named none
   */
  @Nullable RequestTrace begin(@Nullable TraceContext from, long arrivedNanos, Loop loop);

  /** It is over: whether it is kept is settled now. */
  void over(RequestTrace trace, Loop loop);
}
