package io.tidegate.daemon.policy;

import io.micrometer.core.instrument.MeterRegistry;
import io.tidegate.assay.BundleCheck;
import io.tidegate.assay.BundleDiff;
import io.tidegate.assay.Canaries;
import io.tidegate.assay.InlineTests;
import io.tidegate.assay.ProofCheck;
import io.tidegate.classify.Classifier;
import io.tidegate.classify.Detector;
import io.tidegate.config.TidegateConfig;
import io.tidegate.daemon.RehearsalPlugs;
import io.tidegate.daemon.StartFailure;
import io.tidegate.daemon.shadow.Shadowing;
import io.tidegate.line.Rules;
import io.tidegate.model.Problem;
import io.tidegate.policy.signature.Accepted;
import io.tidegate.telemetry.DecisionCounter;
import io.tidegate.time.WallClock;
import io.tidegate.wire.JsonWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policy in force, and everything that may change it: the carrier's content, a reload that was asked for, the date.
 *
 * <p>{@link #rules} is any thread's and costs one read. All else happens on two threads of its own, never on an event loop: one looks at the carrier,
 * the other at the date, so that a directory that hangs does not keep an exclusion alive. A bundle is swapped in whole, by one write, once it has
 * passed every step; what does not pass changes nothing but the status, a metric and a warning (G2). A request that has taken its rules keeps them
 * (G6, decisions 4).
 */
public final class PolicyLife implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyLife.class);
  private static final Duration LOOK = Duration.ofMillis(500);
  /** Every decision is looked at whatever it takes (17 ms once warm, 24,528 of them for the shipped policy); what is left goes to walks. */
  private static final Duration PROOF = Duration.ofMillis(25);
  private static final int MOST_LOGGED = 20;
  static final Duration LOOK_CLOSELY = Duration.ofSeconds(30);

  private final PolicyCarrier carrier;
  private final BundleMaking making;
  private final StateKeeper state;
  private final WallClock clock;
  private final Shadowing shadowing;
  private final AtomicReference<@Nullable CompletableFuture<ReloadOutcome>> asked = new AtomicReference<>();
  private final PolicyMeters meters;
  private final @Nullable ShadowWatch shadow;

  /** One attempt at a time. It reads files and rests, so whoever must not wait for that takes the other lock, which is held for moments. */
  private final Object attempts = new Object();

  /** Written under the lock of this only. */
  private volatile InForce current;
  private volatile Rules rules;
  private volatile @Nullable ReloadOutcome last;
  private @Nullable Accepted accepted;

  /** Of the watching thread. */
  private @Nullable Object seenStamp;
  private String tried = "";
  private String settling = "";
  private @Nullable Instant retryAt;
  private @Nullable Instant lookCloselyAt;
  private volatile @Nullable PolicyThread carrierThread;
  private volatile @Nullable PolicyThread dayThread;

  private PolicyLife(PolicyCarrier carrier, @Nullable PolicyCarrier shadowCarrier, BundleMaking making, StateDirectory state, WallClock clock,
      PolicyMeters meters, FirstBundle started) {
    this.carrier = carrier;
    this.shadow = shadowCarrier == null ? null : new ShadowWatch(shadowCarrier, making);
    this.making = making;
    this.state = new StateKeeper(state);
    this.clock = clock;
    this.meters = meters;
    this.shadowing = new Shadowing(clock, meters);
    this.current = started.inForce();
    this.accepted = started.accepted();
    this.last = started.outcome();
    this.rules = started.inForce().rules();
    this.tried = started.tried();
    meters.bind(this);
    watchShadow();
    put(started.inForce());
    this.state.keep(started.inForce().texts(), clock.now());
    if (last != null) {
      meters.count(last.kind());
    }
  }

  /**
   * Puts the configured bundle in force, or the last good one if that does not pass. Blocking.
   *
   * @throws StartFailure if neither passes: no usable bundle, no start (decisions 4)
   */
  public static PolicyLife start(TidegateConfig config, MeterRegistry registry, WallClock clock) throws StartFailure {
    TidegateConfig.Policy policy = config.policy();
    List<Detector> builtIn = Classifier.allDetectors();
    DutyCycle duty = new DutyCycle(System::nanoTime);
    List<BundleCheck> checks = List.of(new InlineTests(new RehearsalPlugs()), new Canaries(new SecureRandom().nextLong()),
        new ProofCheck(builtIn, new RehearsalPlugs(), duty, PROOF.toNanos()));
    BundleMaking making = new BundleMaking(builtIn, checks, (before, after) -> BundleDiff.of(before, after).loosens(), policy.signed() ? policy.keyring() : null,
        config.region(), duty);
    Path shadow = policy.shadow();
    return start(FirstBundle.carrier(config), shadow == null ? null : new PolicyDirectory(shadow), making, new StateDirectory(policy.state()), clock,
        new PolicyMeters(registry));
  }

  /** Counts by the rules of whatever bundle is in force. */
  public DecisionCounter decisions() {
    return meters.decisions();
  }

  /** @param shadowCarrier of a bundle that only watches; null for none */
  static PolicyLife start(PolicyCarrier carrier, @Nullable PolicyCarrier shadowCarrier, BundleMaking making, StateDirectory state, WallClock clock,
      PolicyMeters meters) throws StartFailure {
    return new PolicyLife(carrier, shadowCarrier, making, state, clock, meters, FirstBundle.of(carrier, making, state, clock));
  }

  /** The policy in force now. A request takes it once. */
  public Rules rules() {
    return rules;
  }

  public String digest() {
    return current.bundle().digest();
  }

  public String version() {
    return current.bundle().version();
  }

  /** Begins to watch. Once. */
  public synchronized void begin() {
    carrierThread = new PolicyThread("policy-carrier", LOOK, this::look);
    dayThread = new PolicyThread("policy-day", LOOK, this::turnTheDay);
    shadowing.begin();
  }

  /**
   * Asks for an attempt now; SIGHUP and the admin listener do. Any thread; asking again before it begins joins it, so there is at most one under way
   * and one waiting.
   */
  public CompletableFuture<ReloadOutcome> reload() {
    CompletableFuture<ReloadOutcome> mine = new CompletableFuture<>();
    CompletableFuture<ReloadOutcome> waiting = asked.compareAndExchange(null, mine);
    if (waiting != null) {
      return waiting;
    }
    PolicyThread thread = carrierThread;
    try {
      if (thread == null) {
        throw new RejectedExecutionException("not begun");
      }
      thread.execute(() -> {
        asked.set(null);
        try {
          mine.complete(attempt());
        } catch (Throwable defect) {
          mine.completeExceptionally(defect);
          throw defect;
        }
      });
    } catch (RejectedExecutionException stopping) {
      asked.set(null);
      mine.completeExceptionally(stopping);
    }
    return mine;
  }

  /** Reads the carrier now and puts its bundle in force if it passes. */
  ReloadOutcome attempt() {
    try {
      return attempt(carrier.read());
    } catch (PolicyCarrier.Unreadable unreadable) {
      return refused(new Refused(Stage.READ, unreadable.problems()));
    }
  }

  private ReloadOutcome attempt(PolicyTexts texts) {
    synchronized (attempts) {
      ReloadOutcome outcome;
      do {
        outcome = tryOnce(texts);
      } while (outcome == null);
      return outcome;
    }
  }

  /** Null if the day turned meanwhile, so that it was judged beside what is no longer in force. */
  private @Nullable ReloadOutcome tryOnce(PolicyTexts texts) {
    tried = texts.fingerprint();
    Instant now = clock.now();
    InForce old = current;
    if (tried.equals(old.texts().fingerprint())) {
      retryAt = null;
      return ended(ReloadOutcome.of(ReloadOutcome.Kind.UNCHANGED, now, null, List.of(), old));
    }
    try {
      InForce made = making.next(texts, old, accepted, now);
      Accepted next = made.signed();
      if (next != null && !next.equals(accepted)) {
        FirstBundle.remember(state.path(), state::accept, next, now);
        accepted = next;
      }
      ReloadOutcome good;
      synchronized (this) {
        if (current != old) {
          return null;
        }
        put(made);
        good = ended(ReloadOutcome.of(ReloadOutcome.Kind.ACCEPTED, now, null, List.of(), made));
      }
      retryAt = null;
      LOG.info("policy {} ({}) in force, after {}", version(), digest(), old.bundle().digest());
      state.keep(made.texts(), clock.now());
      return good;
    } catch (Refused refused) {
      return refused(refused);
    } catch (RuntimeException | StackOverflowError defect) {
      return refused(new Refused(Stage.DEFECT, carrier.place(), "the bundle could not be judged (" + defect.getClass().getSimpleName() + ")",
          "report it with the policy; what was in force stays"));
    }
  }

  private synchronized void put(InForce made) {
    current = made;
    rules = shadowing.beside(made.rules());
    meters.inForce(made.bundle());
  }

  private synchronized ReloadOutcome refused(Refused refused) {
    retryAt = refused.retryAt();
    ReloadOutcome bad = ReloadOutcome.of(ReloadOutcome.Kind.REFUSED, clock.now(), refused.stage().word(), refused.problems(), current);
    ReloadOutcome before = last;
    boolean same = before != null && before.kind() == bad.kind() && before.problems().equals(bad.problems());
    if (!same) {
      log(bad);
    }
    return ended(bad);
  }

  private ReloadOutcome ended(ReloadOutcome outcome) {
    last = outcome;
    meters.count(outcome.kind());
    return outcome;
  }

  static void log(ReloadOutcome bad) {
    LOG.error("policy refused ({}), {} stays in force", bad.stage(), bad.digest());
    bad.problems().stream().limit(MOST_LOGGED).forEach(problem -> LOG.error("policy: {}", problem));
  }

  /** One look at the carrier: what changed must stay as it is for one more look before it is tried. */
  void look() {
    watchShadow();
    Instant now = clock.now();
    if (state.due(now)) {
      state.keep(current.texts(), now);
    }
    Instant again = retryAt;
    boolean due = again != null && !now.isBefore(again);
    Instant closely = lookCloselyAt;
    Object stamp = carrier.stamp();
    if (!due && stamp != null && stamp.equals(seenStamp) && closely != null && now.isBefore(closely)) {
      return;
    }
    lookCloselyAt = now.plus(LOOK_CLOSELY);
    PolicyTexts texts;
    try {
      texts = carrier.read();
    } catch (PolicyCarrier.Unreadable unreadable) {
      unreadable(unreadable);
      return;
    }
    String is = texts.fingerprint();
    ReloadOutcome before = last;
    boolean goneBack = is.equals(current.texts().fingerprint()) && before != null && before.kind() == ReloadOutcome.Kind.REFUSED;
    if (is.equals(tried) && !due && !goneBack) {
      seenStamp = stamp;
      settling = "";
      return;
    }
    if (!is.equals(settling) && !due) {
      settling = is;
      return;
    }
    settling = "";
    seenStamp = stamp;
    attempt(texts);
  }

  private void unreadable(PolicyCarrier.Unreadable unreadable) {
    ReloadOutcome before = last;
    seenStamp = null;
    tried = "";
    if (before == null || !before.problems().equals(unreadable.problems())) {
      refused(new Refused(Stage.READ, unreadable.problems()));
    }
  }

  /** Makes the bundle anew on the day a part of it has expired. */
  void turnTheDay() {
    InForce old = current;
    LocalDate expiry = old.bundle().nextExpiry().orElse(null);
    if (expiry == null || LocalDate.ofInstant(clock.now(), ZoneOffset.UTC).isBefore(expiry)) {
      return;
    }
    synchronized (this) {
      if (old != current) {
        return;
      }
      InForce made;
      try {
        made = making.again(old, clock.now());
      } catch (Refused | RuntimeException | StackOverflowError impossible) {
        LOG.error("policy {} could not be made again after a part of it expired: everything is RESTRICTED", old.bundle().digest());
        made = LastResort.of(old, making, clock);
      }
      put(made);
      ended(ReloadOutcome.of(ReloadOutcome.Kind.EXPIRED, clock.now(), null, List.of(), made));
      LOG.warn("policy {}: a part of it expired before {}", version(), expiry);
    }
  }

  private void watchShadow() {
    Rules made = shadow == null ? null : shadow.look(clock.now());
    if (made != null) {
      synchronized (this) {
        shadowing.bundle(made);
        rules = shadowing.beside(current.rules());
      }
    }
  }

  /** For how long what is in force has been, in seconds. */
  double ageSeconds() {
    return Duration.between(current.since(), clock.now()).toMillis() / 1e3;
  }

  /** Until the first part of it expires; NaN if none does. */
  double expirySeconds() {
    return current.bundle().nextExpiry().map(day -> (double) Duration.between(clock.now(), day.atStartOfDay(ZoneOffset.UTC).toInstant()).toSeconds()).orElse(Double.NaN);
  }

  /** Whether the newest attempt was refused. */
  boolean lastAttemptFailed() {
    ReloadOutcome newest = last;
    return newest != null && newest.kind() == ReloadOutcome.Kind.REFUSED;
  }

  /** What an operator should know although the daemon is ready. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    ReloadOutcome newest = last;
    if (newest != null && newest.kind() == ReloadOutcome.Kind.REFUSED) {
      warnings.add("policy: the newest bundle was refused (" + newest.stage() + ", " + newest.problems().size() + " problems); "
          + newest.version() + " stays in force. /admin/status says why");
    }
    String unkept = state.warning();
    if (unkept != null) {
      warnings.add("policy: " + unkept);
    }
    if (shadow != null && !shadow.problem().isEmpty()) {
      warnings.add("policy: the shadow policy is not usable. /admin/status says why");
    }
    return warnings;
  }

  /** A JSON object for the status page. */
  public void status(JsonWriter out) {
    PolicyStatus.write(out, current, carrier.place(), making.signaturesRequired(), last, warnings(), shadow, shadowing.digest());
  }

  /** What shadow rules and the shadow bundle would have done, as JSON. */
  public String shadow() {
    return shadowing.samples();
  }

  /** Waits for nothing: neither for an attempt under way nor for a disk. */
  @Override
  public void close() {
    for (PolicyThread thread : new PolicyThread[] {carrierThread, dayThread}) {
      if (thread != null) {
        thread.close();
      }
    }
    state.close();
    shadowing.close();
    carrier.close();
  }
}
