package io.tidegate.model;

/** The kinds of place an answer can come from. */
public enum Destination {
  EDGE_CACHE, PRIVATE, PUBLIC;

  /** The destination that an upstream of {@code zone} stands for. */
  public static Destination of(Zone zone) {
    return switch (zone) {
      case PRIVATE -> PRIVATE;
      case PUBLIC -> PUBLIC;
    };
  }
}
