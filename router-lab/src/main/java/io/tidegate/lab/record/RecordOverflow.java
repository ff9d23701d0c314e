package io.tidegate.lab.record;

/** The record is full, or was switched off: what is asked cannot be proven any more. */
public final class RecordOverflow extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  RecordOverflow(String message) {
    super(message);
  }
}
