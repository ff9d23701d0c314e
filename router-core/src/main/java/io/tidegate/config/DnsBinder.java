package io.tidegate.config;

import io.tidegate.model.Cidr;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the section {@code dns}, and the names that upstreams have. */
final class DnsBinder {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Map<String, DnsConfig.Name> names = new HashMap<>();
  private final boolean present;

  DnsBinder(Section root) {
    this.present = root.optionalSection("dns").isPresent();
  }

  /** The name of an upstream; empty if it has none. */
  Optional<DnsConfig.Name> named(Section s, boolean byDatacenter) {
    Optional<String> name = s.optional("dnsName", DnsBinder::name);
    int port = s.integer("dnsPort", 0, 65_535, 0);
    if (name.isPresent() && !present) {
      s.problem("dnsName", "dnsName is set, and there is no section dns", "add dns: {server: 127.0.0.1:8600}, or remove the key");
    }
    if (name.isPresent() && name.get().contains(DnsConfig.DATACENTER) && !byDatacenter) {
      s.problem("dnsName", "no region names a datacenter to put in the place of {datacenter}", "add datacenter: to the entries of regions.list, or write the name out");
    }
    if (port > 0 && name.isEmpty()) {
      s.problem("dnsPort", "dnsPort is of use with dnsName only", "add dnsName, or remove the key");
    }
    return name.map(text -> new DnsConfig.Name(text, port));
  }

  void note(String upstream, DnsConfig.Name name) {
    names.put(upstream, name);
  }

  /** Null without the section. */
  @Nullable DnsConfig bind(Section root) {
    if (!present) {
      return null;
    }
    Section s = root.section("dns");
    HostPort server = s.needed("server", DnsBinder::server).orElse(new HostPort("127.0.0.1", 8600));
    Cidr subnet = s.optional("clientSubnet", Networks::cidr).orElse(null);
    Duration least = s.duration("leastTtl", Duration.ofMillis(100), Duration.ofHours(1), SECOND);
    Duration longest = s.duration("longestTtl", SECOND, Duration.ofHours(1), Duration.ofMinutes(1));
    if (least.compareTo(longest) > 0) {
      s.problem(s.has("leastTtl") ? "leastTtl" : "longestTtl", "leastTtl is longer than longestTtl", "lower it, or raise longestTtl");
    }
    s.end();
    return new DnsConfig(server.host(), server.port(), subnet, least, longest, names);
  }

  /** Names of our models are nobody's business outside, and what such an answer says decides where text goes. */
  private static HostPort server(String text) throws Malformed {
    HostPort server = HostPort.parse(text);
    byte[] literal = Networks.literal(server.host()).orElse(null);
    if (literal == null || server.port() == 0 || !Networks.contain(Networks.PRIVATE, literal)) {
      throw new Malformed("the name server is not a literal private address with a port", "write one such as 127.0.0.1:8600");
    }
    return server;
  }

  private static String name(String text) throws Malformed {
    String plain = text.replace(DnsConfig.DATACENTER, "dc");
    boolean good = !plain.isEmpty() && plain.length() <= 253 && !plain.startsWith(".") && !plain.contains("..");
    for (String label : plain.split("\\.")) {
      good &= label.length() <= 63;
    }
    for (int i = 0; good && i < plain.length(); i++) {
      char c = plain.charAt(i);
      good = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_';
    }
    if (!good) {
      throw new Malformed("'" + Malformed.shown(text) + "' is not a DNS name", "write one such as llm.service.{datacenter}.consul");
    }
    return text;
  }
}
