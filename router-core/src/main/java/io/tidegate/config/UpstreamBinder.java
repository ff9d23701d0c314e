package io.tidegate.config;

import io.tidegate.model.Balance;
import io.tidegate.model.Cidr;
import io.tidegate.model.Dialect;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Secret;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.yaml.YamlText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One entry of {@code upstreams}: its keys and defaults. What entries may not say together is {@link UpstreamRules}'. */
final class UpstreamBinder {
  private static final int MAX_NAME = 40;
  private static final String UNIX = "unix:";
  private static final Duration SECOND = Duration.ofSeconds(1);
  /** What an account may have in flight for deepseek-v4-pro, the smaller of the two (2026-08). */
  private static final int DEEPSEEK_IN_FLIGHT = 500;
  private static final Duration LEAST_CONNECT = Duration.ofMillis(10);

  private final References references;
  private final boolean consul;
  private final boolean mesh;
  private final TidegateConfig.FirstToken firstToken;
  private final Map<String, Integer> accounts;
  private final RegionsBinder regions;
  private final DnsBinder dns;

  /**
   * @param consul whether the configuration has a section consul
   * @param mesh whether that has a section connect
   * @param accounts where in-flight caps are noted, by name
   */
  UpstreamBinder(References references, boolean consul, boolean mesh, TidegateConfig.FirstToken firstToken, Map<String, Integer> accounts, RegionsBinder regions,
      DnsBinder dns) {
    this.references = references;
    this.consul = consul;
    this.mesh = mesh;
    this.firstToken = firstToken;
    this.accounts = accounts;
    this.regions = regions;
    this.dns = dns;
  }

  /** Where an upstream's API is. */
  private record Place(boolean tls, String basePath, List<Endpoint> endpoints) {}

  /** Empty if name, zone or dialect is missing: nothing can be said about such an entry. Reads every key in any case. */
  Optional<Upstream> bind(Section s) {
    Optional<String> named = s.needed("name", UpstreamBinder::name);
    String name = named.orElse("");
    Optional<Zone> zone = s.neededWord("zone", Zone.class, "private, public");
    Optional<Dialect> dialect = s.neededWord("dialect", Dialect.class, "openai, deepseek, vllm, llama.cpp, ollama");
    String region = regions.named(s);
    Place place = place(s, name, region);
    Optional<Section> tlsSection = s.optionalSection("tls");
    Upstream.Tls said = tlsSection.map(this::tls).orElseGet(() -> new Upstream.Tls(null, null, true));
    if (!place.tls && tlsSection.isPresent()) {
      s.problem("tls", "tls is set, and the base URL begins with http://", "write https:// in baseUrl, or remove tls");
    }
    Upstream.Tls tls = connect(s, tlsSection.isPresent()) ? Upstream.Tls.MESH : place.tls ? said : null;
    Zone where = zone.orElse(Zone.PUBLIC);
    List<Cidr> networks = s.has("networks") ? s.list("networks", Networks::cidr) : Networks.defaults(where);
    if (s.has("networks") && s.texts("networks").isEmpty()) {
      s.problem("networks", "networks is empty, so no connection would be allowed", "list networks such as 10.0.0.0/8, or remove the key for the default");
    }
    List<String> models = s.has("models") ? s.list("models", UpstreamBinder::model) : List.of("*");
    Optional<Secret> key = s.optional("key", references::secret);
    Optional<String> service = s.optional("consulService", UpstreamBinder::serviceName);
    if (service.isPresent() && !consul) {
      s.problem("consulService", "consulService is set, and there is no section consul", "add consul: {address: http://127.0.0.1:8500}, or remove the key");
    }
    Optional<DnsConfig.Name> found = dns.named(s, regions.byDatacenter());
    regional(s, name, region, place, service.isPresent() && regions.byDatacenter() || found.map(n -> n.name().contains(DnsConfig.DATACENTER)).orElse(false));
    Duration connect = s.duration("connectTimeout", LEAST_CONNECT, Duration.ofMinutes(1), Duration.ofSeconds(where == Zone.PRIVATE ? 1 : 3));
    if (connect.compareTo(firstToken.interactive()) > 0) {
      s.problem("connectTimeout", "connecting may take " + Durations.text(connect) + ", longer than timeouts.firstToken.interactive ("
          + Durations.text(firstToken.interactive()) + ")", "lower connectTimeout");
    }
    boolean embeds = s.flag("embeddings", dialect.orElse(Dialect.OPENAI) != Dialect.DEEPSEEK);
    Upstream upstream = new Upstream(name, where, dialect.orElse(Dialect.OPENAI), models, s.optional("defaultModel", UpstreamBinder::model).orElse(null),
        aliases(s), s.flag("substitute", where == Zone.PRIVATE), s.flag("emulated", false), place.basePath, networks, tls, key.orElse(null), embeds,
        place.endpoints, service.orElse(null), connect, s.integer("maxConnections", 1, 65_535, 256), balance(s.section("balance")));
    int cap = s.integer("maxInFlight", 0, 1_000_000, dialect.orElse(Dialect.OPENAI) == Dialect.DEEPSEEK ? DEEPSEEK_IN_FLIGHT : 0);
    if (cap > 0 && named.isPresent()) {
      accounts.put(name, cap);
    }
    found.filter(n -> named.isPresent()).ifPresent(n -> dns.note(name, n));
    s.end();
    return named.isPresent() && zone.isPresent() && dialect.isPresent() ? Optional.of(upstream) : Optional.empty();
  }

  /** Whether it is a workload of the mesh. Its name there is its service's, so there must be one. */
  private boolean connect(Section s, boolean tls) {
    if (!s.flag("connect", false)) {
      return false;
    }
    if (!mesh) {
      s.problem("connect", "connect is set, and there is no section consul.connect", "add connect: {} to consul, or remove the key");
    }
    if (!s.has("consulService") || s.has("baseUrl")) {
      s.problem("connect", "a workload of the mesh is known by its service", "name it in consulService, and leave baseUrl out");
    }
    if (tls) {
      s.problem("tls", "the mesh brings certificates of its own", "remove tls, or connect");
    }
    return true;
  }

  /** All of an upstream stands in regions, or nothing of it: what stands nowhere is in no order, and no policy can permit it. */
  private void regional(Section s, String name, String region, Place place, boolean found) {
    if (!region.isEmpty()) {
      regions.stands(name, region);
    }
    long in = place.endpoints.stream().filter(endpoint -> !endpoint.region().isEmpty()).count();
    boolean some = in > 0 || found || !region.isEmpty();
    if (some && in < place.endpoints.size()) {
      s.problem("endpoints", "some endpoints of this upstream stand in a region, and others in none",
          "add region: to the upstream, or to each of its endpoints");
    }
  }

  private static Balance balance(Section s) {
    Balance usual = Balance.DEFAULT;
    Balance balance = new Balance(s.word("method", Balance.Method.class).orElse(usual.method()),
        s.integer("loadBound", 100, 1000, usual.loadBoundPercent()), s.duration("decay", SECOND, Duration.ofMinutes(10), usual.decay()),
        s.integer("prefixBlocks", 16, 1 << 20, usual.prefixBlocks()), s.duration("slowStart", Duration.ZERO, Duration.ofHours(1), usual.slowStart()));
    s.end();
    return balance;
  }

  private Place place(Section s, String name, String region) {
    if (s.has("baseUrl")) {
      if (s.has("endpoints") || s.has("basePath")) {
        String other = s.has("endpoints") ? "endpoints" : "basePath";
        s.problem(other, "baseUrl and " + other + " are both set", "keep baseUrl for one address, or endpoints and basePath for several");
      }
      return s.needed("baseUrl", text -> text.startsWith(UNIX) ? new Place(s.has("tls"), "/v1", List.of(Endpoint.unix(name, socket(text), 100).in(region)))
          : place(BaseUrl.parse(text), name, region)).orElseGet(() -> new Place(s.has("tls"), "/v1", List.of()));
    }
    if (!s.has("endpoints") && !s.has("consulService") && !s.has("dnsName")) {
      s.problem("baseUrl", "the upstream has no address", "add baseUrl: http(s)://host:port/v1 or unix:/path, or endpoints, consulService or dnsName");
    }
    List<Endpoint> endpoints = new ArrayList<>();
    for (Section entry : s.sections("endpoints")) {
      int weight = entry.integer("weight", 1, 1000, 100);
      String there = regions.named(entry);
      entry.needed("address", text -> text.startsWith(UNIX) ? Endpoint.unix(name, socket(text), weight) : endpoint(name, address(text), weight))
          .ifPresent(endpoint -> endpoints.add(endpoint.in(there.isEmpty() ? region : there)));
      entry.end();
    }
    return new Place(s.has("tls"), s.optional("basePath", BaseUrl::path).orElse("/v1"), endpoints);
  }

  private static Place place(BaseUrl url, String name, String region) {
    return new Place(url.tls(), url.path(), List.of(endpoint(name, url.address(), 100).in(region)));
  }

  private static Endpoint endpoint(String upstream, HostPort address, int weight) {
    return new Endpoint(upstream, address.toString(), address.host(), address.port(), weight, false);
  }

  private Upstream.Tls tls(Section s) {
    Optional<Path> ca = s.optional("ca", file -> references.readable(file, false));
    Upstream.Tls tls = new Upstream.Tls(ca.map(Path::toString).orElse(null), s.optional("serverName", HostPort::host).orElse(null), s.flag("http2", true));
    s.end();
    return tls;
  }

  private static Map<String, String> aliases(Section s) {
    Section section = s.section("aliases");
    Map<String, String> aliases = new LinkedHashMap<>();
    for (String alias : section.names()) {
      section.named(alias).map(YamlText::text).ifPresent(target -> aliases.put(alias, target));
    }
    return aliases;
  }

  /** The path of {@code unix:/path}. */
  private static String socket(String text) throws Malformed {
    return Listen.parse(text).fold(tcp -> "", unix -> unix.path().toString());
  }

  private static HostPort address(String text) throws Malformed {
    HostPort address = HostPort.parse(text);
    if (address.port() == 0) {
      throw new Malformed("port 0 cannot be connected to", "write the port that the upstream listens on");
    }
    return address;
  }

  private static String name(String text) throws Malformed {
    boolean good = text.length() <= MAX_NAME && !text.startsWith("-") && !text.endsWith("-");
    for (int i = 0; good && i < text.length(); i++) {
      char c = text.charAt(i);
      good = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-';
    }
    if (!good) {
      throw new Malformed("'" + Malformed.shown(text) + "' is not a name of an upstream",
          "use 1 to " + MAX_NAME + " of a-z, 0-9 and -, not - at either end");
    }
    return text;
  }

  /** Consul's own rule: what can be a DNS label. */
  static String serviceName(String text) throws Malformed {
    boolean good = text.length() <= 63 && !text.startsWith("-") && !text.endsWith("-");
    for (int i = 0; good && i < text.length(); i++) {
      char c = text.charAt(i);
      good = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-';
    }
    if (!good) {
      throw new Malformed("'" + Malformed.shown(text) + "' is not a name of a service", "use 1 to 63 letters, digits and -, not - at either end");
    }
    return text;
  }

  private static String model(String text) throws Malformed {
    if (text.isBlank() || text.length() > 256 || text.chars().anyMatch(Character::isISOControl)) {
      throw new Malformed("the name of a model is empty, too long or holds a control character", "write it as the upstream's /v1/models does");
    }
    return text;
  }
}
