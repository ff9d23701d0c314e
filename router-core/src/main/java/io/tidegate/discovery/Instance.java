package io.tidegate.discovery;

import io.tidegate.model.Endpoint;

/**
 * A usable row of Consul's answer.
 *
 * @param id node and service id, printable ASCII
 * @param host canonical literal address, inside the upstream's networks
 * @param weight 1..1000
 */
record Instance(String id, String host, int port, int weight) {
  Endpoint endpoint(String upstream) {
    return new Endpoint(upstream, id, host, port, weight, true);
  }
}
