package io.tidegate.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.tidegate.net.Door;
import io.tidegate.net.EventLoops;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The admin listener, for loopback or a Unix socket: liveness, readiness, metrics, status, the web page with its documents and its stream, and a few acts of
 * operators (hazards D8, K7). Who is answered at all is {@link Guard}'s to say, what a path is {@link AdminRoutes}', who may change something
 * {@link AdminActs}'. Answers are made on {@link AdminPools}, never on an event loop; but whether the
 * loops turn is told by them.
 */
public final class AdminServer {
  private static final int READ_TIMEOUT_SECONDS = 30;
  /** More at a time than anybody means: one more is closed. */
  private static final int MOST_CONNECTIONS = 512;
  private static final long SNAPSHOT_MILLIS = 1_000;

  private final EventLoops loops;
  private final Guard guard;
  private final AdminRoutes routes;
  private final Watchers watchers;
  private final AtomicInteger connections = new AtomicInteger();

  /** With {@link AdminRules#DEFAULT}. */
  public AdminServer(EventLoops loops, AdminPages pages, Executor quick, Executor slow) {
    this(loops, pages, new AdminPools(quick, slow, slow), AdminRules.DEFAULT);
  }

  /** With rules of who is let in. */
  public AdminServer(EventLoops loops, AdminPages pages, AdminPools pools, AdminRules rules) {
    this(loops, pages, pools, rules, SNAPSHOT_MILLIS);
  }

  /** For tests in a hurry. */
  AdminServer(EventLoops loops, AdminPages pages, AdminPools pools, AdminRules rules, long snapshotMillis) {
    this.loops = loops;
    this.guard = new Guard(rules);
    this.routes = new AdminRoutes(pages, pools, rules);
    this.watchers = new Watchers(loops.group().next(), pools.page(), pages::snapshot, snapshotMillis);
  }

  /** Binds; blocks until done. The returned channel's close stops the listener. @throws IOException that names the address, if it cannot be had */
  public Channel start(SocketAddress address) throws IOException {
    return start(Door.at(address));
  }

  /** The same, or accepts at a socket that was handed over. */
  public Channel start(Door door) throws IOException {
    return door.bind(new ServerBootstrap().group(loops.group()).childHandler(new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        if (connections.incrementAndGet() > MOST_CONNECTIONS) {
          connections.decrementAndGet();
          channel.close();
          return;
        }
        channel.closeFuture().addListener(closed -> connections.decrementAndGet());
        channel.pipeline().addLast(new ReadTimeoutHandler(READ_TIMEOUT_SECONDS), new HttpServerCodec(), new AdminHandler(guard, routes, watchers));
      }
    }), loops.transport());
  }
}
