package io.tidegate.config;

import io.tidegate.model.Cidr;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Endpoints found by DNS.
 *
 * @param host literal address of the server, private or loopback
 * @param clientSubnet told to the server as where we ask for (EDNS); null for nothing
 * @param leastTtl an answer is kept so long, whatever it says
 * @param longestTtl no answer is kept longer
 * @param names upstream → what is asked for it
 */
public record DnsConfig(String host, int port, @Nullable Cidr clientSubnet, Duration leastTtl, Duration longestTtl, Map<String, Name> names) {
  /** What stands for a region's datacenter in a name. */
  public static final String DATACENTER = "{datacenter}";

  public DnsConfig {
    names = Map.copyOf(names);
  }

  /**
   * @param name with {@link #DATACENTER} in it: one name for each region that has one
   * @param port of every address (A, AAAA); 0 to ask for SRV, which says it
   */
  public record Name(String name, int port) {}
}
