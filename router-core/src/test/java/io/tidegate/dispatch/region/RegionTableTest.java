package io.tidegate.dispatch.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegionTableTest {
  private record Prefix(byte[] network, int bits, String region) {
    boolean covers(byte[] address) {
      if (address.length != network.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        if ((network[bit >> 3] >> (7 - (bit & 7)) & 1) != (address[bit >> 3] >> (7 - (bit & 7)) & 1)) {
          return false;
        }
      }
      return true;
    }
  }

  /** What the rule says, word for word: of all that cover it the longest; of equal ones the last. */
  private static String naive(List<Prefix> prefixes, byte[] address) {
    Prefix best = null;
    if (address.length == 16 && new java.math.BigInteger(1, address).shiftRight(32).intValue() == 0xffff
        && new java.math.BigInteger(1, address).shiftRight(48).signum() == 0) {
      // An IPv4 address, of which these tables of IPv6 say nothing.
      return "";
    }
    for (Prefix prefix : prefixes) {
      if (prefix.covers(address) && (best == null || prefix.bits >= best.bits)) {
        best = prefix;
      }
    }
    return best == null ? "" : best.region;
  }

  private static byte[] masked(byte[] address, int bits) {
    byte[] masked = address.clone();
    for (int bit = bits; bit < masked.length * 8; bit++) {
      masked[bit >> 3] &= (byte) ~(0x80 >> (bit & 7));
    }
    return masked;
  }

  /** Clustered, so that prefixes nest and touch, and at both ends of the space. */
  private static byte[] address(SplittableRandom random, int length) {
    byte[] address = new byte[length];
    random.nextBytes(address);
    switch (random.nextInt(4)) {
      case 0 -> java.util.Arrays.fill(address, 0, length - 1, (byte) 0);
      case 1 -> java.util.Arrays.fill(address, 0, length - 1, (byte) 0xff);
      case 2 -> java.util.Arrays.fill(address, 0, length / 2, (byte) 0x20);
      default -> { }
    }
    return address;
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 16})
  @DisplayName("R3.1 the longest prefix wins: a thousand random tables against the rule word for word")
  void longestPrefix(int length) {
    SplittableRandom random = new SplittableRandom(31 + length);
    for (int table = 0; table < 1_000; table++) {
      List<Prefix> prefixes = new ArrayList<>();
      RegionTable.Builder builder = new RegionTable.Builder();
      int size = random.nextInt(40);
      for (int i = 0; i < size; i++) {
        int bits = random.nextInt(length * 8 + 1);
        // Not those of IPv4 inside IPv6, which are another rule's.
        Prefix prefix = new Prefix(masked(address(random, length), bits), bits, "r" + random.nextInt(5));
        prefixes.add(prefix);
        builder.add(prefix.network, bits, prefix.region);
      }
      RegionTable made = builder.build();
      for (int i = 0; i < 60; i++) {
        byte[] asked = i < prefixes.size() ? edge(prefixes.get(i), random) : address(random, length);
        assertThat(made.of(asked)).as("table %d, address %d", table, i).isEqualTo(naive(prefixes, asked));
      }
    }
  }

  /** The first or last address of a prefix, or the one before or behind it. */
  private static byte[] edge(Prefix prefix, SplittableRandom random) {
    byte[] at = prefix.network.clone();
    boolean last = random.nextBoolean();
    for (int bit = prefix.bits; last && bit < at.length * 8; bit++) {
      at[bit >> 3] |= (byte) (0x80 >> (bit & 7));
    }
    int step = random.nextInt(3) - 1;
    for (int i = at.length - 1; i >= 0 && step != 0; i--) {
      at[i] += (byte) step;
      if (at[i] != (byte) (step > 0 ? 0 : 0xff)) {
        break;
      }
    }
    return at;
  }

  @Test
  @DisplayName("R3.1 an IPv4 address inside IPv6 is that IPv4 address, whichever way it is written")
  void mapped() {
    byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 1, 2, 3};
    byte[] network = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 1, 0, 0};
    RegionTable four = new RegionTable.Builder().add(new byte[] {10, 1, 0, 0}, 16, "east").add(new byte[16], 0, "rest").build();
    assertThat(four.of(mapped)).isEqualTo("east");
    assertThat(four.of(new byte[] {10, 2, 0, 0})).as("::/0 is no IPv4").isEmpty();
    assertThat(new RegionTable.Builder().add(network, 112, "east").build().of(new byte[] {10, 1, 9, 9})).isEqualTo("east");
  }

  @Test
  @DisplayName("R3.1 no prefix, no region; what is no address has none")
  void nothing() {
    assertThat(RegionTable.EMPTY.of(new byte[] {1, 2, 3, 4})).isEmpty();
    assertThat(RegionTable.EMPTY.of(new byte[3])).isEmpty();
    assertThat(RegionTable.EMPTY.prefixes()).isZero();
    assertThatThrownBy(() -> new RegionTable.Builder().add(new byte[4], 33, "east")).isInstanceOf(IllegalArgumentException.class);
  }
}
