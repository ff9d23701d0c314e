package io.tidegate.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.model.Caller;
import io.tidegate.model.Peer;
import io.tidegate.model.Refusal;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallersTest {
  private static final String KEY = "tgk_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
  private static final Caller RADIOLOGY = new Caller("hospital", "radiology");

  private final Callers keyed = Callers.withKeys(List.of(
      new KeyEntry(RADIOLOGY, Callers.hashOf(KEY)), new KeyEntry(new Caller("hospital", "billing"), Callers.hashOf("another"))));

  @Test
  @DisplayName("A8 without keys, loopback is the default tenant and the key of a client library is ignored")
  void loopbackIsDefault() {
    assertThat(who(Callers.withoutKeys(), Optional.empty(), true)).isEqualTo(Caller.DEFAULT);
    assertThat(who(Callers.withoutKeys(), Optional.of("sk-anything"), true)).isEqualTo(Caller.DEFAULT);
  }

  @Test
  @DisplayName("A8 without keys, nobody comes in from the network")
  void networkWithoutKeysIsRefused() {
    assertThat(refusal(Callers.withoutKeys(), Optional.empty(), false)).isEqualTo(Refusal.UNAUTHENTICATED);
    assertThat(refusal(Callers.withoutKeys(), Optional.of(KEY), false)).isEqualTo(Refusal.UNAUTHENTICATED);
  }

  @Test
  @DisplayName("G4 a known key names its caller from anywhere")
  void knownKeyNamesItsCaller() {
    assertThat(who(keyed, Optional.of(KEY), false)).isEqualTo(RADIOLOGY);
    assertThat(who(keyed, Optional.of(KEY), true)).isEqualTo(RADIOLOGY);
    assertThat(who(keyed, Optional.of("another"), true).name()).isEqualTo("billing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "tgk_0123456789abcdefghijklmnopqrstuvwxyzABCDEFg", "default", "hospital:radiology", "键", "Bearer"})
  @DisplayName("B8 an unknown or malformed key is refused, on loopback too: it never falls back to the default tenant")
  void unknownKeyIsRefused(String key) {
    assertThat(refusal(keyed, Optional.of(key), true)).isEqualTo(Refusal.UNAUTHENTICATED);
    assertThat(refusal(keyed, Optional.of(key), false)).isEqualTo(Refusal.UNAUTHENTICATED);
  }

  @Test
  @DisplayName("A8 with keys, loopback without a key stays the default tenant, the network without a key is refused")
  void noKey() {
    assertThat(who(keyed, Optional.empty(), true)).isEqualTo(Caller.DEFAULT);
    assertThat(refusal(keyed, Optional.empty(), false)).isEqualTo(Refusal.UNAUTHENTICATED);
  }

  @Test
  @DisplayName("B8 the refusal is one and the same for a missing, a malformed and an unknown key")
  void oneRefusal() {
    Identity missing = keyed.identify(Optional.empty(), Peer.UNKNOWN);
    assertThat(keyed.identify(Optional.of(""), Peer.UNKNOWN)).isSameAs(missing);
    assertThat(keyed.identify(Optional.of("unknown"), Peer.UNKNOWN)).isSameAs(missing);
    assertThat(Callers.withoutKeys().identify(Optional.of(KEY), Peer.UNKNOWN)).isSameAs(missing);
  }

  @Test
  @DisplayName("B2 the hash of a key is not a key")
  void hashIsNoKey() {
    assertThat(refusal(keyed, Optional.of(Callers.hashOf(KEY)), true)).isEqualTo(Refusal.UNAUTHENTICATED);
  }

  @Test
  @DisplayName("B8 a hash that shares only its first 64 bits is refused")
  void prefixAloneDoesNotSuffice() {
    String hash = Callers.hashOf(KEY);
    Callers near = Callers.withKeys(List.of(new KeyEntry(RADIOLOGY, hash.substring(0, 63) + (hash.charAt(63) == '0' ? '1' : '0'))));
    assertThat(refusal(near, Optional.of(KEY), true)).isEqualTo(Refusal.UNAUTHENTICATED);
  }

  @Test
  void emptyKeyListStillAsksForKeys() {
    assertThat(refusal(Callers.withKeys(List.of()), Optional.of(KEY), true)).isEqualTo(Refusal.UNAUTHENTICATED);
  }

  @Test
  void sameHashTwiceIsADefect() {
    KeyEntry entry = new KeyEntry(RADIOLOGY, Callers.hashOf(KEY));
    assertThatThrownBy(() -> Callers.withKeys(List.of(entry, entry))).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void hashIsSha256() {
    assertThat(Callers.hashOf("abc")).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  @DisplayName("B8 the Authorization field: anything but a bearer token counts as a wrong key, not as none")
  void bearer() {
    assertThat(Callers.bearer(null)).isEmpty();
    assertThat(Callers.bearer("Bearer abc")).contains("abc");
    assertThat(Callers.bearer("bearer  abc ")).contains("abc");
    for (String odd : List.of("", "Bearer", "Bearer ", "Basic YTpi", "abc", "Bearerabc")) {
      assertThat(Callers.bearer(odd)).as(odd).contains("");
    }
  }

  private static Caller who(Callers callers, Optional<String> bearer, boolean loopback) {
    return callers.identify(bearer, loopback ? Peer.LOOPBACK : Peer.UNKNOWN).fold(caller -> caller, answer -> {
      throw new AssertionError("refused: " + answer.refusal());
    });
  }

  private static Refusal refusal(Callers callers, Optional<String> bearer, boolean loopback) {
    return callers.identify(bearer, loopback ? Peer.LOOPBACK : Peer.UNKNOWN).fold(caller -> {
      throw new AssertionError("known as " + caller);
    }, answer -> answer.refusal());
  }
}
