package io.tidegate.gguf.api;

import io.tidegate.gguf.engine.Order;
import java.util.List;

/**
 * What a request wants.
 *
 * @param chat the shape of the answer: chat or completion
 * @param orders one for each choice of the answer
 * @param usage whether the stream tells the tokens at its end
 * @param model as the caller named it
 */
public record Asked(boolean chat, List<Order> orders, boolean stream, boolean usage, String model) {
  public Asked {
    orders = List.copyOf(orders);
  }
}
