package io.tidegate.gguf.engine;

/**
 * How the next token is chosen.
 *
 * @param temperature 0 for always the likeliest
 * @param topK so many of the likeliest only; 0 for all
 * @param topP the likeliest whose probabilities sum up to this
 * @param minP of the likeliest one's probability, at least this share
 * @param seed one seed, one answer
 * @param json only what continues a JSON object
 */
public record Sampling(double temperature, int topK, double topP, double minP, double frequencyPenalty, double presencePenalty, int seed, boolean json) {
  /** Always the likeliest. */
  public static final Sampling GREEDY = new Sampling(0, 40, 1, 0, 0, 0, 0, false);

  public Sampling withSeed(int other) {
    return new Sampling(temperature, topK, topP, minP, frequencyPenalty, presencePenalty, other, json);
  }
}
