package io.tidegate.cache.l2;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.SetArgs;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SocketOptions.TcpUserTimeoutOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.netty.channel.EventLoopGroup;
import io.tidegate.cache.FarStore;
import io.tidegate.cache.Sealed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a Redis or a Valkey, on the daemon's event loops. What is under way when it breaks fails at once; another is made behind it, with a
 * pause that grows. Any thread.
 */
public final class RedisStore implements FarStore {
  private static final Duration CONNECT = Duration.ofSeconds(2);
  /** After so long without an acknowledgement the peer's machine is gone. */
  private static final Duration SILENCE = Duration.ofSeconds(5);
  private static final long FIRST_PAUSE_MILLIS = 250;
  private static final long LONGEST_PAUSE_MILLIS = 10_000;
  private static final int MAX_UNDER_WAY = 2_048;
  private static final int SCAN_COUNT = 1_000;

  private final RedisAt at;
  private final EventLoopGroup loops;
  private final ClientResources resources;
  private final RedisClient client;
  private final RedisURI uri;
  private volatile @Nullable StatefulRedisConnection<String, byte[]> live;
  private volatile boolean closed;
  private volatile long pauseMillis = FIRST_PAUSE_MILLIS;

  private RedisStore(RedisAt at, EventLoopGroup loops, int loopCount) {
    this.at = at;
    this.loops = loops;
    this.resources = SharedLoops.resources(loops, loopCount);
    RedisURI.Builder uri = RedisURI.builder().withHost(at.host()).withPort(at.port()).withDatabase(at.database()).withSsl(at.tls()).withTimeout(CONNECT)
        .withClientName("tidegate");
    if (at.password() != null) {
      if (at.user() == null) {
        uri.withPassword(at.password().toCharArray());
      } else {
        uri.withAuthentication(at.user(), at.password().toCharArray());
      }
    }
    this.uri = uri.build();
    this.client = RedisClient.create(resources, this.uri);
    client.setOptions(options(at));
    client.addListener(new RedisConnectionStateListener() {
      @Override
      public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
        lost(connection);
      }
    });
  }

  /** Connects behind the caller, and again whenever that breaks. */
  public static RedisStore open(RedisAt at, EventLoopGroup loops, int loopCount) {
    RedisStore store = new RedisStore(at, loops, loopCount);
    store.connect();
    return store;
  }

  private static ClientOptions options(RedisAt at) {
    ClientOptions.Builder options = ClientOptions.builder()
        // A command that was under way when the connection broke must fail then, not be sent again on another: whoever asked has long gone on.
        .autoReconnect(false).disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS).requestQueueSize(MAX_UNDER_WAY)
        .protocolVersion(ProtocolVersion.RESP2).maintNotificationsConfig(MaintNotificationsConfig.disabled())
        // Who waits, and for how long, is not decided here.
        .timeoutOptions(TimeoutOptions.create())
        .socketOptions(SocketOptions.builder().connectTimeout(CONNECT).keepAlive(true).tcpNoDelay(true)
            .tcpUserTimeout(TcpUserTimeoutOptions.builder().enable().tcpUserTimeout(SILENCE).build()).build());
    if (at.tls() && at.ca() != null) {
      options.sslOptions(SslOptions.builder().jdkSslProvider().trustManager(at.ca().toFile()).build());
    }
    return options.build();
  }

  private void connect() {
    if (closed) {
      return;
    }
    try {
      client.connectAsync(RedisCodec.of(StringCodec.ASCII, ByteArrayCodec.INSTANCE), uri).whenComplete((made, failure) -> {
        if (made == null) {
          again();
        } else if (closed) {
          made.closeAsync();
        } else {
          pauseMillis = FIRST_PAUSE_MILLIS;
          live = made;
          if (!made.isOpen()) {
            lost(made);
          }
        }
      });
    } catch (RuntimeException refused) {
      again();
    }
  }

  /** The listener's word, and our own look right after connecting, may both find it: the first makes another. */
  private synchronized void lost(Object connection) {
    if (connection == live) {
      live = null;
      again();
    }
  }

  private void again() {
    long pause = pauseMillis;
    pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, 2 * pause);
    if (!closed && !loops.isShuttingDown()) {
      loops.next().schedule(this::connect, pause, TimeUnit.MILLISECONDS);
    }
  }

  private @Nullable RedisAsyncCommands<String, byte[]> commands() {
    StatefulRedisConnection<String, byte[]> connection = live;
    return connection == null ? null : connection.async();
  }

  private static <T> CompletionStage<T> notConnected() {
    return CompletableFuture.failedFuture(new IllegalStateException("not connected"));
  }

  @Override
  public boolean isConnected() {
    return live != null;
  }

  @Override
  public CompletionStage<@Nullable Sealed> get(String name) {
    RedisAsyncCommands<String, byte[]> redis = commands();
    return redis == null ? notConnected() : redis.get(at.prefix() + name).thenApply(found -> found == null ? null : Sealed.found(found));
  }

  @Override
  public CompletionStage<Void> put(String name, Sealed entry, long lifeMillis) {
    RedisAsyncCommands<String, byte[]> redis = commands();
    return redis == null ? notConnected() : redis.set(at.prefix() + name, entry.bytes(), SetArgs.Builder.px(lifeMillis)).thenApply(ok -> null);
  }

  @Override
  public CompletionStage<Void> remove(String name) {
    RedisAsyncCommands<String, byte[]> redis = commands();
    return redis == null ? notConnected() : redis.unlink(at.prefix() + name).thenApply(count -> null);
  }

  @Override
  public CompletionStage<Void> ping() {
    RedisAsyncCommands<String, byte[]> redis = commands();
    return redis == null ? notConnected() : redis.ping().thenApply(ok -> null);
  }

  @Override
  public void renew() {
    StatefulRedisConnection<String, byte[]> connection = live;
    if (connection != null) {
      connection.closeAsync();
      lost(connection);
    }
  }

  @Override
  public CompletionStage<Long> purge(int headBytes, Predicate<byte[]> fits) {
    RedisAsyncCommands<String, byte[]> redis = commands();
    return redis == null ? notConnected() : purgeFrom(redis, ScanCursor.INITIAL, headBytes, fits, 0);
  }

  private CompletionStage<Long> purgeFrom(RedisAsyncCommands<String, byte[]> redis, ScanCursor from, int headBytes, Predicate<byte[]> fits, long before) {
    return redis.scan(from, ScanArgs.Builder.matches(at.prefix() + "*").limit(SCAN_COUNT)).thenCompose(page -> removed(redis, page, headBytes, fits)
        .thenCompose(removed -> page.isFinished() ? CompletableFuture.completedFuture(before + removed)
            // On a loop, later: a database of a million names must not become a stack of a thousand calls.
            : CompletableFuture.supplyAsync(() -> page, loops).thenCompose(next -> purgeFrom(redis, next, headBytes, fits, before + removed))));
  }

  private static CompletionStage<Long> removed(RedisAsyncCommands<String, byte[]> redis, KeyScanCursor<String> page, int headBytes, Predicate<byte[]> fits) {
    List<String> names = page.getKeys();
    List<CompletableFuture<byte[]>> heads = new ArrayList<>();
    for (String name : names) {
      heads.add(redis.getrange(name, 0, headBytes - 1).toCompletableFuture());
    }
    return CompletableFuture.allOf(heads.toArray(new CompletableFuture<?>[0])).thenCompose(all -> {
      List<String> fitting = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        if (fits.test(heads.get(i).join())) {
          fitting.add(names.get(i));
        }
      }
      return fitting.isEmpty() ? CompletableFuture.completedFuture(0L) : redis.unlink(fitting.toArray(new String[0]));
    });
  }

  @Override
  public String address() {
    return at.toString();
  }

  /** Leaves the loops as they are. Blocking, a second at most; never on a loop. */
  @Override
  public void close() {
    closed = true;
    live = null;
    try {
      client.shutdownAsync(0, 500, TimeUnit.MILLISECONDS).get(1, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException gone) {
      // The process, or the loops, end anyway: whatever is open then is closed with them.
      closed = true;
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    resources.shutdown(0, 0, TimeUnit.MILLISECONDS);
  }
}
