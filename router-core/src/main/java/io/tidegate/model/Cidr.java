package io.tidegate.model;

import java.util.Arrays;

/**
 * A network in CIDR notation, IPv4 or IPv6. An IPv4-mapped IPv6 address counts as IPv4.
 */
public final class Cidr {
  private final byte[] network;
  private final int prefixBits;
  private final String text;

  private Cidr(byte[] network, int prefixBits, String text) {
    this.network = network;
    this.prefixBits = prefixBits;
    this.text = text;
  }

  /**
   * @param network 4 or 16 bytes
   * @throws IllegalArgumentException if the prefix does not fit or host bits are set
   */
  public static Cidr of(byte[] network, int prefixBits, String text) {
    if (network.length != 4 && network.length != 16 || prefixBits < 0 || prefixBits > network.length * 8) {
      throw new IllegalArgumentException("prefix length does not fit the address");
    }
    for (int bit = prefixBits; bit < network.length * 8; bit++) {
      if ((network[bit >> 3] >> (7 - (bit & 7)) & 1) != 0) {
        throw new IllegalArgumentException("host bits are set");
      }
    }
    return new Cidr(network.clone(), prefixBits, text);
  }

  /** Whether {@code address} (4 or 16 bytes) lies in this network. */
  public boolean contains(byte[] address) {
    byte[] a = unmapped(address);
    if (a.length != network.length) {
      return false;
    }
    int whole = prefixBits >> 3;
    if (!Arrays.equals(a, 0, whole, network, 0, whole)) {
      return false;
    }
    int rest = prefixBits & 7;
    return rest == 0 || (a[whole] ^ network[whole]) >> (8 - rest) == 0;
  }

  /** Whether every address of {@code other} lies in this network. */
  public boolean covers(Cidr other) {
    return other.network.length == network.length && other.prefixBits >= prefixBits && contains(other.network);
  }

  /** The first address: 4 or 16 bytes. */
  public byte[] network() {
    return network.clone();
  }

  public int prefixBits() {
    return prefixBits;
  }

  private static byte[] unmapped(byte[] address) {
    if (address.length != 16 || address[10] != -1 || address[11] != -1) {
      return address;
    }
    for (int i = 0; i < 10; i++) {
      if (address[i] != 0) {
        return address;
      }
    }
    return Arrays.copyOfRange(address, 12, 16);
  }

  @Override
  public String toString() {
    return text;
  }
}
