package io.tidegate.dispatch;

import io.tidegate.model.ErrorAnswer;

/** What to do after a failed attempt: pure, shared with the simulator. */
public final class Failover {
  private Failover() {}

  /** Where to go on. */
  public enum Next { SAME_UPSTREAM_OTHER_ENDPOINT, NEXT_UPSTREAM, STOP }

  /**
   * @param committed content has gone out to the caller: never try again
   * @param attempts tries so far, this one included
   */
  public static Next next(AttemptFailure failure, boolean committed, int attempts, int maxAttempts) {
    throw new UnsupportedOperationException("dispatch: in work");
  }

  /** What the caller is told when no further attempt will be made after {@code last}. */
  public static ErrorAnswer answer(AttemptFailure last, boolean committed) {
    throw new UnsupportedOperationException();
  }
}
