package io.tidegate.ingress;

/**
 * Bounds of one batch (R2.1).
 *
 * @param items most requests
 * @param bytes longest body
 * @param parallel most requests under way at a time
 */
public record BatchLimits(int items, int bytes, int parallel) {
  public static final BatchLimits DEFAULT = new BatchLimits(256, 8 << 20, 8);

  public BatchLimits {
    if (items < 1 || bytes < 1 || parallel < 1) {
      throw new IllegalArgumentException("a bound is too small to let any batch in");
    }
  }
}
