package io.tidegate.policy.signature;

import io.tidegate.model.Problem;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Keys and signed bundles for tests. */
public final class Signed {
  public static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  public static final KeyPair ALICE = pair();
  public static final KeyPair BOB = pair();
  public static final KeyPair MALLORY = pair();

  private Signed() {}

  private static KeyPair pair() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public static String entry(String id, KeyPair pair, String more) {
    return "  - {id: " + id + ", publicKey: " + Base64.getEncoder().encodeToString(pair.getPublic().getEncoded()) + ", from: 2026-01-01, until: 2027-12-31" + more + "}\n";
  }

  /** Alice and Bob, who may do everything. */
  public static String ring() {
    return "keys:\n" + entry("alice", ALICE, "") + entry("bob", BOB, "");
  }

  static KeyRing parsed(String ring) {
    List<Problem> problems = new ArrayList<>();
    return KeyRing.parse("ring.yaml", ring.getBytes(StandardCharsets.UTF_8), problems).orElseThrow(() -> new IllegalStateException(problems.toString()));
  }

  static Map<String, byte[]> files() {
    return new TreeMap<>(Map.of("a.yaml", "one".getBytes(StandardCharsets.UTF_8), "b.yaml", "two".getBytes(StandardCharsets.UTF_8)));
  }

  public static Manifest manifest(int revision, Map<String, byte[]> files) {
    return Manifest.of("corp", revision, NOW.minusSeconds(3600), null, files);
  }

  public static byte[] by(Manifest manifest, Map<String, KeyPair> signers) {
    Signatures all = Signatures.none();
    try {
      for (var signer : new TreeMap<>(signers).entrySet()) {
        all = all.and(signer.getKey(), signer.getValue().getPrivate(), manifest.canonical());
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    return all.text();
  }
}
