package io.tidegate.lab.wire;

import io.tidegate.lab.plan.Step;
import io.tidegate.lab.plan.Wire;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Performs a plan step by step, pausing for time and for a full connection. Confined to the connection's loop. */
final class Player {
  private final Exchange exchange;
  private final List<Step> steps;
  private int next;
  private long repeated;
  private boolean asleep;
  private boolean running;
  private boolean hung;

  Player(Exchange exchange, List<Step> steps) {
    this.exchange = exchange;
    this.steps = List.copyOf(steps);
  }

  /** Goes on unless a pause is running. */
  void resume() {
    if (asleep || running || exchange.stopped()) {
      return;
    }
    running = true;
    Wire wire = exchange.wire();
    while (!asleep && !exchange.stopped() && next < steps.size()) {
      // After the client has left the plan only passes its time.
      if (!exchange.gone() && !wire.writable()) {
        wire.flush();
        if (!wire.writable()) {
          break;
        }
      }
      perform(steps.get(next), wire);
    }
    running = false;
  }

  /** Whether nothing but the client's leaving ends this plan. */
  boolean waitsForEver() {
    if (hung) {
      return true;
    }
    for (Step step : steps.subList(Math.min(next, steps.size()), steps.size())) {
      if (step instanceof Step.Hang || step instanceof Step.Repeat repeat && repeat.times() < 0) {
        return true;
      }
    }
    return false;
  }

  private void perform(Step step, Wire wire) {
    if (step instanceof Step.Repeat repeat) {
      repeat(repeat, wire);
      return;
    }
    next++;
    if (step instanceof Step.Pause pause) {
      sleep(pause.nanos(), wire);
    } else if (step instanceof Step.Hang) {
      wire.flush();
      hung = true;
      next = steps.size();
    } else if (step instanceof Step.Last last) {
      // Over before the deed: what it closes must not look like a client that left, and who sees the end sees the counts right.
      boolean seen = !exchange.gone();
      exchange.planDone();
      if (seen) {
        last.deed().accept(wire);
      }
    } else if (!exchange.gone()) {
      write(step, wire);
    }
  }

  private void write(Step step, Wire wire) {
    if (step instanceof Step.Head head) {
      wire.head(head.status(), head.fields(), head.length());
    } else if (step instanceof Step.Event event) {
      byte[] bytes = event.bytes();
      if (event.splitAt() > 0 && event.splitAt() < bytes.length) {
        wire.body(bytes, 0, event.splitAt());
        wire.body(bytes, event.splitAt(), bytes.length);
      } else {
        wire.body(bytes, 0, bytes.length);
      }
    } else if (step instanceof Step.Half half) {
      wire.half(half.bytes(), half.cut());
    } else if (step instanceof Step.Act act) {
      act.deed().accept(wire);
    }
  }

  private void repeat(Step.Repeat repeat, Wire wire) {
    if (repeated == repeat.times()) {
      repeated = 0;
      next++;
      return;
    }
    repeated++;
    if (!exchange.gone()) {
      wire.body(repeat.bytes(), 0, repeat.bytes().length);
    }
    if (repeat.everyNanos() > 0) {
      sleep(repeat.everyNanos(), wire);
    }
  }

  private void sleep(long nanos, Wire wire) {
    wire.flush();
    if (nanos <= 0) {
      return;
    }
    asleep = true;
    exchange.loop().schedule(() -> {
      asleep = false;
      resume();
    }, nanos, TimeUnit.NANOSECONDS);
  }
}
