package io.tidegate.net;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.PeerCredentials;
import io.netty.handler.ssl.SslHandler;
import io.tidegate.model.Peer;
import io.tidegate.model.Peer.Certificate;
import io.tidegate.model.Peer.UnixUser;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Reads what a connection proves of its other end. Whatever cannot be read proves nothing (G2). */
public final class Peers {
  private static final int URI_NAME = 6;
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;
  /** More names than any workload has: the certificate then names nobody. */
  private static final int MAX_URIS = 16;

  private Peers() {}

  /** The peer of an accepted connection, on its loop; with TLS, after the handshake. Not to be asked per request. */
  public static Peer of(Channel connection) {
    SslHandler tls = connection.pipeline().get(SslHandler.class);
    return of(connection.remoteAddress(), user(connection), tls == null ? null : tls.engine().getSession());
  }

  /** The same, put together by one who sees the parts only. */
  public static Peer of(@Nullable SocketAddress address, @Nullable UnixUser user, @Nullable SSLSession session) {
    boolean loopback = address instanceof InetSocketAddress inet && inet.getAddress() != null && inet.getAddress().isLoopbackAddress();
    Certificate certificate = session == null ? null : certificate(session);
    if (user == null && certificate == null) {
      return loopback ? Peer.LOOPBACK : Peer.UNKNOWN;
    }
    return new Peer(loopback, user, certificate);
  }

  /** Who opened the other end of a Unix socket, as the kernel says; null for TCP, and on platforms where it does not say. */
  public static @Nullable UnixUser user(Channel connection) {
    if (!(connection instanceof EpollDomainSocketChannel unix)) {
      return null;
    }
    try {
      PeerCredentials credentials = unix.peerCredentials();
      int[] gids = credentials.gids();
      return gids.length == 0 ? null : new UnixUser(Integer.toUnsignedLong(credentials.uid()), Integer.toUnsignedLong(gids[0]));
    } catch (IOException gone) {
      return null; // The peer proves nothing then, and is refused.
    }
  }

  /** What the client's certificate says; null if none was asked for. */
  static @Nullable Certificate certificate(SSLSession session) {
    try {
      return session.getPeerCertificates()[0] instanceof X509Certificate leaf ? certificate(leaf) : new Certificate(List.of(), false);
    } catch (SSLPeerUnverifiedException none) {
      return null;
    }
  }

  /** What a certificate that was verified says. */
  public static Certificate of(X509Certificate leaf) {
    return certificate(leaf);
  }

  static Certificate certificate(X509Certificate leaf) {
    List<String> uris = new ArrayList<>();
    try {
      Collection<List<?>> names = leaf.getSubjectAlternativeNames();
      if (names != null) {
        for (List<?> name : names) {
          if (name.get(0).equals(URI_NAME)) {
            uris.add((String) name.get(1));
          }
        }
      }
    } catch (CertificateParsingException unreadable) {
      return new Certificate(List.of(), false);
    }
    boolean[] usage = leaf.getKeyUsage();
    boolean workload = leaf.getBasicConstraints() < 0 && uris.size() <= MAX_URIS
        && (usage == null || usage[DIGITAL_SIGNATURE] && !usage[KEY_CERT_SIGN] && !usage[CRL_SIGN]);
    return new Certificate(uris.size() <= MAX_URIS ? uris : List.of(), workload);
  }
}
