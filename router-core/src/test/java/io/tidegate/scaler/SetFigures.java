package io.tidegate.scaler;

/** Figures as a test sets them. */
final class SetFigures implements Figures {
  volatile double requests;
  volatile double queue;
  volatile double saturation;
  volatile double middle;
  volatile double high;
  volatile boolean settled = true;

  @Override
  public double requestsPerSecond() {
    return requests;
  }

  @Override
  public double queueDepth() {
    return queue;
  }

  @Override
  public double saturation() {
    return saturation;
  }

  @Override
  public double forecast(boolean high) {
    return high ? this.high : middle;
  }

  @Override
  public boolean settled() {
    return settled;
  }
}
