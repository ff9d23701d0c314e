package io.tidegate.admission.limit;

import org.jspecify.annotations.Nullable;

/** One place at an endpoint, and one in its account. Confined to the loop of its attempt; closes once, whatever calls come. */
public final class Permit {
  /** Where nothing is limited. Shared, and without state. */
  public static final Permit UNLIMITED = new Permit(null, null, () -> { }, 0, 0);

  private final @Nullable Limiter endpoint;
  private final @Nullable Limiter account;
  private final Freed freed;
  private final long takenNanos;
  /** In hand at the endpoint when this was taken. */
  private final int ahead;
  private boolean first;
  private boolean closed;

  /** Hears that a place was given back. Any thread. */
  public interface Freed {
    void freed();
  }

  private Permit(@Nullable Limiter endpoint, @Nullable Limiter account, Freed freed, long takenNanos, int ahead) {
    this.endpoint = endpoint;
    this.account = account;
    this.freed = freed;
    this.takenNanos = takenNanos;
    this.ahead = ahead;
  }

  /** A place in both, or null and none. */
  public static @Nullable Permit take(@Nullable Limiter endpoint, @Nullable Limiter account, Freed freed, long nowNanos) {
    if (endpoint == null && account == null) {
      return UNLIMITED;
    }
    int ahead = endpoint == null ? 0 : endpoint.take();
    if (ahead < 0) {
      return null;
    }
    if (account != null && !account.tryTake()) {
      if (endpoint != null) {
        endpoint.give(false);
      }
      return null;
    }
    return new Permit(endpoint, account, freed, nowNanos, ahead);
  }

  /** The first content of a stream came, for a prompt of that size. Later calls change nothing. */
  public void firstToken(int promptBytes, long nowNanos) {
    if (this == UNLIMITED || first || closed) {
      return;
    }
    first = true;
    if (endpoint != null) {
      endpoint.firstToken(nowNanos - takenNanos, ahead, promptBytes, nowNanos);
    }
    if (account != null) {
      account.firstToken(nowNanos - takenNanos, ahead, promptBytes, nowNanos);
    }
  }

  /** Gives the places back. A second call is counted and changes nothing. */
  public void close(Ending ending, long nowNanos) {
    if (this == UNLIMITED) {
      return;
    }
    if (closed) {
      if (endpoint != null) {
        endpoint.again();
      } else if (account != null) {
        account.again();
      }
      return;
    }
    closed = true;
    if (endpoint != null) {
      endpoint.ended(ending, first, nowNanos - takenNanos, nowNanos);
      endpoint.give(first);
    }
    if (account != null) {
      account.ended(ending, first, nowNanos - takenNanos, nowNanos);
      account.give(first);
    }
    freed.freed();
  }
}
