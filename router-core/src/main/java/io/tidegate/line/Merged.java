package io.tidegate.line;

import io.netty.buffer.Unpooled;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Destination;
import io.tidegate.model.RouteInfo;
import io.tidegate.time.Loop;
import org.jspecify.annotations.Nullable;

/** One walk's part in a {@link MergedCall}: waits for it with its own deadline, and makes its own call where that fails. Confined to the walk's loop. */
final class Merged implements MergedCall.Member {
  private final Sharing.Walk walk;
  private final OneAnswer answer;
  private @Nullable MergedCall call;
  private Loop.@Nullable Timer deadline;

  private Merged(Sharing.Walk walk, OneAnswer answer) {
    this.walk = walk;
    this.answer = answer;
  }

  /** Null if the request goes by itself. */
  static @Nullable Merged join(Rooms rooms, Admission admission, io.tidegate.decide.Decision made, Sharing.Walk walk, OneAnswer answer, Loop loop) {
    Merged member = new Merged(walk, answer);
    MergedCall joined = rooms.merging().join(rooms, admission, made, walk.timeLeft(), member, loop);
    if (joined == null) {
      return null;
    }
    member.call = joined;
    member.deadline = loop.schedule(member::tooLate, Math.max(1, walk.timeLeft()));
    return member;
  }

  /** The walk is over, one way or the other. */
  void over() {
    MergedCall waitedFor = call;
    if (waitedFor != null) {
      settled();
      waitedFor.leave(this);
    }
  }

  @Override
  public void answered(@Nullable Destination destination, @Nullable String upstream, byte[] json) {
    settled();
    walk.atTheRim(() -> {
      RouteInfo route = walk.route(destination, upstream);
      if (upstream != null) {
        walk.merged(destination, upstream, json);
      }
      answer.complete(route, Unpooled.wrappedBuffer(json));
      walk.finish(destination, null, route, Usage.UNKNOWN);
    });
  }

  @Override
  public void alone() {
    settled();
    walk.atTheRim(walk::attempt);
  }

  @Override
  public long timeLeft() {
    return walk.timeLeft();
  }

  private void tooLate() {
    if (call != null) {
      walk.atTheRim(walk::late);
    }
  }

  private void settled() {
    call = null;
    if (deadline != null) {
      deadline.cancel();
      deadline = null;
    }
  }
}
