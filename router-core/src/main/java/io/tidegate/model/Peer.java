package io.tidegate.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a connection proves of its other end, before any request is read: from the kernel and the TLS handshake, never from bytes a caller
 * chose (hazard A8). Made once per connection, immutable.
 *
 * @param loopback a TCP connection from this host
 * @param user who opened the other end of a Unix socket, as the kernel says; null for TCP, and where the kernel does not say
 * @param certificate what the verified client certificate says; null if none was asked for
 */
public record Peer(boolean loopback, @Nullable UnixUser user, @Nullable Certificate certificate) {
  /** Plain TCP from this host. */
  public static final Peer LOOPBACK = new Peer(true, null, null);
  /** Plain TCP from elsewhere, or whatever proves nothing. */
  public static final Peer UNKNOWN = new Peer(false, null, null);

  /** A peer on a Unix socket. */
  public static Peer of(UnixUser user) {
    return new Peer(false, user, null);
  }

  public Peer with(@Nullable Certificate shown) {
    return new Peer(loopback, user, shown);
  }

  /**
   * Effective ids when the peer connected (SO_PEERCRED).
   *
   * @param uid unsigned 32 bits
   * @param gid primary group, unsigned 32 bits
   */
  public record UnixUser(long uid, long gid) {}

  /**
   * The parts of a client certificate that may name a workload. Its chain, dates and signature were verified in the handshake.
   *
   * @param uris subject alternative names of kind URI, as they stand
   * @param workload a leaf that may sign and may not certify others: what SPIFFE asks of a workload's certificate
   */
  public record Certificate(List<String> uris, boolean workload) {
    public Certificate {
      uris = List.copyOf(uris);
    }
  }
}
