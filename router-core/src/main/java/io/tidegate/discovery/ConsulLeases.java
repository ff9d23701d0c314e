package io.tidegate.discovery;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tidegate.admission.share.Leases;
import io.tidegate.discovery.ConsulFailure.Kind;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This router's leases of shared accounts (R7.7): one session, and under it the key {@code tidegate/leases/ACCOUNT/INSTANCE} of each account. Tells every
 * look who else holds one. A key whose session ended stays, and says that its router is lost; a router that stops takes its key away. Nothing is told
 * while the agent does not answer. Calls on one thread of its own; needs {@code session:write}, and {@code key:write} below {@code tidegate/leases}.
 */
public final class ConsulLeases implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConsulLeases.class);
  private static final String FOLDER = "/v1/kv/tidegate/leases/";
  private static final JsonMapper JSON = new JsonMapper(JsonFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(4).maxStringLength(1 << 16).build()).build());
  /** Consul's least. It may let a session live up to twice as long. */
  static final Duration TTL = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final ConsulHttp http;
  private final List<String> accounts;
  private final String instance;
  private final Duration interval;
  private final BiConsumer<String, Leases> heard;
  private final Runnable looked;
  private final Thread thread;
  private final Object bell = new Object();
  private volatile boolean stopping;
  private @Nullable String session;
  private boolean failing;

  /**
   * @param accounts names of the upstreams whose account is shared
   * @param instance unique among the routers that share them, and the same after a restart
   * @param interval between two looks, at most a third of the session's 10 s
   * @param heard account and what was seen; called on the leases' thread
   * @param looked called there after each look, whether or not anything was heard
   */
  public ConsulLeases(ConsulConfig config, List<String> accounts, String instance, Duration interval, BiConsumer<String, Leases> heard, Runnable looked) {
    if (instance.isEmpty() || interval.multipliedBy(3).compareTo(TTL) > 0) {
      throw new IllegalArgumentException("leases need a name, and a look every third of " + TTL.toSeconds() + " s");
    }
    this.http = new ConsulHttp(config);
    this.accounts = List.copyOf(accounts);
    this.instance = instance;
    this.interval = interval;
    this.heard = heard;
    this.looked = looked;
    this.thread = new Thread(null, this::run, "consul-leases", 256 << 10);
    thread.setDaemon(true);
  }

  /** Begins. Once. */
  public void start() {
    thread.start();
  }

  private void run() {
    try {
      while (!stopping) {
        look();
        looked.run();
        rest();
      }
      giveBack();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void rest() throws InterruptedException {
    long until = System.nanoTime() + interval.toNanos();
    synchronized (bell) {
      for (long left = interval.toMillis(); !stopping && left > 0; left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime())) {
        bell.wait(left);
      }
    }
  }

  private void look() throws InterruptedException {
    try {
      String own = held();
      for (String account : accounts) {
        http.call("PUT", key(account) + "?acquire=" + own, "", PATIENCE);
        heard.accept(account, leases(account, own));
      }
      if (failing) {
        LOG.info("Consul holds the leases of {} again", instance);
      }
      failing = false;
    } catch (ConsulFailure failure) {
      if (!failing && !stopping) {
        LOG.warn("Consul does not hold the leases of {} ({}): after some seconds the static part of each account counts", instance, failure.getMessage());
      }
      failing = true;
    }
  }

  /** The session, renewed or new. */
  private String held() throws ConsulFailure, InterruptedException {
    String known = session;
    if (known != null) {
      try {
        http.call("PUT", "/v1/session/renew/" + known, "", PATIENCE);
        return known;
      } catch (ConsulFailure failure) {
        if (failure.kind() != Kind.STATUS || failure.status() != 404) {
          throw failure;
        }
        // It ended while nobody could be asked.
        session = null;
      }
    }
    ConsulAnswer made = http.call("PUT", "/v1/session/create",
        "{\"Name\":\"tidegate leases\",\"TTL\":\"" + TTL.toSeconds() + "s\",\"Behavior\":\"release\",\"LockDelay\":\"0s\"}", PATIENCE);
    String id = parsed(made).path("ID").asText("");
    if (!id.matches("[0-9a-fA-F-]{36}")) {
      throw new ConsulFailure(Kind.BAD_JSON);
    }
    session = id;
    return id;
  }

  private Leases leases(String account, String own) throws ConsulFailure, InterruptedException {
    ConsulAnswer answer = http.get(FOLDER + encoded(account) + "/?recurse=true", PATIENCE);
    if (!answer.knownLeader() || answer.filteredByAcls()) {
      throw new ConsulFailure(Kind.DOUBTFUL);
    }
    JsonNode rows = parsed(answer);
    if (!rows.isArray()) {
      throw new ConsulFailure(Kind.BAD_JSON);
    }
    int live = 0;
    int lost = 0;
    boolean ours = false;
    for (JsonNode row : rows) {
      String holder = row.path("Session").asText("");
      live += holder.isEmpty() ? 0 : 1;
      lost += holder.isEmpty() ? 1 : 0;
      ours |= holder.equals(own);
    }
    return new Leases(live, lost, ours);
  }

  private void giveBack() throws InterruptedException {
    String known = session;
    if (known == null) {
      return;
    }
    try {
      for (String account : accounts) {
        http.call("DELETE", key(account), "", PATIENCE);
      }
      http.call("PUT", "/v1/session/destroy/" + known, "", PATIENCE);
    } catch (ConsulFailure failure) {
      LOG.warn("Consul did not take back the leases of {} ({}): they count as lost until this router is back", instance, failure.getMessage());
    }
  }

  private String key(String account) {
    return FOLDER + encoded(account) + "/" + encoded(instance);
  }

  private static JsonNode parsed(ConsulAnswer answer) throws ConsulFailure {
    try {
      JsonNode node = JSON.readTree(answer.body());
      if (node == null) {
        throw new ConsulFailure(Kind.BAD_JSON);
      }
      return node;
    } catch (IOException garbled) {
      throw new ConsulFailure(Kind.BAD_JSON);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Gives the leases back. To be called when nothing of this router is in flight any more. Waits a few seconds at most. */
  @Override
  public void close() {
    synchronized (bell) {
      stopping = true;
      bell.notifyAll();
    }
    try {
      thread.join(PATIENCE.multipliedBy(3L + accounts.size()).toMillis());
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    http.close();
  }
}
