package io.tidegate.daemon;

import java.util.HexFormat;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.spec.SecretKeySpec;

/**
 * A tenant's name as upstreams see it: a keyed hash, so that their caches tell tenants apart and learn nothing about them. Any thread.
 */
final class TenantHashes {
  /** Tenants come from keys, so they are few; past this the map starts anew. */
  private static final int MAX_KEPT = 10_000;
  private static final int HEX_DIGITS = 32;

  private final SecretKeySpec key;
  private final ConcurrentHashMap<String, String> known = new ConcurrentHashMap<>();

  TenantHashes(byte[] key) {
    this.key = new SecretKeySpec(key, "HmacSHA256");
  }

  String of(String tenant) {
    String hash = known.get(tenant);
    if (hash == null) {
      if (known.size() >= MAX_KEPT) {
        known.clear();
      }
      hash = compute(tenant);
      known.put(tenant, hash);
    }
    return hash;
  }

  private String compute(String tenant) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return HexFormat.of().formatHex(mac.doFinal(tenant.getBytes(StandardCharsets.UTF_8))).substring(0, HEX_DIGITS);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
