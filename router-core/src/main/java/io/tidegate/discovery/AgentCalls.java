package io.tidegate.discovery;

import io.tidegate.model.Secret;
import java.net.Proxy;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kiwiproject.consul.AgentClient;
import org.kiwiproject.consul.Consul;
import org.kiwiproject.consul.ConsulException;
import org.kiwiproject.consul.NotRegisteredException;
import org.kiwiproject.consul.model.State;
import org.kiwiproject.consul.model.agent.ImmutableRegCheck;
import org.kiwiproject.consul.model.agent.ImmutableRegistration;
import org.kiwiproject.consul.model.agent.Registration;
import org.kiwiproject.consul.option.Options;

/**
 * The agent's registration calls through the kiwiproject client. Each is bounded by the patience and throws {@code ConsulException} when the
 * agent can't or won't; no proxy (hazard A15). A service of the mesh is registered by a call of our own, because the client has no word for that.
 * Confined to the registration's thread.
 */
final class AgentCalls implements AutoCloseable {
  /** In the registration's metadata. */
  static final String RUN = "tidegate-run";

  private final ConsulConfig config;
  private final String run;
  private final RegistrationConfig registration;
  private final AgentCredentials credentials;
  /** Null unless we are a service of the mesh. */
  private final @Nullable ConsulHttp http;
  private AgentCredentials.Shown shown;
  private Consul consul;
  private AgentClient agent;

  /** @param run tells this process's registration from that of one that takes over under the same id */
  AgentCalls(ConsulConfig config, RegistrationConfig registration, String run) {
    this.config = config;
    this.run = run;
    this.registration = registration;
    this.credentials = new AgentCredentials(config.access());
    this.http = registration.mesh() ? new ConsulHttp(config) : null;
    this.shown = credentials.now();
    this.consul = client(shown);
    this.agent = consul.agentClient();
  }

  private Consul client(AgentCredentials.Shown shown) {
    URI address = config.address();
    long patienceMillis = registration.patience().toMillis();
    Consul.Builder builder = Consul.builder()
        .withUrl(address.getScheme() + "://" + address.getRawAuthority())
        .withHttps("https".equals(address.getScheme()))
        .withProxy(Proxy.NO_PROXY)
        .withPing(false)
        .withConnectTimeoutMillis(config.connectTimeout().toMillis())
        .withReadTimeoutMillis(patienceMillis)
        .withWriteTimeoutMillis(patienceMillis);
    @Nullable Secret token = shown.token();
    if (token != null) {
      builder.withTokenAuth(token.reveal());
    }
    Map<String, String> headers = new LinkedHashMap<>();
    String namespace = config.access().namespace();
    if (namespace != null) {
      headers.put("X-Consul-Namespace", namespace);
    }
    String partition = config.access().partition();
    if (partition != null) {
      headers.put("X-Consul-Partition", partition);
    }
    if (!headers.isEmpty()) {
      builder.withHeaders(headers);
    }
    ConsulTrust trust = shown.trust();
    if (trust != null) {
      builder.withSslContext(trust.context()).withTrustManager(trust.manager());
      if (trust.named()) {
        // The trust manager has looked at the name; the host of the address is no name the agent has.
        builder.withHostnameVerifier((host, session) -> true);
      }
    }
    return builder.build();
  }

  /** The client, made anew when token or certificates were replaced. */
  private AgentClient agent() {
    AgentCredentials.Shown now = credentials.now();
    if (now.generation() != shown.generation()) {
      Consul next = client(now);
      consul.destroy();
      consul = next;
      agent = next.agentClient();
      shown = now;
    }
    return agent;
  }

  void register(boolean ready) {
    if (http == null) {
      agent().register(description(ready));
    } else {
      registerInMesh(http, ready);
    }
    if (registration.httpCheck() == null) {
      feed(ready);
    }
  }

  private void registerInMesh(ConsulHttp through, boolean ready) {
    try {
      through.call("PUT", "/v1/agent/service/register", MeshRegistration.json(registration, run, ready), registration.patience());
    } catch (ConsulFailure failure) {
      throw new ConsulException(failure.getMessage());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new ConsulException("interrupted");
    }
  }

  /** Feeds the TTL check, or looks: false if the agent does not know us any more or did not answer (the client does not tell which). */
  boolean stands(boolean ready) {
    if (registration.httpCheck() == null) {
      return feed(ready);
    }
    try {
      var known = agent().getService(registration.id(), Options.BLANK_QUERY_OPTIONS).getResponse();
      return known.getPort() == registration.port() && known.getService().equals(registration.service());
    } catch (NotRegisteredException forgotten) {
      return false;
    }
  }

  /** False, and nothing done, if another process stands under our id by now: it took over from us, and its registration is not ours to take back. */
  boolean deregister() {
    AgentClient asked = agent();
    try {
      String stands = asked.getService(registration.id(), Options.BLANK_QUERY_OPTIONS).getResponse().getMeta().get(RUN);
      if (stands != null && !stands.equals(run)) {
        return false;
      }
    } catch (NotRegisteredException forgotten) {
      // Or it did not answer: the client does not tell which.
    }
    asked.deregister(registration.id());
    return true;
  }

  private boolean feed(boolean ready) {
    try {
      agent().checkTtl(registration.id(), ready ? State.PASS : State.FAIL, ready ? "ready" : "not ready");
      return true;
    } catch (NotRegisteredException forgotten) {
      return false;
    }
  }

  private Registration description(boolean ready) {
    var check = ImmutableRegCheck.builder()
        // The id a TTL check is fed by.
        .id("service:" + registration.id())
        .deregisterCriticalServiceAfter(registration.deregisterAfter().toMillis() + "ms")
        .status(ready ? "passing" : "critical");
    if (registration.httpCheck() == null) {
      check.ttl(registration.interval().multipliedBy(3).toMillis() + "ms");
    } else {
      check.http(registration.httpCheck().toString())
          .interval(registration.interval().toMillis() + "ms")
          .timeout(registration.patience().toMillis() + "ms");
    }
    var description = ImmutableRegistration.builder()
        .id(registration.id())
        .name(registration.service())
        .port(registration.port())
        .tags(registration.tags())
        .putMeta(RUN, run)
        .check(check.build());
    if (registration.address() != null) {
      description.address(registration.address());
    }
    return description.build();
  }

  @Override
  public void close() {
    consul.destroy();
    if (http != null) {
      http.close();
    }
  }
}
