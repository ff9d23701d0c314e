package io.tidegate.discovery;

import static io.tidegate.discovery.SeenEndpoints.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.discovery.ConsulRegions.Order;
import io.tidegate.discovery.ConsulRegions.Position;
import io.tidegate.discovery.dns.Asked;
import io.tidegate.discovery.dns.DnsDiscovery;
import io.tidegate.discovery.dns.DnsTerms;
import io.tidegate.fake.ConsulAgent;
import io.tidegate.model.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Distances, prepared queries, order by round trip and DNS of real agents. */
@Tag("consul")
@Timeout(180)
class ConsulRegionsIT {
  @TempDir
  Path folder;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final Map<String, Position> positions = new ConcurrentHashMap<>();
  private final Map<String, Order> orders = new ConcurrentHashMap<>();

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

  private ConsulAgent agent(String name, ConsulAgent joined) throws IOException {
    return opened(ConsulAgent.datacenter(Files.createDirectory(folder.resolve(name)), name, joined));
  }

  private void learn(ConsulAgent agent, boolean create) {
    ConsulRegions regions = opened(new ConsulRegions(ConsulConfig.defaults(agent.url()),
        new ConsulRegions.Wanted(Duration.ofMillis(200), true, List.of("llm"), create, List.of("dc2")), new ConsulRegions.Learnt() {
          @Override
          public void positions(Map<String, Position> byDatacenter) {
            positions.putAll(byDatacenter);
          }

          @Override
          public void order(String service, Order order) {
            orders.put(service, order);
          }
        }));
    regions.start();
  }

  @Test
  @DisplayName("R3.1 R3.3 two joined datacenters: positions of both; a prepared query that is missing is made, and an edited one is followed")
  void learns() throws IOException {
    ConsulAgent east = agent("dc1", null);
    ConsulAgent west = agent("dc2", east);
    until("joined", Duration.ofSeconds(30), () -> east.call("GET", "/v1/catalog/datacenters", "").contains("dc2"));
    learn(east, true);
    until("positions", Duration.ofSeconds(30), () -> positions.keySet().containsAll(List.of("dc1", "dc2")));
    assertThat(positions.get("dc1").vector()).hasSize(8);
    until("made", () -> orders.containsKey("llm"));
    assertThat(orders.get("llm")).isEqualTo(new Order(0, List.of("dc2")));
    west.register("llm", "b", "127.0.0.1", 8002, "passing");
    until("Consul itself goes the same way", Duration.ofSeconds(30), () -> east.call("GET", "/v1/query/llm/execute", "").contains("8002"));
    String id = east.call("GET", "/v1/query", "").replaceAll("(?s).*?\"ID\": ?\"([^\"]+)\".*", "$1");
    east.call("PUT", "/v1/query/" + id, "{\"Name\":\"llm\",\"Service\":{\"Service\":\"llm\",\"Failover\":{\"NearestN\":2,\"Datacenters\":[\"dc9\",\"dc2\"]}}}");
    until("followed", () -> new Order(2, List.of("dc9", "dc2")).equals(orders.get("llm")));
  }

  @Test
  @DisplayName("R3.2 the order of instances follows the estimated round trip; passing leaves out warnings")
  void near() throws IOException {
    ConsulAgent agent = agent("dc1", null);
    // Nodes elsewhere: their coordinates are written as their agents would (decisions 38).
    for (String[] node : new String[][] {{"far", "0.2"}, {"mid", "0.05"}, {"near", "0.001"}}) {
      agent.call("PUT", "/v1/catalog/register", """
          {"Node":"%s","Address":"127.0.0.1","Service":{"ID":"llm-%s","Service":"llm","Port":%d},
           "Check":{"CheckID":"c-%s","ServiceID":"llm-%s","Status":"%s"}}""".formatted(node[0], node[0], 9000 + node[0].length(), node[0], node[0],
          node[0].equals("mid") ? "warning" : "passing"));
      agent.call("PUT", "/v1/coordinate/update", """
          {"Node":"%s","Segment":"","Coord":{"Vec":[%s,0,0,0,0,0,0,0],"Error":0.1,"Adjustment":0,"Height":0.0001}}""".formatted(node[0], node[1]));
    }
    until("coordinates are known", Duration.ofSeconds(90), () -> {
      String body = agent.call("GET", "/v1/health/service/llm?near=_agent", "");
      return body.indexOf("llm-near") < body.indexOf("llm-mid") && body.indexOf("llm-mid") < body.indexOf("llm-far");
    });
    assertThat(ids(agent, new ConsulConfig.Choice(false, true))).containsExactly("near/llm-near", "mid/llm-mid", "far/llm-far");
    assertThat(ids(agent, new ConsulConfig.Choice(true, true))).containsExactly("near/llm-near", "far/llm-far");
    assertThat(ids(agent, ConsulConfig.Choice.ALL)).containsExactly("far/llm-far", "mid/llm-mid", "near/llm-near");
  }

  private List<String> ids(ConsulAgent agent, ConsulConfig.Choice choice) {
    SeenEndpoints seen = new SeenEndpoints();
    try (ConsulDiscovery discovery = new ConsulDiscovery(ConsulConfig.defaults(agent.url()).withChoice(choice), List.of(Upstreams.upstream("local", "llm")), seen, null,
        System::nanoTime, new SplittableRandom(1))) {
      discovery.start();
      seen.await(list -> !list.isEmpty());
      return seen.last().stream().map(Endpoint::id).toList();
    }
  }

  @Test
  @DisplayName("R3.4 a real agent's name server: SRV of a service by datacenter, and of a prepared query; its end is seen")
  void dns() throws IOException {
    ConsulAgent east = agent("dc1", null);
    ConsulAgent west = agent("dc2", east);
    until("joined", Duration.ofSeconds(30), () -> east.call("GET", "/v1/catalog/datacenters", "").contains("dc2"));
    west.register("llm", "b", "127.0.0.1", 8002, "passing");
    east.call("POST", "/v1/query", "{\"Name\":\"llm-query\",\"Service\":{\"Service\":\"llm\",\"Failover\":{\"Datacenters\":[\"dc2\"]}}}");
    SeenEndpoints there = new SeenEndpoints();
    SeenEndpoints query = new SeenEndpoints();
    SeenEndpoints plain = new SeenEndpoints();
    DnsTerms terms = DnsTerms.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), east.dnsPort()), Duration.ofMillis(200), Duration.ofSeconds(2));
    DnsDiscovery discovery = opened(new DnsDiscovery(terms, List.of(new Asked("a", Upstreams.upstream("a", "llm"), "llm.service.dc2.consul", 0, there),
        new Asked("b", Upstreams.upstream("b", "llm"), "llm-query.query.consul", 0, query),
        new Asked("c", Upstreams.upstream("c", "llm"), "llm.service.dc2.consul", 8002, plain)), System::nanoTime));
    discovery.start();
    there.await(list -> list.size() == 1 && list.get(0).port() == 8002 && list.get(0).host().equals("127.0.0.1"));
    query.await(list -> list.size() == 1 && list.get(0).port() == 8002);
    plain.await(list -> list.size() == 1 && list.get(0).port() == 8002);
    west.deregister("b");
    there.await(List::isEmpty);
    until("told", Duration.ofSeconds(20), () -> discovery.followed().get(0).endpoints() == 0);
  }
}
