package io.tidegate.net;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/**
 * The kernel interface all sockets use: epoll on Linux, NIO elsewhere.
 *
 * @param client channel for outward TCP connections
 */
public record Transport(String name, IoHandlerFactory ioHandlers, Class<? extends ServerChannel> server, Class<? extends Channel> client,
    Class<? extends ServerChannel> unixServer, Class<? extends Channel> unixClient) {

  /** The best that this machine has. */
  public static Transport best() {
    if (Epoll.isAvailable()) {
      return new Transport("epoll", EpollIoHandler.newFactory(), EpollServerSocketChannel.class, EpollSocketChannel.class,
          EpollServerDomainSocketChannel.class, EpollDomainSocketChannel.class);
    }
    return new Transport("nio", NioIoHandler.newFactory(), NioServerSocketChannel.class, NioSocketChannel.class,
        NioServerDomainSocketChannel.class, NioDomainSocketChannel.class);
  }
}
