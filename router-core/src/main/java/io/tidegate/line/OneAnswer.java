package io.tidegate.line;

import io.netty.buffer.ByteBuf;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.RouteInfo;
import org.jspecify.annotations.Nullable;

/**
 * Lets exactly one answer through to a sink, whatever calls come and whoever calls again from inside one (G5). What comes too late, or after the
 * caller has left, is dropped and its buffers are released. Confined to the walk's loop.
 *
 * <table>
 * <caption>State × call → state</caption>
 * <tr><th></th><th>complete</th><th>open</th><th>events</th><th>close</th><th>fail</th><th>leave</th></tr>
 * <tr><td>NOTHING</td><td>OVER</td><td>OPEN</td><td>defect</td><td>defect</td><td>refused, OVER</td><td>OVER</td></tr>
 * <tr><td>OPEN</td><td>defect</td><td>defect</td><td>OPEN</td><td>OVER</td><td>broken off, OVER</td><td>OVER</td></tr>
 * <tr><td>OVER</td><td>dropped</td><td>dropped</td><td>dropped</td><td>dropped</td><td>dropped</td><td>OVER</td></tr>
 * </table>
 *
 * <p>The state is changed before the sink is called: a sink that throws is not called again.
 */
final class OneAnswer {
  private final AnswerSink sink;
  private State state = State.NOTHING;
  /** Those who share this answer; null if nobody may. */
  private @Nullable Flight flight;
  /** The caller left, and others take the answer. */
  private boolean sinkGone;

  private enum State { NOTHING, OPEN, OVER }

  OneAnswer(AnswerSink sink) {
    this.sink = sink;
  }

  boolean isOver() {
    return state == State.OVER;
  }

  /** Whether something of an answer went out: from then on nothing may be tried elsewhere. */
  boolean isOpen() {
    return state == State.OPEN;
  }

  boolean isWritable() {
    return (sinkGone || sink.isWritable()) && (flight == null || !flight.isHeldUp());
  }

  /** From now on what goes out goes to the flight's followers too. */
  void shareWith(Flight shared) {
    flight = shared;
  }

  /** {@code json} is consumed. */
  void complete(RouteInfo route, ByteBuf json) {
    if (!passes(State.NOTHING, json)) {
      return;
    }
    state = State.OVER;
    if (flight != null && flight.isWanted()) {
      flight.completed(route, copy(json));
    }
    if (sinkGone) {
      json.release();
    } else {
      sink.complete(route, json);
    }
  }

  void open(RouteInfo route) {
    if (passes(State.NOTHING, null)) {
      state = State.OPEN;
      if (flight != null) {
        flight.opened(route);
      }
      if (!sinkGone) {
        sink.open(route);
      }
    }
  }

  /** {@code frames} is consumed. */
  void events(ByteBuf frames) {
    if (!passes(State.OPEN, frames)) {
      return;
    }
    if (flight != null && !flight.events(copy(frames))) {
      flight = null;
    }
    if (sinkGone) {
      frames.release();
    } else {
      sink.events(frames);
    }
  }

  void close() {
    if (passes(State.OPEN, null)) {
      state = State.OVER;
      if (flight != null) {
        flight.ended();
      }
      if (!sinkGone) {
        sink.close();
      }
    }
  }

  /** An error instead of an answer, or in the midst of one. */
  void fail(ErrorAnswer error, RouteInfo route) {
    State was = state;
    state = State.OVER;
    if (flight != null && was != State.OVER) {
      tellFlight(flight, was, error);
    }
    if (sinkGone) {
      return;
    }
    switch (was) {
      case NOTHING -> sink.refuse(error, route);
      case OPEN -> sink.breakOff(error);
      case OVER -> { }
    }
  }

  private static void tellFlight(Flight flight, State was, ErrorAnswer error) {
    if (was == State.OPEN) {
      flight.brokenOff(error);
    } else {
      flight.failed();
    }
  }

  /** The caller left. True if others take the answer: then it goes on for them; else this is over. */
  boolean leave() {
    sinkGone = true;
    if (flight != null && state != State.OVER && flight.goesOnWithout()) {
      return true;
    }
    state = State.OVER;
    return false;
  }

  /** Nothing more can be said to the caller; those who share the answer must not wait for it. */
  void abandon(ErrorAnswer why) {
    State was = state;
    state = State.OVER;
    if (flight != null && was != State.OVER) {
      tellFlight(flight, was, why);
    }
  }

  private static byte[] copy(ByteBuf part) {
    byte[] bytes = new byte[part.readableBytes()];
    part.getBytes(part.readerIndex(), bytes);
    return bytes;
  }

  private boolean passes(State needed, @Nullable ByteBuf consumed) {
    if (state == needed) {
      return true;
    }
    if (consumed != null) {
      consumed.release();
    }
    if (state == State.OVER) {
      return false;
    }
    throw new IllegalStateException("an answer that is " + state + " cannot take this");
  }
}
