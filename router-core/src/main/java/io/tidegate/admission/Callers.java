package io.tidegate.admission;

import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Peer;
import io.tidegate.model.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells who sent a request (decisions 15). Any thread; a reload makes a new one.
 *
 * <p>Three things can prove an identity: a key, a certificate, a Unix user. The one that says most about the workload is the caller, in this
 * order. A proof that fails is never passed over for another, and proofs that rules give to different tenants contradict each other: both are
 * refused. Only what no rule names (loopback, {@code uid-N}) makes way for a key.
 *
 * <p>A key is hashed and forgotten: nothing here keeps, prints or caches one (B2), which is also why there is no cache by key. Hashing costs
 * about what a cache look-up on an equally long string would, because the digest is cloned from a prototype that is never updated
 * ({@code MessageDigest.getInstance} would walk the providers). The look-up is by the first 64 bits of the hash, which a caller cannot steer,
 * and ends in one constant-time comparison of 32 bytes whether or not a line was found (B8).
 */
public final class Callers {
  private static final Identity REFUSED = new Identity.Refused(ErrorAnswer.of(Refusal.UNAUTHENTICATED,
      "Send a key of this router as 'Authorization: Bearer KEY', or connect as a user or workload that it knows. Keys are made with 'tidegate keys new'."));
  private static final byte[] NOBODY = new byte[32];

  private final boolean keysConfigured;
  private final Connections connections;
  private final Map<Long, Entry> byPrefix;
  /** Only ever cloned, so that threads may share it. */
  private final MessageDigest prototype = sha256();

  /** @throws IllegalArgumentException if two rules claim the same key, user, group or SPIFFE pattern; reading the files reports that as a problem */
  public Callers(CallerRules rules) {
    this.keysConfigured = rules.keysConfigured();
    this.connections = new Connections(rules, REFUSED);
    this.byPrefix = new HashMap<>(rules.keys().size() * 2);
    for (KeyEntry entry : rules.keys()) {
      byte[] hash = HexFormat.of().parseHex(entry.sha256());
      if (byPrefix.putIfAbsent(prefix(hash), new Entry(hash, new Identity.Known(entry.caller()))) != null) {
        throw new IllegalArgumentException("two keys have the same hash");
      }
    }
  }

  /** Without a keys file: loopback is the default tenant, whatever key a client library sends; anyone else is refused. */
  public static Callers withoutKeys() {
    return new Callers(CallerRules.NONE);
  }

  /**
   * With a keys file, even an empty one.
   *
   * @throws IllegalArgumentException if two entries share a hash; {@link KeysFile} reports that as a problem
   */
  public static Callers withKeys(List<KeyEntry> entries) {
    return new Callers(new CallerRules(true, entries, List.of(), List.of()));
  }

  /**
   * The token of an {@code Authorization} field: empty if there is no field, an empty string (which no key has) if it is not a bearer token.
   *
   * @param authorization the field's value, null if the request has none
   */
  public static Optional<String> bearer(@Nullable String authorization) {
    if (authorization == null) {
      return Optional.empty();
    }
    if (authorization.length() > 7 && authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return Optional.of(authorization.substring(7).strip());
    }
    return Optional.of("");
  }

  /**
   * Who sent a request.
   *
   * @param bearer the token as {@link #bearer} gives it
   * @param peer what the connection proves, as the kernel and the TLS handshake say, never as a header says
   */
  public Identity identify(Optional<String> bearer, Peer peer) {
    Standing connection = connections.of(peer);
    if (!keysConfigured || bearer.isEmpty()) {
      return connection.alone();
    }
    byte[] hash = hash(bearer.get());
    Entry entry = byPrefix.get(prefix(hash));
    boolean same = MessageDigest.isEqual(entry == null ? NOBODY : entry.hash, hash);
    return entry != null && same && connection.allows(entry.tenant()) ? entry.identity : REFUSED;
  }

  /** Lower-case hex SHA-256 of {@code key}: what stands in a keys file. */
  public static String hashOf(String key) {
    return HexFormat.of().formatHex(sha256().digest(key.getBytes(StandardCharsets.UTF_8)));
  }

  private byte[] hash(String key) {
    try {
      return ((MessageDigest) prototype.clone()).digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (CloneNotSupportedException impossible) {
      throw new IllegalStateException("this platform's SHA-256 cannot be cloned", impossible);
    }
  }

  private static long prefix(byte[] hash) {
    long prefix = 0;
    for (int i = 0; i < 8; i++) {
      prefix = prefix << 8 | hash[i] & 0xff;
    }
    return prefix;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }

  private record Entry(byte[] hash, Identity.Known identity) {
    String tenant() {
      return identity.caller().tenant();
    }
  }
}
