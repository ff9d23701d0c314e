package io.tidegate.yaml;

/**
 * Bounds of one file.
 *
 * @param maxBytes size of the file
 * @param maxDepth nesting of mappings and lists
 * @param maxNodes keys and values together
 */
public record YamlLimits(int maxBytes, int maxDepth, int maxNodes) {
  public static final YamlLimits DEFAULT = new YamlLimits(1 << 20, 32, 200_000);
}
