package io.tidegate.discovery;

import io.tidegate.model.Endpoint;
import io.tidegate.model.Hints;

/**
 * A usable row of Consul's answer.
 *
 * @param id node and service id, printable ASCII
 * @param host canonical literal address, inside the upstream's networks
 * @param weight 1..1000
 * @param hints what it says of itself that it takes
 */
record Instance(String id, String host, int port, int weight, Hints hints) {
  /** One that says nothing of what it takes. */
  Instance(String id, String host, int port, int weight) {
    this(id, host, port, weight, Hints.NONE);
  }

  Endpoint endpoint(String upstream) {
    return new Endpoint(upstream, id, host, port, weight, true).with(hints);
  }
}
