package io.tidegate.discovery;

import io.tidegate.model.Secret;
import java.net.Proxy;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.kiwiproject.consul.AgentClient;
import org.kiwiproject.consul.Consul;
import org.kiwiproject.consul.NotRegisteredException;
import org.kiwiproject.consul.model.State;
import org.kiwiproject.consul.model.agent.ImmutableRegCheck;
import org.kiwiproject.consul.model.agent.ImmutableRegistration;
import org.kiwiproject.consul.model.agent.Registration;
import org.kiwiproject.consul.option.Options;

/**
 * The agent's registration calls through the kiwiproject client. Each is bounded by the patience and throws {@code ConsulException} when the
 * agent can't or won't; no proxy (hazard A15). Confined to the registration's thread.
 */
final class AgentCalls implements AutoCloseable {
  private final RegistrationConfig registration;
  private final Consul consul;
  private final AgentClient agent;

  AgentCalls(ConsulConfig config, RegistrationConfig registration) {
    this.registration = registration;
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
    @Nullable Secret token = config.token();
    if (token != null) {
      builder.withTokenAuth(token.reveal());
    }
    if (config.caFile() != null) {
      ConsulTrust trust = ConsulTrust.of(config.caFile());
      builder.withSslContext(trust.context()).withTrustManager(trust.manager());
    }
    this.consul = builder.build();
    this.agent = consul.agentClient();
  }

  void register(boolean ready) {
    agent.register(description(ready));
    if (registration.httpCheck() == null) {
      feed(ready);
    }
  }

  /** Feeds the TTL check, or looks: false if the agent does not know us any more or did not answer (the client does not tell which). */
  boolean stands(boolean ready) {
    if (registration.httpCheck() == null) {
      return feed(ready);
    }
    try {
      var known = agent.getService(registration.id(), Options.BLANK_QUERY_OPTIONS).getResponse();
      return known.getPort() == registration.port() && known.getService().equals(registration.service());
    } catch (NotRegisteredException forgotten) {
      return false;
    }
  }

  void deregister() {
    agent.deregister(registration.id());
  }

  private boolean feed(boolean ready) {
    try {
      agent.checkTtl(registration.id(), ready ? State.PASS : State.FAIL, ready ? "ready" : "not ready");
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
        .check(check.build());
    if (registration.address() != null) {
      description.address(registration.address());
    }
    return description.build();
  }

  @Override
  public void close() {
    consul.destroy();
  }
}
