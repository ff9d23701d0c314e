package io.tidegate.discovery;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tidegate.discovery.ConsulFailure.Kind;
import io.tidegate.wire.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Consul knows of datacenters: how far they are from each other, and in which order a service's prepared query goes through them (R3.1, R3.3). On a
 * thread of its own; a failure changes nothing. What it says moves requests between regions that are permitted anyway, and opens none.
 */
public final class ConsulRegions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConsulRegions.class);
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int MAX_DATACENTERS = 256;
  private static final int MAX_DIMENSIONS = 64;
  private static final JsonMapper JSON = new JsonMapper(JsonFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(16).maxStringLength(1 << 16).build())
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .build());

  private final ConsulHttp http;
  private final Wanted wanted;
  private final Learnt learnt;
  private final Set<String> made = new HashSet<>();
  private volatile boolean closed;
  private volatile long failures;
  private boolean failing;
  private final Thread thread;

  /**
   * What is asked.
   *
   * @param every how often
   * @param distances whether those are asked for
   * @param services whose prepared queries are read
   * @param create whether one that is missing is made
   * @param datacenters in the order that a new query has
   */
  public record Wanted(Duration every, boolean distances, List<String> services, boolean create, List<String> datacenters) {
    public Wanted {
      services = List.copyOf(services);
      datacenters = List.copyOf(datacenters);
    }
  }

  /**
   * Where a datacenter is in Consul's space: the server that answered first for it.
   *
   * @param vector seconds
   */
  public record Position(List<Double> vector, double height, double adjustment) {
    public Position {
      vector = List.copyOf(vector);
    }
  }

  /** What a prepared query does when nobody is well here: so many of the nearest, then those that are listed. */
  public record Order(int nearest, List<String> datacenters) {
    public Order {
      datacenters = List.copyOf(datacenters);
    }
  }

  /** Who hears of it; on the thread of this class, again each time, changed or not. */
  public interface Learnt {
    void positions(Map<String, Position> byDatacenter);

    void order(String service, Order order);
  }

  public ConsulRegions(ConsulConfig config, Wanted wanted, Learnt learnt) {
    this.http = new ConsulHttp(config);
    this.wanted = wanted;
    this.learnt = learnt;
    this.thread = new Thread(null, this::run, "consul-regions", 256 << 10);
    thread.setDaemon(true);
  }

  /** Begins to ask. Once. */
  public void start() {
    thread.start();
  }

  /** Rounds that failed. */
  public long failures() {
    return failures;
  }

  private void run() {
    try {
      while (!closed) {
        try {
          round();
          failing = false;
        } catch (ConsulFailure failure) {
          failures++;
          if (!failing) {
            LOG.warn("distances and prepared queries can't be read ({}), what was learnt stays", failure.getMessage());
          }
          failing = true;
        }
        Thread.sleep(wanted.every().toMillis());
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void round() throws ConsulFailure, InterruptedException {
    if (wanted.distances()) {
      learnt.positions(positions(http.get("/v1/coordinate/datacenters", LIMIT).body()));
    }
    if (!wanted.services().isEmpty()) {
      Map<String, Order> orders = orders(http.get("/v1/query", LIMIT).body());
      for (String service : wanted.services()) {
        Order order = orders.get(service);
        if (order != null) {
          learnt.order(service, order);
        } else if (wanted.create() && made.add(service)) {
          create(service);
          learnt.order(service, new Order(0, wanted.datacenters()));
        }
      }
    }
  }

  /** Another router may make it at the same moment: then Consul refuses the second, and the next round reads the first. */
  private void create(String service) throws InterruptedException, ConsulFailure {
    JsonWriter out = new JsonWriter().beginObject().key("Name").string(service).key("Service").beginObject().key("Service").string(service)
        .key("OnlyPassing").bool(true).key("Near").string("_agent").key("Failover").beginObject().key("Datacenters").beginArray();
    wanted.datacenters().forEach(out::string);
    out.endArray().endObject().endObject().key("DNS").beginObject().key("TTL").string("10s").endObject().endObject();
    try {
      http.call("POST", "/v1/query", new String(out.toBytes(), StandardCharsets.UTF_8), LIMIT);
      LOG.info("made the prepared query {} in Consul", service);
    } catch (ConsulFailure failure) {
      made.remove(service);
      throw failure;
    }
  }

  static Map<String, Position> positions(byte[] body) throws ConsulFailure {
    Map<String, Position> all = new HashMap<>();
    for (JsonNode datacenter : rows(body)) {
      String name = datacenter.path("Datacenter").asText("");
      // Those of the wide area only: pools have spaces of their own.
      if (name.isEmpty() || !datacenter.path("AreaID").asText("wan").equals("wan") || all.containsKey(name)) {
        continue;
      }
      for (JsonNode server : datacenter.path("Coordinates")) {
        Position position = position(server.path("Coord"));
        if (position != null) {
          all.put(name, position);
          break;
        }
      }
      if (all.size() > MAX_DATACENTERS) {
        throw new ConsulFailure(Kind.OVERSIZED);
      }
    }
    return all;
  }

  private static @org.jspecify.annotations.Nullable Position position(JsonNode coord) {
    JsonNode vector = coord.path("Vec");
    if (!vector.isArray() || vector.isEmpty() || vector.size() > MAX_DIMENSIONS) {
      return null;
    }
    List<Double> values = new ArrayList<>();
    for (JsonNode value : vector) {
      if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
        return null;
      }
      values.add(value.doubleValue());
    }
    return new Position(values, Math.max(0, coord.path("Height").asDouble(0)), coord.path("Adjustment").asDouble(0));
  }

  static Map<String, Order> orders(byte[] body) throws ConsulFailure {
    Map<String, Order> all = new HashMap<>();
    for (JsonNode query : rows(body)) {
      String name = query.path("Name").asText("");
      JsonNode service = query.path("Service");
      if (name.isEmpty() || !name.equals(service.path("Service").asText(""))) {
        // A template, or a query under another name: not ours to follow.
        continue;
      }
      JsonNode failover = service.path("Failover");
      List<String> datacenters = new ArrayList<>();
      failover.path("Datacenters").forEach(entry -> datacenters.add(entry.asText("")));
      // Newer agents: targets, which exclude both others; peers among them are no datacenters.
      failover.path("Targets").forEach(entry -> datacenters.add(entry.path("Datacenter").asText("")));
      datacenters.removeIf(String::isEmpty);
      all.put(name, new Order(Math.max(0, Math.min(MAX_DATACENTERS, failover.path("NearestN").asInt(0))), datacenters.stream().distinct().toList()));
    }
    return all;
  }

  private static JsonNode rows(byte[] body) throws ConsulFailure {
    try {
      JsonNode rows = JSON.readTree(body);
      if (rows == null || !(rows.isArray() || rows.isNull())) {
        throw new ConsulFailure(Kind.BAD_JSON);
      }
      return rows;
    } catch (IOException garbled) {
      throw new ConsulFailure(Kind.BAD_JSON);
    }
  }

  /** Stops asking; waits at most 2 s. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(2_000);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    http.close();
  }
}
