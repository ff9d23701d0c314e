package io.tidegate.lab.sim;

/** A customer's account at a provider: so many requests in flight over all its servers, whoever sends them; beyond, 429. */
public final class Account {
  private final int cap;
  private int inFlight;
  private int most;
  private long refused;

  public Account(int cap) {
    this.cap = cap;
  }

  boolean enter() {
    if (inFlight >= cap) {
      refused++;
      return false;
    }
    most = Math.max(most, ++inFlight);
    return true;
  }

  void leave() {
    inFlight--;
  }

  public long refused() {
    return refused;
  }

  public int most() {
    return most;
  }
}
