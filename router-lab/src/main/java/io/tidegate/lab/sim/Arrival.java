package io.tidegate.lab.sim;

/**
 * One request of a trace: sizes and a place in time, no text.
 *
 * @param atNanos from the trace's beginning
 * @param blocks ids of its prompt's blocks of 512 tokens, where the trace tells: equal ids at equal places are a prefix that two prompts share
 */
public record Arrival(long atNanos, int inTokens, int outTokens, int[] blocks) {
  static final int[] UNTOLD = {};

  Arrival at(long nanos) {
    return new Arrival(nanos, inTokens, outTokens, blocks);
  }
}
