package io.tidegate.upstream.gate;

import io.netty.util.AsciiString;
import io.netty.util.NetUtil;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Operation;
import io.tidegate.model.Secret;
import io.tidegate.model.Upstream;
import io.tidegate.net.TlsSource;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint, with everything about a request to it that does not depend on the request. Immutable. Nothing of it comes from a caller:
 * the path is the operation's, the host is the endpoint's, the key is the configuration's (hazard A16).
 */
final class Target {
  private static final Operation[] OPERATIONS = Operation.values();

  private final Upstream upstream;
  private final Endpoint endpoint;
  private final @Nullable TlsSource tls;
  private final String authority;
  private final @Nullable String authorization;
  private final byte[][] heads = new byte[OPERATIONS.length * 2][];

  /**
   * @param tls null for plain text
   * @throws IllegalArgumentException if the endpoint's host, the base path or the key could not stand in a request's head
   */
  Target(Upstream upstream, Endpoint endpoint, @Nullable TlsSource tls) {
    this.upstream = upstream;
    this.endpoint = endpoint;
    this.tls = tls;
    if ((upstream.tls() == null) != (tls == null)) {
      // Never plain text for want of a certificate, nor the other way round.
      throw new IllegalArgumentException("an upstream with TLS needs certificates, and one without has none");
    }
    if (!endpoint.isUnix() && (endpoint.port() < 1 || endpoint.port() > 65535)) {
      throw new IllegalArgumentException("endpoint port out of range");
    }
    Secret key = upstream.key();
    this.authorization = key == null ? null : "Bearer " + visible(key.reveal(), "key of the upstream");
    this.authority = authority();
    visible(upstream.basePath(), "base path");
    for (Operation operation : OPERATIONS) {
      heads[operation.ordinal() * 2] = head(operation, false);
      heads[operation.ordinal() * 2 + 1] = head(operation, true);
    }
  }

  Upstream upstream() {
    return upstream;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  @Nullable TlsSource tls() {
    return tls;
  }

  /** Host for {@code Host} and {@code :authority}, with the port where it is not the scheme's own. */
  String authority() {
    if (endpoint.isUnix()) {
      return "localhost";
    }
    String host = peerName();
    if (NetUtil.isValidIpV6Address(host)) {
      host = "[" + host + "]";
    } else if (!isHostName(host)) {
      throw new IllegalArgumentException("endpoint host is neither a name nor an address");
    }
    int usual = tls == null ? 80 : 443;
    return endpoint.port() == usual ? host : host + ":" + endpoint.port();
  }

  /** The name that the peer's certificate must carry, and that SNI sends. */
  String peerName() {
    Upstream.Tls settings = upstream.tls();
    String configured = settings == null ? null : settings.serverName();
    return configured == null ? endpoint.host() : configured;
  }

  @Nullable String authorization() {
    return authorization;
  }

  AsciiString path(Operation operation) {
    return AsciiString.of(upstream.basePath() + suffix(operation));
  }

  /** The head of an HTTP/1.1 request up to the digits of its length; shared, not to be changed. */
  byte[] head(Operation operation, int streamOrNot) {
    return heads[operation.ordinal() * 2 + streamOrNot];
  }

  /** A whole HTTP/1.1 probe. */
  byte[] probe(Probe probe) {
    return ascii("GET " + probe.path(upstream.basePath()) + " HTTP/1.1\r\nHost: " + authority + "\r\n" + authorizationLine()
        + "User-Agent: tidegate\r\nAccept: application/json\r\n\r\n");
  }

  private byte[] head(Operation operation, boolean stream) {
    return ascii("POST " + upstream.basePath() + suffix(operation) + " HTTP/1.1\r\nHost: " + authority + "\r\n" + authorizationLine()
        + "User-Agent: tidegate\r\nContent-Type: application/json\r\nAccept: " + (stream ? "text/event-stream" : "application/json")
        + "\r\nContent-Length: ");
  }

  private String authorizationLine() {
    return authorization == null ? "" : "Authorization: " + authorization + "\r\n";
  }

  private static String suffix(Operation operation) {
    return operation.path().substring("/v1".length());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Keeps control characters, spaces and non-ASCII out of a head, whatever a file or a discovery answer holds. */
  private static String visible(String text, String what) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= ' ' || text.charAt(i) > '~') {
        throw new IllegalArgumentException(what + " has a character that cannot stand in a request head");
      }
    }
    return text;
  }

  private static boolean isHostName(String host) {
    if (host.isEmpty() || host.length() > 253) {
      return false;
    }
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
      if (!letter && c != '-' && c != '.' && c != '_') {
        return false;
      }
    }
    return true;
  }
}
