package io.tidegate.assay.world;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidegate.decide.Clearance;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.line.Upstreams;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Zone;
import io.tidegate.policy.CaseWorld.Side;
import io.tidegate.time.Loop;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Plays the upstreams of a {@link World}, and notes what the line would have written where. Confined to one thread. */
final class PlayedUpstreams implements Upstreams {
  private static final byte[] ANSWER = ("{\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"ok\"},"
      + "\"finish_reason\":\"stop\"}]}").getBytes(StandardCharsets.UTF_8);
  private static final byte[] FRAME = ("data: {\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ok\"},"
      + "\"finish_reason\":\"stop\"}]}\n\n").getBytes(StandardCharsets.UTF_8);
  private static final Attempt NOTHING_TO_STOP = new Attempt() {
    @Override
    public void cancel() {}

    @Override
    public void pause() {}

    @Override
    public void resume() {}
  };

  private final Stage stage;
  private byte[] marker = {};
  private World world = World.WELL;
  private int privateAttempts;
  private int publicAttempts;
  private List<Performance.Sent> sent = new ArrayList<>();

  PlayedUpstreams(Stage stage) {
    this.stage = stage;
  }

  /** @param bytes what stands in the content whose way is watched */
  void watch(byte[] bytes) {
    marker = bytes;
  }

  /** A new walk begins. */
  void play(World next) {
    world = next;
    privateAttempts = 0;
    publicAttempts = 0;
    sent = new ArrayList<>(4);
  }

  List<Performance.Sent> sent() {
    return sent;
  }

  @Override
  public Attempt send(Clearance clearance, Endpoint endpoint, @Nullable AuditReceipt receipt, AttemptTimes times, boolean stream,
      boolean usageAsked, Loop loop, AttemptEvents events) {
    // An endpoint that is not on the stage counts as outside: whoever sends there has left every list.
    Zone zone = stage.zoneOf(endpoint.upstream());
    Zone reached = zone == null ? Zone.PUBLIC : zone;
    boolean recorded = receipt != null && receipt.requestId().equals(clearance.requestId());
    sent.add(new Performance.Sent(endpoint.upstream(), endpoint.id(), reached, reached == Zone.PUBLIC && holds(clearance.buffer()), recorded, stage.regionOf(endpoint)));
    Side side = reached == Zone.PRIVATE ? world.state().privateSide() : world.state().publicSide();
    boolean fails = reached == Zone.PRIVATE ? privateAttempts++ < world.privateFails() : publicAttempts++ < world.publicFails();
    if (stage.hasGone(endpoint)) {
      loop.execute(() -> events.failed(AttemptFailure.of(Kind.CONNECT_REFUSED)));
    } else if (!fails) {
      loop.execute(() -> answer(events, stream));
    } else {
      act(side, events, times, stream, loop);
    }
    return NOTHING_TO_STOP;
  }

  private static void act(Side side, AttemptEvents events, AttemptTimes times, boolean stream, Loop loop) {
    switch (side) {
      case UP -> loop.execute(() -> answer(events, stream));
      case DOWN, REFUSED -> fail(Kind.CONNECT_REFUSED, events, loop);
      case BUSY -> fail(Kind.BUSY, events, loop);
      case LIMITED -> fail(Kind.RATE_LIMITED, events, loop);
      case LOADING -> fail(Kind.LOADING, events, loop);
      case HANGING -> loop.schedule(() -> events.failed(AttemptFailure.of(Kind.FIRST_TOKEN_TIMEOUT)), times.firstTokenNanos());
      case RESET -> fail(Kind.RESET, events, loop);
      case BAD_ANSWER -> fail(Kind.PROTOCOL, events, loop);
      case ACCOUNT_CLOSED -> fail(Kind.ACCOUNT, events, loop);
      case BROKEN_OFF -> loop.execute(() -> {
        if (stream) {
          events.events(buffer(FRAME), true);
        }
        events.failed(AttemptFailure.of(Kind.INCOMPLETE));
      });
    }
  }

  private static void fail(Kind kind, AttemptEvents events, Loop loop) {
    loop.execute(() -> events.failed(AttemptFailure.of(kind)));
  }

  private static void answer(AttemptEvents events, boolean stream) {
    if (stream) {
      events.events(buffer(FRAME), true);
      events.ended(Usage.UNKNOWN);
    } else {
      events.answered(buffer(ANSWER), Usage.UNKNOWN);
    }
  }

  private static ByteBuf buffer(byte[] bytes) {
    return Unpooled.wrappedBuffer(bytes);
  }

  private boolean holds(ByteBuffer bytes) {
    // Where nothing is watched, everything counts as it.
    int last = bytes.limit() - marker.length;
    for (int i = bytes.position(); i <= last; i++) {
      int j = 0;
      while (j < marker.length && bytes.get(i + j) == marker[j]) {
        j++;
      }
      if (j == marker.length) {
        return true;
      }
    }
    return false;
  }
}
