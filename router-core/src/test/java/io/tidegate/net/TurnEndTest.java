package io.tidegate.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class TurnEndTest {
  private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
  private final List<String> flushed = new ArrayList<>();
  private Channel server;

  @BeforeEach
  void serve() throws Exception {
    server = new ServerBootstrap().group(group).channel(LocalServerChannel.class).childHandler(new ChannelInboundHandlerAdapter() {
      @Override
      public boolean isSharable() {
        return true;
      }
    }).bind(new LocalAddress(TurnEndTest.class)).sync().channel();
  }

  @AfterEach
  void stop() throws Exception {
    server.close().sync();
    assertThat(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS)).isTrue();
  }

  private Channel channel(String name) throws Exception {
    return new Bootstrap().group(group).channel(LocalChannel.class).handler(new ChannelOutboundHandlerAdapter() {
      @Override
      public void flush(ChannelHandlerContext context) {
        flushed.add(name);
        context.flush();
      }
    }).connect(server.localAddress()).sync().channel();
  }

  @Test
  @DisplayName("The first channel of a turn is flushed at once, the others together at its end, and the next turn begins anew")
  void turns() throws Exception {
    Channel a = channel("a");
    Channel b = channel("b");
    Channel c = channel("c");
    List<String> during = new ArrayList<>();
    a.eventLoop().submit(() -> {
      for (Channel channel : List.of(a, b, c)) {
        channel.write(Unpooled.EMPTY_BUFFER);
        TurnEnd.flush(channel);
      }
      during.addAll(flushed);
    }).sync();
    a.eventLoop().submit(() -> { }).sync();
    assertThat(during).containsExactly("a");
    assertThat(flushed).containsExactly("a", "b", "c");
    a.eventLoop().submit(() -> TurnEnd.flush(b)).sync();
    assertThat(flushed).endsWith("c", "b");
  }

  @Test
  @DisplayName("More channels than are kept for the end are flushed at once: none is forgotten")
  void bounded() throws Exception {
    List<Channel> many = new ArrayList<>();
    for (int i = 0; i < 70; i++) {
      many.add(channel("c" + i));
    }
    many.get(0).eventLoop().submit(() -> many.forEach(TurnEnd::flush)).sync();
    many.get(0).eventLoop().submit(() -> { }).sync();
    assertThat(flushed).hasSize(70).doesNotHaveDuplicates();
  }
}
