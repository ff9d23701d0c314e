package io.tidegate.dispatch.region;

import java.util.List;

/** In which regions each upstream has endpoints, and in which order they are tried. Any thread; what it says may change with what is learnt of distances. */
public interface RegionOrders {
  /** No upstream stands in a region. */
  RegionOrders NONE = (upstream, home) -> List.of();

  /**
   * The regions of an upstream in the order in which they are tried for a caller in {@code home}: its own first. Always the same regions; empty for an
   * upstream without any.
   *
   * @param home empty if it is not known
   */
  List<String> of(String upstream, String home);
}
