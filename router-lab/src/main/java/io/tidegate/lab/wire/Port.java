package io.tidegate.lab.wire;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.SslContext;
import io.tidegate.lab.record.Received;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A listening port that can be closed and opened again under the same number, as a process that dies and comes back. Its methods are for
 * one controlling thread at a time and wait for the sockets.
 */
public final class Port {
  private static final int MAX_HEADER_BYTES = 64 * 1024;
  private static final int MAX_CLOSE_SECONDS = 5;

  private final EventLoopGroup loops;
  private final Service service;
  private final Received received;
  private final Limits limits;
  private final @Nullable SslContext tls;
  private final ChannelGroup connections;
  private InetSocketAddress address;
  private @Nullable Channel listener;

  /**
   * @param maxStreams SETTINGS_MAX_CONCURRENT_STREAMS
   * @param windowBytes SETTINGS_INITIAL_WINDOW_SIZE for request bodies
   * @param maxBodyBytes longest request body read
   */
  public record Limits(long maxStreams, int windowBytes, int maxBodyBytes) {}

  /** @param address where to listen; port 0 takes one of {@link OwnPorts} at the first {@link #open} and keeps it */
  public Port(EventLoopGroup loops, Service service, Received received, Limits limits, @Nullable SslContext tls, InetSocketAddress address) {
    this.loops = loops;
    this.connections = new DefaultChannelGroup(loops.next());
    this.service = service;
    this.received = received;
    this.limits = limits;
    this.tls = tls;
    this.address = address;
  }

  public synchronized void open() {
    if (listener != null) {
      return;
    }
    listener = address.getPort() == 0 ? OwnPorts.bind(address.getAddress(), this::bind) : bind(address).syncUninterruptibly().channel();
    address = (InetSocketAddress) listener.localAddress();
  }

  private ChannelFuture bind(InetSocketAddress at) {
    return new ServerBootstrap()
        .group(loops)
        .channel(NioServerSocketChannel.class)
        .option(ChannelOption.SO_REUSEADDR, true)
        .option(ChannelOption.SO_BACKLOG, 4096)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            connections.add(channel);
            prepare(channel);
          }
        })
        .bind(at);
  }

  /** Stops listening; on return new connections are refused by the kernel. Open ones are closed too if asked. */
  public synchronized void close(boolean openOnesToo) {
    Channel opened = listener;
    listener = null;
    if (opened != null) {
      opened.close().syncUninterruptibly();
    }
    if (openOnesToo) {
      connections.close().syncUninterruptibly();
    }
    if (opened != null) {
      awaitRefusal();
    }
  }

  /** A selector lets go of a closed listener only when it selects again; until then the kernel goes on accepting. */
  private void awaitRefusal() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(MAX_CLOSE_SECONDS);
    while (System.nanoTime() - deadline < 0) {
      try (Socket probe = new Socket(address.getAddress(), address.getPort())) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      } catch (IOException refused) {
        return;
      }
    }
    throw new IllegalStateException("the port is still open " + MAX_CLOSE_SECONDS + " s after it was closed");
  }

  public synchronized InetSocketAddress address() {
    return address;
  }

  private void prepare(Channel channel) {
    int connection = received.opened();
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addLast(new Tap(received, connection, false, tls != null));
    if (tls != null) {
      pipeline.addLast(tls.newHandler(channel.alloc()));
    }
    pipeline.addLast(new Tap(received, connection, true, false));
    pipeline.addLast(new Sniffer(() -> http1(pipeline, connection), () -> http2(pipeline, connection)));
  }

  private void http1(ChannelPipeline pipeline, int connection) {
    pipeline.addLast(new HttpRequestDecoder(new HttpDecoderConfig().setMaxInitialLineLength(MAX_HEADER_BYTES).setMaxHeaderSize(MAX_HEADER_BYTES)));
    pipeline.addLast(new Http1Requests(service, received, connection, limits.maxBodyBytes()));
  }

  private void http2(ChannelPipeline pipeline, int connection) {
    Http2Settings settings = Http2Settings.defaultSettings()
        .maxConcurrentStreams(limits.maxStreams()).initialWindowSize(limits.windowBytes()).maxHeaderListSize(MAX_HEADER_BYTES);
    // No limit on resets: tests cancel thousands of streams on purpose.
    pipeline.addLast(Http2FrameCodecBuilder.forServer().initialSettings(settings).decoderEnforceMaxRstFramesPerWindow(0, 0).build());
    pipeline.addLast(new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel stream) {
        stream.pipeline().addLast(new Http2Requests(service, received, connection, limits.maxBodyBytes()));
      }
    }));
  }
}
