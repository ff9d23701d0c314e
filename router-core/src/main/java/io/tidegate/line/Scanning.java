package io.tidegate.line;

import io.tidegate.classify.Classifier;
import io.tidegate.model.Findings;
import io.tidegate.model.ModelRequest;
import io.tidegate.time.Loop;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

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

  // Of the loop only: what is there of the two halves, and the question to detectors in other processes.
  private ExternalDetectors.@Nullable Question question;
  private @Nullable Findings own;
  private @Nullable Findings others;
  private boolean over;

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
    over = true;
    ExternalDetectors.Question asked = question;
    if (asked != null) {
      asked.cancel();
    }
  }

  private void start(Rules rules, ModelRequest request) {
    Findings findings;
    try {
      if (rooms.external().none()) {
        others = Findings.NONE;
      } else {
        question = rooms.external().ask(request, loop, answer -> {
          others = answer;
          join();
        });
      }
      Classifier.Scan scan = rules.classifier().begin(request);
      if (!scan.run(rooms.config().loopSteps())) {
        goOnInPool(scan);
        return;
      }
      rooms.meters().classified(loop.nanos() - begunNanos, false);
      findings = scan.findings();
    } catch (RejectedExecutionException full) {
      abandon();
      outcome.noRoom();
      return;
    } catch (Throwable defect) {
      abandon();
      outcome.failed(defect);
      return;
    }
    own = findings;
    join();
  }

  /** The outcome, once both halves are there. */
  private void join() {
    Findings mine = own;
    Findings theirs = others;
    if (mine != null && theirs != null && !over) {
      over = true;
      outcome.scanned(mine.and(theirs));
    }
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
            abandon();
            outcome.failed(defect);
          }
        });
      }
    });
  }

  private void back(Findings findings) {
    if (!abandoned) {
      rooms.meters().classified(loop.nanos() - begunNanos, true);
      own = findings;
      join();
    }
  }
}
