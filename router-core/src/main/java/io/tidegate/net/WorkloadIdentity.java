package io.tidegate.net;

import io.tidegate.admission.SpiffeId;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What this daemon shows in a mesh, and whom it trusts there.
 *
 * @param id as the certificate says
 * @param chain own certificate first
 * @param key never leaves the memory
 * @param roots of the mesh, old ones that still count included; at least one
 */
public record WorkloadIdentity(SpiffeId id, List<X509Certificate> chain, PrivateKey key, List<X509Certificate> roots) {
  public WorkloadIdentity {
    chain = List.copyOf(chain);
    roots = List.copyOf(roots);
    if (chain.isEmpty() || roots.isEmpty()) {
      throw new IllegalArgumentException("an identity has a certificate and a root");
    }
  }

  /** Nothing of the key. */
  @Override
  public String toString() {
    return "WorkloadIdentity[" + id + "]";
  }
}
