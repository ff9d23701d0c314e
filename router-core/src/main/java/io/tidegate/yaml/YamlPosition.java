package io.tidegate.yaml;

import io.tidegate.model.Problem;

/**
 * A place in a file.
 *
 * @param line 1-based; 0 if the whole file is meant
 * @param column 1-based, in code points; 0 if unknown
 */
public record YamlPosition(String file, int line, int column) {
  /** A mistake at this place. */
  public Problem problem(String message, String fix) {
    return new Problem(file, line, column, message, fix);
  }
}
