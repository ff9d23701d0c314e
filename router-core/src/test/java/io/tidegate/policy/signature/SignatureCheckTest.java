package io.tidegate.policy.signature;

import static io.tidegate.policy.signature.Signed.ALICE;
import static io.tidegate.policy.signature.Signed.BOB;
import static io.tidegate.policy.signature.Signed.MALLORY;
import static io.tidegate.policy.signature.Signed.NOW;
import static io.tidegate.policy.signature.Signed.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Problem;
import io.tidegate.policy.signature.SignatureCheck.Result;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureCheckTest {
  private final Map<String, byte[]> files = Signed.files();
  private final Manifest manifest = Signed.manifest(5, files);
  private final byte[] text = manifest.canonical();
  private final KeyRing ring = Signed.parsed(Signed.ring());

  private Result check(Map<String, byte[]> present, byte[] manifestText, byte[] signatures, KeyRing keys, @Nullable Accepted last, Instant now) {
    return SignatureCheck.check(present, manifestText, signatures, keys, last, now);
  }

  private Result signedBy(Map<String, KeyPair> signers, String keys) {
    return check(files, text, Signed.by(manifest, signers), Signed.parsed(keys), null, NOW);
  }

  private static void refused(Result result, String word) {
    assertThat(result.manifest()).isEmpty();
    assertThat(result.approved()).isFalse();
    assertThat(result.accepted()).isEmpty();
    assertThat(result.problems()).isNotEmpty().allMatch(problem -> !problem.fix().isBlank());
    assertThat(result.problems()).extracting(Problem::message).anyMatch(message -> message.contains(word));
  }

  @Test
  @DisplayName("K6 one good signature is enough to verify, two by different keys to loosen")
  void good() {
    Result one = signedBy(Map.of("alice", ALICE), Signed.ring());
    assertThat(one.manifest()).hasValue(manifest);
    assertThat(one.signers()).containsExactly("alice");
    assertThat(one.approved()).as("one key may not loosen").isFalse();
    Result two = signedBy(Map.of("alice", ALICE, "bob", BOB), Signed.ring());
    assertThat(two.signers()).containsExactly("alice", "bob");
    assertThat(two.approved()).isTrue();
  }

  @Test
  @DisplayName("K6 every flipped bit of manifest, signatures and files is refused")
  void everyBit() {
    byte[] signatures = Signed.by(manifest, Map.of("alice", ALICE, "bob", BOB));
    for (byte[] original : new byte[][] {text, signatures, files.get("a.yaml")}) {
      for (int bit = 0; bit < original.length * 8; bit++) {
        byte[] flipped = original.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        Map<String, byte[]> present = new TreeMap<>(files);
        if (original != text && original != signatures) {
          present.put("a.yaml", flipped);
        }
        Result result = check(present, original == text ? flipped : text, original == signatures ? flipped : signatures, ring, null, NOW);
        assertThat(result.manifest()).as("bit %s of %s bytes", bit, original.length).isEmpty();
        assertThat(result.approved()).isFalse();
      }
    }
  }

  @Test
  @DisplayName("K6 every cut of manifest and signatures is refused, and a cut between signatures never approves")
  void everyCut() {
    byte[] signatures = Signed.by(manifest, Map.of("alice", ALICE, "bob", BOB));
    for (int cut = 0; cut < text.length; cut++) {
      assertThat(check(files, Arrays.copyOf(text, cut), signatures, ring, null, NOW).manifest()).isEmpty();
    }
    for (int cut = 0; cut < signatures.length; cut++) {
      assertThat(check(files, text, Arrays.copyOf(signatures, cut), ring, null, NOW).approved()).isFalse();
    }
  }

  @Test
  @DisplayName("K6 a dropped, an added and a renamed file are refused")
  void otherFiles() {
    byte[] signatures = Signed.by(manifest, Map.of("alice", ALICE, "bob", BOB));
    Map<String, byte[]> dropped = new TreeMap<>(files);
    dropped.remove("b.yaml");
    refused(check(dropped, text, signatures, ring, null, NOW), "b.yaml is missing");
    Map<String, byte[]> added = new TreeMap<>(files);
    added.put("c.yaml", new byte[0]);
    refused(check(added, text, signatures, ring, null, NOW), "c.yaml is not among them");
    Map<String, byte[]> renamed = new TreeMap<>(dropped);
    renamed.put("c.yaml", files.get("b.yaml"));
    refused(check(renamed, text, signatures, ring, null, NOW), "not the ones that were signed");
  }

  @Test
  @DisplayName("K6 a revision never goes back, and one revision is one content")
  void revisions() {
    byte[] signatures = Signed.by(manifest, Map.of("alice", ALICE));
    assertThat(check(files, text, signatures, ring, new Accepted("corp", 4, "00"), NOW).manifest()).isPresent();
    assertThat(check(files, text, signatures, ring, Accepted.of(manifest), NOW).manifest()).as("the same again").isPresent();
    refused(check(files, text, signatures, ring, new Accepted("corp", 6, "00"), NOW), "not newer than 6");
    refused(check(files, text, signatures, ring, new Accepted("corp", 5, "00"), NOW), "not newer than 5");
    refused(check(files, text, signatures, ring, new Accepted("ward", 1, "00"), NOW), "'ward' is what this daemon follows");
  }

  @Test
  @DisplayName("K6 unknown, revoked, early, late, wrong and role-less keys do not count, beside a good one either")
  void keys() {
    refused(signedBy(Map.of("mallory", MALLORY), Signed.ring()), "not in the key ring");
    refused(signedBy(Map.of("alice", MALLORY), Signed.ring()), "does not fit");
    refused(signedBy(Map.of("alice", ALICE), "keys:\n" + entry("alice", ALICE, ", revoked: true")), "is revoked");
    refused(signedBy(Map.of("alice", ALICE, "bob", BOB), "keys:\n" + entry("alice", ALICE, "") + entry("bob", BOB, ", revoked: true")), "is revoked");
    refused(signedBy(Map.of("alice", ALICE, "bob", MALLORY), Signed.ring()), "does not fit");
    refused(signedBy(Map.of("alice", ALICE), "keys:\n" + entry("alice", ALICE, ", roles: [approve]")), "may sign");
    assertThat(signedBy(Map.of("alice", ALICE, "bob", BOB), "keys:\n" + entry("alice", ALICE, ", roles: [sign]") + entry("bob", BOB, ", roles: [sign]")).approved())
        .as("nobody who may approve").isFalse();
    assertThat(signedBy(Map.of("alice", ALICE, "bob", BOB), "keys:\n" + entry("alice", ALICE, ", roles: [sign]") + entry("bob", BOB, ", roles: [approve]")).approved())
        .isTrue();
    for (String day : new String[] {"2025-12-31T23:59:59Z", "2028-01-01T00:00:00Z"}) {
      refused(check(files, text, Signed.by(manifest, Map.of("alice", ALICE)), ring, null, Instant.parse(day)), "not today");
    }
  }

  @Test
  @DisplayName("K6 early and late bundles are refused; an early one may be tried again when it begins")
  void time() {
    Manifest bounded = Manifest.of("corp", 5, NOW, NOW.plusSeconds(60), files);
    byte[] signatures = Signed.by(bounded, Map.of("alice", ALICE));
    assertThat(check(files, bounded.canonical(), signatures, ring, null, NOW).manifest()).isPresent();
    Result early = check(files, bounded.canonical(), signatures, ring, null, NOW.minusMillis(1));
    refused(early, "begins at");
    assertThat(early.retryAt()).isEqualTo(NOW);
    Result late = check(files, bounded.canonical(), signatures, ring, null, NOW.plusSeconds(60));
    refused(late, "ended at");
    assertThat(late.retryAt()).isNull();
  }

  @Test
  @DisplayName("K6 nothing is parsed before it is signed: an unsigned manifest gets no word about its content")
  void signatureFirst() {
    byte[] bomb = "{".repeat(60_000).getBytes(StandardCharsets.UTF_8);
    refused(check(files, bomb, Signed.by(manifest, Map.of("alice", ALICE)), ring, null, NOW), "does not fit");
    refused(SignatureCheck.check(files, null, Signed.by(manifest, Map.of("alice", ALICE)), ring, null, NOW), "not signed");
    refused(SignatureCheck.check(files, text, null, ring, null, NOW), "not signed");
  }

  @Test
  @DisplayName("a signature for the manifest alone, without its line of purpose, is none")
  void purpose() throws Exception {
    java.security.Signature bare = java.security.Signature.getInstance("Ed25519");
    bare.initSign(ALICE.getPrivate());
    bare.update(text);
    refused(check(files, text, new Signatures(List.of(new Signatures.One("alice", bare.sign()))).text(), ring, null, NOW), "does not fit");
  }

  @Test
  @DisplayName("a signed manifest in any other than its canonical text is refused")
  void canonical() throws Exception {
    String spaced = new String(text, StandardCharsets.UTF_8).replace(",\"revision\"", ", \"revision\"");
    byte[] bytes = spaced.getBytes(StandardCharsets.UTF_8);
    byte[] signatures = Signatures.none().and("alice", ALICE.getPrivate(), bytes).text();
    refused(check(files, bytes, signatures, ring, null, NOW), "not a manifest of this version");
    assertThat(Manifest.parse(text)).hasValue(manifest);
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 5_000; i++) {
      byte[] garbled = text.clone();
      for (int j = 0; j <= random.nextInt(4); j++) {
        garbled[random.nextInt(garbled.length)] = (byte) random.nextInt(256);
      }
      Manifest.parse(garbled).ifPresent(read -> assertThat(read.canonical()).isEqualTo(garbled));
      Signatures.parse(garbled);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "keys: []", "keys:\n  - {id: alice}\n", "keys:\n  - {id: Alice, publicKey: AAAA, from: 2026-01-01, until: 2027-01-01}\n",
      "keys:\n  - {id: a, publicKey: MCowBQYDK2VwAyEA, from: 2026-13-01, until: 2027-01-01}\n", "other: 1"})
  @DisplayName("a key ring with a mistake is no key ring, and says what is wrong")
  void badRings(String ringText) {
    List<Problem> problems = new ArrayList<>();
    assertThat(KeyRing.parse("ring.yaml", ringText.getBytes(StandardCharsets.UTF_8), problems)).isEmpty();
    assertThat(problems).isNotEmpty().allMatch(problem -> problem.file().equals("ring.yaml") && !problem.fix().isBlank());
  }

  @Test
  @DisplayName("K6 one person cannot hold two ids: the same public key twice is a mistake")
  void twins() {
    List<Problem> problems = new ArrayList<>();
    String ringText = "keys:\n" + entry("alice", ALICE, "") + entry("alice-too", ALICE, "");
    assertThat(KeyRing.parse("ring.yaml", ringText.getBytes(StandardCharsets.UTF_8), problems)).isEmpty();
    assertThat(problems).singleElement().extracting(Problem::message).asString().contains("same public key");
  }
}
