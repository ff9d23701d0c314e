package io.tidegate.line;

import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Zone;
import io.tidegate.time.Loop;
import org.jspecify.annotations.Nullable;

/**
 * The receipt of one request's decision record, and whether it is good for a PUBLIC send (G7): where the policy asks for it, only once the record
 * is on the disk. Confined to the request's loop.
 */
final class DurableReceipt {
  /** What stands between a request and a send. */
  enum Leave {
    GIVEN,
    /** Asked for; the walk goes on when it is told. */
    AWAITED,
    /** There is no record, or none that can be relied on: no PUBLIC send. */
    REFUSED
  }

  private final AuditLog audit;
  private final Loop loop;
  private @Nullable AuditReceipt receipt;
  /** On the disk, or need not be. */
  private boolean settled;

  /**
   * @param durable the policy asks for the record to be on the disk
   * @param receipt null if the decision could not be recorded
   */
  DurableReceipt(AuditLog audit, Loop loop, boolean durable, @Nullable AuditReceipt receipt) {
    this.audit = audit;
    this.loop = loop;
    this.receipt = receipt;
    this.settled = !durable;
  }

  /** What the gate asks for; null if there is none. */
  @Nullable AuditReceipt receipt() {
    return receipt;
  }

  /**
   * Whether something may be sent to {@code zone} now.
   *
   * @param resume called on the loop once an answer that is AWAITED is there; the walk then asks again
   */
  Leave leave(Zone zone, Runnable resume) {
    AuditReceipt written = receipt;
    if (zone != Zone.PUBLIC) {
      return Leave.GIVEN;
    }
    if (written == null) {
      return Leave.REFUSED;
    }
    if (settled) {
      return Leave.GIVEN;
    }
    boolean[] during = {true, false};
    audit.durable(written, loop, synced -> {
      settled = synced;
      if (!synced) {
        receipt = null;
      }
      during[1] = true;
      if (!during[0]) {
        resume.run();
      }
    });
    during[0] = false;
    if (!during[1]) {
      return Leave.AWAITED;
    }
    return settled ? Leave.GIVEN : Leave.REFUSED;
  }
}
