package io.tidegate.ingress.http;

import io.tidegate.ingress.BatchLimits;
import io.tidegate.wire.JsonLimits;
import java.time.Duration;
import java.util.List;

/**
 * Bounds of the HTTP listener (decisions 30 and 31, hazards D4, D5, E1 to E6).
 *
 * @param allowedHosts names a Host header may carry beside localhost, 127.0.0.1 and [::1], without port, lower case (D8)
 * @param maxRequestLineBytes without its CRLF
 * @param maxHeaderBytes all header lines together; on HTTP/2 the decoded list, 32 octets added to each field
 * @param maxBodyBytes of one request
 * @param maxBodyBytesInFlight of all requests together; at least {@code maxBodyBytes}
 * @param maxConnections open at a time; further ones are closed at once
 * @param maxConnectionsPerPeer the same for one address; 0 for no such bound
 * @param maxStreams concurrent HTTP/2 streams of one connection
 * @param headerTimeout from a request's first byte (or the connection's start) to the end of its head; also the TLS handshake
 * @param bodyTimeout in each such span at least 1 KiB of a body, or its end, must come
 * @param idleTimeout of a connection between requests
 * @param writeTimeout how long a caller may take nothing of what waits for it
 * @param pingEvery silence in an open event stream after which a comment line is sent
 * @param lingerTimeout how long a connection is drained after its last answer
 * @param drainQuiet how long an HTTP/1 connection must be silent while draining before it is closed: then hardly any caller is about to use it
 * @param batch of {@code /v1/batch}
 */
public record HttpConfig(List<String> allowedHosts, int maxRequestLineBytes, int maxHeaderBytes, int maxHeaders, int maxBodyBytes,
    long maxBodyBytesInFlight, int maxConnections, int maxConnectionsPerPeer, int maxStreams, Duration headerTimeout,
    Duration bodyTimeout, Duration idleTimeout, Duration writeTimeout, Duration pingEvery, Duration lingerTimeout,
    Duration drainQuiet, JsonLimits json, BatchLimits batch) {

  public static final HttpConfig DEFAULT = new HttpConfig(List.of(), 8 << 10, 32 << 10, 100, 16 << 20, 64L << 20, 10_000, 0, 100,
      Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(75), Duration.ofSeconds(30), Duration.ofSeconds(15),
      Duration.ofSeconds(2), Duration.ofSeconds(2), JsonLimits.DEFAULT, BatchLimits.DEFAULT);

  public HttpConfig {
    allowedHosts = List.copyOf(allowedHosts);
    if (maxRequestLineBytes < 64 || maxHeaderBytes < 256 || maxHeaders < 1 || maxBodyBytes < 1 || maxConnections < 1 || maxStreams < 1) {
      throw new IllegalArgumentException("a bound is too small to let any request in");
    }
    if (maxBodyBytesInFlight < maxBodyBytes) {
      throw new IllegalArgumentException("maxBodyBytesInFlight must hold one largest body");
    }
  }

  public HttpConfig withAllowedHosts(List<String> hosts) {
    return new HttpConfig(hosts, maxRequestLineBytes, maxHeaderBytes, maxHeaders, maxBodyBytes, maxBodyBytesInFlight, maxConnections,
        maxConnectionsPerPeer, maxStreams, headerTimeout, bodyTimeout, idleTimeout, writeTimeout, pingEvery, lingerTimeout, drainQuiet, json, batch);
  }

  public HttpConfig withTimeouts(Duration header, Duration body, Duration idle, Duration write, Duration ping, Duration linger) {
    return new HttpConfig(allowedHosts, maxRequestLineBytes, maxHeaderBytes, maxHeaders, maxBodyBytes, maxBodyBytesInFlight,
        maxConnections, maxConnectionsPerPeer, maxStreams, header, body, idle, write, ping, linger, drainQuiet, json, batch);
  }

  public HttpConfig withDrainQuiet(Duration quiet) {
    return new HttpConfig(allowedHosts, maxRequestLineBytes, maxHeaderBytes, maxHeaders, maxBodyBytes, maxBodyBytesInFlight, maxConnections,
        maxConnectionsPerPeer, maxStreams, headerTimeout, bodyTimeout, idleTimeout, writeTimeout, pingEvery, lingerTimeout, quiet, json, batch);
  }

  public HttpConfig withBodies(int maxBody, long maxInFlight) {
    return new HttpConfig(allowedHosts, maxRequestLineBytes, maxHeaderBytes, maxHeaders, maxBody, maxInFlight, maxConnections,
        maxConnectionsPerPeer, maxStreams, headerTimeout, bodyTimeout, idleTimeout, writeTimeout, pingEvery, lingerTimeout, drainQuiet, json, batch);
  }

  public HttpConfig withBatch(BatchLimits limits) {
    return new HttpConfig(allowedHosts, maxRequestLineBytes, maxHeaderBytes, maxHeaders, maxBodyBytes, maxBodyBytesInFlight, maxConnections,
        maxConnectionsPerPeer, maxStreams, headerTimeout, bodyTimeout, idleTimeout, writeTimeout, pingEvery, lingerTimeout, drainQuiet, json, limits);
  }

  public HttpConfig withConnections(int max, int maxPerPeer) {
    return new HttpConfig(allowedHosts, maxRequestLineBytes, maxHeaderBytes, maxHeaders, maxBodyBytes, maxBodyBytesInFlight,
        max, maxPerPeer, maxStreams, headerTimeout, bodyTimeout, idleTimeout, writeTimeout, pingEvery, lingerTimeout, drainQuiet, json, batch);
  }
}
