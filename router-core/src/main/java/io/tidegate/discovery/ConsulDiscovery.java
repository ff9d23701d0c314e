package io.tidegate.discovery;

import io.tidegate.model.Upstream;
import io.tidegate.time.Ticker;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Follows the Consul service of every upstream that names one, each on a thread of its own, and hands over what changed. A failure of any
 * kind changes nothing but the age. Any thread.
 */
public final class ConsulDiscovery implements DiscoveryStatus, AutoCloseable {
  /** One thread per watch; more upstreams than this is a mistake in the configuration. */
  public static final int MAX_WATCHES = 256;

  private final ConsulHttp http;
  private final Map<String, ServiceWatch> watches = new LinkedHashMap<>();
  private final List<Thread> threads = new ArrayList<>();

  /**
   * @param upstreams all configured ones; those without a service are left alone
   * @param own to tell missing rights from missing instances; null if the daemon does not register
   * @param random seeds the jitter of each watch
   * @throws IllegalArgumentException if there are too many, two have one name, or the CA file is unusable
   */
  public ConsulDiscovery(ConsulConfig config, List<Upstream> upstreams, Endpoints endpoints, @Nullable OwnRegistration own, Ticker ticker,
      RandomGenerator random) {
    this(config, all(upstreams, endpoints), own, ticker, random);
  }

  /** @param followed each with a key of its own */
  public ConsulDiscovery(ConsulConfig config, List<Followed> followed, @Nullable OwnRegistration own, Ticker ticker, RandomGenerator random) {
    this.http = new ConsulHttp(config);
    for (Followed each : followed) {
      String datacenter = each.datacenter();
      ConsulConfig there = datacenter == null ? config : config.withDatacenter(datacenter);
      ServiceWatch watch = new ServiceWatch(there, each.upstream(), each.service(), new ServiceQuery(there, http), each.endpoints(), own, ticker,
          new SplittableRandom(random.nextLong()));
      if (watches.put(each.key(), watch) != null || watches.size() > MAX_WATCHES) {
        http.close();
        throw new IllegalArgumentException("upstreams: two of one name, or more than " + MAX_WATCHES + " with a Consul service");
      }
    }
  }

  private static List<Followed> all(List<Upstream> upstreams, Endpoints endpoints) {
    List<Followed> all = new ArrayList<>();
    for (Upstream upstream : upstreams) {
      String service = upstream.consulService();
      if (service != null) {
        all.add(new Followed(upstream.name(), upstream, service, null, endpoints));
      }
    }
    return all;
  }

  /** Starts to ask; lists come when they come, the configured endpoints serve until then. Once. */
  public synchronized void start() {
    if (!threads.isEmpty()) {
      throw new IllegalStateException("already started");
    }
    watches.forEach((upstream, watch) -> {
      Thread thread = new Thread(null, watch, "consul-watch-" + upstream, 256 * 1024);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    });
  }

  @Override
  public List<String> upstreams() {
    return List.copyOf(watches.keySet());
  }

  @Override
  public Watched of(String upstream) {
    ServiceWatch watch = watches.get(upstream);
    if (watch == null) {
      throw new IllegalArgumentException("not watched: " + upstream);
    }
    return watch.snapshot();
  }

  /** Stops asking; endpoints stay as they are. Waits at most 2 s in all. */
  @Override
  public synchronized void close() {
    for (Thread thread : threads) {
      thread.interrupt();
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
    try {
      for (Thread thread : threads) {
        thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    http.close();
  }
}
