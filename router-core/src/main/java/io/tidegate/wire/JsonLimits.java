package io.tidegate.wire;

/**
 * Bounds of one parse (decisions 30).
 *
 * @param maxDepth nesting of arrays and objects
 * @param maxNodes values and keys together
 * @param maxNumberLength characters of one number
 * @param maxKeys keys of one object
 */
public record JsonLimits(int maxDepth, int maxNodes, int maxNumberLength, int maxKeys) {
  public static final JsonLimits DEFAULT = new JsonLimits(64, 2_000_000, 64, 10_000);
}
