package io.tidegate.lab.chaos;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.tidegate.lab.wire.OwnPorts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A TCP relay on a free loopback port that can be slow, deaf or deadly. Safe for any thread; settings hold for bytes that arrive after them.
 */
public final class ChaosProxy implements AutoCloseable {
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("chaos-proxy", true), NioIoHandler.newFactory());
  private final InetSocketAddress target;
  private final Channel listener;
  private final Set<Relay> relays = ConcurrentHashMap.newKeySet();
  private volatile long delayNanos;
  private volatile boolean blackHole;
  private volatile long resetAfterBytes = Long.MAX_VALUE;

  /** Starts relaying to the target; returns once connections are accepted. */
  public ChaosProxy(InetSocketAddress target) {
    this.target = target;
    ServerBootstrap server = new ServerBootstrap().group(loops).channel(NioServerSocketChannel.class)
        .childOption(ChannelOption.AUTO_READ, false).childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel client) {
            connect(client);
          }
        });
    this.listener = OwnPorts.bind(InetAddress.getLoopbackAddress(), server::bind);
  }

  private void connect(Channel client) {
    // Same loop for both sides: a relay needs no locks.
    new Bootstrap().group(client.eventLoop()).channel(NioSocketChannel.class)
        .option(ChannelOption.AUTO_READ, false).option(ChannelOption.TCP_NODELAY, true)
        .handler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel server) {
            // Handlers come with the relay, once connected.
          }
        })
        .connect(target).addListener(connected -> {
          if (!connected.isSuccess()) {
            client.close();
            return;
          }
          Relay relay = new Relay(this, client, ((ChannelFuture) connected).channel());
          relays.add(relay);
          relay.start();
        });
  }

  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Each byte, either way, comes that much later. */
  public void delay(Duration delay) {
    delayNanos = delay.toNanos();
  }

  long delayNanos() {
    return delayNanos;
  }

  /** Bytes and closes are swallowed in both directions, as behind a dead router; false lets later ones pass again. */
  public void blackHole(boolean on) {
    blackHole = on;
  }

  boolean blackHole() {
    return blackHole;
  }

  /** New and open connections are reset once so many bytes went back to the client; negative = never. */
  public void resetAfter(long bytesToClient) {
    resetAfterBytes = bytesToClient < 0 ? Long.MAX_VALUE : bytesToClient;
  }

  long resetAfterBytes() {
    return resetAfterBytes;
  }

  /** Every open connection loses its server side, and the client is not told: half open. */
  public void halfOpen() {
    for (Relay relay : relays) {
      relay.loseServer();
    }
  }

  /** Connections that are relayed now. */
  public int open() {
    return relays.size();
  }

  void ended(Relay relay) {
    relays.remove(relay);
  }

  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
