package io.tidegate.daemon.systemd;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * sd_notify: tells the service manager what state the daemon is in (sd_notify(3)). Messages leave in order and without blocking; without a
 * NOTIFY_SOCKET nothing is sent. Any thread.
 */
public final class Notifier implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);
  private static final int LONGEST_STATUS = 512;

  /** Absent without a service manager. */
  private final @Nullable Channel channel;
  private final Object reloads = new Object();

  private Notifier(@Nullable Channel channel) {
    this.channel = channel;
  }

  /**
   * Blocks for the connection, at most 20 s, since on an overloaded host an event loop may be late: not on an event loop. A socket that can't be reached is logged, and the daemon goes on.
   *
   * @param loops where the socket lives; must be epoll's
   * @param socket value of NOTIFY_SOCKET: a path, or {@code @} and an abstract name; null or empty for none
   */
  public static Notifier connect(EventLoopGroup loops, @Nullable String socket) {
    if (socket == null || socket.isEmpty()) {
      return new Notifier(null);
    }
    if (!Epoll.isAvailable() || socket.charAt(0) != '/' && socket.charAt(0) != '@') {
      LOG.warn("the service manager can't be told anything: NOTIFY_SOCKET is no Unix socket that can be used here");
      return new Notifier(null);
    }
    String path = socket.charAt(0) == '@' ? '\0' + socket.substring(1) : socket;
    ChannelFuture connected = new Bootstrap().group(loops).channel(EpollDomainDatagramChannel.class)
        .handler(new ChannelInboundHandlerAdapter()).connect(new DomainSocketAddress(path));
    if (!connected.awaitUninterruptibly(20, TimeUnit.SECONDS) || !connected.isSuccess()) {
      LOG.warn("the service manager can't be told anything: NOTIFY_SOCKET does not take a connection", connected.cause());
      connected.channel().close();
      return new Notifier(null);
    }
    return new Notifier(connected.channel());
  }

  /** Whether anybody listens. */
  public boolean connected() {
    return channel != null;
  }

  /** Policy, sockets and audit are usable (H8). */
  public void ready() {
    send("READY=1");
  }

  /** Reloads, and says when that begins and ends. One at a time: the end of one must not be taken for that of another, which begins later. */
  public <T> T reload(Supplier<T> task) {
    synchronized (reloads) {
      reloading();
      try {
        return task.get();
      } finally {
        ready();
      }
    }
  }

  private void reloading() {
    // CLOCK_MONOTONIC in microseconds is what systemd compares with, and what nanoTime reads on Linux.
    send("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1000);
  }

  /** The drain begins. */
  public void stopping() {
    send("STOPPING=1");
  }

  /**
   * One line for {@code systemctl status}.
   *
   * @param text of ours, nothing from requests (G3); control characters become blanks, past 512 characters it is cut
   */
  public void status(String text) {
    StringBuilder line = new StringBuilder("STATUS=");
    for (int i = 0; i < Math.min(text.length(), LONGEST_STATUS); i++) {
      line.append(Character.isISOControl(text.charAt(i)) ? ' ' : text.charAt(i));
    }
    send(line.toString());
  }

  /** The daemon lives: for {@link Watchdog} only. */
  void alive() {
    send("WATCHDOG=1");
  }

  /** Waits at most 1 s until what was said is out. Not on an event loop. */
  @Override
  public void close() {
    Channel last = channel;
    if (last != null && last.isOpen()) {
      // An empty task behind all sends: each of those is done, or failed, before it runs.
      last.eventLoop().submit(() -> { }).awaitUninterruptibly(1, TimeUnit.SECONDS);
      last.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
  }

  private void send(String state) {
    if (channel != null) {
      channel.writeAndFlush(Unpooled.copiedBuffer(state, StandardCharsets.UTF_8)).addListener(sent -> {
        if (!sent.isSuccess()) {
          LOG.warn("the service manager did not take a notice", sent.cause());
        }
      });
    }
  }
}
