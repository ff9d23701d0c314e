package io.tidegate.policy;

import io.tidegate.yaml.YamlPosition;

/**
 * One policy of a bundle.
 *
 * @param name as its metadata has it
 * @param sha256 of its bytes, lower-case hex
 * @param position where its revision stands
 */
public record PolicyMark(String name, int revision, String sha256, YamlPosition position) {}
