package io.tidegate.fake;

import io.netty.buffer.ByteBuf;
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
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Answers attempts from a script, and records what each clearance would have sent where. */
public final class ScriptedUpstreams implements Upstreams {
  public final List<Sent> sent = new ArrayList<>();
  public final Deque<Consumer<AttemptEvents>> script = new ArrayDeque<>();
  public int cancelled;
  public int paused;
  public int resumed;
  /** Steps of the script run inside {@link #send}, before it returns, rather than later on the loop. */
  public boolean inside;
  /** What every attempt does that the script does not foresee; null if there must be none. */
  public @Nullable Consumer<AttemptEvents> byDefault;
  /** The last attempt's; absent before the first. */
  public @Nullable AttemptEvents last;
  private final List<ByteBuf> made = new ArrayList<>();

  /** One attempt. */
  public record Sent(String upstream, Zone zone, String endpoint, String body, boolean receipt, AttemptTimes times) {}

  /** Next attempt gives this whole answer. */
  public ScriptedUpstreams answer(String json) {
    return then(events -> events.answered(bytes(json), Usage.UNKNOWN));
  }

  /** Next attempt fails so. */
  public ScriptedUpstreams fail(AttemptFailure.Kind kind) {
    return fail(AttemptFailure.of(kind));
  }

  /** Next attempt fails so. */
  public ScriptedUpstreams fail(AttemptFailure failure) {
    return then(events -> events.failed(failure));
  }

  /** Next attempt is a stream of these frames, each content, that ends well. */
  public ScriptedUpstreams stream(String... frames) {
    return then(events -> {
      for (String frame : frames) {
        events.events(bytes(frame), true);
      }
      events.ended(Usage.UNKNOWN);
    });
  }

  /** Next attempt does this. */
  public ScriptedUpstreams then(Consumer<AttemptEvents> step) {
    script.add(step);
    return this;
  }

  /** Next attempt stays open: the test drives {@link #last}. */
  public ScriptedUpstreams hold() {
    return then(events -> { });
  }

  /** A buffer whose release {@link #leaks} watches. */
  public ByteBuf bytes(String text) {
    ByteBuf buffer = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    made.add(buffer);
    return buffer;
  }

  /** Buffers handed out that nobody has released: must be 0 when a test ends. */
  public long leaks() {
    return made.stream().filter(buffer -> buffer.refCnt() != 0).count();
  }

  public AttemptEvents last() {
    return java.util.Objects.requireNonNull(last, "no attempt was made");
  }

  public boolean sentTo(Zone zone) {
    return sent.stream().anyMatch(attempt -> attempt.zone() == zone);
  }

  @Override
  public Attempt send(Clearance clearance, Endpoint endpoint, @Nullable AuditReceipt receipt, AttemptTimes times, boolean stream,
      boolean usageAsked, Loop loop, AttemptEvents events) {
    String body = StandardCharsets.UTF_8.decode(clearance.buffer()).toString();
    sent.add(new Sent(clearance.upstream(), clearance.zone(), endpoint.id(), body, receipt != null, times));
    last = events;
    Consumer<AttemptEvents> next = script.poll();
    if (next == null) {
      next = byDefault;
    }
    if (next == null) {
      throw new AssertionError("an attempt that the script does not foresee: " + endpoint);
    }
    if (inside) {
      next.accept(events);
    } else {
      Consumer<AttemptEvents> step = next;
      loop.execute(() -> step.accept(events));
    }
    return new Attempt() {
      @Override
      public void cancel() {
        cancelled++;
      }

      @Override
      public void pause() {
        paused++;
      }

      @Override
      public void resume() {
        resumed++;
      }
    };
  }
}
