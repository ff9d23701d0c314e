package io.tidegate.net;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.tidegate.model.Upstream;
import java.io.File;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS as it is used everywhere (hazard F5): 1.2 and 1.3 only, forward-secret ciphers, the platform's provider. There is no way to switch
 * verification off.
 */
public final class TlsContexts {
  private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

  private TlsContexts() {}

  /**
   * For connections to an upstream: the peer's certificate must chain to {@code tls.caFile()} (else the platform's roots), be in date, and
   * carry the name that the engine is created with.
   *
   * @throws SSLException if the CA file cannot be read as PEM certificates
   */
  public static SslContext client(Upstream.Tls tls) throws SSLException {
    SslContextBuilder builder = SslContextBuilder.forClient().endpointIdentificationAlgorithm("HTTPS");
    String caFile = tls.caFile();
    if (caFile != null) {
      try {
        builder.trustManager(new File(caFile));
      } catch (IllegalArgumentException e) {
        throw new SSLException("the CA file holds no readable PEM certificate", e);
      }
    }
    return common(builder, tls.http2()).build();
  }

  /**
   * For a listener.
   *
   * @param certificateFile PEM chain, own certificate first
   * @param keyFile PEM, PKCS#8, without a password
   * @param clientCaFile PEM authorities; a caller must then show a certificate of one of them. Null: none is asked for
   * @param http2 offer {@code h2} before {@code http/1.1}
   * @throws SSLException if the files do not hold a usable chain and its key, or no authority
   */
  public static SslContext server(File certificateFile, File keyFile, @Nullable File clientCaFile, boolean http2) throws SSLException {
    try {
      SslContextBuilder builder = SslContextBuilder.forServer(certificateFile, keyFile);
      if (clientCaFile != null) {
        builder.trustManager(clientCaFile).clientAuth(ClientAuth.REQUIRE);
      }
      return common(builder, http2).build();
    } catch (IllegalArgumentException e) {
      throw new SSLException("the certificate or key file cannot be read as PEM", e);
    }
  }

  /** For connections to a workload of the mesh; who it must be is {@code trust}'s to say, whatever host or address was dialled. */
  static SslContext client(WorkloadIdentity own, WorkloadTrust trust, boolean http2) throws SSLException {
    SslContextBuilder builder = SslContextBuilder.forClient().keyManager(own.key(), own.chain().toArray(X509Certificate[]::new)).trustManager(trust)
        .endpointIdentificationAlgorithm(null);
    return common(builder, http2).build();
  }

  /** For a listener of the mesh: every caller shows a certificate that {@code trust} takes. */
  static SslContext server(WorkloadIdentity own, WorkloadTrust trust, boolean http2) throws SSLException {
    SslContextBuilder builder = SslContextBuilder.forServer(own.key(), own.chain().toArray(X509Certificate[]::new)).trustManager(trust)
        .clientAuth(ClientAuth.REQUIRE);
    return common(builder, http2).build();
  }

  private static SslContextBuilder common(SslContextBuilder builder, boolean http2) {
    builder.sslProvider(SslProvider.JDK).protocols(VERSIONS).ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE);
    return http2 ? builder.applicationProtocolConfig(new ApplicationProtocolConfig(Protocol.ALPN, SelectorFailureBehavior.NO_ADVERTISE,
        SelectedListenerFailureBehavior.ACCEPT, ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1)) : builder;
  }
}
