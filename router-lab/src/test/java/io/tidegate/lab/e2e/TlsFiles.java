package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.lab.tls.SelfMadeCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** A listener's certificate and key, in files that are replaced, and a client that looks at what it is shown. */
final class TlsFiles {
  final Path certificate;
  private final Path key;

  TlsFiles(Path folder) {
    certificate = folder.resolve("tls.crt");
    key = folder.resolve("tls.key");
  }

  /** The key {@code tls} of a listener's configuration. */
  String tls() {
    return "tls: {certificate: '" + certificate + "', key: '" + key + "'}";
  }

  /** @param signs whose key it is */
  void put(SelfMadeCertificate shown, SelfMadeCertificate signs) throws IOException {
    replace(certificate, shown.pem());
    replace(key, signs.keyPem());
  }

  /** In one step. */
  static void replace(Path to, String text) throws IOException {
    Path fresh = Files.writeString(to.resolveSibling("fresh"), text);
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
    Files.move(fresh, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The certificate that a new connection is shown. */
  static X509Certificate shown(int port) throws IOException, GeneralSecurityException {
    try (Socket socket = trusting().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      ((SSLSocket) socket).startHandshake();
      return (X509Certificate) ((SSLSocket) socket).getSession().getPeerCertificates()[0];
    }
  }

  /** Takes every certificate: which one it is the test looks at. No session is taken up again. */
  static SSLContext trusting() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new X509TrustManager() {
      @Override
      public void checkClientTrusted(X509Certificate[] chain, String type) {
        throw new IllegalStateException("this is a client");
      }

      @Override
      public void checkServerTrusted(X509Certificate[] chain, String type) {
        assertThat(chain).isNotEmpty();
      }

      @Override
      public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
      }
    }}, new SecureRandom());
    return context;
  }
}
