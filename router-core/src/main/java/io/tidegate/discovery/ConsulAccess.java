package io.tidegate.discovery;

import io.tidegate.model.Secret;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is shown to an agent, and where we are there. Files are read again when they change.
 *
 * @param token sent as X-Consul-Token; null for none. With {@code tokenFile}, what it held at the start
 * @param tokenFile where the token stands; null for one that never changes
 * @param ca PEM bundle to trust instead of the platform's, for https; null for the platform's
 * @param certificate PEM chain to show to the agent, own certificate first; null for none
 * @param key PEM, without a password; goes with {@code certificate}
 * @param serverName that the agent's certificate must carry, such as {@code server.dc1.consul}; null for the address's host
 * @param namespace null for the token's own; Consul Enterprise only
 * @param partition null for the agent's own; Consul Enterprise only
 */
public record ConsulAccess(@Nullable Secret token, @Nullable Path tokenFile, @Nullable Path ca, @Nullable Path certificate, @Nullable Path key,
    @Nullable String serverName, @Nullable String namespace, @Nullable String partition) {
  /** Nothing is shown, and the platform's authorities count. */
  public static final ConsulAccess NONE = new ConsulAccess(null, null, null, null, null, null, null, null);

  /** @throws IllegalArgumentException with the key at fault */
  public ConsulAccess {
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException("certificate and key: set both or neither");
    }
  }

  ConsulAccess withToken(@Nullable Secret other) {
    return new ConsulAccess(other, null, ca, certificate, key, serverName, namespace, partition);
  }

  ConsulAccess withCa(@Nullable Path file) {
    return new ConsulAccess(token, tokenFile, file, certificate, key, serverName, namespace, partition);
  }

  boolean changesTrust() {
    return ca != null || certificate != null || serverName != null;
  }
}
