package io.tidegate.gguf.engine;

import java.util.List;

/**
 * One answer that is wanted.
 *
 * @param maxTokens most tokens of the answer; 0 if the caller named no bound
 * @param stop texts that end the answer and do not belong to it
 */
public record Order(Prompt prompt, Sampling sampling, int maxTokens, List<String> stop) {
  public Order {
    stop = List.copyOf(stop);
  }

  @Override
  public String toString() {
    return "Order[" + maxTokens + " tokens]";
  }
}
