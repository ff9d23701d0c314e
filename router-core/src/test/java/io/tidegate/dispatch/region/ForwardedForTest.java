package io.tidegate.dispatch.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardedForTest {
  private static final Set<String> PROXIES = Set.of("10.0.0.1", "10.0.0.2", "fd00::1");

  private static String client(String peer, String header) {
    byte[] found = ForwardedFor.client(NetUtil.createByteArrayFromIpAddressString(peer), header,
        address -> PROXIES.stream().anyMatch(proxy -> java.util.Arrays.equals(address, NetUtil.createByteArrayFromIpAddressString(proxy))),
        NetUtil::createByteArrayFromIpAddressString);
    return found == null ? "nobody knows" : NetUtil.bytesToIpAddress(found);
  }

  @ParameterizedTest
  @DisplayName("R3.1 A8 X-Forwarded-For counts from configured proxies only, from the right, up to the first stranger")
  @CsvSource(delimiter = '|', value = {
      "192.0.2.9 | 203.0.113.5 | 192.0.2.9",
      "10.0.0.1 | 203.0.113.5 | 203.0.113.5",
      "10.0.0.1 | 198.51.100.1, 203.0.113.5 | 203.0.113.5",
      "10.0.0.1 | 203.0.113.5,10.0.0.2 | 203.0.113.5",
      "10.0.0.1 | 203.0.113.5 , 10.0.0.2 , 10.0.0.1 | 203.0.113.5",
      "10.0.0.1 | 203.0.113.5:4711 | 203.0.113.5",
      "10.0.0.1 | [2001:db8::5]:4711 | 2001:db8::5",
      "fd00::1 | 2001:db8::5 | 2001:db8::5",
      "10.0.0.1 | unknown | nobody knows",
      "10.0.0.1 | 203.0.113.5, unknown | nobody knows",
      "10.0.0.1 | unknown, 203.0.113.5 | 203.0.113.5",
      "10.0.0.1 | 203.0.113.5, | nobody knows",
      "10.0.0.1 | '' | nobody knows",
      "10.0.0.1 | 10.0.0.2 | 10.0.0.2"})
  void fromTheRight(String peer, String header, String expected) {
    assertThat(client(peer, header)).isEqualTo(expected);
  }

  @Test
  @DisplayName("R3.1 without the header the far end of the connection is the client; a long list is not walked to its end")
  void bounds() {
    assertThat(NetUtil.bytesToIpAddress(ForwardedFor.client(new byte[] {10, 0, 0, 1}, null, a -> true, NetUtil::createByteArrayFromIpAddressString)))
        .isEqualTo("10.0.0.1");
    String all = "203.0.113.5" + ",10.0.0.2".repeat(1_000);
    assertThat(client("10.0.0.1", all)).isEqualTo("10.0.0.2");
  }
}
