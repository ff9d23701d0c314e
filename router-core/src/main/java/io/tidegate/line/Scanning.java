package io.tidegate.line;

import io.tidegate.classify.Classifier;
import io.tidegate.model.Findings;
import io.tidegate.model.ModelRequest;
import io.tidegate.time.Loop;
import java.util.concurrent.RejectedExecutionException;

/**
 * Runs one scan: at once on the loop while it is short, then on in the pool, so that no loop waits for a long text (hazard H7). Made on the
 * loop; {@link #abandon} is called there too.
 */
final class Scanning {
  /** How often the pool looks whether anybody still waits: about every ten milliseconds. */
  private static final long SLICE_STEPS = 5_000_000;

  private final Rooms rooms;
  private final Loop loop;
  private final Outcome outcome;
  private final long begunNanos;
  private volatile boolean abandoned;

  private Scanning(Rooms rooms, Loop loop, Outcome outcome) {
    this.rooms = rooms;
    this.loop = loop;
    this.outcome = outcome;
    this.begunNanos = loop.nanos();
  }

  /** How a scan ends: exactly one call, on the loop; none once abandoned. */
  interface Outcome {
    void scanned(Findings findings);

    /** The pool is full. */
    void noRoom();

    /** A defect of ours: nothing is known about the text. */
    void failed(Throwable defect);
  }

  /** Begins; the outcome may be called before this returns. Throws nothing. */
  static Scanning begin(Rooms rooms, Rules rules, ModelRequest request, Loop loop, Outcome outcome) {
    Scanning scanning = new Scanning(rooms, loop, outcome);
    scanning.start(rules, request);
    return scanning;
  }

  /** Nobody waits any more: the pool is freed soon. */
  void abandon() {
    abandoned = true;
  }

  private void start(Rules rules, ModelRequest request) {
    Findings findings;
    try {
      Classifier.Scan scan = rules.classifier().begin(request);
      if (!scan.run(rooms.config().loopSteps())) {
        goOnInPool(scan);
        return;
      }
      rooms.meters().classified(loop.nanos() - begunNanos, false);
      findings = scan.findings();
    } catch (RejectedExecutionException full) {
      outcome.noRoom();
      return;
    } catch (Throwable defect) {
      outcome.failed(defect);
      return;
    }
    outcome.scanned(findings);
  }

  private void goOnInPool(Classifier.Scan scan) {
    rooms.scanPool().execute(() -> {
      try {
        while (!abandoned && !scan.run(SLICE_STEPS)) {
          // The scan ends by its own total budget.
        }
        if (abandoned) {
          return;
        }
        Findings findings = scan.findings();
        loop.execute(() -> back(findings));
      } catch (Throwable defect) {
        // Whatever it is, the caller waits for an answer (G5), and it will not be a wider route (G2).
        loop.execute(() -> {
          if (!abandoned) {
            outcome.failed(defect);
          }
        });
      }
    });
  }

  private void back(Findings findings) {
    if (!abandoned) {
      rooms.meters().classified(loop.nanos() - begunNanos, true);
      outcome.scanned(findings);
    }
  }
}
