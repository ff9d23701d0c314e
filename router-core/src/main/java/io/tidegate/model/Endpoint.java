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
 */
public record Endpoint(String upstream, String id, String host, int port, int weight, boolean discovered) {
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
