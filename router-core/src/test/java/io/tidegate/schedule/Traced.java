package io.tidegate.schedule;

import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.line.RequestTrace;
import io.tidegate.line.RequestTrace.Propagation;
import io.tidegate.line.RequestTrace.Tried;
import io.tidegate.line.Tracing;
import io.tidegate.model.TraceContext;
import io.tidegate.time.Loop;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What requests note of themselves: each trace is over once, and tells every attempt as it went, in times that fit, and nothing of a text (G3). */
final class Traced implements Tracing {
  private final Map<String, Asked> known;
  private final Watch watch;
  private final VirtualLoops loops;
  private final Set<RequestTrace> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private long ids;

  Traced(Map<String, Asked> known, Watch watch, VirtualLoops loops) {
    this.known = known;
    this.watch = watch;
    this.loops = loops;
  }

  @Override
  public RequestTrace begin(@Nullable TraceContext from, long arrivedNanos, Loop loop) {
    RequestTrace trace = new RequestTrace(from, 1, ++ids, () -> ++ids, true, true, Propagation.NOBODY, arrivedNanos);
    open.add(trace);
    return trace;
  }

  @Override
  public void over(RequestTrace trace, Loop loop) {
    RequestTrace.End end = trace.end();
    String id = end.route().requestId();
    watch.expect(open.remove(trace), id, "its trace is over twice");
    watch.expect(!(end + trace.steps().toString()).contains("canary"), id, "G3 its trace says the text");
    watch.expect(trace.steps().stream().allMatch(step -> trace.beganNanos() <= step.fromNanos() && step.fromNanos() <= step.toNanos()
        && step.toNanos() <= loops.nanos()), id, "its trace has a step at another time");
    Asked asked = known.get(id);
    List<Tried> tried = trace.attempts();
    // A refresh for which nothing was decided is known to nobody.
    watch.expect(tried.size() == (asked == null ? 0 : asked.attempts.size()), id, "its trace tells other attempts than it made");
    for (int i = 0; asked != null && i < Math.min(tried.size(), asked.attempts.size()); i++) {
      Tried told = tried.get(i);
      Attempted was = asked.attempts.get(i);
      Kind failure = was.failure != null ? was.failure : was.over && !was.cancelled ? null : Kind.CANCELLED;
      watch.expect(told.endpoint().id().equals(was.endpoint.id()) && told.failure() == failure && told.fromNanos() <= told.toNanos()
          && told.toNanos() <= loops.nanos(), id, "its trace tells an attempt otherwise than it went");
    }
  }

  /** Traces that were begun and are not over. */
  int left() {
    return open.size();
  }
}
