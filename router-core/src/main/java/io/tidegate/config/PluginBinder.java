package io.tidegate.config;

import io.tidegate.model.Cidr;
import io.tidegate.model.Zone;
import io.tidegate.plugin.PluginConfig;
import io.tidegate.yaml.YamlPosition;
import io.tidegate.yaml.YamlText;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One entry of {@code plugins}. A plugin reads everything, RESTRICTED text too: so its address is a socket file or a literal one inside private networks. */
final class PluginBinder {
  private static final int MAX_NAME = 40;
  private static final int MAX_TYPE = 64;

  private final Map<String, YamlPosition> names = new HashMap<>();

  /** Empty after a problem. Reads every key in any case. */
  Optional<PluginConfig> bind(Section s) {
    Optional<String> name = s.needed("name", PluginBinder::name);
    Optional<Listen> place = s.needed("address", Listen::parse);
    List<Cidr> networks = s.has("networks") ? s.list("networks", Networks::cidr) : Networks.defaults(Zone.PRIVATE);
    Set<String> types = new HashSet<>(s.list("types", PluginBinder::type));
    Duration deadline = s.duration("deadline", Duration.ofMillis(1), Duration.ofSeconds(30), Duration.ofMillis(100));
    int inFlight = s.integer("maxInFlight", 1, 100_000, 64);
    int text = (int) s.bytes("maxText", 1 << 10, 64 << 20, 1 << 20);
    s.end();
    name.ifPresent(given -> {
      YamlPosition before = names.putIfAbsent(given, s.position("name"));
      if (before != null) {
        s.problem("name", "there are two plugins named " + given + " (the first on line " + before.line() + ")", "give each a name of its own");
      }
    });
    if (s.has("networks") && s.texts("networks").stream().map(YamlText::text).anyMatch(network -> network.endsWith("/0"))) {
      s.problem("networks", "a plugin may not have the whole Internet as its network", "list the networks where it stands, such as 10.0.0.0/8");
    }
    if (types.isEmpty() && s.texts("types").isEmpty()) {
      s.problem("types", "the plugin may report nothing", "list the entity types that it reports, such as [PROJECT]");
    }
    if (name.isEmpty() || place.isEmpty()) {
      return Optional.empty();
    }
    Optional<Listen.Tcp> tcp = place.get().fold(Optional::of, unix -> Optional.empty());
    Optional<Path> socket = place.get().fold(address -> Optional.empty(), unix -> Optional.of(unix.path()));
    return Optional.of(new PluginConfig(name.get(), socket.orElse(null), tcp.map(address -> address(address, networks, s)).orElse(null), networks, types,
        deadline, inFlight, text));
  }

  private static InetSocketAddress address(Listen.Tcp place, List<Cidr> networks, Section s) {
    String host = place.host().equals("localhost") ? "127.0.0.1" : place.host();
    if (place.port() == 0) {
      s.problem("address", "port 0 cannot be connected to", "write the port that the plugin listens on");
    }
    if (!Networks.contain(networks, Networks.literal(host).orElseThrow())) {
      s.problem("address", host + " lies outside the networks of this plugin, which reads RESTRICTED text",
          "use a Unix socket, or add its network to networks if it really is private");
    }
    return new InetSocketAddress(Networks.literalAddress(host), place.port());
  }

  private static String name(String text) throws Malformed {
    boolean good = text.length() <= MAX_NAME && !text.startsWith("-") && !text.endsWith("-")
        && text.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-');
    if (!good) {
      throw new Malformed("'" + Malformed.shown(text) + "' is not a name of a plugin", "use 1 to " + MAX_NAME + " of a-z, 0-9 and -, not - at either end");
    }
    return text;
  }

  private static String type(String text) throws Malformed {
    boolean good = text.length() <= MAX_TYPE && text.charAt(0) >= 'A' && text.charAt(0) <= 'Z'
        && text.chars().allMatch(c -> c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_');
    if (!good) {
      throw new Malformed("'" + Malformed.shown(text) + "' is not the name of an entity type", "write upper-case letters, digits and '_', such as PROJECT");
    }
    return text;
  }
}
