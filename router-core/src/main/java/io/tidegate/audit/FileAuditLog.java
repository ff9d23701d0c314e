package io.tidegate.audit;

import io.tidegate.decide.Decision;
import io.tidegate.dispatch.Candidate;
import io.tidegate.line.AuditLog;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Findings;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.time.Loop;
import io.tidegate.time.WallClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Decision records in mapped segments, one chain per event loop and boot. Each chain is written by its own loop only and never waits: the next
 * segment is made ahead of time by {@code background}; if it is not there when needed, the record is not written and the caller is told (B6).
 */
public final class FileAuditLog implements AuditLog {
  private static final long RETRY_NANOS = 100_000_000;

  private final AuditConfig config;
  private final String bootId;
  private final WallClock clock;
  private final Executor background;
  private final List<Chain> chains = new ArrayList<>();
  private final AtomicLong lost = new AtomicLong();
  /** Segments written or prepared, which retention leaves alone. */
  private final Set<Path> live = ConcurrentHashMap.newKeySet();

  /**
   * Makes the first segments, which blocks.
   *
   * @param bootId unique to this start of the daemon; letters and digits
   * @param background runs blocking file work; one thread is enough
   * @throws IOException if the directory or a first segment cannot be made: the daemon does not start without
   */
  public FileAuditLog(AuditConfig config, String bootId, int loops, WallClock clock, Executor background) throws IOException {
    this.config = config;
    this.bootId = bootId;
    this.clock = clock;
    this.background = background;
    Files.createDirectories(config.directory());
    Retention.apply(config, clock.now(), live);
    for (int i = 0; i < loops; i++) {
      chains.add(new Chain(i));
    }
  }

  @Override
  public Optional<AuditReceipt> decided(Decision decision, Findings findings, List<Candidate> candidates, byte[] bodyDigest, Loop loop) {
    Chain chain = chains.get(loop.index());
    long sequence = chain.sequence;
    chain.writer.decision(sequence, micros(), decision, findings, candidates, bodyDigest);
    return chain.append(loop.nanos()) ? Optional.of(new AuditReceipt(decision.request().id(), sequence)) : Optional.empty();
  }

  @Override
  public void ended(Decision decision, RouteInfo route, @Nullable Refusal refusal, long durationNanos, Loop loop) {
    Chain chain = chains.get(loop.index());
    chain.writer.outcome(chain.sequence, micros(), decision.request().id(), route, refusal, durationNanos);
    chain.append(loop.nanos());
  }

  /** Records that could not be written since the start. */
  public long lost() {
    return lost.get();
  }

  private long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, clock.now());
  }

  /** One loop's segments. {@code next} and {@code failed} are handed over by the background thread; all else is the loop's own. */
  private final class Chain {
    private final int index;
    private final RecordWriter writer = new RecordWriter();
    private final AtomicReference<@Nullable Segment> next = new AtomicReference<>();
    private final AtomicBoolean failed = new AtomicBoolean();
    private final AtomicInteger made = new AtomicInteger();
    private Segment segment;
    private boolean faulted;
    private long sequence;
    /** When the loop last asked for a segment; means nothing before {@code asked}. */
    private long askedNanos;
    private boolean asked;

    Chain(int index) throws IOException {
      this.index = index;
      this.segment = make();
      prepare();
    }

    private Segment make() throws IOException {
      String name = String.format(Locale.ROOT, "audit-%s-%d-%06d%s", bootId, index, made.getAndIncrement(), Segment.SUFFIX);
      Path file = config.directory().resolve(name);
      live.add(file);
      try {
        return Segment.create(file, config.segmentBytes());
      } catch (IOException | RuntimeException noRoom) {
        live.remove(file);
        throw noRoom;
      }
    }

    boolean append(long nowNanos) {
      if (written() || turn(nowNanos) && written()) {
        sequence++;
        return true;
      }
      lost.incrementAndGet();
      return false;
    }

    /** Into the segment at hand; one that faulted is treated as full from then on. */
    private boolean written() {
      if (faulted) {
        return false;
      }
      try {
        return segment.append(writer.buffer(), writer.length());
      } catch (InternalError fault) {
        faulted = true;
        return false;
      }
    }

    /** Goes on to the prepared segment, if there is one; asks again for one that could not be made. */
    private boolean turn(long nowNanos) {
      Segment prepared = next.getAndSet(null);
      if (prepared != null) {
        live.remove(segment.file());
        segment = prepared;
        faulted = false;
        prepare();
        return true;
      }
      if ((!asked || nowNanos - askedNanos > RETRY_NANOS) && failed.compareAndSet(true, false)) {
        asked = true;
        askedNanos = nowNanos;
        prepare();
      }
      return false;
    }

    private void prepare() {
      try {
        background.execute(this::prepareNow);
      } catch (RejectedExecutionException full) {
        failed.set(true);
      }
    }

    /** A failure is shown by {@link #lost()} and by refused PUBLIC sends, and {@link #turn} asks again. */
    private void prepareNow() {
      try {
        Retention.apply(config, clock.now(), live);
        next.set(make());
      } catch (IOException | RuntimeException noRoom) {
        failed.set(true);
      }
    }
  }
}
