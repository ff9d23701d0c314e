package io.tidegate.config;

import com.google.common.net.InetAddresses;
import io.tidegate.model.Cidr;
import io.tidegate.model.Zone;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Networks and literal addresses; resolves no names.
 *
 * <p>The defaults of {@code networks} (hazards A14, A15). A private upstream: loopback, RFC 1918, unique local IPv6. A public one: everything that
 * is routed in public, as an allow list too, so that one rule holds for both: all of IPv4 but the special blocks of RFC 6890, and of IPv6 only the
 * global unicast block. So a public name that resolves to an inside address (DNS rebinding), to link-local (a cloud's metadata service) or to an
 * inside address wrapped in NAT64 gets no connection.
 */
public final class Networks {
  static final List<Cidr> PRIVATE = all("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7");
  private static final List<Cidr> SPECIAL_IPV4 = all("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
      "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3");
  static final List<Cidr> PUBLIC = publicNetworks();

  private Networks() {}

  public static List<Cidr> defaults(Zone zone) {
    return switch (zone) {
      case PRIVATE -> PRIVATE;
      case PUBLIC -> PUBLIC;
    };
  }

  /** Reads {@code 10.0.0.0/8} or {@code fc00::/7}; a lone address is a network of one. */
  static Cidr cidr(String text) throws Malformed {
    int slash = text.indexOf('/');
    Optional<byte[]> address = literal(slash < 0 ? text : text.substring(0, slash));
    if (address.isEmpty()) {
      throw new Malformed("'" + Malformed.shown(text) + "' is not a network", "write an address and a prefix length, such as 10.0.0.0/8 or fc00::/7");
    }
    int bits = address.get().length * 8;
    int prefix = slash < 0 ? bits : prefix(text.substring(slash + 1));
    if (prefix < 0 || prefix > bits) {
      throw new Malformed("the prefix length of '" + Malformed.shown(text) + "' is not a number from 0 to " + bits,
          "write an address and a prefix length, such as 10.0.0.0/8 or fc00::/7");
    }
    String masked = InetAddresses.toAddrString(address(masked(address.get(), prefix))) + "/" + prefix;
    try {
      return Cidr.of(address.get(), prefix, slash < 0 ? masked : text);
    } catch (IllegalArgumentException hostBits) {
      throw new Malformed("'" + Malformed.shown(text) + "' names a host inside a network, not a network", "write " + masked);
    }
  }

  /** 4 or 16 bytes of a literal address, with or without brackets; empty for a name. */
  static Optional<byte[]> literal(String host) {
    String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    return InetAddresses.isInetAddress(bare) && bare.indexOf('%') < 0 ? Optional.of(InetAddresses.forString(bare).getAddress()) : Optional.empty();
  }

  /** The address that a literal stands for; asks nobody. */
  static InetAddress literalAddress(String literal) {
    return address(literal(literal).orElseThrow());
  }

  /** Whether {@code host} can only mean this machine. */
  static boolean loopback(String host) {
    return host.equals("localhost") || literal(host).map(a -> address(a).isLoopbackAddress()).orElse(false);
  }

  static boolean contain(List<Cidr> networks, byte[] address) {
    return networks.stream().anyMatch(network -> network.contains(address));
  }

  private static int prefix(String digits) {
    boolean number = !digits.isEmpty() && digits.length() <= 3 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    return number ? Integer.parseInt(digits) : -1;
  }

  private static byte[] masked(byte[] address, int prefix) {
    byte[] masked = address.clone();
    for (int bit = prefix; bit < masked.length * 8; bit++) {
      masked[bit >> 3] &= (byte) ~(0x80 >> (bit & 7));
    }
    return masked;
  }

  private static InetAddress address(byte[] bytes) {
    return bytes.length == 4 ? InetAddresses.fromInteger(new BigInteger(bytes).intValue()) : InetAddresses.fromIPv6BigInteger(new BigInteger(1, bytes));
  }

  private static List<Cidr> publicNetworks() {
    List<Cidr> networks = new ArrayList<>();
    allBut(SPECIAL_IPV4, new byte[4], 0, networks);
    networks.addAll(all("2000::/3"));
    return List.copyOf(networks);
  }

  /** Halves the block until each piece lies wholly inside or outside {@code excluded}; keeps the outside. */
  private static void allBut(List<Cidr> excluded, byte[] block, int prefix, List<Cidr> kept) {
    byte[] last = block.clone();
    for (int bit = prefix; bit < 32; bit++) {
      last[bit >> 3] |= (byte) (0x80 >> (bit & 7));
    }
    if (excluded.stream().anyMatch(cidr -> cidr.contains(block) && cidr.contains(last))) {
      return;
    }
    Cidr whole = Cidr.of(block, prefix, InetAddresses.toAddrString(address(block)) + "/" + prefix);
    if (excluded.stream().noneMatch(cidr -> whole.contains(first(cidr)))) {
      kept.add(whole);
      return;
    }
    byte[] upper = block.clone();
    upper[prefix >> 3] |= (byte) (0x80 >> (prefix & 7));
    allBut(excluded, block, prefix + 1, kept);
    allBut(excluded, upper, prefix + 1, kept);
  }

  private static byte[] first(Cidr cidr) {
    String text = cidr.toString();
    return InetAddresses.forString(text.substring(0, text.indexOf('/'))).getAddress();
  }

  private static List<Cidr> all(String... texts) {
    List<Cidr> networks = new ArrayList<>();
    for (String text : texts) {
      try {
        networks.add(cidr(text));
      } catch (Malformed impossible) {
        throw new IllegalStateException(impossible);
      }
    }
    return List.copyOf(networks);
  }
}
