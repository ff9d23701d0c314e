package io.tidegate.policy.signature;

import io.tidegate.model.Problem;
import io.tidegate.yaml.YamlDocument;
import io.tidegate.yaml.YamlLimits;
import io.tidegate.yaml.YamlMap;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Whose signatures count. Immutable. */
public final class KeyRing {
  private static final YamlLimits LIMITS = new YamlLimits(256 << 10, 8, 10_000);

  private final Map<String, Key> keys;

  private KeyRing(Map<String, Key> keys) {
    this.keys = Map.copyOf(keys);
  }

  /** What a key may do. */
  public enum Role {
    /** Sign a bundle. */
    SIGN,
    /** Be the second signature that a loosening bundle needs. */
    APPROVE
  }

  /**
   * A key.
   *
   * @param from first day on which its signatures count
   * @param until last such day
   * @param revoked none of its signatures counts, whenever made
   */
  public record Key(String id, PublicKey publicKey, LocalDate from, LocalDate until, boolean revoked, Set<Role> roles) {
    public Key {
      roles = Set.copyOf(roles);
    }
  }

  /** The key of this id; empty if there is none. */
  public Optional<Key> key(String id) {
    return Optional.ofNullable(keys.get(id));
  }

  public int size() {
    return keys.size();
  }

  /**
   * Reads a key ring: {@code keys:}, each with {@code id}, {@code publicKey} (base64), {@code from}, {@code until}, and if wanted {@code revoked} and
   * {@code roles}.
   *
   * @param problems takes what is wrong; the ring must not be used then
   */
  public static Optional<KeyRing> parse(String file, byte[] bytes, List<Problem> problems) {
    int before = problems.size();
    Map<String, Key> keys = new LinkedHashMap<>();
    YamlDocument.parse(file, bytes, LIMITS, problems).ifPresent(root -> {
      for (YamlMap map : root.maps("keys")) {
        key(map).ifPresent(key -> {
          Optional<Key> twin = keys.values().stream().filter(other -> other.publicKey().equals(key.publicKey())).findFirst();
          if (twin.isPresent()) {
            // One person with two ids could sign twice.
            map.problem("publicKey", "the key '" + twin.get().id() + "' has the same public key", "give each id a key of its own: tidegate policy keygen");
          }
          if (keys.putIfAbsent(key.id(), key) != null) {
            map.problem("id", "there are two keys of this id", "give one of them another id");
          }
        });
      }
      if (keys.isEmpty() && problems.size() == before) {
        root.problem(root.position(), "the key ring has no key", "add what 'tidegate policy keygen' prints below 'keys:'");
      }
      root.end();
    });
    return problems.size() == before ? Optional.of(new KeyRing(keys)) : Optional.empty();
  }

  private static Optional<Key> key(YamlMap map) {
    String id = map.string("id");
    if (map.has("id") && !Manifest.isName(id)) {
      map.problem("id", "this is not an id", "write 1 to 63 lower-case letters, digits and hyphens");
    }
    Optional<PublicKey> publicKey = map.text("publicKey").flatMap(text -> {
      Optional<PublicKey> read = publicKey(text.text());
      if (read.isEmpty()) {
        map.problem("publicKey", "this is no Ed25519 public key", "copy the line that 'tidegate policy keygen' printed");
      }
      return read;
    });
    Optional<LocalDate> from = date(map, "from");
    Optional<LocalDate> until = date(map, "until");
    if (from.isPresent() && until.isPresent() && until.get().isBefore(from.get())) {
      map.problem("until", "'until' is before 'from'", "write the last day on which the key signs");
    }
    boolean revoked = map.bool("revoked", false);
    Set<Role> roles = EnumSet.allOf(Role.class);
    if (map.has("roles")) {
      roles = EnumSet.noneOf(Role.class);
      roles.addAll(map.enumerations("roles", Role.class));
    }
    map.end();
    Set<Role> granted = roles;
    return publicKey.isPresent() && from.isPresent() && until.isPresent() && !id.isEmpty()
        ? Optional.of(new Key(id, publicKey.get(), from.get(), until.get(), revoked, granted)) : Optional.empty();
  }

  private static Optional<LocalDate> date(YamlMap map, String key) {
    return map.text(key).flatMap(text -> {
      try {
        return Optional.of(LocalDate.parse(text.text()));
      } catch (DateTimeParseException e) {
        map.problem(key, "'" + key + "' is not a date", "write it as year-month-day, such as 2027-06-30");
        return Optional.empty();
      }
    });
  }

  /** An Ed25519 key of its X.509 form in base64. */
  static Optional<PublicKey> publicKey(String base64) {
    try {
      byte[] der = Base64.getDecoder().decode(base64);
      PublicKey key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der));
      return Arrays.equals(key.getEncoded(), der) ? Optional.of(key) : Optional.empty();
    } catch (GeneralSecurityException | IllegalArgumentException notAKey) {
      return Optional.empty();
    }
  }
}
