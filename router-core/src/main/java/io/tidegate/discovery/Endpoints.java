package io.tidegate.discovery;

import io.tidegate.model.Endpoint;
import java.util.List;

/** Where discovered endpoints go. The daemon plugs it; whoever implements it adds the configured endpoints of the upstream. */
@FunctionalInterface
public interface Endpoints {
  /**
   * Called on a thread of discovery, never on an event loop; calls for one upstream never overlap. An exception makes discovery tell again.
   *
   * @param upstream name of the upstream
   * @param discovered all it has from Consul now, sorted by id, hosts are canonical literal addresses; may be empty
   */
  void replace(String upstream, List<Endpoint> discovered);
}
