package io.tidegate.forecast;

/**
 * Weights of several forecasters, learnt online: polynomially weighted averages of regret with a learning rate of each one's own (ML-Poly; Gaillard, Stoltz,
 * van Erven 2014), against the gradient of the loss, so that the mixture competes with the best fixed mixture. Old regret fades. Where nobody did better
 * than the mixture, the first forecaster has all the weight.
 */
final class Mixture {
  private final double quantile;
  private final double fade;
  private final double[] regret;
  private final double[] squares;
  private final double[] weights;

  /**
   * @param quantile 0.5 to learn the middle, 0.9 what is exceeded one time in ten
   * @param fade what is left of regret after one answer
   */
  Mixture(int size, double quantile, double fade) {
    this.quantile = quantile;
    this.fade = fade;
    this.regret = new double[size];
    this.squares = new double[size];
    this.weights = new double[size];
    weights[0] = 1;
  }

  double combine(double[] forecasts, int offset) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i] * forecasts[offset + i];
    }
    return sum;
  }

  /**
   * @param said what {@link #combine} returned for these
   * @param scale a usual value, by which losses are divided
   */
  void learn(double[] forecasts, int offset, double said, double actual, double scale) {
    if (!(scale > 0)) {
      return;
    }
    double slope = said > actual ? 1 - quantile : -quantile;
    double total = 0;
    for (int i = 0; i < weights.length; i++) {
      double gained = Math.max(-1, Math.min(1, slope * (said - forecasts[offset + i]) / scale));
      regret[i] = fade * regret[i] + gained;
      squares[i] = fade * squares[i] + gained * gained;
      weights[i] = Math.max(0, regret[i]) / (1e-3 + squares[i]);
      total += weights[i];
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] = total > 0 ? weights[i] / total : i == 0 ? 1 : 0;
    }
  }

  double weight(int which) {
    return weights[which];
  }

  void state(State state) {
    state.numbers(regret);
    state.numbers(squares);
    state.numbers(weights);
  }
}
