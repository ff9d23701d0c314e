package io.tidegate.model;

/**
 * One address of an upstream: a host and a port, or a Unix socket of this host.
 *
 * @param upstream name of the upstream it belongs to
 * @param id stable within the upstream: {@link #address} for static ones, node and service id for discovered ones
 * @param host name or literal address; or the absolute path of a Unix socket, which no host name can be taken for
 * @param port 0 for a Unix socket
 * @param weight share of requests, 1..1000
 * @param discovered from Consul rather than from configuration
 * @param place the upstream's name, and behind an {@code @} the region it stands in, if the operator says one: what is picked from, and cleared, as one
 * @param hints what it says of itself that it takes; only ever narrows
 */
public record Endpoint(String upstream, String id, String host, int port, int weight, boolean discovered, String place, Hints hints) {
  /** One that stands in no region in particular. */
  public Endpoint(String upstream, String id, String host, int port, int weight, boolean discovered) {
    this(upstream, id, host, port, weight, discovered, upstream, Hints.NONE);
  }

  /** One that says nothing of what it takes. */
  public Endpoint(String upstream, String id, String host, int port, int weight, boolean discovered, String place) {
    this(upstream, id, host, port, weight, discovered, place, Hints.NONE);
  }

  /** The same, with what it says of itself. */
  public Endpoint with(Hints says) {
    return new Endpoint(upstream, id, host, port, weight, discovered, place, says);
  }

  /** The same, with another share of requests. */
  public Endpoint weighing(int other) {
    return new Endpoint(upstream, id, host, port, other, discovered, place, hints);
  }

  /** The same, in a region; empty for none. */
  public Endpoint in(String region) {
    return new Endpoint(upstream, id, host, port, weight, discovered, place(upstream, region), hints);
  }

  /** Where it stands; empty if nobody said. */
  public String region() {
    return region(place);
  }

  /** Of an upstream's part in one region; empty for no region. */
  public static String place(String upstream, String region) {
    return region.isEmpty() ? upstream : upstream + '@' + region;
  }

  /** The region of a place; empty if it has none. */
  public static String region(String place) {
    int at = place.indexOf('@');
    return at < 0 ? "" : place.substring(at + 1);
  }

  /** A service behind a socket file, as configured; discovery never finds one. */
  public static Endpoint unix(String upstream, String path, int weight) {
    return new Endpoint(upstream, "unix:" + path, path, 0, weight, false);
  }

  /** Whether it is a Unix socket. */
  public boolean isUnix() {
    return host.startsWith("/");
  }

  /** As it is configured: {@code host:port}, an IPv6 address in brackets, or {@code unix:/path}. */
  public String address() {
    if (isUnix()) {
      return "unix:" + host;
    }
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
