package io.tidegate.line;

import io.tidegate.decide.Decision;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.Candidate;
import io.tidegate.model.Findings;
import io.tidegate.model.LinkRule;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Prompt;
import io.tidegate.model.Transformation;
import io.tidegate.model.Upstream;
import io.tidegate.reply.AnswerRewriter;
import io.tidegate.time.Loop;
import io.tidegate.transform.Cleaned;
import io.tidegate.transform.Transformer;
import io.tidegate.wire.JsonText;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The line's only loop (decisions 3): decide → transform → classify again → decide again, at most once a request, and only if an attempt comes to a
 * step of the route that asks for it. The second decision is made by the same bundle on the cleaned text and recorded like the first; it alone
 * opens what the step leads to. Confined to the walk's loop, but for the cleaning of long texts.
 */
final class Transforming {
  /** Longer texts are cleaned in the pool: about a tenth of a millisecond. */
  private static final int LOOP_BYTES = 32 << 10;

  private final Rooms rooms;
  private final Rules rules;
  private final Decision first;
  private final Findings findings;
  private final List<Candidate> candidates;
  private final Loop loop;

  private @Nullable Transformation kind;
  private boolean settled;
  private boolean abandoned;
  private @Nullable Scanning scanning;
  private @Nullable Decision second;
  private @Nullable DurableReceipt receipt;
  private @Nullable AnswerRewriter rewriter;

  private Transforming(Rooms rooms, Rules rules, Decision first, Findings findings, List<Candidate> candidates, Loop loop) {
    this.rooms = rooms;
    this.rules = rules;
    this.first = first;
    this.findings = findings;
    this.candidates = candidates;
    this.loop = loop;
  }

  /** Where it goes on. */
  private record Ways(Runnable then, Consumer<Throwable> onDefect) {}

  /** One for a request whose route may come to need it; null for all others. */
  static @Nullable Transforming of(Rooms rooms, Rules rules, Decision first, Findings findings, List<Candidate> candidates, Loop loop) {
    for (Candidate candidate : candidates) {
      if (candidate.after() != null) {
        return new Transforming(rooms, rules, first, findings, candidates, loop);
      }
    }
    return null;
  }

  /** Whether it was done, or tried: it is not done again. */
  boolean settled() {
    return settled;
  }

  /**
   * Does it. Throws nothing.
   *
   * @param then called once, on the loop, perhaps before this returns, never once abandoned: {@link #opened} tells what came of it
   * @param onDefect called instead for a defect of ours
   */
  void begin(Transformation wanted, Runnable then, Consumer<Throwable> onDefect) {
    kind = wanted;
    Ways outcome = new Ways(then, onDefect);
    JsonText text = first.request().prompt().json();
    try {
      long seed = rooms.digest().conversation(first.request());
      if (text.length() <= LOOP_BYTES) {
        cleaned(Transformer.clean(text, findings, wanted, seed), outcome);
      } else {
        rooms.scanPool().execute(() -> cleanInPool(text, wanted, seed, outcome));
      }
    } catch (RejectedExecutionException full) {
      // Nothing is cleaned, so nothing more is open: the walk goes on with what the first decision gives.
      settle(outcome);
    } catch (Throwable defect) {
      fail(defect, outcome);
    }
  }

  private void cleanInPool(JsonText text, Transformation wanted, long seed, Ways outcome) {
    try {
      Cleaned cleaned = Transformer.clean(text, findings, wanted, seed);
      loop.execute(() -> cleaned(cleaned, outcome));
    } catch (Throwable defect) {
      loop.execute(() -> fail(defect, outcome));
    }
  }

  private void cleaned(Cleaned cleaned, Ways outcome) {
    JsonText text = cleaned.text().orElse(null);
    if (abandoned) {
      return;
    }
    if (text == null) {
      settle(outcome);
      return;
    }
    ModelRequest request = first.request().withPrompt(new Prompt(text));
    scanning = Scanning.begin(rooms, rules, request, loop, new Scanning.Outcome() {
      @Override
      public void scanned(Findings remaining) {
        try {
          decideAgain(request, remaining, cleaned);
        } catch (Throwable defect) {
          fail(defect, outcome);
          return;
        }
        settle(outcome);
      }

      @Override
      public void noRoom() {
        settle(outcome);
      }

      @Override
      public void failed(Throwable defect) {
        fail(defect, outcome);
      }
    });
  }

  private void decideAgain(ModelRequest request, Findings remaining, Cleaned cleaned) {
    Decision made = rules.decider().again(first, request, remaining);
    byte[] digest = rooms.digest().of(request.prompt().json());
    receipt = new DurableReceipt(rooms.audit(), loop, made.auditDurable() || first.auditDurable(),
        rooms.audit().decided(made, remaining, candidates, digest, AuditLog.Notes.CLEANED, loop).orElse(null));
    if (!cleaned.pseudonyms().isEmpty() || first.links() != LinkRule.OFF) {
      rewriter = Rewriting.rewriter(first, findings, cleaned.pseudonyms());
    }
    second = made;
  }

  private void settle(Ways outcome) {
    if (!abandoned) {
      settled = true;
      outcome.then.run();
    }
  }

  private void fail(Throwable defect, Ways outcome) {
    if (!abandoned) {
      settled = true;
      second = null;
      outcome.onDefect.accept(defect);
    }
  }

  /** The decision that may open {@code upstream} to what {@code wanted} made of the text; null if it stays closed. */
  @Nullable Decision opened(Transformation wanted, Upstream upstream) {
    Decision made = second;
    return made != null && wanted == kind && made.opens(upstream.zone()) ? made : null;
  }

  /** Of the second decision's record; null if there is no second decision. */
  @Nullable DurableReceipt receipt() {
    return receipt;
  }

  /** A failure whose message quotes nothing of the cleaned text either, so that no placeholder shows. */
  AttemptFailure masked(AttemptFailure failure) {
    Decision made = second;
    return made == null ? failure : failure.withMessage(Quotes.masked(failure.message(), made.request().prompt().json()));
  }

  /** What the answers to the cleaned text must pass; null if there is nothing to give back. */
  @Nullable AnswerRewriter rewriter() {
    return rewriter;
  }

  /** Nobody waits any more. */
  void abandon() {
    abandoned = true;
    if (scanning != null) {
      scanning.abandon();
    }
  }
}
