package io.tidegate.config;

import io.tidegate.model.Cidr;
import io.tidegate.model.Dialect;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.yaml.YamlPosition;
import io.tidegate.yaml.YamlText;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What an upstream may not say, alone or beside the others. The rules about zones guard G1: an address has one zone, and lies where it says. */
final class UpstreamRules {
  /** What a caller writes to let the router choose. */
  private static final String AUTO = "auto";
  private static final String ANY = "*";

  private final Listeners listeners;
  private final Map<String, YamlPosition> names = new HashMap<>();
  private final Map<String, Upstream> addresses = new HashMap<>();

  UpstreamRules(Listeners listeners) {
    this.listeners = listeners;
  }

  /** Checks {@code upstream}, which {@code s} says, beside all that were checked before. */
  void check(Upstream upstream, Section s) {
    YamlPosition before = names.putIfAbsent(upstream.name(), s.position("name"));
    if (before != null) {
      s.problem("name", "there are two upstreams named " + upstream.name() + " (the first on line " + before.line() + ")", "give each a name of its own");
    }
    models(upstream, s);
    networks(upstream, s);
    transport(upstream, s);
    List<Section> entries = s.sections("endpoints");
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < upstream.endpoints().size(); i++) {
      boolean listed = entries.size() == upstream.endpoints().size() && !s.has("baseUrl");
      endpoint(upstream, upstream.endpoints().get(i), listed ? entries.get(i) : s, listed ? "address" : s.has("baseUrl") ? "baseUrl" : "endpoints", seen);
    }
  }

  private void models(Upstream upstream, Section s) {
    List<String> models = upstream.models();
    boolean any = models.contains(ANY);
    Set<String> seen = new HashSet<>();
    for (YamlText model : s.has("models") ? s.texts("models") : List.<YamlText>of()) {
      if (!seen.add(model.text())) {
        s.problem(model.position(), "the model " + Malformed.shown(model.text()) + " is listed twice", "remove one of the two");
      }
      if (model.text().equals(AUTO)) {
        s.problem(model.position(), "'auto' is not a model: callers write it to let the router choose", "remove it, and set defaultModel");
      }
    }
    if (s.has("models") && models.isEmpty() && s.texts("models").isEmpty()) {
      s.problem("models", "models is empty, so nothing could be sent there", "list its models, or remove the key for any name");
    }
    String byDefault = upstream.defaultModel();
    if (byDefault == null && !any && !s.has("defaultModel")) {
      s.problem("models", "there is no defaultModel, so 'auto' means nothing here", "add defaultModel: with one of the models");
    }
    if (byDefault != null && (byDefault.equals(AUTO) || byDefault.equals(ANY) || !any && !models.contains(byDefault))) {
      s.problem("defaultModel", "the defaultModel " + Malformed.shown(byDefault) + " is not among the models", "add it to models, or name one of them");
    }
    Section aliases = s.section("aliases");
    upstream.aliases().forEach((alias, target) -> {
      YamlPosition place = aliases.named(alias).map(YamlText::position).orElse(s.position("aliases"));
      if (alias.equals(AUTO) || models.contains(alias)) {
        s.problem(place, "the alias " + Malformed.shown(alias) + " hides " + (alias.equals(AUTO) ? "'auto'" : "a model of that name"), "choose another name");
      }
      if (target.equals(ANY) || target.equals(AUTO) || !any && !models.contains(target)) {
        s.problem(place, "the alias " + Malformed.shown(alias) + " leads to " + Malformed.shown(target) + ", which is not among the models",
            "add it to models, or name one of them");
      }
    });
    if (upstream.dialect() == Dialect.DEEPSEEK && upstream.embeddings()) {
      s.problem("embeddings", "DeepSeek serves no embeddings", "remove the key, and name another upstream for embeddings");
    }
  }

  private static void networks(Upstream upstream, Section s) {
    if (upstream.zone() == Zone.PRIVATE && s.has("networks")) {
      for (YamlText text : s.texts("networks")) {
        if (text.text().endsWith("/0")) {
          s.problem(text.position(), "a private upstream may not have the whole Internet as its network", "list the networks where it stands, such as 10.0.0.0/8");
        }
      }
    }
  }

  private static void transport(Upstream upstream, Section s) {
    boolean inTheClear = upstream.zone() == Zone.PUBLIC && upstream.tls() == null;
    boolean beyond = upstream.endpoints().stream().anyMatch(endpoint -> !Networks.loopback(endpoint.host())) || upstream.consulService() != null || s.has("dnsName");
    if (inTheClear && beyond) {
      s.problem(s.has("baseUrl") ? "baseUrl" : s.has("endpoints") ? "endpoints" : "consulService",
          "a public upstream would be asked in the clear", s.has("baseUrl") ? "write https:// in baseUrl" : "add tls: {http2: true}");
    }
  }

  private void endpoint(Upstream upstream, Endpoint endpoint, Section s, String key, Set<String> seen) {
    String address = endpoint.address();
    if (!seen.add(endpoint.id())) {
      s.problem(key, "the endpoint " + address + " is listed twice", "remove one of the two; use weight for a larger share");
    }
    Upstream other = addresses.putIfAbsent(endpoint.id(), upstream);
    if (other != null && other.zone() != upstream.zone()) {
      s.problem(key, address + " stands in zone " + word(upstream.zone()) + " here, and in zone " + word(other.zone()) + " in upstream " + other.name(),
          "decide where it is; an address has one zone");
    }
    if (endpoint.isUnix()) {
      socketFile(upstream, s, key);
    }
    listeners.own(endpoint).ifPresent(listener ->
        s.problem(key, address + " is this daemon's own " + listener + " listener, so requests would come back for ever", "name the model service's address"));
    Networks.literal(endpoint.host()).ifPresent(literal -> {
      List<Cidr> networks = upstream.networks();
      if (!networks.isEmpty() && !Networks.contain(networks, literal)) {
        s.problem(key, endpoint.host() + " lies outside the networks of this " + word(upstream.zone()) + " upstream",
            upstream.zone() == Zone.PRIVATE ? "make it zone: public if it is; add its network to networks if it really is private"
                : "add its network to networks, such as [" + (literal.length == 4 && literal[0] == 127 ? "127.0.0.0/8" : endpoint.host()) + "]");
      }
    });
  }

  private static void socketFile(Upstream upstream, Section s, String key) {
    if (upstream.zone() == Zone.PUBLIC) {
      s.problem(key, "a Unix socket leads to a service on this host, and this upstream is public", "make it zone: private, or write an address");
    }
    if (upstream.tls() != null) {
      s.problem("tls", "tls is set, and the endpoint is a Unix socket", "remove tls: what goes through a socket file does not leave this host");
    }
  }

  private static String word(Zone zone) {
    return zone.name().toLowerCase(java.util.Locale.ROOT);
  }
}
