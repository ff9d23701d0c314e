package io.tidegate.net;

import io.tidegate.admission.SpiffeId;
import io.tidegate.model.Peer;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Predicate;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Trust in workloads of a mesh: the chain must lead to one of the mesh's roots, and the certificate name exactly one workload, by a SPIFFE id that is
 * wanted. Host names and addresses mean nothing here: whoever uses it asks for no check of them. The same for both sides of a connection.
 */
public final class WorkloadTrust implements X509TrustManager {
  private static final X509Certificate[] NONE = {};

  private final X509TrustManager chains;
  private final Predicate<SpiffeId> wanted;

  /** @param roots at least one */
  public WorkloadTrust(List<X509Certificate> roots, Predicate<SpiffeId> wanted) throws GeneralSecurityException {
    this.chains = chains(roots);
    this.wanted = wanted;
  }

  /** The platform's check of chains, with these authorities and no other. */
  public static X509TrustManager chains(List<X509Certificate> roots) throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int count = 0;
      for (X509Certificate root : roots) {
        store.setCertificateEntry("ca" + count++, root);
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager x509) {
          return x509;
        }
      }
    } catch (java.io.IOException impossible) {
      throw new GeneralSecurityException("an empty key store cannot be made");
    }
    throw new GeneralSecurityException("the platform has no X.509 trust manager");
  }

  private void named(X509Certificate leaf) throws CertificateException {
    Peer.Certificate says = Peers.certificate(leaf);
    boolean good = says.workload() && says.uris().size() == 1 && SpiffeId.parse(says.uris().get(0)).filter(wanted).isPresent();
    if (!good) {
      throw new CertificateException("the certificate does not name the workload that is wanted here");
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
    chains.checkClientTrusted(chain, authType);
    named(chain[0]);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
    chains.checkServerTrusted(chain, authType);
    named(chain[0]);
  }

  /** None: the names of authorities would tell strangers whom the mesh trusts, and clients have one certificate. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return NONE;
  }
}
