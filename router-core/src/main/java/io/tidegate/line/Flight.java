package io.tidegate.line;

import io.tidegate.model.Destination;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.RouteInfo;
import io.tidegate.time.Loop;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call that equal requests share: a log of its answer that the leader writes and each follower reads at its own pace, from its beginning. Any
 * thread: every method holds the monitor for a few steps, and nobody's code runs inside it; members are woken by a task on their own loop.
 *
 * <table>
 * <caption>What happens when</caption>
 * <tr><td>the leader fails before anything was answered</td><td>one follower is promoted and makes the call itself; the others stay (C7)</td></tr>
 * <tr><td>the leader's caller leaves</td><td>the call goes on while anybody follows</td></tr>
 * <tr><td>the answer grows past the bound</td><td>nobody more joins; who is there reads on, and one that lags by more than the bound holds up the
 * upstream, as its own caller would</td></tr>
 * <tr><td>the answer breaks midway</td><td>it breaks for all: they have read its beginning</td></tr>
 * </table>
 */
final class Flight {
  private final SingleFlight all;
  private final SingleFlight.Key key;
  private Member leader;
  private final List<Member> followers = new ArrayList<>();
  private final List<Piece> pieces = new ArrayList<>();
  /** Number of the first piece that is kept. */
  private long first;
  private int keptBytes;
  private boolean joinable = true;
  private boolean over;
  private boolean leaderGone;
  private boolean heldUp;

  Flight(SingleFlight all, SingleFlight.Key key, Member leader) {
    this.all = all;
    this.key = key;
    this.leader = leader;
  }

  /** A request in the flight. Its methods are called on its loop, later; {@code nextPiece} and {@code awake} are the flight's. */
  abstract static class Member {
    final Loop loop;
    private long nextPiece;
    private boolean awake;

    Member(Loop loop) {
      this.loop = loop;
    }

    /** Something is there to {@link Flight#take}. */
    abstract void woken();

    /** Leads from now on: nothing was answered so far. */
    abstract void promoted();

    /** A leader's: the followers have caught up. */
    abstract void relieved();

    /** A leader's whose caller has left: nobody follows any more. */
    abstract void deserted();
  }

  /** What a follower is given, piece by piece. */
  interface Taker {
    void opened(@Nullable Destination destination, @Nullable String upstream);

    void events(byte[] frames);

    void ended();

    void brokenOff(ErrorAnswer error);

    void completed(@Nullable Destination destination, @Nullable String upstream, byte[] json);
  }

  /** A part of the answer. */
  @FunctionalInterface
  interface Piece {
    void give(Taker to);

    default int bytes() {
      return 0;
    }
  }

  private record Frames(byte[] frames) implements Piece {
    @Override
    public void give(Taker to) {
      to.events(frames);
    }

    @Override
    public int bytes() {
      return frames.length;
    }
  }

  synchronized boolean isLed(Member by) {
    return leader == by;
  }

  /** False if it is too late. */
  synchronized boolean join(Member member) {
    if (!joinable) {
      return false;
    }
    member.nextPiece = first;
    followers.add(member);
    if (!pieces.isEmpty()) {
      wake(member);
    }
    return true;
  }

  // The leader's

  synchronized void opened(RouteInfo route) {
    Destination destination = route.destination();
    String upstream = route.upstream();
    append(to -> to.opened(destination, upstream));
  }

  /** @return false if nobody follows and nobody can any more: the flight needs no further word */
  synchronized boolean events(byte[] frames) {
    append(new Frames(frames));
    return joinable || !followers.isEmpty();
  }

  synchronized void ended() {
    last(Taker::ended);
  }

  synchronized void completed(RouteInfo route, byte[] json) {
    Destination destination = route.destination();
    String upstream = route.upstream();
    last(to -> to.completed(destination, upstream, json));
  }

  /** After {@link #opened}. */
  synchronized void brokenOff(ErrorAnswer error) {
    last(to -> to.brokenOff(error));
  }

  /** The leader failed before anything was answered: another leads, if anybody follows. Also a promoted one's who can't. */
  synchronized void failed() {
    if (over) {
      return;
    }
    if (followers.isEmpty()) {
      end();
      return;
    }
    leader = followers.remove(0);
    leaderGone = false;
    leader.loop.execute(leader::promoted);
  }

  /** The leader's caller left; false if the call has nobody else: then the flight is over. */
  synchronized boolean goesOnWithout() {
    if (over || followers.isEmpty()) {
      end();
      return false;
    }
    leaderGone = true;
    return true;
  }

  /** The answer is there, and nobody more may join. False if nobody has: then the flight is over, and needs no further word. */
  synchronized boolean isWanted() {
    close();
    over |= followers.isEmpty();
    return !over;
  }

  /** A follower lags so far behind that no more may come; {@link Member#relieved} follows. */
  synchronized boolean isHeldUp() {
    heldUp = keptBytes > all.maxBytesEach();
    return heldUp;
  }

  // A follower's

  /** The next piece; null if there is none yet: {@link Member#woken} follows. */
  synchronized @Nullable Piece take(Member by) {
    if (by.nextPiece == first + pieces.size()) {
      by.awake = false;
      return null;
    }
    Piece piece = pieces.get((int) (by.nextPiece - first));
    by.nextPiece++;
    if (heldUp) {
      trim();
    }
    return piece;
  }

  /** The follower has what it wanted, or wants no more. */
  synchronized void leave(Member member) {
    if (followers.remove(member)) {
      trim();
      if (followers.isEmpty() && leaderGone && !over) {
        leader.loop.execute(leader::deserted);
      }
    }
  }

  private void append(Piece piece) {
    if (over) {
      return;
    }
    pieces.add(piece);
    keptBytes += piece.bytes();
    boolean room = all.hold(piece.bytes());
    boolean tooLong = keptBytes > all.maxBytesEach();
    if (!room || tooLong) {
      close();
    }
    if (tooLong || followers.isEmpty()) {
      trim();
    }
    for (Member follower : followers) {
      wake(follower);
    }
  }

  private void last(Piece piece) {
    append(piece);
    end();
  }

  private void end() {
    over = true;
    close();
    trim();
  }

  private void close() {
    if (joinable) {
      joinable = false;
      all.closed(this, key);
    }
  }

  private static void wake(Member follower) {
    if (!follower.awake) {
      follower.awake = true;
      follower.loop.execute(follower::woken);
    }
  }

  /** Forgets what all have read, once nobody can come who would need it. */
  private void trim() {
    if (joinable) {
      return;
    }
    long needed = first + pieces.size();
    for (Member follower : followers) {
      needed = Math.min(needed, follower.nextPiece);
    }
    int done = (int) (needed - first);
    int bytes = 0;
    for (Piece piece : pieces.subList(0, done)) {
      bytes += piece.bytes();
    }
    pieces.subList(0, done).clear();
    first = needed;
    keptBytes -= bytes;
    all.let(bytes);
    if (heldUp && keptBytes <= all.maxBytesEach()) {
      heldUp = false;
      leader.loop.execute(leader::relieved);
    }
  }
}
