package io.tidegate.line;

import io.tidegate.classify.Classifier;
import io.tidegate.model.Findings;
import io.tidegate.model.ModelRequest;
import io.tidegate.time.Loop;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** Runs a scan: at once on the loop while it is short, then on in the pool, so that no loop waits for a long text (hazard H7). */
final class Scanning {
  private Scanning() {}

  /** Calls exactly one of {@code done} and {@code noRoom}, on the loop; possibly before it returns. */
  static void scan(Rooms rooms, Rules rules, ModelRequest request, Loop loop, Consumer<Findings> done, Runnable noRoom) {
    long begun = loop.nanos();
    Classifier.Scan scan = rules.classifier().begin(request);
    if (scan.run(rooms.config().loopSteps())) {
      rooms.meters().classified(loop.nanos() - begun, false);
      done.accept(scan.findings());
      return;
    }
    try {
      rooms.scanPool().execute(() -> {
        while (!scan.run(Long.MAX_VALUE)) {
          // The scan ends by its own total budget.
        }
        loop.execute(() -> {
          rooms.meters().classified(loop.nanos() - begun, true);
          done.accept(scan.findings());
        });
      });
    } catch (RejectedExecutionException full) {
      noRoom.run();
    }
  }
}
