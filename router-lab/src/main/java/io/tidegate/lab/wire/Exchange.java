package io.tidegate.lab.wire;

import io.netty.util.concurrent.EventExecutor;
import io.tidegate.lab.plan.Plan;
import io.tidegate.lab.plan.Request;
import io.tidegate.lab.plan.Wire;
import io.tidegate.lab.record.Received;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. Confined to its connection's loop; {@link #execute} is the door for other threads.
 */
public final class Exchange {
  private final Request request;
  private final Wire wire;
  private final EventExecutor loop;
  private final Received received;
  private final Runnable whenOver;
  private long number;
  private boolean over;
  private boolean gone;
  private boolean computesOn;
  private Runnable whenReleased = () -> {};
  private @Nullable Player player;

  Exchange(Request request, Wire wire, EventExecutor loop, Received received, Runnable whenOver) {
    this.request = request;
    this.wire = wire;
    this.loop = loop;
    this.received = received;
    this.whenOver = whenOver;
    received.began();
  }

  public Request request() {
    return request;
  }

  Wire wire() {
    return wire;
  }

  EventExecutor loop() {
    return loop;
  }

  /** Tells the request's number in the record, once it is known. */
  void number(long number) {
    this.number = number;
  }

  public void execute(Runnable task) {
    loop.execute(task);
  }

  /** Whether the client has left. */
  public boolean gone() {
    return gone;
  }

  /** What to do once the model's slot is free again: at the answer's end, or when the client left and nothing is computed on. */
  public void onReleased(Runnable task) {
    this.whenReleased = task;
  }

  /** The model goes on computing, and holding its slot, after its client has left. */
  public void computeOn() {
    this.computesOn = true;
  }

  /** Plays the plan from its first step. At most once. */
  public void play(Plan plan) {
    player = new Player(this, plan.steps());
    player.resume();
  }

  /** The connection can take more. */
  void writable() {
    if (player != null) {
      player.resume();
    }
  }

  /** The client closed the connection or reset the stream. */
  void clientLeft() {
    if (over || gone) {
      return;
    }
    gone = true;
    received.finished(number, true);
    if (player == null || !computesOn || player.waitsForEver()) {
      release();
    }
  }

  /** The plan is at its end. */
  void planDone() {
    if (over) {
      return;
    }
    over = true;
    if (!gone) {
      received.finished(number, false);
      whenOver.run();
    }
    release();
  }

  private void release() {
    over = true;
    Runnable task = whenReleased;
    whenReleased = () -> {};
    task.run();
  }

  /** Was only made to show its head; nothing came of it and nothing is counted. */
  void discard() {
    over = true;
    received.discarded();
  }

  boolean stopped() {
    return over;
  }
}
