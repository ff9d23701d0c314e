package io.tidegate.gguf.bench;

/**
 * What was measured of one file.
 *
 * @param name of the file
 * @param description as the file says it: architecture, size, quantisation
 * @param prefill tokens of a prompt read per second
 * @param decode tokens of an answer made per second
 * @param peakBytes most memory the process ever had
 * @param perplexity of the fixed text; the lower, the less it was surprised
 */
public record Measured(String name, String description, long bytes, long parameters, Sample prefill, Sample decode, long peakBytes, double perplexity) {
  public double bitsPerWeight() {
    return 8.0 * bytes / parameters;
  }
}
