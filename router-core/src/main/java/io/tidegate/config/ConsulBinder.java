package io.tidegate.config;

import io.tidegate.model.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The section {@code consul}: its keys, defaults and ranges. */
final class ConsulBinder {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);

  private final References references;
  private final Listeners listeners;
  private final TidegateConfig.Identities callers;

  ConsulBinder(References references, Listeners listeners, TidegateConfig.Identities callers) {
    this.references = references;
    this.listeners = listeners;
    this.callers = callers;
  }

  TidegateConfig.Consul bind(Section s, TidegateConfig.Http http) {
    URI address = s.optional("address", ConfigBinder::serverUrl).orElse(URI.create("http://127.0.0.1:8500"));
    TidegateConfig.AgentTls tls = tls(s, address);
    Optional<Secret> token = s.optional("token", references::secret);
    Path tokenFile = s.optional("token", references::secretFile).flatMap(file -> file).orElse(null);
    if (address.getScheme().equals("http") && token.isPresent() && !Networks.loopback(address.getHost())) {
      s.problem("address", "the token would go over the network in the clear", "write https, or the address of the agent on this host");
    }
    TidegateConfig.Register register = s.optionalSection("register").map(section -> register(section, http, s)).orElse(null);
    TidegateConfig.Connect connect = s.optionalSection("connect").map(section -> connect(section, register)).orElse(null);
    TidegateConfig.Consul consul = new TidegateConfig.Consul(address, tls, token.orElse(null), tokenFile,
        s.optional("datacenter", ConsulBinder::name).orElse(null), s.optional("namespace", ConsulBinder::name).orElse(null),
        s.optional("partition", ConsulBinder::name).orElse(null), s.duration("wait", SECOND, Duration.ofMinutes(10), Duration.ofSeconds(55)),
        s.optional("overrides", ConfigBinder::keyPrefix).orElse(null), register, connect, s.flag("passing", false), s.flag("near", false));
    s.end();
    return consul;
  }

  private TidegateConfig.AgentTls tls(Section s, URI address) {
    Optional<Path> ca = s.optional("ca", file -> references.readable(file, false));
    Optional<Path> certificate = s.optional("certificate", file -> references.readable(file, false));
    Optional<Path> key = s.optional("key", file -> references.readable(file, true));
    Optional<String> serverName = s.optional("serverName", HostPort::host);
    if (address.getScheme().equals("http")) {
      for (String name : new String[] {"ca", "certificate", "key", "serverName"}) {
        if (s.has(name)) {
          s.problem(name, name.equals("ca") ? "a certificate authority is of no use with an http address" : name + " is of no use with an http address",
              "write https in consul.address, or remove " + name);
        }
      }
    } else if (s.has("certificate") != s.has("key")) {
      s.problem(s.has("key") ? "key" : "certificate", "certificate and key go together", "set both, or neither");
    }
    boolean pair = certificate.isPresent() && key.isPresent();
    return new TidegateConfig.AgentTls(ca.orElse(null), pair ? certificate.get() : null, pair ? key.get() : null, serverName.orElse(null));
  }

  private static TidegateConfig.Register register(Section s, TidegateConfig.Http http, Section consul) {
    Integer port = s.has("port") ? s.integer("port", 1, 65_535, 7400) : null;
    boolean mesh = consul.section("connect").has("listen");
    if (port == null && !mesh && http.listen().fold(tcp -> tcp.port() == 0, unix -> true)) {
      s.problem("port", "there is no port to register: http.listen is a socket file or asks for any free port", "add port: to consul.register");
    }
    TidegateConfig.Register register = new TidegateConfig.Register(s.optional("service", UpstreamBinder::serviceName).orElse("tidegate"),
        s.optional("id", text -> text).orElse(null), s.optional("address", HostPort::host).orElse(null), port, s.list("tags", text -> text),
        s.optional("httpCheck", ConfigBinder::checkUrl).orElse(null), s.duration("interval", SECOND, HOUR, Duration.ofSeconds(10)),
        s.duration("deregisterAfter", Duration.ofMinutes(1), Duration.ofDays(1), Duration.ofMinutes(10)));
    s.end();
    return register;
  }

  private TidegateConfig.Connect connect(Section s, TidegateConfig.@Nullable Register register) {
    String registered = register == null ? "tidegate" : register.service();
    String service = s.optional("service", UpstreamBinder::serviceName).orElse(registered);
    Listen listen = s.optional("listen", Listen::parse).orElse(null);
    if (listen != null) {
      listeners.add("consul.connect", listen, s);
      if (listen.fold(tcp -> false, unix -> true)) {
        s.problem("listen", "workloads of a mesh come over TCP", "write host:port");
      }
      if (register != null && !register.service().equals(service)) {
        s.problem("service", "the service of the mesh listener is " + service + ", and " + register.service() + " is registered",
            "remove connect.service, or give both the same name");
      }
      if (!callers.rules().keysConfigured() && callers.rules().workloads().isEmpty()) {
        s.problem("listen", "workloads of the mesh could connect, and nothing says who they are", "set callers.spiffe or callers.keysFile");
      }
    }
    s.end();
    return new TidegateConfig.Connect(service, listen);
  }

  /** What Consul takes as name of a datacenter, namespace or partition. */
  private static String name(String text) throws Malformed {
    boolean good = text.length() <= 64;
    for (int i = 0; good && i < text.length(); i++) {
      char c = text.charAt(i);
      good = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_';
    }
    if (!good || text.isEmpty()) {
      throw new Malformed("'" + Malformed.shown(text) + "' is no name that Consul knows", "use 1 to 64 letters, digits, - and _");
    }
    return text;
  }
}
