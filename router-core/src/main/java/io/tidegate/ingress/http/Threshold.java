package io.tidegate.ingress.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import io.tidegate.ingress.Doorman;
import io.tidegate.model.Peer;
import io.tidegate.net.Peers;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a new connection at the door until the doorman has spoken: nothing behind this handler hears of the handshake or sees a byte before. What
 * came with the handshake waits; nothing more is read. Refused, unanswered in time, or out of date: closed, without a word.
 */
final class Threshold extends ChannelInboundHandlerAdapter {
  private static final long PATIENCE_SECONDS = 2;
  /** What one read of the socket can hold and more. */
  private static final int MAX_WAITING = 64;

  private final Doorman doorman;
  private final ArrayDeque<Object> waiting = new ArrayDeque<>();
  private @Nullable Future<?> patience;
  private @Nullable Object handshake;

  Threshold(Doorman doorman) {
    this.doorman = doorman;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (!(event instanceof SslHandshakeCompletionEvent done)) {
      ctx.fireUserEventTriggered(event);
      return;
    }
    X509Certificate certificate = done.isSuccess() ? certificate(ctx) : null;
    Peer.Certificate says = certificate == null ? null : Peers.of(certificate);
    if (certificate == null || says == null || says.uris().size() != 1) {
      ctx.close();
      return;
    }
    handshake = event;
    ctx.channel().config().setAutoRead(false);
    patience = ctx.executor().schedule(() -> ctx.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
    doorman.ask(says.uris().get(0), certificate.getSerialNumber().toString(16), allowed -> ctx.executor().execute(() -> answered(ctx, allowed)));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    waiting.add(message);
    if (waiting.size() > MAX_WAITING) {
      ctx.close();
    }
  }

  private void answered(ChannelHandlerContext ctx, boolean allowed) {
    Future<?> timer = patience;
    Object event = handshake;
    if (timer == null || event == null) {
      return;
    }
    patience = null;
    timer.cancel(false);
    if (!allowed || !ctx.channel().isActive()) {
      ctx.close();
      return;
    }
    // Before the others, who may have reasons of their own to stop reading.
    ctx.channel().config().setAutoRead(true);
    ctx.fireUserEventTriggered(event);
    Object message;
    while ((message = waiting.poll()) != null) {
      ctx.fireChannelRead(message);
    }
    ctx.fireChannelReadComplete();
    ctx.pipeline().remove(this);
  }

  /** A resumed session's certificate was checked when the session began, so its dates are looked at here. */
  private static @Nullable X509Certificate certificate(ChannelHandlerContext ctx) {
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    if (tls == null) {
      return null;
    }
    try {
      if (tls.engine().getSession().getPeerCertificates()[0] instanceof X509Certificate certificate) {
        certificate.checkValidity();
        return certificate;
      }
      return null;
    } catch (SSLPeerUnverifiedException | CertificateException nobody) {
      return null;
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    Future<?> timer = patience;
    if (timer != null) {
      timer.cancel(false);
    }
    Object message;
    while ((message = waiting.poll()) != null) {
      io.netty.util.ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
