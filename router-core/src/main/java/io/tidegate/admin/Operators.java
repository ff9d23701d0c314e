package io.tidegate.admin;

import io.tidegate.admission.Callers;
import io.tidegate.admission.KeyEntry;
import io.tidegate.model.Peer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells who an operator is: by a key, or on the Unix socket by the peer's user, which the kernel tells. A key that is wrong is never passed over for the
 * user. Any thread.
 */
public final class Operators {
  public static final Operators NONE = new Operators(List.of(), Set.of());

  private final boolean keysConfigured;
  private final Callers keys;
  private final Set<Long> users;

  /**
   * @param keys lines of the operators' keys file
   * @param users who may act over the Unix socket without a key
   */
  public Operators(List<KeyEntry> keys, Set<Long> users) {
    this.keysConfigured = !keys.isEmpty();
    this.keys = Callers.withKeys(keys);
    this.users = Set.copyOf(users);
  }

  /** Whether anybody can show a key. */
  public boolean keysConfigured() {
    return keysConfigured;
  }

  /**
   * The operator's name; empty for somebody else.
   *
   * @param authorization the header; null if there is none
   * @param browser a web page asks: then a user is no proof, since any page of that user's browser has it
   */
  Optional<String> who(@Nullable String authorization, Peer peer, boolean browser) {
    Optional<String> bearer = Callers.bearer(authorization);
    if (bearer.isPresent()) {
      return keys.identify(bearer, Peer.UNKNOWN).<Optional<String>>fold(caller -> Optional.of(caller.name()), refused -> Optional.empty());
    }
    Peer.UnixUser user = peer.user();
    return user != null && !browser && users.contains(user.uid()) ? Optional.of("uid-" + user.uid()) : Optional.empty();
  }
}
