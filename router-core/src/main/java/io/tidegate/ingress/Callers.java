package io.tidegate.ingress;

import io.tidegate.model.Caller;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Who is calling (decisions 15): plugged in by the daemon. Any loop; never blocks. */
@FunctionalInterface
public interface Callers {
  /** Everybody is the default caller; for tests and for loopback without a keys file. */
  Callers DEFAULT = (peer, key) -> Caller.DEFAULT;

  /**
   * @param peer the connection's other end
   * @param key the bearer token, null if the request brought none; not kept
   * @return null if the caller may not come in: the answer is then 401, the same for a missing and a wrong key (B8)
   */
  @Nullable Caller identify(SocketAddress peer, @Nullable String key);
}
