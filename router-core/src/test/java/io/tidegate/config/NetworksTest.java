package io.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import io.tidegate.model.Cidr;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworksTest {
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.255.255.255", "10.0.0.0", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "169.254.169.254",
      "100.64.0.1", "100.127.255.255", "0.0.0.0", "192.0.0.8", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fc00::1", "fdff::1", "fe80::1",
      "ff02::1", "64:ff9b::a00:1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::a00:1"})
  @DisplayName("A15 no public upstream reaches an inside address by default, however it is written")
  void publicExcludes(String address) {
    assertThat(contains(Networks.PUBLIC, address)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1",
      "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
      "2606:4700:4700::1111", "2001:db8::1", "::ffff:8.8.8.8"})
  void publicIncludes(String address) {
    assertThat(contains(Networks.PUBLIC, address)).isTrue();
  }

  @Test
  @DisplayName("A14 a private upstream stands on loopback, RFC 1918 or unique local addresses by default")
  void privateDefaults() {
    for (String inside : List.of("127.0.0.1", "10.1.2.3", "172.20.0.1", "192.168.1.1", "::1", "fd00::1", "::ffff:10.0.0.1")) {
      assertThat(contains(Networks.PRIVATE, inside)).as(inside).isTrue();
    }
    for (String outside : List.of("8.8.8.8", "169.254.169.254", "172.32.0.1", "100.64.0.1", "fe80::1", "2001:db8::1", "0.0.0.0")) {
      assertThat(contains(Networks.PRIVATE, outside)).as(outside).isFalse();
    }
  }

  @Test
  @DisplayName("G1 no address is both private and public by default")
  void disjoint() {
    Random random = new Random(7);
    for (int i = 0; i < 200_000; i++) {
      byte[] address = new byte[i % 2 == 0 ? 4 : 16];
      random.nextBytes(address);
      assertThat(Networks.contain(Networks.PRIVATE, address) && Networks.contain(Networks.PUBLIC, address)).isFalse();
    }
    for (Cidr network : Networks.PRIVATE) {
      String text = network.toString();
      assertThat(contains(Networks.PUBLIC, text.substring(0, text.indexOf('/')))).as(text).isFalse();
    }
  }

  @Test
  void publicListIsShort() {
    assertThat(Networks.PUBLIC).hasSizeLessThan(80);
  }

  @Test
  void loneAddressIsANetworkOfOne() throws Malformed {
    assertThat(Networks.cidr("10.0.0.7")).hasToString("10.0.0.7/32");
    assertThat(Networks.cidr("fd00::7").contains(InetAddresses.forString("fd00::8").getAddress())).isFalse();
  }

  @Test
  void literalsOnly() {
    assertThat(Networks.literal("example.com")).isEmpty();
    assertThat(Networks.literal("010.0.0.1")).as("octal or decimal: nobody knows").isEmpty();
    assertThat(Networks.literal("127.1")).isEmpty();
    assertThat(Networks.literal("fe80::1%eth0")).isEmpty();
    assertThat(Networks.loopback("localhost")).isTrue();
    assertThat(Networks.loopback("127.8.8.8")).isTrue();
    assertThat(Networks.loopback("::1")).isTrue();
    assertThat(Networks.loopback("localhost.example")).isFalse();
  }

  private static boolean contains(List<Cidr> networks, String address) {
    // Not InetAddresses' own bytes: it unmaps, and the unmapping under test is Cidr's.
    byte[] bytes = address.startsWith("::ffff:") ? mapped(address.substring(7)) : InetAddresses.forString(address).getAddress();
    return Networks.contain(networks, bytes);
  }

  private static byte[] mapped(String ipv4) {
    byte[] bytes = new byte[16];
    bytes[10] = -1;
    bytes[11] = -1;
    System.arraycopy(InetAddresses.forString(ipv4).getAddress(), 0, bytes, 12, 4);
    return bytes;
  }
}
