package io.tidegate.ingress;

import io.tidegate.model.Caller;
import io.tidegate.model.Peer;
import java.net.SocketAddress;
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

  /** Whether it makes a difference where callers are: if not, nobody asks. Fixed from the start. */
  default boolean regional() {
    return false;
  }

  /**
   * The region a caller is in, for the order in which regions are tried; never a right to anything.
   *
   * @param remote far end of the connection; null or no address for a Unix socket
   * @param forwarded all values of {@code X-Forwarded-For}, in order, with commas between; null if none came. Anybody can write it: whether it counts
   *     is the answerer's to say
   * @return empty if it is not known
   */
  default String region(@Nullable SocketAddress remote, @Nullable String forwarded) {
    return "";
  }
}
