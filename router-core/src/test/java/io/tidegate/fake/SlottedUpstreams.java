package io.tidegate.fake;

import io.netty.buffer.Unpooled;
import io.tidegate.decide.Clearance;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.line.Upstreams;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Zone;
import io.tidegate.time.Loop;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Model servers in virtual time: each has so many slots and an endless queue in order of arrival; the first token comes a fixed time after a slot
 * is given, the last after the service time. An attempt's own time-outs run here, as they do in the gate. What is cancelled leaves at once, or is worked on as if nobody had left ({@link #worksOn}).
 */
public final class SlottedUpstreams implements Upstreams {
  private final Map<String, Target> targets = new HashMap<>();
  /** From a slot to the first content. */
  public long firstNanos = 200_000_000L;
  /** From a slot to the end; asked once for each attempt. */
  public LongSupplier serviceNanos = () -> 2_000_000_000L;
  /** The server does not notice that its caller is gone. */
  public boolean worksOn;
  /** The next attempt is refused so. */
  public AttemptFailure.@Nullable Kind failNext;
  public int toPublic;
  public int sent;

  /** One server. */
  public static final class Target {
    private int slots;
    private int inSlots;
    private final Deque<Job> queue = new ArrayDeque<>();
    public int most;

    /** In slots and in its queue. */
    public int inFlight() {
      return inSlots + queue.size();
    }
  }

  public Target target(String endpoint, int slots) {
    Target target = targets.computeIfAbsent(endpoint, id -> new Target());
    target.slots = slots;
    while (target.inSlots < target.slots && !target.queue.isEmpty()) {
      target.queue.removeFirst().start();
    }
    return target;
  }

  @Override
  public Attempt send(Clearance clearance, Endpoint endpoint, @Nullable AuditReceipt receipt, AttemptTimes times, boolean stream, boolean usageAsked,
      Loop loop, AttemptEvents events) {
    sent++;
    toPublic += clearance.zone() == Zone.PUBLIC ? 1 : 0;
    Target target = java.util.Objects.requireNonNull(targets.get(endpoint.id()), endpoint.id());
    Job job = new Job(target, loop, events, serviceNanos.getAsLong());
    AttemptFailure.Kind refused = failNext;
    if (refused != null) {
      failNext = null;
      job.over = true;
      loop.execute(() -> events.failed(AttemptFailure.of(refused)));
      return job;
    }
    target.most = Math.max(target.most, target.inFlight() + 1);
    job.timers[0] = loop.schedule(() -> job.fail(AttemptFailure.Kind.FIRST_TOKEN_TIMEOUT), times.firstTokenNanos());
    job.timers[1] = loop.schedule(() -> job.fail(AttemptFailure.Kind.TOTAL_TIMEOUT), times.totalNanos());
    if (target.inSlots < target.slots) {
      job.start();
    } else {
      target.queue.addLast(job);
    }
    return job;
  }

  private final class Job implements Attempt {
    private final Target target;
    private final Loop loop;
    private final AttemptEvents events;
    private final long service;
    private final Loop.@Nullable Timer[] timers = new Loop.Timer[3];
    private boolean started;
    private boolean over;

    Job(Target target, Loop loop, AttemptEvents events, long service) {
      this.target = target;
      this.loop = loop;
      this.events = events;
      this.service = service;
    }

    void start() {
      started = true;
      target.inSlots++;
      timers[2] = loop.schedule(this::first, firstNanos);
    }

    private void first() {
      timers[2] = loop.schedule(this::last, Math.max(0, service - firstNanos));
      if (over) {
        return;
      }
      stop(0);
      events.events(Unpooled.copiedBuffer("data: {}\n\n", StandardCharsets.UTF_8), true);
    }

    private void last() {
      boolean heard = leave();
      if (worksOn) {
        done();
      }
      if (heard) {
        events.ended(new Usage(10, 20, 0, 0));
      }
    }

    private void fail(AttemptFailure.Kind kind) {
      if (leave()) {
        events.failed(AttemptFailure.of(kind));
      }
    }

    @Override
    public void cancel() {
      leave();
    }

    private boolean leave() {
      if (over) {
        return false;
      }
      over = true;
      stop(0);
      stop(1);
      if (!worksOn) {
        stop(2);
        done();
      }
      return true;
    }

    private void done() {
      if (started) {
        target.inSlots--;
        if (target.inSlots < target.slots && !target.queue.isEmpty()) {
          target.queue.removeFirst().start();
        }
      } else {
        target.queue.remove(this);
      }
    }

    private void stop(int timer) {
      Loop.Timer running = timers[timer];
      if (running != null) {
        running.cancel();
      }
    }

    @Override
    public void pause() { }

    @Override
    public void resume() { }
  }
}
