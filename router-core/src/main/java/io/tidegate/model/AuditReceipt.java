package io.tidegate.model;

/**
 * Proof that a decision record is written (decisions 6). Constructed by {@code audit} only, which the architecture test
 * checks; the gate refuses a PUBLIC write without one. One receipt serves all attempts of its request.
 */
public final class AuditReceipt {
  private final String requestId;
  private final long sequence;

  /** For {@code io.tidegate.audit} only. */
  public AuditReceipt(String requestId, long sequence) {
    this.requestId = requestId;
    this.sequence = sequence;
  }

  /** The request whose decision was recorded. */
  public String requestId() {
    return requestId;
  }

  /** Position of the record in its chain. */
  public long sequence() {
    return sequence;
  }
}
