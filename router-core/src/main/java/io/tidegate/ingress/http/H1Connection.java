package io.tidegate.ingress.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.tidegate.ingress.http.HeadWriter.Persistence;
import io.tidegate.line.Line;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Peer;
import io.tidegate.net.Peers;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1 connection: requests one after the other, in order (hazard D10). While one is answered, what came behind it waits as bytes, at most
 * {@link #MAX_HELD_BYTES} and then in the kernel. Reading goes on meanwhile, so that a caller who leaves is noticed at once.
 *
 * <table><caption>States</caption>
 * <tr><th>state</th><th>leaves it</th></tr>
 * <tr><td>HEAD</td><td>whole head → BODY or ANSWERING; malformed → LINGERING</td></tr>
 * <tr><td>BODY</td><td>whole body → ANSWERING; malformed, too large, too slow → LINGERING</td></tr>
 * <tr><td>ANSWERING</td><td>answer given → HEAD, or LINGERING if the connection ends with it</td></tr>
 * <tr><td>LINGERING</td><td>caller closed, or waited long enough → closed. Nothing is parsed any more (D3)</td></tr>
 * </table>
 * Confined to its channel's loop.
 */
final class H1Connection extends LoopState.Watched {
  private enum State { HEAD, BODY, ANSWERING, LINGERING }

  private static final int MAX_HELD_BYTES = 64 << 10;
  /** A refused request's body up to this length is read to its end, to keep the connection. */
  private static final int MAX_DISCARD_BYTES = 64 << 10;
  private static final byte[] CONTINUE = Ascii.bytes("HTTP/1.1 100 Continue\r\n\r\n");

  final LoopState loopState;
  private final Intake intake;
  private final RequestHead head;
  private final HeadParser parser;
  private final BodyReader body;
  final HeadWriter writer;
  private ChannelHandlerContext ctx;
  H1Output out;

  private State state = State.HEAD;
  private @Nullable Peer peer;
  private @Nullable ByteBuf held;
  private @Nullable H1Exchange exchange;
  private @Nullable ErrorAnswer pendingError;
  private boolean processing;
  private boolean ended;
  private boolean leaving;
  private long lingered;
  private long deadlineNanos;

  @SuppressWarnings("NullAway.Init") // ctx and out are set by handlerAdded, before any event
  H1Connection(Intake intake, LoopState loopState) {
    this.intake = intake;
    this.loopState = loopState;
    this.head = new RequestHead(intake.hosts, false, intake.regional());
    this.parser = new HeadParser(head, intake.config);
    this.body = new BodyReader(intake.budget, intake.config.maxBodyBytes());
    this.writer = new HeadWriter(loopState);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
    out = new H1Output(context);
    deadlineNanos = loopState.loop.nanos() + intake.config.headerTimeout().toNanos();
    leaving = loopState.draining();
    loopState.watch(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    end();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    end();
    context.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    out.readBegins();
    ByteBuf in = (ByteBuf) message;
    if (held == null) {
      process(in);
    } else {
      hold(in);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    out.readEnds();
    context.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    H1Exchange current = exchange;
    if (current != null && context.channel().isWritable()) {
      current.writable();
    }
    context.fireChannelWritabilityChanged();
  }

  /** Whatever went wrong below us, the connection's state is unknown: it ends. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  /** Closing an idle connection at once would lose the request that is on its way: it has some time to come, and is answered. */
  @Override
  void drain() {
    leaving = true;
    if (state == State.HEAD && !parser.begun()) {
      deadlineNanos = idleDeadline(loopState.loop.nanos());
    }
  }

  /** Till when nothing must come before the connection is closed. */
  private long idleDeadline(long now) {
    long idle = intake.config.idleTimeout().toNanos();
    return now + (leaving ? Math.min(idle, intake.config.drainQuiet().toNanos()) : idle);
  }

  /** Whether an answer that begins now ends its connection. */
  boolean leaving() {
    return leaving;
  }

  @Override
  void cutShort() {
    H1Exchange current = exchange;
    if (current != null) {
      current.cutShort();
    }
  }

  Channel channel() {
    return ctx.channel();
  }

  /** {@code in} is consumed, now or when the request before it is answered. */
  private void process(ByteBuf in) {
    processing = true;
    boolean keep = false;
    try {
      while (in.isReadable() && !keep) {
        switch (state) {
          case HEAD -> head(in);
          case BODY -> bodyProgress(body.feed(in));
          case ANSWERING -> keep = true;
          case LINGERING -> linger(in);
        }
      }
    } finally {
      processing = false;
      if (keep && !ended) {
        hold(in);
      } else {
        in.release();
      }
    }
  }

  private void head(ByteBuf in) {
    boolean begun = parser.begun();
    switch (parser.feed(in, loopState.scratch)) {
      case MORE -> {
        if (!begun) {
          deadlineNanos = loopState.loop.nanos() + intake.config.headerTimeout().toNanos();
        }
      }
      case REFUSED -> refuseAndClose(parser.fault());
      case DONE -> headDone(in);
    }
  }

  private void headDone(ByteBuf in) {
    ErrorAnswer error = intake.judge(head, peer());
    intake.locate(head, ctx.channel().remoteAddress());
    if (head.method != Method.POST && head.hasBody()) {
      refuseAndClose(error == null ? Faults.BODY_ON_GET : error);
    } else if (!head.hasBody()) {
      pendingError = error;
      dispatch();
    } else if (error != null && (head.chunked || head.expectContinue || head.contentLength > MAX_DISCARD_BYTES)) {
      refuseAndClose(error);
    } else {
      pendingError = error;
      body.begin(head.chunked, head.contentLength, error != null);
      if (error == null && head.isUpload()) {
        body.passTo(intake.upload(head), intake.uploadBytes());
      }
      state = State.BODY;
      body.expect(loopState.loop.nanos(), intake.config.bodyTimeout());
      if (head.expectContinue && !head.http10 && !in.isReadable()) {
        out.write(ctx.alloc().ioBuffer(CONTINUE.length).writeBytes(CONTINUE));
        out.flushSoon();
      }
    }
  }

  private void bodyProgress(BodyReader.Progress progress) {
    switch (progress) {
      case MORE -> holdUp();
      case REFUSED -> refuseAndClose(body.fault());
      case DONE -> dispatch();
    }
  }

  /** Where an upload's disk is behind, the sender waits. */
  private void holdUp() {
    if (body.fallsBehind(() -> loopState.loop.execute(this::goOn))) {
      ctx.channel().config().setAutoRead(false);
    }
  }

  private void goOn() {
    body.goOn(loopState.loop.nanos(), intake.config.bodyTimeout());
    if (!ended) {
      ctx.channel().config().setAutoRead(true);
    }
  }

  private Peer peer() {
    Peer known = peer;
    if (known == null) {
      known = Peers.of(ctx.channel());
      peer = known;
    }
    return known;
  }

  /** The request is whole. */
  private void dispatch() {
    state = State.ANSWERING;
    Persistence persistence = !head.persistent() ? Persistence.CLOSE : head.http10 ? Persistence.OPEN_HTTP10 : Persistence.OPEN;
    boolean odd = head.method != Method.GET && head.method != Method.POST && (head.method != Method.DELETE || head.route != Route.JOBS);
    boolean closing = head.hostForeign() || head.originForeign() || odd;
    H1Exchange mine = new H1Exchange(this, intake, intake.newId(), closing ? Persistence.CLOSE : persistence, head.http10,
        head.method == Method.HEAD);
    exchange = mine;
    if (pendingError != null) {
      ErrorAnswer error = pendingError;
      pendingError = null;
      mine.refuse(error);
    } else if (head.route == Route.MODELS) {
      mine.complete(null, intake.models(head));
    } else {
      begin(mine);
    }
  }

  private void begin(H1Exchange mine) {
    long now = loopState.loop.nanos();
    try {
      Line.Walk walk = head.route == Route.JOBS ? intake.jobs(head, body, mine, loopState.loop)
          : intake.begin(head, body.take(), mine.id(), mine, mine, loopState.loop, now);
      mine.walking(walk);
    } catch (RuntimeException bug) {
      mine.fault();
    }
  }

  private void refuseAndClose(ErrorAnswer error) {
    state = State.ANSWERING;
    H1Exchange mine = new H1Exchange(this, intake, intake.newId(), Persistence.CLOSE, head.http10, head.method == Method.HEAD);
    exchange = mine;
    mine.refuse(error);
  }

  /** The exchange has written all it had to say. */
  void answered(H1Exchange by, Persistence persistence) {
    if (exchange != by) {
      return;
    }
    exchange = null;
    body.release();
    // What was said counts: a caller who was told that the connection stays may send the next request already.
    if (persistence.open()) {
      parser.reset();
      state = State.HEAD;
      deadlineNanos = idleDeadline(loopState.loop.nanos());
      out.flushThisTurn();
      resumeHeld();
    } else {
      finish();
    }
  }

  /** Sends what is written, then the end of our side; then waits for the caller's, so that no reset overtakes the answer (D3). */
  private void finish() {
    state = State.LINGERING;
    deadlineNanos = loopState.loop.nanos() + intake.config.writeTimeout().toNanos();
    releaseHeld();
    ctx.channel().config().setAutoRead(true);
    out.finish(() -> deadlineNanos = loopState.loop.nanos() + intake.config.lingerTimeout().toNanos());
  }

  private void linger(ByteBuf in) {
    lingered += in.readableBytes();
    in.skipBytes(in.readableBytes());
    if (lingered > 2L * intake.config.maxBodyBytes()) { // enough for a caller to finish sending what was just too large
      ctx.close();
    }
  }

  /** {@code in} is consumed. */
  private void hold(ByteBuf in) {
    held = held == null ? in : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), held, in);
    if (held.readableBytes() > MAX_HELD_BYTES) {
      ctx.channel().config().setAutoRead(false);
    }
  }

  private void resumeHeld() {
    ByteBuf waiting = held;
    if (waiting == null || processing) {
      return;
    }
    held = null;
    process(waiting);
    if (held == null || held.readableBytes() <= MAX_HELD_BYTES) {
      ctx.channel().config().setAutoRead(true);
    }
    out.flushSoon();
  }

  private void releaseHeld() {
    ByteBuf waiting = held;
    held = null;
    if (waiting != null) {
      waiting.release();
    }
  }

  private void end() {
    if (ended) {
      return;
    }
    ended = true;
    loopState.forget(this);
    releaseHeld();
    state = State.LINGERING;
    H1Exchange current = exchange;
    exchange = null;
    if (current != null) {
      current.callerLeft();
    }
    body.release();
  }

  @Override
  void sweep(long now) {
    long pending = out.pendingBytes(now);
    if (pending > 0 && out.silentNanos(now) > intake.config.writeTimeout().toNanos()) {
      ctx.close();
      return;
    }
    switch (state) {
      case HEAD -> sweepHead(now, pending);
      case BODY -> {
        if (body.tooSlow(now, intake.config.bodyTimeout())) {
          refuseAndClose(Faults.TIMED_OUT);
        }
      }
      case ANSWERING -> {
        H1Exchange current = exchange;
        if (current != null && pending == 0) {
          current.ping(now);
        }
      }
      case LINGERING -> {
        if (pending == 0 && now - deadlineNanos >= 0) {
          ctx.close();
        }
      }
    }
  }

  private void sweepHead(long now, long pending) {
    if (parser.begun()) {
      if (now - deadlineNanos >= 0) {
        refuseAndClose(Faults.TIMED_OUT);
      }
    } else if (pending > 0) { // the last answer is still being taken: the connection is not idle yet
      deadlineNanos = idleDeadline(now);
    } else if (now - deadlineNanos >= 0) {
      ctx.close();
    }
  }
}
