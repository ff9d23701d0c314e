package io.tidegate.daemon.shadow;

import io.tidegate.classify.Classifier;
import io.tidegate.decide.Decision;
import io.tidegate.line.Rules;
import io.tidegate.line.Shadows;
import io.tidegate.model.Findings;
import io.tidegate.model.Sensitivity;
import io.tidegate.time.WallClock;
import io.tidegate.wire.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What shadow rules, and a whole shadow bundle, would have made of requests. On a thread of its own, after the decision; a queue with bounds in number
 * and bytes, past which requests are not looked at and counted. Nothing here can reach a route or an answer: it is given what was decided, and gives
 * nothing back.
 *
 * <p>The loop puts a request into the queue and wakes nobody: the thread looks for itself, so that a shadow costs a request no system call.
 */
public final class Shadowing implements AutoCloseable {
  private static final int WAITING = 1_024;
  private static final long WAITING_BYTES = 32 << 20;
  private static final int SAMPLES = 256;
  private static final long LOOK_MILLIS = 10;
  private static final String BUNDLE = "(bundle)";

  private final WallClock clock;
  private final ShadowMeters meters;
  private final ArrayBlockingQueue<Task> queue = new ArrayBlockingQueue<>(WAITING);
  private final AtomicLong queuedBytes = new AtomicLong();
  private final ArrayDeque<Sample> samples = new ArrayDeque<>();
  private volatile @Nullable Rules bundle;
  private boolean begun;
  private boolean wanted;
  private @Nullable Thread thread;

  public Shadowing(WallClock clock, ShadowMeters meters) {
    this.clock = clock;
    this.meters = meters;
  }

  private record Task(Rules rules, Decision decision, Findings findings) {}

  /** A request on which the shadow differs; no text. */
  private record Sample(Instant at, String requestId, Sensitivity enforced, Sensitivity shadow, List<String> enforcedRules, List<String> shadowRules) {}

  /** A whole bundle that watches from now on. */
  public void bundle(Rules watching) {
    bundle = watching;
  }

  /** Of the watching bundle; empty if there is none. */
  public String digest() {
    Rules watching = bundle;
    return watching == null ? "" : watching.decider().bundle().digest();
  }

  /** {@code rules} with what shall watch beside them; as they are if nothing shall. */
  public Rules beside(Rules rules) {
    boolean any = bundle != null || !rules.decider().bundle().shadowRules().isEmpty();
    if (any) {
      want();
    }
    return new Rules(rules.classifier(), rules.decider(), any ? this::decided : Shadows.NONE);
  }

  /** Begins to look, once there is anything that shall watch. */
  public synchronized void begin() {
    begun = true;
    look();
  }

  private synchronized void want() {
    wanted = true;
    look();
  }

  /** Under the lock. A thread that looks a hundred times a second is none to have for nothing. */
  private void look() {
    if (begun && wanted && thread == null) {
      Thread watcher = new Thread(null, this::work, "policy-shadow", 512 << 10);
      watcher.setDaemon(true);
      thread = watcher;
      watcher.start();
    }
  }

  private void decided(Rules rules, @Nullable Decision decision, Findings findings) {
    if (decision == null) {
      return;
    }
    int bytes = decision.request().prompt().json().length();
    if (queuedBytes.get() + bytes > WAITING_BYTES || !queue.offer(new Task(rules, decision, findings))) {
      meters.shadowDropped();
      return;
    }
    queuedBytes.addAndGet(bytes);
  }

  private void work() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        if (!workOne()) {
          Thread.sleep(LOOK_MILLIS);
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looks at one request; false if none waits. */
  boolean workOne() {
    Task task = queue.poll();
    if (task == null) {
      return false;
    }
    try {
      shadowRules(task);
      shadowBundle(task);
    } catch (RuntimeException | StackOverflowError defect) {
      meters.shadowFailed();
    } finally {
      queuedBytes.addAndGet(-task.decision().request().prompt().json().length());
    }
    return true;
  }

  private void shadowRules(Task task) {
    Map<String, Sensitivity> raises = task.rules().decider().bundle().shadowRules();
    if (raises.isEmpty()) {
      return;
    }
    Decision decision = task.decision();
    List<String> fired = task.rules().decider().bundle().shadow(task.rules().decider().facts(decision.request(), task.findings(), decision.now()));
    Sensitivity all = decision.sensitivity();
    for (String rule : fired) {
      Sensitivity raised = decision.sensitivity().join(raises.getOrDefault(rule, Sensitivity.RESTRICTED));
      meters.shadow(rule, decision.sensitivity(), raised);
      all = all.join(raised);
    }
    if (all != decision.sensitivity()) {
      sample(decision, all, fired);
    }
  }

  private void shadowBundle(Task task) {
    Rules watching = bundle;
    if (watching == null) {
      return;
    }
    Decision enforced = task.decision();
    boolean own = !watching.decider().bundle().patterns().isEmpty() || !watching.decider().bundle().exclusions().isEmpty()
        || !task.rules().decider().bundle().patterns().isEmpty() || !task.rules().decider().bundle().exclusions().isEmpty();
    // The same findings, unless one of the two has detectors of its own: then they would be another bundle's.
    Findings findings = own ? scanned(watching, enforced) : task.findings();
    Decision shadow = watching.decider().decide(enforced.request(), findings, enforced.now());
    meters.shadow(BUNDLE, enforced.sensitivity(), shadow.sensitivity());
    if (shadow.sensitivity() != enforced.sensitivity() || !shadow.route().equals(enforced.route())) {
      sample(enforced, shadow.sensitivity(), shadow.rules());
    }
  }

  private static Findings scanned(Rules watching, Decision enforced) {
    Classifier.Scan scan = watching.classifier().begin(enforced.request());
    while (!scan.run(Long.MAX_VALUE)) {
      // A scan ends by its own budget.
    }
    return scan.findings();
  }

  private void sample(Decision enforced, Sensitivity shadow, List<String> shadowRules) {
    synchronized (samples) {
      if (samples.size() == SAMPLES) {
        samples.removeFirst();
      }
      samples.addLast(new Sample(clock.now(), enforced.request().id(), enforced.sensitivity(), shadow, enforced.rules(), shadowRules));
    }
  }

  /** The newest differences, the newest last, as JSON. */
  public String samples() {
    JsonWriter out = new JsonWriter();
    out.beginObject().key("bundle").string(digest()).key("samples").beginArray();
    synchronized (samples) {
      for (Sample sample : samples) {
        out.beginObject().key("at").string(sample.at().toString()).key("request_id").string(sample.requestId()).key("enforced").string(word(sample.enforced()))
            .key("shadow").string(word(sample.shadow()));
        names(out.key("enforced_rules"), sample.enforcedRules());
        names(out.key("shadow_rules"), sample.shadowRules());
        out.endObject();
      }
    }
    return new String(out.endArray().endObject().toBytes(), StandardCharsets.UTF_8) + "\n";
  }

  private static void names(JsonWriter out, List<String> names) {
    out.beginArray();
    names.forEach(out::string);
    out.endArray();
  }

  private static String word(Sensitivity sensitivity) {
    return sensitivity.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public synchronized void close() {
    Thread watcher = thread;
    if (watcher != null) {
      watcher.interrupt();
    }
  }
}
