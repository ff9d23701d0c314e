package io.tidegate.line;

import io.tidegate.admission.queue.WaitingRoom;
import io.tidegate.admission.rate.TenantLimits;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What a walk needs to be let in, and to wait. Any loop.
 *
 * <p>Two places: a tenant's rates are asked before anything is done for a request ({@link TokenBudget}); a permit is taken after the decision, for
 * each attempt, and a request that meets no free place waits for one ({@link Awaiting}).
 */
public final class Admission {
  /** Nobody is limited, and nobody waits. */
  public static final Admission OPEN = new Admission(null, 0, TenantLimits.NONE, 0);

  private final @Nullable WaitingRoom room;
  private final long overflowAfterNanos;
  private final TenantLimits tenants;
  private final int assumedOutput;
  private final LongAdder overflowed = new LongAdder();

  /**
   * @param room null for no waiting: a request that meets no free place is refused
   * @param overflowAfterNanos how long a request that is not interactive waits for a full private upstream before it goes to a public one
   * @param assumedOutput tokens to reserve for an answer whose request names no bound
   */
  public Admission(@Nullable WaitingRoom room, long overflowAfterNanos, TenantLimits tenants, int assumedOutput) {
    this.room = room;
    this.overflowAfterNanos = overflowAfterNanos;
    this.tenants = tenants;
    this.assumedOutput = assumedOutput;
  }

  @Nullable WaitingRoom room() {
    return room;
  }

  long overflowAfterNanos() {
    return overflowAfterNanos;
  }

  TenantLimits tenants() {
    return tenants;
  }

  int assumedOutput() {
    return assumedOutput;
  }

  void overflow() {
    overflowed.increment();
  }

  /** Attempts at a public upstream that were made because a private one before it was full (R6.3). */
  public long overflowed() {
    return overflowed.sum();
  }
}
