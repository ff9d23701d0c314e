package io.tidegate.lab.sim;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidegate.decide.Clearance;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.line.Upstreams;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Zone;
import io.tidegate.time.Loop;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The way out to the servers, in the gate's place: an attempt's own time-outs run here. Confined to the simulation's thread. */
final class Gate implements Upstreams {
  private static final ByteBuf FRAME = Unpooled.unreleasableBuffer(Unpooled.copiedBuffer("data: {\"choices\":[]}\n\n", StandardCharsets.UTF_8));
  private static final ByteBuf WHOLE = Unpooled.unreleasableBuffer(Unpooled.copiedBuffer("{\"choices\":[]}", StandardCharsets.UTF_8));

  private final Map<String, ModelServer> servers;
  private final Map<String, Arrival> asked = new HashMap<>();
  private long sent;
  private long sentPublic;
  private int open;

  /** @param servers by endpoint id */
  Gate(Map<String, ModelServer> servers) {
    this.servers = servers;
  }

  /** What the request of that id is about. */
  void about(String request, Arrival arrival) {
    asked.put(request, arrival);
  }

  void forget(String request) {
    asked.remove(request);
  }

  long sent() {
    return sent;
  }

  long sentPublic() {
    return sentPublic;
  }

  /** Attempts under way. */
  int open() {
    return open;
  }

  @Override
  public Attempt send(Clearance clearance, Endpoint endpoint, @Nullable AuditReceipt receipt, AttemptTimes times, boolean stream, boolean usageAsked,
      Loop loop, AttemptEvents events) {
    Arrival arrival = asked.get(clearance.requestId());
    ModelServer server = servers.get(endpoint.id());
    if (arrival == null || server == null) {
      throw new IllegalStateException("no such request or server: " + clearance.requestId() + ", " + endpoint.id());
    }
    if (clearance.zone() == Zone.PUBLIC && receipt == null) {
      throw new IllegalStateException("a PUBLIC attempt without a receipt");
    }
    sent++;
    sentPublic += clearance.zone() == Zone.PUBLIC ? 1 : 0;
    return new Sent(arrival, server, times, stream, loop, events);
  }

  private final class Sent implements Attempt, ModelServer.Caller {
    private final Arrival arrival;
    private final boolean stream;
    private final AttemptEvents events;
    private final ModelServer.Job job;
    private final Loop.Timer firstToken;
    private final Loop.Timer total;
    private boolean over;

    Sent(Arrival arrival, ModelServer server, AttemptTimes times, boolean stream, Loop loop, AttemptEvents events) {
      this.arrival = arrival;
      this.stream = stream;
      this.events = events;
      open++;
      firstToken = loop.schedule(() -> late(Kind.FIRST_TOKEN_TIMEOUT), times.firstTokenNanos());
      total = loop.schedule(() -> late(Kind.TOTAL_TIMEOUT), times.totalNanos());
      job = server.take(arrival, this);
    }

    private boolean end() {
      if (over) {
        return false;
      }
      over = true;
      open--;
      firstToken.cancel();
      total.cancel();
      return true;
    }

    private void late(Kind kind) {
      if (end()) {
        job.leave();
        events.failed(AttemptFailure.of(kind));
      }
    }

    @Override
    public void first() {
      // Of a whole answer nothing is seen before its end.
      if (stream && !over) {
        firstToken.cancel();
        events.events(FRAME.duplicate(), true);
      }
    }

    @Override
    public void last() {
      if (end()) {
        Usage usage = new Usage(arrival.inTokens(), arrival.outTokens(), -1, -1);
        if (stream) {
          events.ended(usage);
        } else {
          events.answered(WHOLE.duplicate(), usage);
        }
      }
    }

    @Override
    public void failed(AttemptFailure failure) {
      if (end()) {
        events.failed(failure);
      }
    }

    @Override
    public void cancel() {
      if (end()) {
        job.leave();
      }
    }

    @Override
    public void pause() {}

    @Override
    public void resume() {}
  }
}
