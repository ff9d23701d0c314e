package io.tidegate.audit;

import io.tidegate.audit.Statement.Reason;
import io.tidegate.decide.Decision;
import io.tidegate.dispatch.Candidate;
import io.tidegate.line.AuditLog;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Findings;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.time.Loop;
import io.tidegate.time.Ticker;
import io.tidegate.time.WallClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Decision records in mapped segments: one chain per event loop and boot, and a journal of signed statements about all of them (decisions 6, 28).
 * The loops never wait here: they write to the page cache or are told that it cannot be done (B6); disk and signatures are the syncing thread's.
 */
public final class FileAuditLog implements AuditLog, AutoCloseable {
  /** The public key beside the segments, for convenience: an auditor brings the one that was given out of band. */
  public static final String PUBLIC_KEY = "audit.pub";
  private static final Duration TIDY_EVERY = Duration.ofMinutes(1);
  private static final long LAY_OUT_EVERY_NANOS = 1_000_000_000;
  private static final int JOURNAL_BYTES = 1 << 20;
  private static final long DURABLE_WITHIN_NANOS = 1_000_000_000;

  private final AuditConfig config;
  private final String bootId;
  private final SegmentStore store;
  private final WallClock clock;
  private final Ticker ticker;
  private final Executor background;
  private final List<Chain> chains = new ArrayList<>();
  private final List<RecordWriter> writers = new ArrayList<>();
  private final AtomicLong lost = new AtomicLong();
  /** Files written or prepared, which retention leaves alone. */
  private final Set<String> live = ConcurrentHashMap.newKeySet();
  private final Syncing syncing;
  private final SyncThread thread;
  private final Journal journal;
  private final Chain own;
  private final String fingerprint;
  private volatile Instant tidied = Instant.MIN;
  /** Of the syncing thread. */
  private long laidOutNanos;
  private volatile boolean closed;

  /** In a directory; see the other constructor. */
  public FileAuditLog(AuditConfig config, SigningKey key, String bootId, int loops, World world, WallClock clock, Ticker ticker, Executor background)
      throws IOException {
    this(config, FileStore.in(config.directory()), key, bootId, loops, world, clock, ticker, background);
  }

  /**
   * Looks at what earlier runs left, closes what was torn, and makes the first segments, which blocks. Nothing is synced before
   * {@link #start}.
   *
   * @param bootId unique to this start of the daemon; letters and digits
   * @param background runs blocking file work; one thread is enough
   * @throws IOException if the directory cannot be read, or a first segment cannot be made: the daemon does not start without
   */
  FileAuditLog(AuditConfig config, SegmentStore store, SigningKey key, String bootId, int loops, World world, WallClock clock, Ticker ticker,
      Executor background) throws IOException {
    if (!ChainId.isBoot(bootId)) {
      throw new IllegalArgumentException("a boot id is letters and digits");
    }
    this.config = config;
    this.bootId = bootId;
    this.store = store;
    this.clock = clock;
    this.ticker = ticker;
    this.laidOutNanos = ticker.nanos();
    this.background = background;
    store.hold(bootId);
    List<ChainState> found = found();
    List<Tail> tails = new ArrayList<>();
    for (int i = 0; i < loops; i++) {
      Chain chain = new Chain(new ChainId(bootId, i), store, config.segmentBytes(), this::prepare, live, micros());
      chains.add(chain);
      writers.add(new RecordWriter(world));
      tails.add(new Tail(chain, live));
    }
    this.own = new Chain(ChainId.journal(bootId), store, Math.min(JOURNAL_BYTES, config.segmentBytes()), this::prepare, live, micros());
    this.journal = new Journal(new Tail(own, live), store, key, found);
    for (Tail tail : tails) {
      tail.advance();
      // On the disk before a statement names it.
      tail.force();
      journal.set(ChainState.of(tail.chain().id()).upTo(tail.sequence(), tail.head()));
    }
    if (!journal.stateAll(Reason.START, ticker.nanos(), clock.now())) {
      throw new IOException("the first signed statement could not be written");
    }
    journal.publish();
    this.fingerprint = key.publicKey().fingerprint();
    store.replace(PUBLIC_KEY, key.publicKey().pem().getBytes(StandardCharsets.US_ASCII));
    this.syncing = new Syncing(tails, journal, store, ticker, clock, background);
    this.thread = new SyncThread(this::round, ticker);
  }

  /** How the chains of other boots stand. Segments that a boot which is over prepared and never used go. */
  private List<ChainState> found() throws IOException {
    List<ChainState> found = new ArrayList<>();
    for (Map.Entry<ChainId, SortedMap<Integer, SegmentStore.Stored>> chain : Listing.of(store.list()).chains().entrySet()) {
      boolean over = !store.isHeld(chain.getKey().boot());
      ChainState state = Listing.state(store, chain.getKey(), chain.getValue(), over);
      if (state != null) {
        found.add(state);
      }
      if (over) {
        Listing.trim(store, chain.getValue());
      }
    }
    return found;
  }

  /** A segment for later is of no use to a log that was closed, and its directory may be another boot's by then. */
  private void prepare(Runnable segment) {
    background.execute(() -> {
      if (!closed) {
        segment.run();
      }
    });
  }

  /** Begins to sync and to sign. */
  public void start() {
    thread.start();
  }

  @Override
  public Optional<AuditReceipt> decided(Decision decision, Findings findings, List<Candidate> candidates, byte[] bodyDigest, Notes notes,
      Loop loop) {
    Chain chain = chains.get(loop.index());
    long now = loop.nanos();
    if (!syncing.refuses(now)) {
      long micros = micros();
      Encoder record = writers.get(loop.index()).decision(micros, decision, findings, candidates, bodyDigest, notes);
      if (chain.append(record, now, micros)) {
        thread.wake();
        return Optional.of(new AuditReceipt(decision.request().id(), chain.last()));
      }
    } else {
      chain.refuse();
    }
    lost.incrementAndGet();
    return Optional.empty();
  }

  @Override
  public void durable(AuditReceipt receipt, Loop loop, Outcome done) {
    int index = loop.index();
    if (syncing.isSynced(index, receipt.sequence())) {
      done.synced(true);
      return;
    }
    Once once = new Once(done);
    if (syncing.refuses(loop.nanos()) || !syncing.await(index, receipt.sequence(), loop, once)) {
      done.synced(false);
      return;
    }
    once.timer = loop.schedule(() -> once.synced(false), DURABLE_WITHIN_NANOS);
    thread.hurry();
  }

  @Override
  public void ended(Decision decision, RouteInfo route, @Nullable Refusal refusal, long durationNanos, Usage usage, Loop loop) {
    Chain chain = chains.get(loop.index());
    long now = loop.nanos();
    if (!syncing.refuses(now)) {
      long micros = micros();
      if (chain.append(writers.get(loop.index()).outcome(micros, decision.request().id(), route, refusal, durationNanos, usage), now, micros)) {
        thread.wake();
        return;
      }
    } else {
      chain.refuse();
    }
    lost.incrementAndGet();
  }

  /** Records that could not be written since the start. */
  public long lost() {
    return lost.get();
  }

  /** To compare with the public key that an auditor was given. */
  public String keyFingerprint() {
    return fingerprint;
  }

  /** How the log fares. */
  public AuditFigures figures() {
    return new AuditFigures(syncing.records(), lost.get(), syncing.lagNanos(), syncing.unsignedNanos(), syncing.syncs(), syncing.syncNanos(), syncing.failures(),
        syncing.isFailing());
  }

  /** One round of the syncing thread; blocks. */
  boolean round() {
    Instant now = clock.now();
    if (Duration.between(tidied, now).compareTo(TIDY_EVERY) >= 0 || tidied.isAfter(now)) {
      tidied = now;
      tidy();
    }
    long nanos = ticker.nanos();
    if (nanos - laidOutNanos >= LAY_OUT_EVERY_NANOS) {
      laidOutNanos = nanos;
      chains.forEach(Chain::prepareAgain);
      own.prepareAgain();
    }
    try {
      return syncing.round();
    } catch (RuntimeException | Error defect) {
      syncing.broke();
      return true;
    }
  }

  private void tidy() {
    try {
      background.execute(() -> {
        try {
          syncing.planned(Retention.plan(store, config, clock.now(), live, bootId));
        } catch (IOException | RuntimeException later) {
          // The next minute tries again; a disk that stays full shows as lost records.
        }
      });
    } catch (RejectedExecutionException full) {
      // The next minute tries again.
    }
  }

  /** Syncs and signs what was written, and states that nothing follows. No loop may write any more. Bounded, even if the disk hangs. */
  @Override
  public void close() {
    if (thread.stop()) {
      syncing.finish();
    }
    closed = true;
    store.release(bootId);
  }

  private long micros() {
    Instant now = clock.now();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
  }

  /** Whoever comes first, disk or clock; both come on the loop. */
  private static final class Once implements Outcome {
    private final Outcome done;
    private Loop.@Nullable Timer timer;
    private boolean told;

    Once(Outcome done) {
      this.done = done;
    }

    @Override
    public void synced(boolean durable) {
      if (told) {
        return;
      }
      told = true;
      if (timer != null) {
        timer.cancel();
      }
      done.synced(durable);
    }
  }
}
