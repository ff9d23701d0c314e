package io.tidegate.forecast;

/**
 * Recursive least squares that forgets: weights of features, learnt from each answer as it comes. Starts at zero, which says "as now", and is held near it
 * by the prior. Large errors count for less, so that one spike does not undo a week.
 */
final class Regression {
  private final int size;
  private final double keep;
  private final double prior;
  private final double usualError;
  private final double[] weights;
  private final double[] spread;
  private final double[] gain;

  /**
   * @param keep what is left of an answer's weight after the next one
   * @param prior how far weights may be from zero at first
   * @param usualError beyond it an error's weight falls
   */
  Regression(int size, double keep, double prior, double usualError) {
    this.size = size;
    this.keep = keep;
    this.prior = prior;
    this.usualError = usualError;
    this.weights = new double[size];
    this.gain = new double[size];
    this.spread = new double[size * size];
    for (int i = 0; i < size; i++) {
      spread[i * size + i] = prior;
    }
  }

  double predict(double[] features, int offset) {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += weights[i] * features[offset + i];
    }
    return sum;
  }

  void learn(double[] features, int offset, double target) {
    double error = target - predict(features, offset);
    double trust = usualError / Math.max(usualError, Math.abs(error));
    double scale = keep / trust;
    for (int i = 0; i < size; i++) {
      double sum = 0;
      for (int j = 0; j < size; j++) {
        sum += spread[i * size + j] * features[offset + j];
      }
      gain[i] = sum;
      scale += sum * features[offset + i];
    }
    double trace = 0;
    for (int i = 0; i < size; i++) {
      weights[i] += gain[i] / scale * error;
      for (int j = 0; j < size; j++) {
        spread[i * size + j] -= gain[i] * gain[j] / scale;
      }
      trace += spread[i * size + i];
    }
    // What is never asked is not forgotten without bound.
    if (trace < size * prior) {
      for (int i = 0; i < spread.length; i++) {
        spread[i] /= keep;
      }
    }
  }

  void state(State state) {
    state.numbers(weights);
    state.numbers(spread);
  }
}
