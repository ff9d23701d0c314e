package io.tidegate.line;

import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;

/** Where defects of ours stop: at the rim of the walk of the request that met one. */
final class Rim {
  private Rim() {}

  /**
   * A defect of ours ends the request with a clear error, never in a wider route (G2). What the virtual machine cannot go on after is thrown
   * again once the caller has been told. On the walk's loop.
   */
  static void defect(RequestWalk walk, Throwable defect) {
    Meters meters = walk.rooms().meters();
    meters.defect(defect);
    AttemptUnderWay attempt = walk.leave();
    try {
      RouteInfo route = walk.route(null, null);
      walk.answer().fail(ErrorAnswer.of(Refusal.INTERNAL,
          "The router failed on this request. Nothing more was sent. The request id finds it in the log."), route);
      walk.finish(null, Refusal.INTERNAL, route, Usage.UNKNOWN);
      if (attempt != null) {
        attempt.cancel();
      }
    } catch (Throwable second) {
      meters.defect(second);
      walk.answer().abandon(ErrorAnswer.of(Refusal.INTERNAL, "The router failed on this request."));
    }
    if (defect instanceof VirtualMachineError fatal && !(defect instanceof StackOverflowError)) {
      throw fatal;
    }
  }
}
