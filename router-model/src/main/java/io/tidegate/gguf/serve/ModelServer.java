package io.tidegate.gguf.serve;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import io.tidegate.net.EventLoops;
import io.tidegate.net.Transport;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Listens at once; answers {@code Loading model} until {@link #ready}. */
public final class ModelServer implements AutoCloseable {
  private static final int MAX_LINE = 4096;
  private static final int MAX_HEADERS = 16 << 10;
  private static final int MAX_CHUNK = 64 << 10;
  private static final int IDLE_SECONDS = 120;
  /** What a reader may leave untaken: then it is cut off. */
  private static final int UNTAKEN_BYTES = 1 << 20;
  private static final int EMBEDDING_QUEUE = 64;
  private static final long FULL_MILLIS = 50;

  private final Settings settings;
  private final RandomGenerator random;
  private final InstantSource clock;
  private final EventLoops loops;
  private final Channel listener;
  private final AtomicInteger open = new AtomicInteger();
  private final ThreadPoolExecutor embedder;
  private volatile @Nullable Service service;

  /**
   * Binds.
   *
   * @param random seeds of requests that name none
   * @param clock dates answers
   * @throws IOException if the socket cannot be made
   */
  public ModelServer(Settings settings, RandomGenerator random, InstantSource clock) throws IOException {
    this.settings = settings;
    this.random = random;
    this.clock = clock;
    makeWay(settings.socket());
    this.loops = new EventLoops(Transport.best(), 1);
    this.embedder = new ThreadPoolExecutor(1, 1, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(EMBEDDING_QUEUE), work -> {
      Thread thread = new Thread(work, "embed");
      thread.setDaemon(true);
      return thread;
    });
    try {
      this.listener = new ServerBootstrap().group(loops.group()).channel(loops.transport().unixServer())
          .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(UNTAKEN_BYTES / 2, UNTAKEN_BYTES))
          .childHandler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
              accept(channel);
            }
          }).bind(new DomainSocketAddress(settings.socket().toFile())).syncUninterruptibly().channel();
      Files.setPosixFilePermissions(settings.socket(), PosixFilePermissions.fromString(settings.socketMode()));
    } catch (Exception e) {
      close();
      throw new IOException("cannot listen on " + settings.socket() + " (" + e.getMessage() + ")", e);
    }
  }

  private void accept(Channel channel) {
    if (open.incrementAndGet() > settings.connections()) {
      open.decrementAndGet();
      channel.close();
      return;
    }
    channel.closeFuture().addListener(closed -> open.decrementAndGet());
    channel.pipeline().addLast(new HttpServerCodec(MAX_LINE, MAX_HEADERS, MAX_CHUNK), new IdleStateHandler(0, 0, IDLE_SECONDS), new Connection(this));
  }

  /** From now on there is a model. */
  public void ready(Service loaded) {
    service = loaded;
  }

  /** Returns once no request that saw an earlier service can still be handed to it. Not on the loop. */
  void passed() {
    loops.group().next().submit(() -> { }).awaitUninterruptibly(1, TimeUnit.SECONDS);
  }

  /** Runs {@code last} after the vectors that were asked for until now: they use the model that it lets go. Not on the loop. */
  void afterVectors(Runnable last) throws InterruptedException {
    passed();
    while (true) {
      try {
        embedder.submit(last).get();
        return;
      } catch (RejectedExecutionException full) {
        if (embedder.isShutdown()) {
          return; // The process ends; so does the model's memory.
        }
        Thread.sleep(FULL_MILLIS);
      } catch (ExecutionException defect) {
        throw new IllegalStateException("the old model could not be let go", defect);
      }
    }
  }

  @Nullable Service service() {
    return service;
  }

  Settings settings() {
    return settings;
  }

  /** Now, in seconds since 1970. */
  long seconds() {
    return clock.instant().getEpochSecond();
  }

  RandomGenerator random() {
    return random;
  }

  ThreadPoolExecutor embedder() {
    return embedder;
  }

  /** Removes what a killed server left. */
  private static void makeWay(Path socket) throws IOException {
    Path folder = socket.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new IOException("there is no directory for the socket " + socket);
    }
    if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.readAttributes(socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther()) {
      throw new IOException(socket + " is there and is not a socket");
    }
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.connect(UnixDomainSocketAddress.of(socket));
      throw new SomebodyListens(socket);
    } catch (SomebodyListens e) {
      throw e;
    } catch (IOException refused) {
      Files.delete(socket);
    }
  }

  private static final class SomebodyListens extends IOException {
    private static final long serialVersionUID = 1L;

    SomebodyListens(Path socket) {
      super("somebody listens on " + socket);
    }
  }

  /** Closes the socket and all connections. */
  @Override
  public void close() {
    if (listener != null) {
      listener.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
    embedder.shutdownNow();
    loops.close();
  }
}
