package io.tidegate.schedule;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.line.Upstreams;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Zone;
import io.tidegate.time.Loop;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** One attempt at a played endpoint: says what its script has, in its own time, and keeps the gate's three deadlines. */
final class Attempted implements Upstreams.Attempt {
  final int number;
  final Asked asked;
  final Endpoint endpoint;
  final boolean cleaned;
  private final Services services;
  private final Loop loop;
  private final Upstreams.AttemptEvents events;
  private final long idleNanos;
  private final long totalAtNanos;
  private final ArrayDeque<Step> script = new ArrayDeque<>();
  private long deadlineNanos;
  private Loop.@Nullable Timer next;
  private Loop.@Nullable Timer deadline;
  boolean paused;
  boolean content;
  boolean cancelled;
  @Nullable Kind failure;
  boolean over;
  long endedNanos;

  /** What an upstream does next. */
  record Step(long afterMillis, What what, String text, @Nullable AttemptFailure failure) {}

  enum What { NO_CONTENT, CONTENT, ANSWER, END, FAIL, SILENCE }

  Attempted(Services services, int number, Asked asked, Endpoint endpoint, boolean cleaned, Upstreams.AttemptTimes times, Loop loop,
      Upstreams.AttemptEvents events) {
    this.services = services;
    this.number = number;
    this.asked = asked;
    this.endpoint = endpoint;
    this.cleaned = cleaned;
    this.loop = loop;
    this.events = events;
    this.idleNanos = times.idleNanos();
    this.totalAtNanos = loop.nanos() + times.totalNanos();
    this.deadlineNanos = Math.min(totalAtNanos, loop.nanos() + times.firstTokenNanos());
  }

  Zone zone() {
    return Setting.zoneOf(endpoint);
  }

  Attempted then(long afterMillis, What what, String text) {
    script.add(new Step(afterMillis, what, text, null));
    return this;
  }

  Attempted fails(long afterMillis, AttemptFailure why) {
    script.add(new Step(afterMillis, What.FAIL, "", why));
    return this;
  }

  void begin() {
    arm();
    goOn();
  }

  /** Fails from inside the call that made it. */
  void failNow(Kind kind) {
    end();
    failure = kind;
    events.failed(AttemptFailure.of(kind));
  }

  /** The connection is reset by the other side. */
  void cut() {
    if (!over) {
      loop.execute(() -> fail(AttemptFailure.of(Kind.RESET)));
    }
  }

  private void goOn() {
    Step step = script.peek();
    if (over || paused && content || step == null || step.what() == What.SILENCE || next != null) {
      return;
    }
    next = services.later(loop, () -> {
      next = null;
      if (!over && !(paused && content)) {
        script.remove();
        play(step);
        goOn();
      }
    }, step.afterMillis() * 1_000_000);
  }

  private void play(Step step) {
    switch (step.what()) {
      case NO_CONTENT -> events.events(services.bytes(step.text()), content);
      case CONTENT -> {
        content = true;
        asked.content();
        deadlineNanos = Math.min(totalAtNanos, loop.nanos() + idleNanos);
        arm();
        events.events(services.bytes(step.text()), true);
      }
      case ANSWER -> {
        end();
        events.answered(services.bytes(step.text()), Usage.UNKNOWN);
      }
      case END -> {
        end();
        events.ended(Usage.UNKNOWN);
      }
      case FAIL -> {
        AttemptFailure why = step.failure();
        fail(why == null ? AttemptFailure.of(Kind.RESET) : why);
      }
      case SILENCE -> { }
    }
  }

  private void fail(AttemptFailure why) {
    if (!over) {
      end();
      failure = why.kind();
      asked.failed(this, why);
      events.failed(why);
    }
  }

  private void arm() {
    if (deadline != null) {
      deadline.cancel();
    }
    deadline = services.later(loop, this::late, deadlineNanos - loop.nanos());
  }

  private void late() {
    deadline = null;
    boolean total = loop.nanos() >= totalAtNanos;
    if (!total && content && paused) {
      // Its caller's own socket is full: only the total time counts.
      deadlineNanos = totalAtNanos;
      arm();
      return;
    }
    fail(AttemptFailure.of(total ? Kind.TOTAL_TIMEOUT : content ? Kind.IDLE_TIMEOUT : Kind.FIRST_TOKEN_TIMEOUT));
  }

  private void end() {
    over = true;
    endedNanos = loop.nanos();
    if (next != null) {
      next.cancel();
      next = null;
    }
    if (deadline != null) {
      deadline.cancel();
      deadline = null;
    }
  }

  @Override
  public void cancel() {
    cancelled |= !over;
    end();
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    if (paused) {
      paused = false;
      if (!over && content) {
        deadlineNanos = Math.min(totalAtNanos, loop.nanos() + idleNanos);
        arm();
      }
      goOn();
    }
  }
}
