package io.tidegate.dispatch.balance;

import java.util.Arrays;

/** Targets as arrays that a test changes. */
final class FakeTargets implements Targets {
  final int[] inFlight;
  final int[] weights;
  final boolean[] open;
  final double[] firstTokens;

  FakeTargets(int[] inFlight) {
    this.inFlight = inFlight;
    this.weights = new int[inFlight.length];
    Arrays.fill(weights, 1);
    this.open = new boolean[inFlight.length];
    Arrays.fill(open, true);
    this.firstTokens = new double[inFlight.length];
  }

  static FakeTargets weighing(int... weights) {
    FakeTargets targets = new FakeTargets(new int[weights.length]);
    System.arraycopy(weights, 0, targets.weights, 0, weights.length);
    return targets;
  }

  @Override
  public int size() {
    return inFlight.length;
  }

  @Override
  public boolean open(int index) {
    return open[index];
  }

  @Override
  public int weight(int index) {
    return weights[index];
  }

  @Override
  public int inFlight(int index) {
    return inFlight[index];
  }

  @Override
  public double firstTokenNanos(int index, int promptBytes) {
    return firstTokens[index];
  }
}
