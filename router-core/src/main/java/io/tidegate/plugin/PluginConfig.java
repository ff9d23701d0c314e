package io.tidegate.plugin;

import io.tidegate.model.Cidr;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One detector outside the process.
 *
 * @param name stands as detector id in findings, {@code plugin-NAME}
 * @param socket path of its Unix socket; null if it has an address
 * @param address a literal address inside {@code networks}; null if it has a socket
 * @param networks what the connected address must lie in; not asked for a Unix socket
 * @param types entity types it may report; another one is nonsense
 * @param deadline from asking to the whole answer
 * @param maxInFlight questions at one time; past it a request is not asked about, which counts as a failed detector
 * @param maxTextBytes UTF-8 bytes of one request's strings; a longer request counts as not read
 */
public record PluginConfig(String name, @Nullable Path socket, @Nullable InetSocketAddress address, List<Cidr> networks, Set<String> types, Duration deadline, int maxInFlight,
    int maxTextBytes) {
  public PluginConfig {
    networks = List.copyOf(networks);
    types = Set.copyOf(types);
    if ((socket == null) == (address == null)) {
      throw new IllegalArgumentException("a plugin has a socket or an address");
    }
    if (deadline.isNegative() || deadline.isZero() || maxInFlight < 1 || maxTextBytes < 1) {
      throw new IllegalArgumentException("bounds of a plugin must be positive");
    }
  }
}
