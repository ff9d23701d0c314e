package io.tidegate.ingress;

import io.tidegate.model.Caller;
import io.tidegate.model.Peer;
import org.jspecify.annotations.Nullable;

/** Who is calling (decisions 15): plugged in by the daemon. Any loop; never blocks. */
@FunctionalInterface
public interface Callers {
  /** Everybody is the default caller; for tests and for loopback without a keys file. */
  Callers DEFAULT = (peer, key) -> Caller.DEFAULT;

  /**
   * @param peer what the connection proves of its other end
   * @param key the bearer token, null if the request brought none; not kept
   * @return null if the caller may not come in: the answer is then 401, the same whatever was missing, wrong or contradictory (B8)
   */
  @Nullable Caller identify(Peer peer, @Nullable String key);
}
