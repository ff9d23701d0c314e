package io.tidegate.upstream.gate;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Upstream;
import io.tidegate.net.TlsSource;
import io.tidegate.time.Loop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * One connection being made: name, address check, TCP, address check on what was connected, TLS, protocol. One time limit covers it all. On
 * the loop only.
 *
 * <p>Addresses outside the upstream's networks are not even tried; the check is made again on the connected socket, before TLS or any byte
 * (hazards A14, A15). No proxy is ever asked: the channel connects straight to the address.
 */
final class Dial {
  private final Pool pool;
  private final @Nullable Exchange exchange;
  private final ArrayDeque<InetAddress> candidates = new ArrayDeque<>();
  private boolean over;
  /** The connection under way; null before TCP begins. */
  private @Nullable Channel channel;
  private Loop.@Nullable Timer timer;

  /** @param exchange for whom; null if for all that wait for a shared connection */
  Dial(Pool pool, @Nullable Exchange exchange) {
    this.pool = pool;
    this.exchange = exchange;
  }

  @Nullable Exchange exchange() {
    return exchange;
  }

  void start() {
    LoopGate gate = pool.gate();
    timer = gate.loop().schedule(() -> fail(Kind.CONNECT_TIMEOUT), pool.target().upstream().connectTimeout().toNanos());
    Endpoint endpoint = pool.target().endpoint();
    if (endpoint.isUnix()) {
      connectSocketFile(endpoint);
    } else {
      gate.names().resolve(endpoint.host(), gate.eventLoop(), this::resolved);
    }
  }

  private void connectSocketFile(Endpoint endpoint) {
    if (!EgressCheck.isConfiguredSocket(pool.target().upstream(), endpoint)) {
      pool.gate().outlet().addressRefused();
      fail(Kind.ADDRESS_NOT_ALLOWED);
      return;
    }
    ChannelFuture connecting = new Bootstrap().group(pool.gate().eventLoop()).channel(pool.gate().transport().unixClient())
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0).handler(new ChannelInboundHandlerAdapter()).connect(new DomainSocketAddress(endpoint.host()));
    channel = connecting.channel();
    connecting.addListener(done -> connected(connecting));
  }

  /** The gate closes. */
  void giveUp() {
    fail(Kind.CONNECT_TIMEOUT);
  }

  private void resolved(InetAddress[] addresses) {
    if (over) {
      return;
    }
    if (addresses.length == 0) {
      // Counts as a failure, but does not eject at once: the resolver's trouble is not the endpoint's.
      fail(Kind.CONNECT_TIMEOUT);
      return;
    }
    for (InetAddress address : addresses) {
      if (EgressCheck.isAllowed(pool.target().upstream(), address)) {
        candidates.add(address);
      }
    }
    if (candidates.isEmpty()) {
      pool.gate().outlet().addressRefused();
      fail(Kind.ADDRESS_NOT_ALLOWED);
      return;
    }
    connectNext();
  }

  private void connectNext() {
    InetSocketAddress to = new InetSocketAddress(candidates.remove(), pool.target().endpoint().port());
    ChannelFuture connecting = new Bootstrap().group(pool.gate().eventLoop()).channel(pool.gate().transport().client())
        .option(ChannelOption.TCP_NODELAY, true).option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0).handler(new ChannelInboundHandlerAdapter()).connect(to);
    channel = connecting.channel();
    connecting.addListener(done -> connected(connecting));
  }

  private void connected(ChannelFuture connecting) {
    Channel made = connecting.channel();
    if (over) {
      made.close();
      return;
    }
    Throwable cause = connecting.cause();
    if (cause != null) {
      if (candidates.isEmpty()) {
        fail(kindOf(cause));
      } else {
        connectNext();
      }
      return;
    }
    Upstream upstream = pool.target().upstream();
    if (!EgressCheck.isAllowed(upstream, pool.target().endpoint(), made.remoteAddress())) {
      pool.gate().outlet().addressRefused();
      fail(Kind.ADDRESS_NOT_ALLOWED);
      return;
    }
    made.pipeline().removeFirst();
    TlsSource source = pool.target().tls();
    if (source == null) {
      settle();
      pool.connected(this, made);
      return;
    }
    SslContext tls = source.current();
    if (tls == null) {
      // The mesh has given us no certificate yet: never in plain text instead.
      fail(Kind.TLS);
      return;
    }
    SslHandler ssl = tls.newHandler(made.alloc(), pool.target().peerName(), pool.target().endpoint().port());
    ssl.setHandshakeTimeoutMillis(0);
    made.pipeline().addLast(ssl, new Quiet());
    ssl.handshakeFuture().addListener(done -> tlsDone(made, ssl, done.isSuccess()));
  }

  private void tlsDone(Channel made, SslHandler ssl, boolean verified) {
    if (over) {
      made.close();
    } else if (!verified || !inDate(ssl)) {
      fail(Kind.TLS);
    } else if (ApplicationProtocolNames.HTTP_2.equals(ssl.applicationProtocol())) {
      made.pipeline().remove(Quiet.class);
      H2Connection.begin(made, pool, this);
    } else {
      made.pipeline().remove(Quiet.class);
      settle();
      pool.connected(this, made);
    }
  }

  /** The platform does not look at the dates of a certificate that is itself the configured authority: we do (hazard F5). */
  private static boolean inDate(SslHandler ssl) {
    try {
      for (Certificate certificate : ssl.engine().getSession().getPeerCertificates()) {
        if (certificate instanceof X509Certificate x509) {
          x509.checkValidity();
        }
      }
      return true;
    } catch (CertificateException | SSLPeerUnverifiedException e) {
      return false;
    }
  }

  /** A failed handshake is told by its future; nothing else shall speak of it. */
  private static final class Quiet extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  /** The peer's HTTP/2 settings came. */
  void http2Ready(H2Connection connection) {
    if (over) {
      connection.shut();
    } else {
      settle();
      pool.connected(this, connection);
    }
  }

  /** The peer closed before its HTTP/2 settings came. */
  void http2Failed() {
    fail(Kind.RESET);
  }

  private void settle() {
    over = true;
    if (timer != null) {
      timer.cancel();
    }
  }

  private void fail(Kind kind) {
    if (over) {
      return;
    }
    settle();
    if (channel != null) {
      channel.close();
    }
    pool.failed(this, new AttemptFailure(kind, 0, true, 0, null));
  }

  private static Kind kindOf(Throwable cause) {
    if (cause instanceof ConnectTimeoutException) {
      return Kind.CONNECT_TIMEOUT;
    }
    // No descriptor or no port left: our own shortage, not the endpoint's fault.
    return cause instanceof ChannelException || cause instanceof java.net.BindException ? Kind.POOL_FULL : Kind.CONNECT_REFUSED;
  }
}
