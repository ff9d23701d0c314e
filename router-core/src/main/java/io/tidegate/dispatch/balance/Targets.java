package io.tidegate.dispatch.balance;

/** The endpoints of one upstream as a choice sees them, by index. */
public interface Targets {
  int size();

  /** Whether it may be chosen now. */
  boolean open(int index);

  /** Its share in thousandths of the configured weight's unit, slow start included; positive. */
  int weight(int index);

  /** Requests that are with it now. */
  int inFlight(int index);

  /** {@link #inFlight}, counted in what they would be where answers come as fast as at the others. */
  default long load(int index) {
    return inFlight(index);
  }

  /** Nanoseconds to the first token that are to be expected there for a prompt of this size; 0 if nothing is known. */
  double firstTokenNanos(int index, int promptBytes);
}
