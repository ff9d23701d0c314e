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
  /** Less than Consul's longest, so that a lost answer is not waited for too long. */
  private static final Duration LONGEST = Duration.ofSeconds(55);

  private final ConsulConfig config;
  private final String service;
  private final ConsulHttp http;
  private final Consumer<WorkloadIdentity> made;
  private final Intentions intentions;
  private final List<Following> followings;
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
    this.followings = List.of(watch("consul-leaf", "/v1/agent/connect/ca/leaf/" + encoded, this::leaf, random),
        watch("consul-roots", "/v1/agent/connect/ca/roots", this::roots, random));
  }

  @FunctionalInterface
  private interface Reader {
    void read(byte[] body) throws ConsulFailure;
  }

  private Following watch(String name, String path, Reader reader, RandomGenerator random) {
    String what = path.endsWith("/roots") ? "roots" : "certificate";
    return new Following(name, config, new Following.Topic() {
      @Override
      public ConsulAnswer ask(long index) throws ConsulFailure, InterruptedException {
        return ConsulMesh.this.ask(path, index);
      }

      @Override
      public void answered(ConsulAnswer answer, boolean changed) throws ConsulFailure {
        if (changed) {
          reader.read(answer.body());
        }
      }

      @Override
      public void followed(boolean again) {
        if (again) {
          LOG.info("the mesh's {} can be followed again", what);
        }
      }

      @Override
      public void failed(ConsulFailure why, boolean first) {
        if (first) {
          LOG.warn("the mesh's {} can't be followed ({}), what there is stays", what, why.getMessage());
        }
      }
    }, new SplittableRandom(random.nextLong()));
  }

  /** Begins. Once. */
  public void start() {
    followings.forEach(Following::start);
  }

  /** Who may come in. */
  public Intentions intentions() {
    return intentions;
  }

  /** Certificates that were used so far. */
  public long rotations() {
    return rotations;
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

  /** Stops following; what there is stays in force. Waits at most 2 s. */
  @Override
  public void close() {
    followings.forEach(Following::close);
    intentions.close();
    http.close();
  }
}
