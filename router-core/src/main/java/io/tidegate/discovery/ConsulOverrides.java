package io.tidegate.discovery;

import io.tidegate.discovery.ConsulFailure.Kind;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the keys below a prefix of Consul's KV store that set weights and drain endpoints. Consul down, slow or without rights changes nothing: the
 * last overrides stay, so that nothing that was drained gets requests again. Needs {@code key:read} on the prefix. On a thread of its own.
 */
public final class ConsulOverrides implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConsulOverrides.class);

  private final ConsulConfig config;
  private final String prefix;
  private final Set<String> upstreams;
  private final ConsulHttp http;
  private final Consumer<Overrides> changed;
  private final Following following;
  private volatile boolean rightsMissing;
  private volatile List<String> problems = List.of();
  private Overrides inForce = Overrides.NONE;

  /**
   * @param prefix with or without a slash at its end
   * @param upstreams names that keys may have
   * @param changed gets what counts from now on, on the thread of the overrides
   */
  public ConsulOverrides(ConsulConfig config, String prefix, Set<String> upstreams, Consumer<Overrides> changed, RandomGenerator random) {
    this.config = config;
    this.prefix = prefix.endsWith("/") ? prefix : prefix + "/";
    this.upstreams = Set.copyOf(upstreams);
    this.http = new ConsulHttp(config);
    this.changed = changed;
    this.following = new Following("consul-overrides", config, new Keys(), random);
  }

  /** Begins. Once. */
  public void start() {
    following.start();
  }

  /** What could not be read, one line each. */
  public List<String> problems() {
    return problems;
  }

  /** Whether the token may not read the keys: then the last ones count. */
  public boolean rightsMissing() {
    return rightsMissing;
  }

  private final class Keys implements Following.Topic {
    @Override
    public ConsulAnswer ask(long index) throws ConsulFailure, InterruptedException {
      return ConsulOverrides.this.ask(index);
    }

    @Override
    public void answered(ConsulAnswer answer, boolean changed) throws ConsulFailure {
      take(answer);
    }

    @Override
    public void followed(boolean again) {
      if (again) {
        LOG.info("Consul's overrides below {} can be followed again", prefix);
      }
      rightsMissing = false;
    }

    @Override
    public void failed(ConsulFailure why, boolean first) {
      rightsMissing = why.isForWantOfRights();
      if (first) {
        LOG.warn("Consul's overrides below {} can't be followed ({}{}), the last ones stay", prefix, why.getMessage(),
            rightsMissing ? ": the token has no right to read them" : "");
      }
    }
  }

  private ConsulAnswer ask(long index) throws ConsulFailure, InterruptedException {
    Duration limit = config.connectTimeout().plus(config.slack());
    String path = path() + "?recurse=true" + (config.datacenter() == null ? "" : "&dc=" + encoded(config.datacenter()));
    if (index > 0) {
      long millis = config.longestWait().toMillis();
      path += "&index=" + index + "&wait=" + millis + "ms";
      limit = limit.plusMillis(millis + millis / 16);
    }
    ConsulAnswer answer = http.getOrNone(path, limit);
    if (answer.filteredByAcls()) {
      throw new ConsulFailure(Kind.RIGHTS);
    }
    if (!answer.knownLeader() || answer.lastContactMillis() > config.maxLastContact().toMillis()) {
      throw new ConsulFailure(Kind.DOUBTFUL);
    }
    if (answer.body().length == 0 && !inForce.byUpstream().isEmpty()) {
      // A listing says the same of keys that are gone and of keys we may not see; one key by its name is refused (403) without the right.
      http.getOrNone(path() + (config.datacenter() == null ? "" : "?dc=" + encoded(config.datacenter())), config.connectTimeout().plus(config.slack()));
    }
    return answer;
  }

  private void take(ConsulAnswer answer) throws ConsulFailure {
    Overrides read = Overrides.read(answer.body().length == 0 ? Map.of() : ConsulFolder.values(answer, prefix));
    List<String> wrong = new ArrayList<>(read.problems());
    wrong.addAll(read.strangers(upstreams));
    if (!wrong.equals(problems)) {
      wrong.forEach(problem -> LOG.warn("Consul's overrides below {}: {}", prefix, problem));
      problems = List.copyOf(wrong);
    }
    if (read.byUpstream().equals(inForce.byUpstream())) {
      return;
    }
    try {
      changed.accept(read);
    } catch (RuntimeException defect) {
      LOG.error("Consul's overrides were not taken over", defect);
      throw new ConsulFailure(Kind.RECEIVER);
    }
    inForce = read;
    LOG.info("overrides from Consul below {} for {}", prefix, read.byUpstream().keySet());
  }

  private String path() {
    StringBuilder path = new StringBuilder("/v1/kv");
    for (String part : prefix.substring(0, prefix.length() - 1).split("/")) {
      path.append('/').append(encoded(part));
    }
    return path.append('/').toString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Stops following; what counts stays. Waits at most 1 s. */
  @Override
  public void close() {
    following.close();
    http.close();
  }
}
