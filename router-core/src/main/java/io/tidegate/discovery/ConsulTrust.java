package io.tidegate.discovery;

import io.tidegate.net.Pem;
import io.tidegate.net.WorkloadTrust;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards an agent: its authorities, the certificate we show, and the name it must have. Without a name of its own the clients that use it check
 * the host of the address, as ever; with one, that name counts and no other.
 *
 * @param manager the one in {@code context}
 * @param named the manager has checked the name already, so that a client need not
 */
record ConsulTrust(SSLContext context, X509TrustManager manager, boolean named) {
  private static final int DNS_NAME = 2;

  /** With the authorities of one file. */
  static ConsulTrust of(String caFile) {
    return of(ConsulAccess.NONE.withCa(Path.of(caFile)));
  }

  /** @throws IllegalArgumentException if a file can't be read or holds no certificate or key; nothing of a key is in its message */
  static ConsulTrust of(ConsulAccess access) {
    try {
      Path ca = access.ca();
      X509TrustManager chains = ca == null ? platform() : WorkloadTrust.chains(certificates("caFile", ca));
      String serverName = access.serverName();
      X509TrustManager manager = serverName == null ? chains : new NamedTrust(chains, serverName);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(access), new TrustManager[] {manager}, null);
      return new ConsulTrust(context, manager, serverName != null);
    } catch (GeneralSecurityException unusable) {
      throw new IllegalArgumentException("certificate and key: they cannot be used together", unusable);
    }
  }

  private static KeyManager @Nullable [] keys(ConsulAccess access) throws GeneralSecurityException {
    Path certificate = access.certificate();
    Path key = access.key();
    if (certificate == null || key == null) {
      return null;
    }
    try {
      if (FileMark.openToOthers(key)) {
        throw new IllegalArgumentException("key: every user has rights to " + key + ": chmod o-rwx");
      }
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setKeyEntry("own", Pem.privateKey(Files.readString(key, StandardCharsets.ISO_8859_1)), new char[0],
          certificates("certificate", certificate).toArray(X509Certificate[]::new));
      KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, new char[0]);
      return factory.getKeyManagers();
    } catch (IOException unreadable) {
      throw new IllegalArgumentException("key: can't read " + key);
    }
  }

  private static List<X509Certificate> certificates(String what, Path file) {
    try {
      return Pem.certificates(Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (CertificateException none) {
      throw new IllegalArgumentException(what + ": no certificate in " + file, none);
    } catch (IOException unreadable) {
      throw new IllegalArgumentException(what + ": can't read certificates from " + file, unreadable);
    }
  }

  private static X509TrustManager platform() throws GeneralSecurityException {
    TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        return x509;
      }
    }
    throw new GeneralSecurityException("the platform has no X.509 trust manager");
  }

  /** Whether the certificate carries the DNS name, as itself or by a star for its first label. */
  static boolean carries(X509Certificate leaf, String name) throws CertificateException {
    String wanted = name.toLowerCase(Locale.ROOT);
    int dot = wanted.indexOf('.');
    Collection<List<?>> names = leaf.getSubjectAlternativeNames();
    for (List<?> entry : names == null ? List.<List<?>>of() : names) {
      if (entry.get(0).equals(DNS_NAME) && entry.get(1) instanceof String written) {
        String has = written.toLowerCase(Locale.ROOT);
        boolean star = has.startsWith("*.") && dot > 0 && has.indexOf('.', 2) > 0 && wanted.substring(dot).equals(has.substring(1));
        if (has.equals(wanted) || star) {
          return true;
        }
      }
    }
    return false;
  }

  /** A chain that leads to an authority, and the one name. */
  private static final class NamedTrust extends X509ExtendedTrustManager {
    private final X509TrustManager chains;
    private final String name;

    NamedTrust(X509TrustManager chains, String name) {
      this.chains = chains;
      this.name = name;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
      chains.checkServerTrusted(chain, authType);
      if (!carries(chain[0], name)) {
        throw new CertificateException("the agent's certificate has another name");
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
      checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
      checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
      throw new CertificateException("nobody connects to us here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
      checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
      checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return chains.getAcceptedIssuers();
    }
  }
}
