package io.tidegate.discovery.dns;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DefaultDnsOptEcsRecord;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.TcpDnsResponseDecoder;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.tidegate.discovery.dns.DnsAnswers.Answer;
import io.tidegate.time.Ticker;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Follows names at one name server, on a thread of its own: UDP with EDNS, and TCP where an answer did not fit. A failure of any kind changes nothing but
 * the age. Any thread.
 */
public final class DnsDiscovery implements AutoCloseable {
  private static final int MAX_NAMES = 256;
  private static final int PAYLOAD_BYTES = 1_232;

  private final DnsTerms terms;
  private final Ticker ticker;
  private final MultiThreadIoEventLoopGroup group;
  private final EventLoop loop;
  private final DnsNameResolver resolver;
  private final List<DnsRecord> additional;
  private final List<DnsWatch> watches = new ArrayList<>();
  private final ConcurrentMap<String, Long> confirmedAt = new ConcurrentHashMap<>();

  /**
   * One name that is followed.
   *
   * @param ageNanos since its list was last confirmed; since the start if it never was
   */
  public record Followed(String key, String name, long queries, long failures, int endpoints, int outside, long ageNanos) {}

  /** @throws IllegalArgumentException if there are too many names */
  public DnsDiscovery(DnsTerms terms, List<Asked> names, Ticker ticker) {
    if (names.size() > MAX_NAMES) {
      throw new IllegalArgumentException("more than " + MAX_NAMES + " names");
    }
    this.terms = terms;
    this.ticker = ticker;
    this.group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("dns", true), NioIoHandler.newFactory());
    this.loop = group.next();
    byte[] subnet = terms.subnet();
    this.additional = subnet == null ? List.of() : List.of(new DefaultDnsOptEcsRecord(PAYLOAD_BYTES, terms.subnetBits(), subnet));
    this.resolver = new DnsNameResolverBuilder(loop).datagramChannelType(NioDatagramChannel.class).socketChannelFactory(DnsDiscovery::connection)
        .nameServerProvider(new SingletonDnsServerAddressStreamProvider(terms.server())).maxPayloadSize(PAYLOAD_BYTES)
        .hostsFileEntriesResolver((name, types) -> null).searchDomains(List.of()).ndots(0).resolveCache(NoopDnsCache.INSTANCE)
        .queryTimeoutMillis(terms.patience().toMillis()).optResourceEnabled(true).recursionDesired(true).build();
    for (Asked asked : names) {
      confirmedAt.put(asked.key(), ticker.nanos());
      DnsWatch[] self = new DnsWatch[1];
      DnsWatch watch = new DnsWatch(asked, terms, this::ask, nanos -> again(self[0], nanos));
      self[0] = watch;
      watches.add(watch);
    }
  }

  /**
   * One for an answer that did not fit. When it ends, so does the question: by itself the resolver would wait for the question's time to be over, and would
   * keep the answer that did not fit for as long, or for ever where it is closed meanwhile.
   */
  private static NioSocketChannel connection() {
    NioSocketChannel connection = new NioSocketChannel();
    connection.closeFuture().addListener(closed -> {
      if (connection.pipeline().get(TcpDnsResponseDecoder.class) != null) {
        connection.pipeline().fireExceptionCaught(new ClosedChannelException());
      }
    });
    return connection;
  }

  /** Starts to ask; lists come when they come. Once. */
  public void start() {
    watches.forEach(watch -> again(watch, 0));
  }

  private void again(DnsWatch watch, long nanos) {
    if (!loop.isShuttingDown()) {
      loop.schedule(() -> watch.look(() -> confirmedAt.put(watch.asked().key(), ticker.nanos())), nanos, TimeUnit.NANOSECONDS);
    }
  }

  private CompletableFuture<Answer> ask(String name, DnsRecordType type) {
    CompletableFuture<Answer> told = new CompletableFuture<>();
    String absolute = name.endsWith(".") ? name : name + '.';
    resolver.query(terms.server(), new DefaultDnsQuestion(absolute, type), additional).addListener(done -> {
      Answer answer = Answer.FAILED;
      if (done.isSuccess() && done.getNow() instanceof io.netty.channel.AddressedEnvelope<?, ?> envelope) {
        try {
          if (envelope.content() instanceof io.netty.handler.codec.dns.DnsResponse response) {
            answer = DnsAnswers.read(response, terms.maxRecords());
          }
        } finally {
          envelope.release();
        }
      }
      told.complete(answer);
    });
    return told;
  }

  /** What was asked so far. Any thread. */
  public List<Followed> followed() {
    long now = ticker.nanos();
    return watches.stream().map(watch -> new Followed(watch.asked().key(), watch.asked().name(), watch.queries(), watch.failures(), watch.endpoints(),
        watch.outside(), now - confirmedAt.getOrDefault(watch.asked().key(), now))).toList();
  }

  /** The age of one; 0 for a name that is not followed. */
  public long ageNanos(@Nullable String key) {
    return key == null ? 0 : ticker.nanos() - confirmedAt.getOrDefault(key, ticker.nanos());
  }

  /** Stops asking; endpoints stay as they are. Waits at most 2 s. */
  @Override
  public void close() {
    resolver.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
