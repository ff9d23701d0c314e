package io.tidegate.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * Where a listener waits: at an address of its own to bind, or at a listening socket that a supervisor opened and keeps open (systemd's socket
 * activation). A socket that was handed over outlives this process: closing the listener closes our descriptor only, and connections that nobody
 * took stay in the kernel's queue for the process that follows (hazard H1).
 *
 * @param address to bind, or that the socket is bound to
 * @param descriptor of a listening, non-blocking socket of this process; {@link #NONE} for none
 */
public record Door(SocketAddress address, int descriptor) {
  public static final int NONE = -1;

  /** To be bound. A domain socket address is a Unix socket. */
  public static Door at(SocketAddress address) {
    return new Door(address, NONE);
  }

  /** Whether a supervisor keeps it. */
  public boolean handed() {
    return descriptor != NONE;
  }

  /** Whether it is TCP; else it is a Unix socket. */
  public boolean inet() {
    return address instanceof InetSocketAddress;
  }

  /** Makes the listener's channel, once; to be bound to {@link #address} in either case. */
  public ChannelFactory<ServerChannel> channels(Transport transport) {
    if (!handed()) {
      ReflectiveChannelFactory<? extends ServerChannel> fresh = new ReflectiveChannelFactory<>(inet() ? transport.server() : transport.unixServer());
      return fresh::newChannel;
    }
    return () -> {
      ServerChannel adopted = inet() ? new EpollServerSocketChannel(descriptor) : new EpollServerDomainSocketChannel(descriptor);
      // It listens already, so it would accept as soon as it is registered, before there is anybody who takes what was accepted.
      adopted.config().setAutoRead(false);
      adopted.pipeline().addLast(new BoundAlready());
      return adopted;
    };
  }

  /**
   * Binds {@code bootstrap}, once. Blocking.
   *
   * @throws IOException that names the address, if it cannot be had
   */
  public Channel bind(ServerBootstrap bootstrap, Transport transport) throws IOException {
    try {
      return bootstrap.channelFactory(channels(transport)).bind(address).syncUninterruptibly().channel();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) { // Netty throws the I/O error undeclared
      throw new IOException("cannot listen on " + shown() + ": " + e.getMessage(), e);
    }
  }

  private String shown() {
    return address instanceof InetSocketAddress inet ? inet.getHostString() + ":" + inet.getPort() : "unix:" + address;
  }

  /** In place of bind(2), which the supervisor did: now the acceptor stands, and connections may come. */
  private static final class BoundAlready extends ChannelOutboundHandlerAdapter {
    @Override
    public void bind(ChannelHandlerContext context, SocketAddress address, ChannelPromise promise) {
      promise.setSuccess();
      context.channel().config().setAutoRead(true);
    }
  }
}
