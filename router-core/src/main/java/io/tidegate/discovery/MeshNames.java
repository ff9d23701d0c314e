package io.tidegate.discovery;

import io.tidegate.admission.SpiffeId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How Consul names workloads: {@code spiffe://TRUST-DOMAIN/ns/NAMESPACE/dc/DATACENTER/svc/SERVICE}, with {@code /ap/PARTITION} in front outside the
 * default partition. Pure.
 */
public final class MeshNames {
  private MeshNames() {}

  /**
   * Whether {@code other} is the service we mean: in our trust domain and partition, and where we look for it.
   *
   * @param own our own name
   * @param namespace null for our own
   * @param datacenter null for our own
   */
  public static boolean isService(SpiffeId own, SpiffeId other, String service, @Nullable String namespace, @Nullable String datacenter) {
    List<String> wanted = new ArrayList<>(own.segments());
    if (!put(wanted, "svc", service) || namespace != null && !put(wanted, "ns", namespace) || datacenter != null && !put(wanted, "dc", datacenter)) {
      return false;
    }
    return own.trustDomain().equals(other.trustDomain()) && wanted.equals(other.segments());
  }

  /** False if there is no such part. */
  private static boolean put(List<String> segments, String kind, String value) {
    for (int i = 0; i + 1 < segments.size(); i += 2) {
      if (segments.get(i).equals(kind)) {
        segments.set(i + 1, value);
        return true;
      }
    }
    return false;
  }
}
