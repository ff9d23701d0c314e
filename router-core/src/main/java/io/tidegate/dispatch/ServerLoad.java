package io.tidegate.dispatch;

/**
 * What a model server says of itself (R5.1): llama.cpp's {@code /slots}.
 *
 * @param slots answers it can have under way at a time: its capacity
 * @param busy of these, those that have one, whoever asked for it
 * @param promptTokensLeft tokens of prompts it has still to read before their first token
 */
public record ServerLoad(int slots, int busy, long promptTokensLeft) {
  public ServerLoad {
    if (slots < 1 || busy < 0 || busy > slots || promptTokensLeft < 0) {
      throw new IllegalArgumentException("a server's load contradicts itself");
    }
  }
}
