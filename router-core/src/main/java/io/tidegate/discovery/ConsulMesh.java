package io.tidegate.discovery;

import io.tidegate.discovery.ConsulFailure.Kind;
import io.tidegate.net.WorkloadIdentity;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our identity in Consul's mesh (Connect, R10.4): the certificate of our service and the roots, each followed by a blocking query at the agent, which
 * renews the certificate by itself. What cannot be used leaves the last good one in force. Needs {@code service:write} on the service. Each watch on a
 * thread of its own.
 */
public final class ConsulMesh implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConsulMesh.class);
  /** A rotation comes in several steps close together, and the agent answers these from its own memory. */
  private static final int BURST = 8;
  private static final long REFILL_NANOS = 1_000_000_000L;
  /** Less than Consul's longest, so that a lost answer is not waited for too long. */
  private static final Duration LONGEST = Duration.ofSeconds(55);

  private final ConsulConfig config;
  private final String service;
  private final ConsulHttp http;
  private final Consumer<WorkloadIdentity> made;
  private final Intentions intentions;
  private final List<Thread> threads;
  private volatile boolean closed;
  private volatile long rotations;
  /** Guarded by this. */
  private MeshAnswers.@Nullable Leaf leaf;
  private @Nullable List<X509Certificate> roots;

  /**
   * @param service whose certificate we show
   * @param made gets each identity, on a thread of the mesh; may throw, and is then told again
   */
  public ConsulMesh(ConsulConfig config, String service, Consumer<WorkloadIdentity> made, RandomGenerator random) {
    this.config = config;
    this.service = service;
    this.http = new ConsulHttp(config);
    this.made = made;
    this.intentions = new Intentions(http, service);
    String encoded = URLEncoder.encode(service, StandardCharsets.UTF_8).replace("+", "%20");
    this.threads = List.of(watch("consul-leaf", "/v1/agent/connect/ca/leaf/" + encoded, this::leaf, random),
        watch("consul-roots", "/v1/agent/connect/ca/roots", this::roots, random));
  }

  @FunctionalInterface
  private interface Reader {
    void read(byte[] body) throws ConsulFailure;
  }

  private Thread watch(String name, String path, Reader reader, RandomGenerator random) {
    RandomGenerator own = new SplittableRandom(random.nextLong());
    Thread thread = new Thread(null, () -> follow(path, reader, own), name, 256 << 10);
    thread.setDaemon(true);
    return thread;
  }

  /** Begins. Once. */
  public void start() {
    threads.forEach(Thread::start);
  }

  /** Who may come in. */
  public Intentions intentions() {
    return intentions;
  }

  /** Certificates that were used so far. */
  public long rotations() {
    return rotations;
  }

  private void follow(String path, Reader reader, RandomGenerator random) {
    long index = 0;
    int failures = 0;
    TokenBucket bucket = new TokenBucket(BURST, REFILL_NANOS, System.nanoTime());
    try {
      while (!closed) {
        pause(failures == 0 ? bucket.take(System.nanoTime())
            : Backoff.waitNanos(failures, config.backoffBase().toNanos(), config.backoffCap().toNanos(), random));
        try {
          ConsulAnswer answer = ask(path, index);
          if (answer.index() < index) {
            // Consul's rule: an index that went back begins anew.
            index = 0;
            continue;
          }
          if (answer.index() != index || index == 0) {
            reader.read(answer.body());
          }
          index = Math.max(1, answer.index());
          if (failures > 0) {
            LOG.info("the mesh's {} can be followed again", what(path));
          }
          failures = 0;
        } catch (ConsulFailure failure) {
          index = 0;
          if (failures == 0 && !closed) {
            LOG.warn("the mesh's {} can't be followed ({}), what there is stays", what(path), failure.getMessage());
          }
          failures = Math.min(failures + 1, 1_000);
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private static String what(String path) {
    return path.endsWith("/roots") ? "roots" : "certificate";
  }

  private ConsulAnswer ask(String path, long index) throws ConsulFailure, InterruptedException {
    Duration limit = config.connectTimeout().plus(config.slack());
    if (index == 0) {
      return http.get(path, limit);
    }
    long millis = LONGEST.toMillis();
    return http.get(path + "?index=" + index + "&wait=" + millis + "ms", limit.plusMillis(millis + millis / 16));
  }

  private void leaf(byte[] body) throws ConsulFailure {
    MeshAnswers.Leaf next = MeshAnswers.leaf(body);
    synchronized (this) {
      leaf = next;
      tell();
    }
  }

  private void roots(byte[] body) throws ConsulFailure {
    List<X509Certificate> next = MeshAnswers.roots(body);
    synchronized (this) {
      roots = next;
      tell();
    }
  }

  /** Inside the lock, so that no older identity overtakes a newer one. */
  private void tell() throws ConsulFailure {
    MeshAnswers.Leaf own = leaf;
    List<X509Certificate> trusted = roots;
    if (own == null || trusted == null) {
      return;
    }
    try {
      made.accept(new WorkloadIdentity(own.id(), own.chain(), own.key(), trusted));
    } catch (RuntimeException unusable) {
      LOG.error("the mesh's certificate of {} can't be used", service, unusable);
      throw new ConsulFailure(Kind.RECEIVER);
    }
    rotations++;
    LOG.info("in the mesh as {}, certificate until {}, {} roots", service, own.chain().get(0).getNotAfter().toInstant(), trusted.size());
  }

  private static void pause(long nanos) throws InterruptedException {
    if (nanos > 0) {
      Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000));
    }
  }

  /** Stops following; what there is stays in force. Waits at most 2 s. */
  @Override
  public void close() {
    closed = true;
    threads.forEach(Thread::interrupt);
    try {
      for (Thread thread : threads) {
        thread.join(1_000);
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    intentions.close();
    http.close();
  }
}
