package io.tidegate.discovery;

import static io.tidegate.discovery.SeenEndpoints.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.tidegate.discovery.DiscoveryStatus.Watched;
import io.tidegate.fake.ConsulAgent;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a real agent; see {@link ConsulAgent} for where it comes from. */
@Tag("consul")
@Timeout(120)
class ConsulAgentIT {
  private static final String MASTER = "6fb6a0c0-3f4d-4f0e-9a86-5a0d1d1c7c01";

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final SeenEndpoints seen = new SeenEndpoints();

  @TempDir
  Path folder;

  @AfterEach
  void closeAll() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  private <T extends AutoCloseable> T opened(T thing) {
    opened.add(thing);
    return thing;
  }

  private static ConsulConfig config(ConsulAgent agent) {
    return ConsulConfig.defaults(agent.url())
        .withPace(2, Duration.ofMillis(50), Duration.ofMillis(50), Duration.ofMillis(300));
  }

  private ConsulDiscovery discovery(ConsulConfig config, @Nullable OwnRegistration own) {
    ConsulDiscovery discovery = opened(new ConsulDiscovery(config, List.of(Upstreams.upstream("local", "vllm")), seen, own,
        System::nanoTime, new SplittableRandom(1)));
    discovery.start();
    return discovery;
  }

  private ConsulRegistration registration(ConsulConfig config, @Nullable URI check, AtomicBoolean ready) {
    RegistrationConfig registration = new RegistrationConfig("tidegate", "tidegate-1", "127.0.0.1", 7400, List.of("edge"), check,
        Duration.ofMillis(300), Duration.ofMinutes(1), Duration.ofSeconds(2));
    ConsulRegistration made = opened(new ConsulRegistration(config, registration, ready::get, new SplittableRandom(2)));
    made.start();
    return made;
  }

  @Test
  @DisplayName("K1 register two, warn, maintain, fail and deregister one: each is seen by the blocking query")
  void followsARealAgent() {
    ConsulAgent agent = opened(ConsulAgent.open(folder));
    agent.register("vllm", "a", "127.0.0.1", 8001, "passing");
    agent.register("vllm", "b", "", 8002, "passing");
    ConsulDiscovery discovery = discovery(config(agent), null);
    seen.await(list -> list.size() == 2);
    assertThat(seen.last()).containsExactly(new Endpoint("local", "n1/a", "127.0.0.1", 8001, 5, true),
        new Endpoint("local", "n1/b", "127.0.0.1", 8002, 5, true));
    agent.check("a", "warn");
    seen.await(list -> list.size() == 2 && list.get(0).weight() == 2);
    agent.maintenance("b", true);
    seen.await(list -> list.size() == 1);
    agent.maintenance("b", false);
    seen.await(list -> list.size() == 2);
    agent.check("a", "fail");
    seen.await(list -> list.size() == 1 && list.get(0).port() == 8002);
    agent.deregister("b");
    seen.await(List::isEmpty);
    assertThat(discovery.of("local").failures()).isZero();
  }

  @Test
  @DisplayName("A14 a rogue registration in a real agent gets no endpoint")
  void rogueRegistrationIsDropped() {
    ConsulAgent agent = opened(ConsulAgent.open(folder));
    agent.register("vllm", "rogue", "203.0.113.7", 443, "passing");
    agent.register("vllm", "named", "api.example", 443, "passing");
    agent.register("vllm", "good", "127.0.0.1", 8001, "passing");
    ConsulDiscovery discovery = discovery(config(agent), null);
    seen.await(list -> list.size() == 1);
    Watched status = discovery.of("local");
    assertThat(status.droppedNow()).isEqualTo(2);
    assertThat(seen.lists()).allMatch(list -> list.stream().allMatch(endpoint -> endpoint.host().equals("127.0.0.1")));
  }

  @Test
  @DisplayName("K1 an agent killed and restarted: the list stays while the age rises, then follows again with a lower index")
  void survivesARestart() {
    ConsulAgent agent = opened(ConsulAgent.open(folder));
    for (int i = 0; i < 20; i++) {
      agent.register("vllm", "a", "127.0.0.1", 8001 + i, "passing");
    }
    agent.register("vllm", "b", "127.0.0.1", 9000, "passing");
    ConsulDiscovery discovery = discovery(config(agent), null);
    seen.await(list -> list.size() == 2);
    agent.kill();
    until("age rises", () -> discovery.of("local").ageNanos() > Duration.ofSeconds(2).toNanos());
    assertThat(discovery.of("local").endpoints()).isEqualTo(2);
    assertThat(discovery.of("local").failures()).isPositive();
    assertThat(seen.lists()).noneMatch(List::isEmpty);
    agent.start();
    agent.register("vllm", "c", "127.0.0.1", 9001, "passing");
    seen.await(list -> list.size() == 1 && list.get(0).port() == 9001);
    assertThat(seen.lists()).noneMatch(List::isEmpty);
    assertThat(discovery.of("local").ageNanos()).isLessThan(Duration.ofSeconds(5).toNanos());
  }

  @Test
  @DisplayName("K1 rights lost on a real agent (200, no rows, no header): our own hidden registration keeps the list")
  void lostRightsDoNotWipe() {
    ConsulAgent agent = opened(ConsulAgent.guarded(folder, MASTER));
    String policy = field("ID", agent.call("PUT", "/v1/acl/policy", """
        {"Name":"tidegate","Rules":"node_prefix \\"\\" {policy=\\"read\\"} service_prefix \\"\\" {policy=\\"write\\"}"}"""));
    String token = field("SecretID", agent.call("PUT", "/v1/acl/token", "{\"Policies\":[{\"ID\":\"" + policy + "\"}]}"));
    agent.register("vllm", "a", "127.0.0.1", 8001, "passing");
    ConsulConfig config = config(agent).withToken(new Secret(token)).withWait(Duration.ofSeconds(1), Duration.ofSeconds(2));
    ConsulRegistration own = registration(config, null, new AtomicBoolean(true));
    until("registered", own::registered);
    until("visible", () -> agent.call("GET", "/v1/health/service/tidegate", "").contains("tidegate-1"));
    ConsulDiscovery discovery = discovery(config, own);
    seen.await(list -> list.size() == 1);
    // Reading is denied by the node rule, while the registration can still be confirmed.
    agent.call("PUT", "/v1/acl/policy/" + policy, """
        {"ID":"%s","Name":"tidegate","Rules":"service_prefix \\"\\" {policy=\\"write\\"}"}""".formatted(policy));
    until("doubted", Duration.ofSeconds(60), () -> discovery.of("local").doubted() >= 2);
    assertThat(seen.lists()).noneMatch(List::isEmpty);
    assertThat(discovery.of("local").endpoints()).isEqualTo(1);
  }

  @Test
  @DisplayName("K1 our TTL registration is visible, tells readiness, comes back after a forgetful agent, and goes with us")
  void ttlRegistration() {
    ConsulAgent agent = opened(ConsulAgent.open(folder));
    AtomicBoolean ready = new AtomicBoolean(true);
    ConsulRegistration registration = registration(config(agent), null, ready);
    until("passing", () -> passing(agent));
    assertThat(agent.call("GET", "/v1/health/service/tidegate", "")).contains("\"Port\": 7400").contains("\"edge\"");
    ready.set(false);
    until("critical", () -> !passing(agent));
    ready.set(true);
    until("passing again", () -> passing(agent));
    agent.deregister("tidegate-1");
    until("registered again", () -> passing(agent));
    agent.kill();
    until("noticed", () -> !registration.registered());
    agent.start();
    until("registered at the new agent", () -> passing(agent));
    registration.close();
    assertThat(agent.call("GET", "/v1/agent/services", "")).doesNotContain("tidegate");
  }

  @Test
  @DisplayName("K1 our HTTP check is asked by the agent, and a forgotten registration comes back")
  void httpRegistration() throws IOException {
    ConsulAgent agent = opened(ConsulAgent.open(folder));
    AtomicBoolean ready = new AtomicBoolean(true);
    HttpServer admin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    opened.add(() -> admin.stop(0));
    admin.createContext("/readyz", exchange -> {
      exchange.sendResponseHeaders(ready.get() ? 200 : 503, -1);
      exchange.close();
    });
    admin.start();
    ConsulRegistration registration =
        registration(config(agent), URI.create("http://127.0.0.1:" + admin.getAddress().getPort() + "/readyz"), ready);
    until("passing", () -> passing(agent));
    ready.set(false);
    until("critical", () -> !passing(agent));
    ready.set(true);
    until("passing again", () -> passing(agent));
    agent.deregister("tidegate-1");
    until("registered again", () -> passing(agent));
    registration.close();
    assertThat(agent.call("GET", "/v1/agent/services", "")).doesNotContain("tidegate");
  }

  @Test
  @DisplayName("H1 stopping without an agent is bounded")
  void stopIsBounded() {
    ConsulAgent agent = opened(ConsulAgent.open(folder));
    ConsulRegistration registration = registration(config(agent), null, new AtomicBoolean(true));
    until("registered", registration::registered);
    agent.kill();
    long from = System.nanoTime();
    registration.close();
    assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(7));
    assertThat(Thread.getAllStackTraces().keySet()).noneMatch(thread -> thread.getName().equals("consul-registration"));
  }

  private static boolean passing(ConsulAgent agent) {
    return agent.call("GET", "/v1/health/service/tidegate?passing", "").contains("tidegate-1");
  }

  private static String field(String name, String json) {
    Matcher matcher = Pattern.compile("\"" + name + "\": ?\"([^\"]+)\"").matcher(json);
    assertThat(matcher.find()).as("%s in %s", name, json).isTrue();
    return matcher.group(1);
  }
}
