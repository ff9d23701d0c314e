package io.tidegate.lab.wire;

/** What stands behind the sockets. Called on the connection's event loop. */
public interface Service {
  /**
   * A request's head is in, its body is not. Returns true if the service has answered already; what follows of the body is read and
   * recorded, and not served again.
   */
  boolean early(Exchange exchange);

  /** A request is in. The service plays exactly one plan on the exchange, now or later, on its loop. */
  void serve(Exchange exchange);
}
