package io.tidegate.net;

import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/**
 * What a new connection is made with. Connections that stand keep what they were made with, so certificates change without dropping any. Any
 * thread, cheap.
 */
@FunctionalInterface
public interface TlsSource {
  /** Null while there is no certificate: then no connection can be made. */
  @Nullable SslContext current();

  /** One that never changes. */
  static TlsSource of(SslContext context) {
    return () -> context;
  }
}
