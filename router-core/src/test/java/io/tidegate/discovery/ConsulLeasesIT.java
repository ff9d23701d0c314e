package io.tidegate.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.admission.share.Leases;
import io.tidegate.fake.ConsulAgent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three routers' leases at a real agent. */
@Tag("consul")
class ConsulLeasesIT {
  @TempDir
  private Path folder;

  private final Map<String, Leases> seen = new ConcurrentHashMap<>();
  private final Map<String, Integer> looks = new ConcurrentHashMap<>();

  private ConsulLeases router(ConsulAgent agent, String name) {
    ConsulLeases leases = new ConsulLeases(ConsulConfig.defaults(agent.url()), List.of("deepseek", "other account"), name, Duration.ofMillis(200), (account, now) -> {
      seen.put(name + " " + account, now);
    }, () -> looks.merge(name, 1, Integer::sum));
    leases.start();
    return leases;
  }

  private boolean sees(String name, int live, int lost) {
    Leases expected = new Leases(live, lost, true);
    return expected.equals(seen.get(name + " deepseek")) && expected.equals(seen.get(name + " other account"));
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).as(what).isNegative();
      LockSupport.parkNanos(20_000_000);
    }
  }

  @Test
  @DisplayName("R7.7 routers see each other's leases; one that stops is gone, one whose session ends is lost; the agent without memory is told all again")
  void comeAndGo() {
    try (ConsulAgent agent = ConsulAgent.open(folder); ConsulLeases a = router(agent, "a"); ConsulLeases b = router(agent, "b")) {
      ConsulLeases c = router(agent, "c/1");
      await("all three see all three", () -> sees("a", 3, 0) && sees("b", 3, 0) && sees("c/1", 3, 0));
      c.close();
      await("it gave its leases back", () -> sees("a", 2, 0) && sees("b", 2, 0));
      String sessions = agent.call("GET", "/v1/kv/tidegate/leases/deepseek/b", "");
      String own = sessions.replaceAll("(?s).*\"Session\": *\"([^\"]*)\".*", "$1");
      agent.call("PUT", "/v1/session/destroy/" + own, "");
      // Its router is alive: it makes another session, and takes its key again.
      await("it has its lease again", () -> sees("a", 2, 0) && sees("b", 2, 0)
          && !agent.call("GET", "/v1/kv/tidegate/leases/deepseek/b", "").contains(own));
      agent.call("PUT", "/v1/kv/tidegate/leases/deepseek/dead", "");
      agent.call("PUT", "/v1/kv/tidegate/leases/other%20account/dead", "");
      await("one without a session is lost", () -> sees("a", 2, 1) && sees("b", 2, 1));
      agent.kill();
      int before = looks.getOrDefault("a", 0);
      agent.start();
      await("the agent forgot all, and knows both again", () -> looks.getOrDefault("a", 0) > before && sees("a", 2, 0) && sees("b", 2, 0));
    }
  }

  /** What stands for a router of another version: its own session, and keys that it says more in, by the agent's own interface. */
  private static String other(ConsulAgent agent, String name, String value) {
    String id = agent.call("PUT", "/v1/session/create", "{\"Name\":\"tidegate leases v2\",\"TTL\":\"60s\",\"Behavior\":\"release\",\"LockDelay\":\"0s\"}")
        .replaceAll("(?s).*\"ID\": *\"([^\"]*)\".*", "$1");
    for (String account : List.of("deepseek", "other%20account")) {
      agent.call("PUT", "/v1/kv/tidegate/leases/" + account + "/" + name + "?acquire=" + id + "&flags=42", value);
    }
    return id;
  }

  @Test
  @DisplayName("R7.7 skew: three routers of three versions share an account: each counts all three, whatever else a version says in its lease; a part never grows by it")
  void threeVersions() {
    try (ConsulAgent agent = ConsulAgent.open(folder); ConsulLeases ours = router(agent, "ours")) {
      other(agent, "older", "");
      String newest = other(agent, "newer", "{\"form\":2,\"weight\":\"" + "w".repeat(4_000) + "\"}");
      await("three", () -> sees("ours", 3, 0));
      // A key more below its own: it counts for another router, so that our part is smaller, never larger.
      agent.call("PUT", "/v1/kv/tidegate/leases/deepseek/newer/part?acquire=" + newest, "2");
      agent.call("PUT", "/v1/kv/tidegate/leases/other%20account/newer/part?acquire=" + newest, "2");
      await("at least three", () -> sees("ours", 4, 0));
      agent.call("PUT", "/v1/kv/tidegate/form", "2");
      agent.call("PUT", "/v1/session/destroy/" + newest, "");
      await("its router is lost", () -> sees("ours", 2, 2));
    }
  }
}
