package io.tidegate.line;

import io.netty.buffer.ByteBuf;
import io.tidegate.admission.limit.Ending;
import io.tidegate.admission.limit.Permit;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.Candidate;
import io.tidegate.dispatch.retry.UpstreamFigures;
import io.tidegate.dispatch.EndpointLoad;
import io.tidegate.line.Upstreams.Attempt;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Destination;
import io.tidegate.model.Endpoint;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.TraceContext;
import org.jspecify.annotations.Nullable;

/**
 * One attempt as its walk sees it. Events that come after it was settled (answered, failed, or left behind) are released and change nothing.
 * They may come before {@link Upstreams#send} has returned the handle. Confined to the walk's loop.
 */
final class AttemptUnderWay implements Upstreams.AttemptEvents {
  private final RequestWalk walk;
  private final Attempts attempts;
  private final Candidate candidate;
  private final Endpoint endpoint;
  private final UpstreamFigures figures;
  private final long begunNanos;
  private final HeldFrames held;
  private final @Nullable Rewriting rewriting;
  private final EndpointLoad load;
  private final Permit permit;
  private final RequestTrace.@Nullable Tried tried;
  private @Nullable Attempt handle;
  private boolean paused;
  private boolean everPaused;
  private boolean settled;
  private boolean left;

  /**
   * @param rewriting what the answer must pass; null if it goes on as it comes
   * @param permit given back at its end, however it ends
   */
  AttemptUnderWay(RequestWalk walk, Attempts attempts, Candidate candidate, Endpoint endpoint, UpstreamFigures figures, @Nullable Rewriting rewriting,
      Permit permit) {
    this.walk = walk;
    this.attempts = attempts;
    this.rewriting = rewriting;
    this.permit = permit;
    this.candidate = candidate;
    this.endpoint = endpoint;
    this.figures = figures;
    this.begunNanos = walk.nanos();
    this.held = new HeldFrames(walk.rooms().config().heldBytes());
    RequestTrace trace = walk.trace();
    this.tried = trace == null ? null : trace.attempt(candidate, endpoint, begunNanos);
    // Last: from here on it must be settled, or the endpoint would count it for ever.
    this.load = walk.rooms().health().enter(endpoint);
  }

  /** The upstream side has begun, and may have reported already. */
  void begun(Attempt attempt) {
    handle = attempt;
    if (left) {
      attempt.cancel();
    } else if (paused && !settled) {
      attempt.pause();
    }
  }

  @Override
  public @Nullable TraceContext trace() {
    return tried == null ? null : tried.told();
  }

  @Override
  public void answered(ByteBuf json, Usage usage) {
    used(usage);
    if (!settle(null)) {
      json.release();
      return;
    }
    served(usage);
    held.release();
    walk.atTheRim(() -> give(rewriting == null ? json : rewriting.whole(json), usage));
  }

  private void give(ByteBuf json, Usage usage) {
    CacheUse use = walk.cacheUse();
    RouteInfo route = walk.route(destination(), upstream());
    use.record(json, walk.sinceArrival());
    store(use, usage);
    walk.firstToken(this);
    walk.answer().complete(route, json);
    walk.finish(destination(), null, route, usage);
  }

  @Override
  public void events(ByteBuf frames, boolean content) {
    if (settled) {
      frames.release();
      return;
    }
    try {
      if (rewriting == null) {
        pass(frames, content);
      } else {
        ByteBuf rewritten = rewriting.frames(frames);
        if (rewritten.isReadable()) {
          pass(rewritten, content);
        } else {
          rewritten.release();
        }
      }
    } catch (Throwable defect) {
      walk.defect(defect);
    }
  }

  private void pass(ByteBuf frames, boolean content) {
    OneAnswer answer = walk.answer();
    boolean ours = true;
    try {
      if (!answer.isOpen()) {
        if (!content && held.hasRoomFor(frames)) {
          ours = false;
          held.add(frames);
          return;
        }
        open();
      }
      walk.cacheUse().record(frames, walk.sinceArrival());
      ours = false;
      // The caller may have left from inside a call to its sink: then this releases.
      answer.events(frames);
    } finally {
      if (ours) {
        frames.release();
      }
    }
    if (!settled && !paused && !answer.isWritable()) {
      paused = true;
      everPaused = true;
      if (handle != null) {
        handle.pause();
      }
    }
  }

  /** From here on the answer is this attempt's, for better or worse. */
  private void open() {
    waited();
    permit.firstToken(walk.request().prompt().json().length(), walk.nanos());
    walk.open(this);
    ByteBuf early = held.take();
    if (early != null) {
      walk.cacheUse().record(early, walk.sinceArrival());
      walk.answer().events(early);
    }
  }

  @Override
  public void ended(Usage usage) {
    used(usage);
    if (!settle(null)) {
      return;
    }
    served(usage);
    walk.atTheRim(() -> {
      if (!walk.answer().isOpen()) {
        open();
      }
      if (!walk.answer().isOver()) {
        store(walk.cacheUse(), usage);
        walk.answer().close();
        walk.finish(destination(), null, walk.route(destination(), upstream()), usage);
      }
    });
  }

  @Override
  public void failed(AttemptFailure failure) {
    // Where the request's own time ran out, the endpoint is not to blame, whichever of its timers fired.
    boolean timeOut = failure.kind() == Kind.FIRST_TOKEN_TIMEOUT || failure.kind() == Kind.IDLE_TIMEOUT;
    AttemptFailure known = timeOut && walk.timeLeft() <= 0 ? AttemptFailure.of(Kind.TOTAL_TIMEOUT).after(failure.inputTokens(), failure.outputTokens())
        : failure;
    if (!settle(known)) {
      return;
    }
    held.release();
    walk.atTheRim(() -> attempts.failed(this, known));
  }

  /** Leaves it behind: frees the upstream, and gives back an endpoint that was on probation. */
  void cancel() {
    if (!settle(AttemptFailure.of(Kind.CANCELLED))) {
      return;
    }
    left = true;
    held.release();
    if (handle != null) {
      handle.cancel();
    }
  }

  void resume() {
    if (paused && !settled) {
      paused = false;
      if (handle != null) {
        handle.resume();
      }
    }
  }

  Destination destination() {
    return Destination.of(candidate.upstream().zone());
  }

  /** Its answer came whole. What was said to a cleaned text, not the caller's own, is known as such. */
  void store(CacheUse use, Usage usage) {
    use.store(upstream(), destination(), candidate.model(), usage, candidate.after() != null, walk.sinceArrival());
  }

  String upstream() {
    return candidate.upstream().name();
  }

  /** The upstream, or its part in a region. */
  String place() {
    return candidate.place();
  }

  String endpointId() {
    return endpoint.id();
  }

  void noteFirstToken() {
    long now = walk.nanos();
    figures.firstTokens().add(now - begunNanos, now);
    if (tried != null) {
      tried.first(now);
    }
    walk.rooms().meters().firstChunk(walk.request().operation(), upstream(), now - begunNanos);
  }

  private void used(Usage usage) {
    if (tried != null) {
      tried.used(usage);
    }
  }

  /** Tells how long its endpoint worked on the whole. Where the caller read slowly, that is not known. */
  private void served(Usage usage) {
    if (!everPaused) {
      walk.rooms().health().served(endpoint, walk.nanos() - begunNanos, usage.inputTokens(), usage.outputTokens());
    }
  }

  /** Tells how long its endpoint took to begin, at the least. */
  private void waited() {
    load.firstToken(walk.request().prompt().json().length(), walk.nanos() - begunNanos, walk.nanos());
  }

  /** True for the first end of this attempt, which is then told to meters and health. */
  private boolean settle(@Nullable AttemptFailure failure) {
    if (settled) {
      return false;
    }
    settled = true;
    load.leave();
    if (tried != null) {
      tried.end(failure == null ? null : failure.kind(), walk.nanos());
    }
    if (failure != null && failure.kind() == Kind.FIRST_TOKEN_TIMEOUT) {
      waited();
    }
    walk.rooms().meters().attempt(walk.request().operation(), upstream(), candidate.upstream().zone(), failure == null ? null : failure.kind(), walk.nanos() - begunNanos);
    if (failure == null) {
      walk.rooms().health().succeeded(endpoint);
    } else {
      attempts.left(upstream(), endpoint.id(), failure, walk.nanos() - begunNanos);
      walk.rooms().health().failed(endpoint, failure);
    }
    permit.close(failure == null ? Ending.ANSWERED : ending(failure.kind()), walk.nanos());
    return true;
  }

  private static Ending ending(Kind kind) {
    return switch (kind) {
      case RATE_LIMITED, BUSY, FIRST_TOKEN_TIMEOUT -> Ending.BUSY;
      default -> Ending.OTHER;
    };
  }
}
