package io.tidegate.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;

/**
 * A listener's certificate that can be changed while it listens: each new connection is made with the one in force, those that stand keep theirs. Also
 * a context itself, for a library that takes one for good. Any thread.
 */
public final class SwitchedTls extends SslContext implements TlsSource {
  private volatile TlsFiles inForce;

  public SwitchedTls(TlsFiles first) {
    this.inForce = first;
  }

  /** From here on new connections use this. */
  public void use(TlsFiles next) {
    inForce = next;
  }

  public TlsFiles inForce() {
    return inForce;
  }

  @Override
  public SslContext current() {
    return inForce.context();
  }

  @Override
  public boolean isClient() {
    return false;
  }

  @Override
  public List<String> cipherSuites() {
    return current().cipherSuites();
  }

  /** Its type is deprecated, and part of what every context must say. */
  @Override
  @SuppressWarnings("deprecation")
  public io.netty.handler.ssl.ApplicationProtocolNegotiator applicationProtocolNegotiator() {
    return current().applicationProtocolNegotiator();
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator) {
    return current().newEngine(allocator);
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator, String peerHost, int peerPort) {
    return current().newEngine(allocator, peerHost, peerPort);
  }

  @Override
  public SSLSessionContext sessionContext() {
    return current().sessionContext();
  }
}
