package io.tidegate.gguf.bench;

import io.tidegate.gguf.engine.EngineFailure;
import io.tidegate.gguf.engine.Sampling;
import io.tidegate.gguf.engine.Sequences;
import io.tidegate.gguf.engine.Weights;
import java.util.function.LongSupplier;

/** Measures one loaded file, as the server would run it. One thread. */
public final class Meter implements AutoCloseable {
  private final Sequences sequences;
  private final LongSupplier nanos;

  /** @param length tokens of the longest measurement */
  public Meter(Weights weights, int length, LongSupplier nanos) {
    this.sequences = weights.open(1, length);
    this.nanos = nanos;
  }

  /** Tokens a second: of reading {@code prompt}, and of making {@code count} more. */
  public record Speed(double prefill, double decode) {}

  /** Once. */
  public Speed speed(int[] prompt, int count) throws EngineFailure {
    sequences.forget(0);
    try (Sequences.Chooser chooser = sequences.chooser(Sampling.GREEDY)) {
      long start = nanos.getAsLong();
      int row = read(prompt);
      int token = sequences.choose(chooser, row);
      long read = nanos.getAsLong();
      for (int i = 0; i < count; i++) {
        sequences.add(0, token, prompt.length + i, true);
        sequences.run();
        token = sequences.choose(chooser, 0);
      }
      long made = nanos.getAsLong();
      return new Speed(prompt.length * 1e9 / (read - start), count * 1e9 / (made - read));
    }
  }

  private int read(int[] prompt) throws EngineFailure {
    int row = 0;
    for (int at = 0; at < prompt.length; at++) {
      sequences.add(0, prompt[at], at, at == prompt.length - 1);
      row = at % sequences.room();
      if (row == sequences.room() - 1 || at == prompt.length - 1) {
        sequences.run();
      }
    }
    return row;
  }

  /**
   * How well a text is foreseen.
   *
   * @param nats mean surprise of its tokens but the first
   * @param likeliest for each of its places the token that the model expects next
   */
  public record Foresight(double nats, int[] likeliest) {
    public double perplexity() {
      return Math.exp(nats);
    }
  }

  public Foresight foresight(int[] text) throws EngineFailure {
    sequences.forget(0);
    int[] likeliest = new int[text.length];
    double sum = 0;
    int step = Math.min(32, sequences.room());
    try (Sequences.Chooser chooser = sequences.chooser(Sampling.GREEDY)) {
      for (int from = 0; from < text.length; from += step) {
        int count = Math.min(step, text.length - from);
        for (int i = 0; i < count; i++) {
          sequences.add(0, text[from + i], from + i, true);
        }
        sequences.run();
        for (int i = 0; i < count; i++) {
          likeliest[from + i] = sequences.choose(chooser, i);
          if (from + i + 1 < text.length) {
            sum -= sequences.logProbability(i, text[from + i + 1]);
          }
        }
      }
    }
    sequences.forget(0);
    return new Foresight(sum / (text.length - 1), likeliest);
  }

  @Override
  public void close() {
    sequences.close();
  }
}
