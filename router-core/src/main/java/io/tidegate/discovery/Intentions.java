package io.tidegate.discovery;

import io.tidegate.wire.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a workload may connect to us: the agent's word ({@code POST /v1/agent/connect/authorize}), believed for a quarter of a second, so that an
 * intention that changes counts within a second for whoever connects then. No word, no entry (G2). Any thread; never waits.
 */
public final class Intentions implements AutoCloseable {
  static final long BELIEVED_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final Logger LOG = LoggerFactory.getLogger(Intentions.class);
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final int MAX_KNOWN = 1_024;
  private static final int MAX_WAITING = 256;

  private final ConsulHttp http;
  private final String service;
  private final ThreadPoolExecutor threads;
  /** Oldest first. Guarded by this. */
  private final Map<String, Word> known = new LinkedHashMap<>();
  private final AtomicLong allowed = new AtomicLong();
  private final AtomicLong denied = new AtomicLong();
  private final AtomicLong unanswered = new AtomicLong();
  private volatile boolean failing;

  /** What is known of one certificate. Guarded by the owner. */
  private static final class Word {
    /** Those who wait for the call under way; null once it is over. */
    @Nullable List<Consumer<Boolean>> waiters = new ArrayList<>();
    boolean allows;
    /** When the call began: a change that came during the call may not be in its answer. */
    final long askedNanos = System.nanoTime();
  }

  Intentions(ConsulHttp http, String service) {
    this.http = http;
    this.service = service;
    this.threads = new ThreadPoolExecutor(2, 2, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING), task -> {
      Thread thread = new Thread(null, task, "consul-intentions", 256 << 10);
      thread.setDaemon(true);
      return thread;
    });
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * @param uri of the certificate, as it stands
   * @param serial hexadecimal
   * @param answer called once, on any thread, here and now if the word is known
   */
  public void ask(String uri, String serial, Consumer<Boolean> answer) {
    String who = serial + ' ' + uri;
    Boolean at = null;
    synchronized (this) {
      Word word = known.get(who);
      if (word != null && word.waiters != null && word.waiters.size() < MAX_WAITING) {
        word.waiters.add(answer);
        return;
      }
      if (word != null && word.waiters == null && System.nanoTime() - word.askedNanos < BELIEVED_NANOS) {
        at = word.allows;
      } else if (word != null && word.waiters != null) {
        at = false;
      } else {
        begin(who, uri, serial, answer);
      }
    }
    if (at != null) {
      count(at);
      answer.accept(at);
    }
  }

  /** Inside the lock. */
  private void begin(String who, String uri, String serial, Consumer<Boolean> answer) {
    known.remove(who);
    if (known.size() >= MAX_KNOWN) {
      known.values().removeIf(old -> old.waiters == null);
    }
    Word word = new Word();
    if (word.waiters != null) {
      word.waiters.add(answer);
    }
    known.put(who, word);
    try {
      threads.execute(() -> settle(word, call(uri, serial)));
    } catch (RejectedExecutionException full) {
      known.remove(who);
      unanswered.incrementAndGet();
      answer.accept(false);
    }
  }

  private boolean call(String uri, String serial) {
    JsonWriter out = new JsonWriter();
    out.beginObject().key("Target").string(service).key("ClientCertURI").string(uri).key("ClientCertSerial").string(serial).endObject();
    try {
      boolean allows = MeshAnswers.authorized(http.call("POST", "/v1/agent/connect/authorize", new String(out.toBytes(), StandardCharsets.UTF_8), PATIENCE).body());
      failing = false;
      return allows;
    } catch (ConsulFailure failure) {
      unanswered.incrementAndGet();
      if (!failing) {
        failing = true;
        LOG.warn("the agent does not say who may connect to {} ({}): nobody new may until it does", service, failure.getMessage());
      }
      return false;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void settle(Word word, boolean allows) {
    List<Consumer<Boolean>> waiters;
    synchronized (this) {
      waiters = word.waiters == null ? List.of() : word.waiters;
      word.waiters = null;
      word.allows = allows;
    }
    for (Consumer<Boolean> waiter : waiters) {
      count(allows);
      waiter.accept(allows);
    }
  }

  private void count(boolean allows) {
    (allows ? allowed : denied).incrementAndGet();
  }

  /** Connections that were let in. */
  public long allowed() {
    return allowed.get();
  }

  /** Connections that were not. */
  public long denied() {
    return denied.get();
  }

  /** Questions that the agent left open. */
  public long unanswered() {
    return unanswered.get();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
