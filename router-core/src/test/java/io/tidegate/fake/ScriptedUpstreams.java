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
  public @Nullable AttemptEvents last;

  /** One attempt. */
  public record Sent(String upstream, Zone zone, String endpoint, String body, boolean receipt, AttemptTimes times) {}

  /** Next attempt gives this whole answer. */
  public ScriptedUpstreams answer(String json) {
    script.add(events -> events.answered(buffer(json), Usage.UNKNOWN));
    return this;
  }

  /** Next attempt fails so. */
  public ScriptedUpstreams fail(AttemptFailure.Kind kind) {
    script.add(events -> events.failed(AttemptFailure.of(kind)));
    return this;
  }

  /** Next attempt stays open: the test drives {@link #last}. */
  public ScriptedUpstreams hold() {
    script.add(events -> { });
    return this;
  }

  public static ByteBuf buffer(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
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
      throw new AssertionError("an attempt that the script does not foresee: " + endpoint);
    }
    loop.execute(() -> next.accept(events));
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
