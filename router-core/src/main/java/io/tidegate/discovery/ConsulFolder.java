package io.tidegate.discovery;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tidegate.discovery.ConsulFailure.Kind;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys right below a prefix of Consul's KV store, read all at one index, and word of when they change. What stands there is nobody's word: whoever
 * reads it must find out what it is worth. Blocking; the watch has a thread of its own.
 */
public final class ConsulFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConsulFolder.class);
  private static final JsonMapper JSON = new JsonMapper(JsonFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(4).maxStringLength(1 << 20).build())
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .build());
  private static final int MAX_KEYS = 256;

  private final ConsulConfig config;
  private final String prefix;
  private final ConsulHttp http;
  private final RandomGenerator random;
  private volatile long changes;
  private volatile boolean closed;
  private @Nullable Thread thread;

  /**
   * @param prefix with or without a slash at its end
   * @param random for jitter
   */
  public ConsulFolder(ConsulConfig config, String prefix, RandomGenerator random) {
    this.config = config;
    this.prefix = prefix.endsWith("/") ? prefix : prefix + "/";
    this.http = new ConsulHttp(config);
    this.random = random;
  }

  /** Name below the prefix → value, now. At most {@value #MAX_KEYS} of them. */
  public Map<String, byte[]> read() throws IOException, InterruptedException {
    try {
      return values(ask(0), prefix);
    } catch (ConsulFailure failure) {
      throw new IOException(failure.getMessage());
    }
  }

  /** Rises whenever something may have changed. */
  public long changes() {
    return changes;
  }

  /** Begins to watch. Once. */
  public synchronized void start() {
    thread = new Thread(null, this::watch, "consul-folder", 256 << 10);
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    long index = 0;
    int failures = 0;
    TokenBucket bucket = new TokenBucket(config.burst(), config.refill().toNanos(), System.nanoTime());
    try {
      while (!closed) {
        pause(failures == 0 ? bucket.take(System.nanoTime())
            : Backoff.waitNanos(failures, config.backoffBase().toNanos(), config.backoffCap().toNanos(), random));
        try {
          long now = ask(index).index();
          if (now != index) {
            changes++;
          }
          // Consul's rule: an index that went back, or none, begins anew.
          index = now < index ? 0 : now;
          failures = 0;
        } catch (ConsulFailure failure) {
          if (failures == 0 && !closed) {
            LOG.warn("Consul's folder can't be followed ({}), what was read stays", failure.getMessage());
          }
          failures = Math.min(failures + 1, 1_000);
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private ConsulAnswer ask(long index) throws ConsulFailure, InterruptedException {
    StringBuilder path = new StringBuilder("/v1/kv");
    for (String part : prefix.substring(0, prefix.length() - 1).split("/")) {
      path.append('/').append(encoded(part));
    }
    path.append("/?recurse=true");
    String datacenter = config.datacenter();
    if (datacenter != null) {
      path.append("&dc=").append(encoded(datacenter));
    }
    Duration limit = config.connectTimeout().plus(config.slack());
    if (index > 0) {
      long millis = config.longestWait().toMillis();
      path.append("&index=").append(index).append("&wait=").append(millis).append("ms");
      limit = limit.plusMillis(millis + millis / 16);
    }
    ConsulAnswer answer = http.get(path.toString(), limit);
    if (!answer.knownLeader() || answer.lastContactMillis() > config.maxLastContact().toMillis() || answer.filteredByAcls()) {
      throw new ConsulFailure(Kind.DOUBTFUL);
    }
    return answer;
  }

  /** Name right below the prefix → value. */
  static Map<String, byte[]> values(ConsulAnswer answer, String prefix) throws ConsulFailure {
    Map<String, byte[]> values = new TreeMap<>();
    try {
      JsonNode rows = JSON.readTree(answer.body());
      if (rows == null || !rows.isArray()) {
        throw new ConsulFailure(Kind.BAD_JSON);
      }
      for (JsonNode row : rows) {
        String name = row.path("Key").asText("");
        if (!name.startsWith(prefix)) {
          throw new ConsulFailure(Kind.BAD_JSON);
        }
        String below = name.substring(prefix.length());
        if (below.isEmpty() || below.indexOf('/') >= 0) {
          continue;
        }
        if (values.size() == MAX_KEYS) {
          throw new ConsulFailure(Kind.OVERSIZED);
        }
        JsonNode value = row.path("Value");
        values.put(below, value.isTextual() ? Base64.getDecoder().decode(value.textValue()) : new byte[0]);
      }
      return values;
    } catch (IOException | IllegalArgumentException garbled) {
      throw new ConsulFailure(Kind.BAD_JSON);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static void pause(long nanos) throws InterruptedException {
    if (nanos > 0) {
      Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000));
    }
  }

  /** Stops watching; waits at most 2 s for it. */
  @Override
  public synchronized void close() {
    closed = true;
    try {
      if (thread != null) {
        thread.interrupt();
        thread.join(2_000);
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    http.close();
  }
}
