package io.tidegate.discovery.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How DNS is asked.
 *
 * @param server literal address
 * @param subnet where we ask for, 4 or 16 bytes; null to tell nothing
 * @param subnetBits of it
 * @param leastTtl an answer is kept so long, whatever it says
 * @param longestTtl no answer is kept longer; also the longest wait after failures
 * @param patience for one question
 * @param maxRecords most records of one answer; a longer one is a failure
 */
public record DnsTerms(InetSocketAddress server, byte @Nullable [] subnet, int subnetBits, Duration leastTtl, Duration longestTtl, Duration patience,
    int maxRecords) {
  public static DnsTerms of(InetSocketAddress server, Duration leastTtl, Duration longestTtl) {
    return new DnsTerms(server, null, 0, leastTtl, longestTtl, Duration.ofSeconds(2), 1_000);
  }

  public DnsTerms withSubnet(byte[] network, int bits) {
    return new DnsTerms(server, network, bits, leastTtl, longestTtl, patience, maxRecords);
  }
}
