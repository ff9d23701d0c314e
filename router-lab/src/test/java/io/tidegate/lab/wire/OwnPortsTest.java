package io.tidegate.lab.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OwnPortsTest {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();

  private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ServerBootstrap server = new ServerBootstrap().group(loop).channel(NioServerSocketChannel.class).childHandler(new ChannelInboundHandlerAdapter());

  @AfterEach
  void end() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void aNumberIsNotGivenOutAgainWhenItsListenerCloses() throws Exception {
    try (OwnPorts ports = new OwnPorts()) {
      int first = openedAndClosed(ports);
      Set<Integer> others = new HashSet<>();
      int again;
      while ((again = openedAndClosed(ports)) != first) {
        assertThat(others.add(again)).as("%d, given out twice before %d was", again, first).isTrue();
      }
      // But for those of a block's thousand that somebody on this machine may have.
      assertThat(others).hasSizeBetween(900, 998);
    }
  }

  @Test
  void everyOwnerHasNumbersOfItsOwn() throws Exception {
    try (OwnPorts ports = new OwnPorts(); OwnPorts others = new OwnPorts()) {
      int block = openedAndClosed(ports) / 1_000;
      assertThat(openedAndClosed(others) / 1_000).isNotEqualTo(block);
      assertThat(openedAndClosed(ports) / 1_000).isEqualTo(block);
    }
  }

  @Test
  void aNumberInUseIsSteppedOver() throws Exception {
    try (OwnPorts ports = new OwnPorts()) {
      int first = openedAndClosed(ports);
      try (ServerSocket stranger = new ServerSocket(first + 1, 1, HERE)) {
        assertThat(stranger.isBound()).isTrue();
        assertThat(openedAndClosed(ports)).isGreaterThan(first + 1);
      }
    }
  }

  private int openedAndClosed(OwnPorts ports) throws Exception {
    Channel channel = ports.listen(HERE, server::bind);
    try {
      return ((InetSocketAddress) channel.localAddress()).getPort();
    } finally {
      channel.close().sync();
    }
  }
}
