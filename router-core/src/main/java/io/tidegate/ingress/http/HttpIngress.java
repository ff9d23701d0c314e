package io.tidegate.ingress.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.tidegate.ingress.Callers;
import io.tidegate.ingress.Doorman;
import io.tidegate.jobs.JobDesk;
import io.tidegate.line.Line;
import io.tidegate.model.Refusal;
import io.tidegate.net.Door;
import io.tidegate.net.EventLoops;
import io.tidegate.net.TlsSource;
import io.tidegate.time.Loop;
import io.tidegate.time.WallClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP listener: HTTP/1.1 and HTTP/2 on one port. {@link #start}, and to stop: {@link #stopAccepting}, {@link #drain}, {@link #close}. Any
 * thread.
 */
public final class HttpIngress implements AutoCloseable {
  /** Edge advice of Envoy (hazard E5): a caller who reads slowly holds little of ours. */
  private static final WriteBufferWaterMark MARKS = new WriteBufferWaterMark(32 << 10, 64 << 10);
  private static final int BACKLOG = 1024;
  /** For the last words to leave. Less than what the daemon waits beyond the bound for draining. */
  private static final int LAST_WORD_MILLIS = 500;

  private final HttpConfig config;
  private final EventLoops loops;
  private final WallClock wallClock;
  private final @Nullable TlsSource tls;
  /** Null where a handshake is enough. */
  private final @Nullable Doorman doorman;
  private final Intake intake;
  /** One slot for each loop, touched by that loop only. */
  private final @Nullable LoopState[] states;
  private final AtomicInteger open = new AtomicInteger();
  private final ConcurrentHashMap<InetAddress, Integer> perPeer = new ConcurrentHashMap<>();
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  /** Set once every connection that was accepted is counted in {@link #open}. */
  private volatile boolean settled;
  private volatile @Nullable Channel listener;

  /**
   * @param tls null for plain text; its context must offer {@code h2} and {@code http/1.1} by ALPN
   * @param ids makes the id of each request; unique, ASCII without spaces
   */
  public HttpIngress(HttpConfig config, @Nullable SslContext tls, EventLoops loops, Line line, Callers callers, Supplier<String> ids,
      WallClock wallClock) {
    this(config, tls, loops, line, callers, ids, wallClock, null);
  }

  /** @param jobs where files and batches are; null for none */
  public HttpIngress(HttpConfig config, @Nullable SslContext tls, EventLoops loops, Line line, Callers callers, Supplier<String> ids,
      WallClock wallClock, @Nullable JobDesk jobs) {
    this(config, tls == null ? null : TlsSource.of(tls), null, loops, line, callers, ids, wallClock, jobs);
  }

  /**
   * @param tls contexts that ask for a client certificate, if there is a doorman
   * @param doorman asked about each connection; null for none
   */
  public HttpIngress(HttpConfig config, @Nullable TlsSource tls, @Nullable Doorman doorman, EventLoops loops, Line line, Callers callers,
      Supplier<String> ids, WallClock wallClock, @Nullable JobDesk jobs) {
    this.config = config;
    this.tls = tls;
    this.doorman = doorman;
    this.loops = loops;
    this.wallClock = wallClock;
    this.intake = new Intake(config, line, callers, ids, jobs);
    this.states = new LoopState[loops.count()];
  }

  /**
   * Binds and accepts. A domain socket address binds a Unix socket.
   *
   * @throws IOException the address cannot be bound
   */
  public void start(SocketAddress address) throws IOException {
    start(Door.at(address));
  }

  /** The same, or accepts at a socket that was handed over. */
  public void start(Door door) throws IOException {
    ServerBootstrap bootstrap = new ServerBootstrap().group(loops.group()).childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, MARKS).childHandler(new Connections());
    if (!door.handed()) {
      bootstrap.option(ChannelOption.SO_BACKLOG, BACKLOG);
    }
    if (door.inet()) {
      bootstrap.childOption(ChannelOption.TCP_NODELAY, true);
      if (!door.handed()) {
        bootstrap.option(ChannelOption.SO_REUSEADDR, true);
      }
    }
    listener = door.bind(bootstrap, loops.transport());
  }

  /** Port after {@link #start}; -1 for a Unix socket or before. */
  public int port() {
    Channel bound = listener;
    return bound != null && bound.localAddress() instanceof InetSocketAddress inet ? inet.getPort() : -1;
  }

  /** Connections that are open now. */
  public int openConnections() {
    return open.get();
  }

  /** Bytes that bodies in flight hold now. */
  public long heldBodyBytes() {
    return intake.budget.heldBytes();
  }

  /** How many requests were refused here, before or instead of a walk, or by the line; per kind, since the start. */
  public long refused(Refusal refusal) {
    return intake.refused(refusal);
  }

  /** Closes the listening socket; connections go on. */
  public void stopAccepting() {
    Channel bound = listener;
    if (bound != null) {
      bound.close().syncUninterruptibly();
    }
  }

  /**
   * Stops accepting, and lets what was accepted end without losing a request (hazard H1). Requests are answered as before; an HTTP/1 answer that begins
   * once its connection was told ends it and says so. A connection on which nothing comes for {@link HttpConfig#drainQuiet} is closed:
   * not at once, for a request may be on its way. HTTP/2 connections get GOAWAY twice.
   *
   * @param over connections are told one after the other for so long, at most {@code limit}; zero: all now. It lets a successor, whose code is not
   *     compiled yet, begin with a few
   * @param limit after which all that is left is ended with {@code draining}, and cut a moment later
   * @return done when no connection is left; never exceptionally
   */
  public CompletableFuture<Void> drain(Duration over, Duration limit) {
    stopAccepting();
    intake.drain();
    // Behind the tasks that make connections of what was accepted, which are in the loops' queues by now.
    AtomicInteger turns = new AtomicInteger(loops.count());
    for (EventExecutor executor : loops.group()) {
      Loop loop = loops.of((EventLoop) executor);
      loop.execute(() -> {
        LoopState state = states[loop.index()];
        if (state != null) {
          state.drain(over.toNanos());
        }
        if (turns.decrementAndGet() == 0) {
          settled = true;
          if (open.get() == 0) {
            drained.complete(null);
          }
        }
      });
    }
    loops.group().schedule(() -> {
      intake.refuse();
      onEachLoop(LoopState::cutShort);
      loops.group().schedule(() -> connections.close(), LAST_WORD_MILLIS, TimeUnit.MILLISECONDS);
    }, limit.toMillis(), TimeUnit.MILLISECONDS);
    return drained;
  }

  private void onEachLoop(Consumer<LoopState> task) {
    for (EventExecutor executor : loops.group()) {
      Loop loop = loops.of((EventLoop) executor);
      loop.execute(() -> {
        LoopState state = states[loop.index()];
        if (state != null) {
          task.accept(state);
        }
      });
    }
  }

  /** Cuts everything. */
  @Override
  public void close() {
    intake.drain();
    intake.refuse();
    stopAccepting();
    connections.close().awaitUninterruptibly(2_000);
  }

  private LoopState state(Channel channel) {
    Loop loop = loops.of(channel.eventLoop());
    LoopState state = states[loop.index()];
    if (state == null) {
      state = new LoopState(loop, config, wallClock);
      if (intake.draining()) {
        state.drain(0);
      }
      states[loop.index()] = state;
    }
    return state;
  }

  /** Counts a connection in; false if it is one too many. */
  private boolean admit(Channel channel) {
    if (open.incrementAndGet() > config.maxConnections()) {
      leave();
      return false;
    }
    InetAddress peer = config.maxConnectionsPerPeer() > 0 && channel.remoteAddress() instanceof InetSocketAddress inet
        ? inet.getAddress() : null;
    if (peer != null && perPeer.merge(peer, 1, Integer::sum) > config.maxConnectionsPerPeer()) {
      perPeer.computeIfPresent(peer, (key, count) -> count == 1 ? null : count - 1);
      leave();
      return false;
    }
    connections.add(channel);
    channel.closeFuture().addListener(closed -> {
      if (peer != null) {
        perPeer.computeIfPresent(peer, (key, count) -> count == 1 ? null : count - 1);
      }
      leave();
    });
    return true;
  }

  private void leave() {
    if (open.decrementAndGet() == 0 && settled) {
      drained.complete(null);
    }
  }

  /** Builds the pipeline of a connection, on its loop. */
  private final class Connections extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      if (!admit(channel)) {
        channel.close();
        return;
      }
      LoopState state = state(channel);
      if (tls == null) {
        channel.pipeline().addLast(new PrefaceDetector(intake, state));
        return;
      }
      SslContext context = tls.current();
      if (context == null) {
        // No certificate to show yet.
        channel.close();
        return;
      }
      SslHandler handler = context.newHandler(channel.alloc());
      handler.setHandshakeTimeoutMillis(config.headerTimeout().toMillis());
      if (doorman == null) {
        channel.pipeline().addLast(handler, new Negotiated(state));
      } else {
        // Proxies of a mesh agree on whatever is offered and pass on what they are given: the first bytes tell, not ALPN.
        channel.pipeline().addLast(handler, new Threshold(doorman), new PrefaceDetector(intake, state));
      }
    }
  }

  /** Goes on with what ALPN agreed on; without ALPN it is HTTP/1.1. */
  private final class Negotiated extends ApplicationProtocolNegotiationHandler {
    private final LoopState state;

    Negotiated(LoopState state) {
      super(ApplicationProtocolNames.HTTP_1_1);
      this.state = state;
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
      if (ApplicationProtocolNames.HTTP_2.equals(protocol)) {
        H2Connection.install(ctx.pipeline(), intake, state);
      } else {
        ctx.pipeline().addLast(new H1Connection(intake, state));
      }
    }

    /** Netty would log here; a failed handshake is the caller's affair. */
    @Override
    protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
