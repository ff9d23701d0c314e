package io.tidegate.line;

import io.netty.buffer.Unpooled;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Destination;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.time.Loop;
import org.jspecify.annotations.Nullable;

/**
 * One walk's part in a {@link Flight}: leads it, or answers its caller from it as the answer comes. A follower keeps its own deadline, its own
 * record and its own caller's pace. Confined to the walk's loop.
 */
final class Sharing extends Flight.Member implements Flight.Taker {
  private final Walk walk;
  private final OneAnswer answer;
  private @Nullable Flight flight;
  private Loop.@Nullable Timer deadline;
  private boolean follows;
  private @Nullable Destination destination;
  private @Nullable String upstream;

  private Sharing(Walk walk, OneAnswer answer, Loop loop) {
    super(loop);
    this.walk = walk;
    this.answer = answer;
  }

  /** What the walk does for it. */
  interface Walk {
    RouteInfo route(@Nullable Destination destination, @Nullable String upstream);

    /** The answer begins. */
    void firstToken();

    void finish(@Nullable Destination destination, @Nullable Refusal refusal, RouteInfo route, Usage usage);

    /** A call was shared. */
    void coalesced();

    /** A call was merged with others: what came of it for this request. */
    void merged(@Nullable Destination from, String upstream, byte[] json);

    /** Make the call. */
    void lead();

    /** Make the call, and merge it with no other. */
    void attempt();

    /** The request's time is over. */
    void late();

    /** The upstream may be read again. */
    void writable();

    void cancel();

    void atTheRim(Runnable step);

    long timeLeft();
  }

  /** Enters the flight of {@code key}: {@link Walk#lead} is called if nobody makes the call yet. */
  static Sharing enter(SingleFlight flights, SingleFlight.Key key, Walk walk, OneAnswer answer, Loop loop) {
    Sharing sharing = new Sharing(walk, answer, loop);
    Flight entered = flights.enter(key, sharing);
    sharing.flight = entered;
    if (entered.isLed(sharing)) {
      answer.shareWith(entered);
      walk.lead();
    } else {
      sharing.follows = true;
      sharing.deadline = loop.schedule(sharing::tooLate, Math.max(1, walk.timeLeft()));
    }
    return sharing;
  }

  /** Whether another's answer is awaited. */
  boolean follows() {
    return follows;
  }

  /** The walk is over, one way or the other. */
  void over() {
    if (follows) {
      follows = false;
      stopTimer();
      flight().leave(this);
    }
  }

  /** The caller's socket takes more. */
  void writable() {
    if (follows) {
      woken();
    }
  }

  @Override
  void woken() {
    walk.atTheRim(() -> {
      while (follows && answer.isWritable()) {
        Flight.Piece piece = flight().take(this);
        if (piece == null) {
          return;
        }
        piece.give(this);
      }
    });
  }

  @Override
  void promoted() {
    if (!follows) {
      flight().failed();
      return;
    }
    follows = false;
    stopTimer();
    answer.shareWith(flight());
    walk.atTheRim(walk::lead);
  }

  @Override
  void relieved() {
    walk.writable();
  }

  @Override
  void deserted() {
    walk.cancel();
  }

  private void tooLate() {
    if (follows) {
      walk.atTheRim(walk::late);
    }
  }

  private void stopTimer() {
    if (deadline != null) {
      deadline.cancel();
      deadline = null;
    }
  }

  private Flight flight() {
    Flight entered = flight;
    if (entered == null) {
      throw new IllegalStateException("not entered yet");
    }
    return entered;
  }

  // What the leader's answer brings

  @Override
  public void opened(@Nullable Destination from, @Nullable String by) {
    begins(from, by);
    answer.open(walk.route(from, by));
  }

  @Override
  public void events(byte[] frames) {
    answer.events(Unpooled.wrappedBuffer(frames).asReadOnly());
  }

  @Override
  public void ended() {
    answer.close();
    walk.finish(destination, null, walk.route(destination, upstream), Usage.UNKNOWN);
  }

  @Override
  public void brokenOff(ErrorAnswer error) {
    RouteInfo route = walk.route(destination, upstream);
    answer.fail(error, route);
    walk.finish(null, error.refusal(), route, Usage.UNKNOWN);
  }

  @Override
  public void completed(@Nullable Destination from, @Nullable String by, byte[] json) {
    begins(from, by);
    RouteInfo route = walk.route(from, by);
    answer.complete(route, Unpooled.wrappedBuffer(json).asReadOnly());
    walk.finish(from, null, route, Usage.UNKNOWN);
  }

  private void begins(@Nullable Destination from, @Nullable String by) {
    destination = from;
    upstream = by;
    walk.coalesced();
    if (by != null) {
      walk.firstToken();
    }
  }
}
