package io.tidegate.ingress;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes that bodies of requests in flight may hold together (G8): past it, new bodies are refused as {@code busy}. Any thread. */
public final class BodyBudget {
  private final long limitBytes;
  private final AtomicLong held = new AtomicLong();

  /** @param limitBytes at least one largest body, else such a body can never come in */
  public BodyBudget(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** Takes {@code bytes}; false, and nothing is taken, if that would pass the limit. */
  public boolean take(long bytes) {
    if (held.addAndGet(bytes) <= limitBytes) {
      return true;
    }
    held.addAndGet(-bytes);
    return false;
  }

  /** Gives back what {@link #take} gave. */
  public void give(long bytes) {
    held.addAndGet(-bytes);
  }

  public long heldBytes() {
    return held.get();
  }
}
