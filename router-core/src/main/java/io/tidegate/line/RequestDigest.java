package io.tidegate.line;

import io.tidegate.wire.JsonText;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HMAC-SHA-256 of a request's body under a key of this installation: computed once per request, it keys the cache and names the body in
 * the decision record without telling anything about it (decisions 1 and 29). Thread-safe.
 */
public final class RequestDigest {
  private final SecretKeySpec key;
  private final ThreadLocal<Mac> macs = ThreadLocal.withInitial(this::newMac);

  /** @param key 32 bytes from the installation's root, for this use only (decisions 14) */
  public RequestDigest(byte[] key) {
    this.key = new SecretKeySpec(key, "HmacSHA256");
  }

  /** 32 bytes. */
  public byte[] of(JsonText body) {
    Mac mac = macs.get();
    mac.update(body.buffer());
    return mac.doFinal();
  }

  private Mac newMac() {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
