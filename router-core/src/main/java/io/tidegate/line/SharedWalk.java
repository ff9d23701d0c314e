package io.tidegate.line;

import io.netty.buffer.Unpooled;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Destination;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import org.jspecify.annotations.Nullable;

/** What a shared or merged call asks of the walk of one of its requests. Confined to its walk's loop. */
final class SharedWalk implements Sharing.Walk {
  private final RequestWalk walk;

  SharedWalk(RequestWalk walk) {
    this.walk = walk;
  }

  @Override
  public RouteInfo route(@Nullable Destination destination, @Nullable String upstream) {
    return walk.route(destination, upstream);
  }

  @Override
  public void coalesced() {
    walk.rooms().meters().coalesced();
  }

  @Override
  public void merged(@Nullable Destination from, String upstream, byte[] json) {
    TokenBudget budget = walk.budget();
    if (budget != null) {
      budget.used();
    }
    walk.rooms().meters().merged();
    walk.firstToken();
    if (from != null) {
      CacheUse use = walk.cacheUse();
      use.record(Unpooled.wrappedBuffer(json), walk.sinceArrival());
      use.store(upstream, from, walk.request().model(), Usage.UNKNOWN, false, walk.sinceArrival());
    }
  }

  @Override
  public void attempt() {
    walk.attempt();
  }

  @Override
  public void firstToken() {
    walk.firstToken();
  }

  @Override
  public void finish(@Nullable Destination destination, @Nullable Refusal refusal, RouteInfo route, Usage usage) {
    walk.finish(destination, refusal, route, usage);
  }

  @Override
  public void lead() {
    walk.cachedOr(walk::mergeOrAttempt);
  }

  @Override
  public void late() {
    walk.refuse(ErrorAnswer.of(Refusal.DEADLINE_EXCEEDED, "The time this request was given is over."));
  }

  @Override
  public void writable() {
    walk.writable();
  }

  @Override
  public void cancel() {
    walk.cancel();
  }

  @Override
  public void atTheRim(Runnable step) {
    walk.atTheRim(step);
  }

  @Override
  public long timeLeft() {
    return walk.timeLeft();
  }
}
