package io.tidegate.discovery;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Trust in the certificate authorities of one PEM file and no other. Host names stay checked by the clients that use it.
 *
 * @param manager the one in {@code context}
 */
record ConsulTrust(SSLContext context, X509TrustManager manager) {

  /** @throws IllegalArgumentException if the file can't be read or holds no certificate */
  static ConsulTrust of(String caFile) {
    try (InputStream in = Files.newInputStream(Path.of(caFile))) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int count = 0;
      for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca" + count++, certificate);
      }
      if (count == 0) {
        throw new IllegalArgumentException("caFile: no certificate in " + caFile);
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager x509) {
          return new ConsulTrust(context, x509);
        }
      }
      throw new IllegalStateException("the platform has no X.509 trust manager");
    } catch (IOException | GeneralSecurityException unreadable) {
      throw new IllegalArgumentException("caFile: can't read certificates from " + caFile, unreadable);
    }
  }
}
