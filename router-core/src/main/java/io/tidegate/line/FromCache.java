package io.tidegate.line;

import io.netty.buffer.ByteBuf;
import io.tidegate.line.AnswerCache.Life;
import io.tidegate.line.AnswerCache.Stored;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Destination;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Likeness;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.policy.Verdict;
import io.tidegate.time.Loop;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One walk's answer from the edge cache: what is at hand, what a deeper layer has, what may stand in for an origin that fails; given at once, or in its time
 * where the policy says so. Confined to the walk's loop.
 */
final class FromCache {
  private final RequestWalk walk;
  private final CacheUse use;
  private final OneAnswer answer;
  private final Loop loop;
  private boolean asked;
  private SemanticCache.@Nullable Question asking;
  private long drawnNanos;
  private @Nullable Replay replay;

  FromCache(RequestWalk walk, CacheUse use, Loop loop) {
    this.walk = walk;
    this.use = use;
    this.answer = walk.answer();
    this.loop = loop;
  }

  /** Answers with what is at hand; false if nothing is. */
  boolean atHand() {
    Stored found = use.lookUp();
    if (found == null || !fits(found)) {
      return false;
    }
    give(found);
    return true;
  }

  /**
   * Whether it may be given. What must look like an answer of its origin cannot if that would hardly come in the time the caller granted: then the origin is
   * asked, or a short deadline would tell hits by their being answered at all (C4).
   */
  private boolean fits(Stored found) {
    AnswerCache.Key key = use.key();
    if (key == null || use.rights().replay() != Verdict.Replay.AS_ORIGIN) {
      return true;
    }
    drawnNanos = walk.rooms().cache().drawNanos(key, found);
    return owned(found) || 2 * drawnNanos <= walk.timeLeft();
  }

  private boolean owned(Stored found) {
    return found.origin().tenant().equals(use.request().caller().tenant());
  }

  /**
   * Whether it is asked before a call is made or shared: for an answer to other words; for one that must look like its origin's, as the followers of a
   * flight would be told of an origin that was not asked; and where nobody else answers.
   */
  boolean goesFirst(boolean nobodyElse) {
    return use.semantic() != null || goesDeeper() && (nobodyElse || use.rights().replay() == Verdict.Replay.AS_ORIGIN);
  }

  /** Asks, where {@link #goesFirst}; {@code otherwise} goes on if it has nothing. */
  void first(Runnable otherwise) {
    Verdict.Semantic terms = use.semantic();
    if (terms == null) {
      deeper(otherwise);
    } else {
      inOtherWords(terms, otherwise);
    }
  }

  /** Whether a deeper layer is to be asked before an origin. */
  boolean goesDeeper() {
    return !asked && use.goesDeeper();
  }

  /** Asks it, and answers with what it has; {@code otherwise} goes on if it has nothing. */
  void deeper(Runnable otherwise) {
    AnswerCache.Key key = use.key();
    asked = true;
    if (key == null) {
      otherwise.run();
      return;
    }
    walk.rooms().cache().find(key, use.request().prompt().json(), loop, found -> {
      if (answer.isOver()) {
        return;
      }
      walk.atTheRim(() -> {
        if (found == null || use.state(found).compareTo(Life.State.STALE) > 0 || !fits(found)) {
          otherwise.run();
        } else {
          give(found);
        }
      });
    });
  }

  /**
   * Looks for a question that asks the same in other words, once a deeper layer has none in the same words, and answers with its answer; {@code otherwise}
   * goes on if there is none. Where the policy only watches, {@code otherwise} goes on at once, and what would have been is noted.
   */
  private void inOtherWords(Verdict.Semantic terms, Runnable otherwise) {
    if (goesDeeper()) {
      deeper(() -> lookAround(terms, otherwise));
    } else {
      lookAround(terms, otherwise);
    }
  }

  private void lookAround(Verdict.Semantic terms, Runnable otherwise) {
    boolean shadow = terms.mode() == Verdict.Semantic.Mode.SHADOW;
    SemanticCache.Question question = walk.rooms().semantic().ask(use.decision(), terms, loop, found -> {
      if (shadow) {
        // Counted even where the origin was faster; recorded where it was not.
        walk.atTheRim(() -> like(found, true));
      } else if (!answer.isOver()) {
        walk.atTheRim(() -> {
          if (!like(found, false)) {
            otherwise.run();
          }
        });
      }
    });
    use.asked(question);
    asking = question;
    if (question == null || shadow) {
      otherwise.run();
    }
  }

  /** Whether the request is answered with what was found. Its key must be of the very partition of the request: the last look of G4. */
  private boolean like(SemanticCache.@Nullable Found found, boolean shadow) {
    AnswerCache.Key own = use.key();
    SemanticCache.Question question = asking;
    if (found == null || own == null || question == null || !found.key().sameButBody(own)) {
      return false;
    }
    Stored stored = walk.rooms().cache().get(found.key());
    if (stored == null || use.state(stored) != Life.State.FRESH) {
      question.gone(found.key());
      question.used(SemanticCache.Use.GONE);
      return false;
    }
    if (!fits(stored)) {
      return false;
    }
    use.like(new Likeness(HexFormat.of().formatHex(found.key().bodyDigest()), found.score(), !shadow));
    question.used(shadow ? SemanticCache.Use.SHADOWED : SemanticCache.Use.SERVED);
    if (shadow) {
      return false;
    }
    give(stored, CacheOutcome.SEMANTIC);
    return true;
  }

  /** Answers in place of an error of the origin, where the policy lets it and something is there. */
  boolean insteadOf(ErrorAnswer error) {
    if (replay != null || answer.isOver() || answer.isOpen()) {
      return false;
    }
    boolean origins = switch (error.refusal()) {
      case UPSTREAM_FAILED, NO_PERMITTED_UPSTREAM, FIRST_TOKEN_TIMEOUT, BUSY -> true;
      default -> false;
    };
    Stored found = origins ? use.onError() : null;
    if (found != null) {
      give(found);
    }
    return found != null;
  }

  private void give(Stored found) {
    give(found, use.state(found) == Life.State.FRESH ? CacheOutcome.HIT : CacheOutcome.STALE);
  }

  private void give(Stored found, CacheOutcome how) {
    Life.State state = use.state(found);
    use.answeredBy(how);
    RouteInfo route = walk.route(Destination.EDGE_CACHE, found.upstream());
    ModelRequest request = use.request();
    if (use.rights().replay() == Verdict.Replay.AT_ONCE) {
      if (request.stream()) {
        answer.open(route);
        answer.events(found.view());
        answer.close();
      } else {
        answer.complete(route, found.view());
      }
      walk.finish(Destination.EDGE_CACHE, null, route, Usage.UNKNOWN);
    } else {
      inItsTime(found, route, request);
    }
    AnswerCache.Key key = use.key();
    if (state == Life.State.STALE && key != null) {
      walk.refreshBehind(key, use.goesDeeper() && !asked);
    }
  }

  /** As the origin would: to who does not own the answer it must not show that it was there before (C4). */
  private void inItsTime(Stored found, RouteInfo route, ModelRequest request) {
    boolean asOrigin = use.rights().replay() == Verdict.Replay.AS_ORIGIN;
    boolean hidden = asOrigin && !owned(found);
    RouteInfo told = hidden ? new RouteInfo(route.requestId(), route.sensitivity(), route.latencyClass(), found.origin().destination(), route.upstream(), route.rule(),
        route.policy(), CacheOutcome.MISS, 1, List.of()) : route;
    byte[] body = hidden ? Anew.made(found.body(), walk.rooms().clock().now().getEpochSecond(), walk.rooms().digest().seed(request.id())) : found.body();
    long after = asOrigin ? Math.min(drawnNanos - walk.sinceArrival(), walk.timeLeft()) : 0;
    if (hidden) {
      // What it costs its tenant would tell too.
      TokenBudget budget = walk.budget();
      if (budget != null) {
        budget.charge(new Usage(found.origin().tokens(), 0, -1, -1));
      }
    }
    replay = new Replay(found, body, request.stream(), answer, loop, new Replay.Steps() {
      @Override
      public void begins() {
        answer.open(told);
      }

      @Override
      public void ends(@Nullable ByteBuf json) {
        if (json == null) {
          answer.close();
        } else {
          answer.complete(told, json);
        }
        walk.finish(Destination.EDGE_CACHE, null, route, Usage.UNKNOWN);
      }

      @Override
      public void atTheRim(Runnable step) {
        walk.atTheRim(step);
      }
    });
    replay.begin(after);
  }

  /** The caller reads again. */
  void writable() {
    if (replay != null) {
      replay.writable();
    }
  }

  /** The walk is over. */
  void over() {
    if (replay != null) {
      replay.stop();
    }
  }
}
