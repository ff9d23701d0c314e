package io.tidegate.discovery;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tidegate.discovery.ConsulFailure.Kind;
import io.tidegate.model.Cidr;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What {@code /v1/health/service/:name} says, row by row. Kept: passing rows with {@code Weights.Passing}, warning rows with {@code
 * Weights.Warning}. Left out: critical rows (maintenance is a critical check), and, counted, rows no connection may follow from.
 *
 * @param usable sorted by id, or as they came
 * @param ids of all rows, usable or not
 * @param total rows in the answer
 * @param firstOutside an address outside the networks, canonical, for the log; null if there was none
 * @param unreadable keys of metadata whose value could not be read, sorted
 */
record HealthRows(List<Instance> usable, Set<String> ids, int total, Map<Drop, Integer> dropped, @Nullable String firstOutside, Set<String> unreadable) {
  private static final int LONGEST_ID = 128;
  private static final int MAX_WEIGHT = 1000;
  private static final JsonMapper JSON = new JsonMapper(JsonFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(32).maxStringLength(1 << 20).build())
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .build());

  /**
   * @param networks where a connection of this upstream may go; none means nowhere
   * @throws ConsulFailure if the body is not a JSON array of objects, has more than {@code maxRows} rows, or anything behind it
   */
  static HealthRows read(byte[] body, List<Cidr> networks, int maxRows) throws ConsulFailure {
    return read(body, networks, maxRows, false);
  }

  /** @param asTheyCome in Consul's order, which is that of the round trip if it was asked for, else by id */
  static HealthRows read(byte[] body, List<Cidr> networks, int maxRows, boolean asTheyCome) throws ConsulFailure {
    Reading reading = new Reading(networks);
    reading.total = each(body, maxRows, reading::row);
    if (!asTheyCome) {
      reading.usable.sort(Comparator.comparing(Instance::id));
    }
    return new HealthRows(List.copyOf(reading.usable), Set.copyOf(reading.ids), reading.total, Map.copyOf(reading.dropped), reading.firstOutside,
        Collections.unmodifiableSet(reading.unreadable));
  }

  /** Whether a row has the service id {@code serviceId}. */
  static boolean holds(byte[] body, String serviceId, int maxRows) throws ConsulFailure {
    boolean[] found = new boolean[1];
    each(body, maxRows, row -> found[0] |= serviceId.equals(text(row.path("Service").path("ID"))));
    return found[0];
  }

  /** How Consul shows one registration. */
  enum Own { ABSENT, PRESENT, MAINTENANCE }

  /** A service id is unique on its node only: where others have the same, all must be in maintenance for ours to count as such. */
  static Own own(byte[] body, String serviceId, int maxRows) throws ConsulFailure {
    boolean[] found = new boolean[2];
    each(body, maxRows, row -> {
      if (serviceId.equals(text(row.path("Service").path("ID")))) {
        found[0] = true;
        found[1] |= !maintained(row.path("Checks"), serviceId);
      }
    });
    return !found[0] ? Own.ABSENT : found[1] ? Own.PRESENT : Own.MAINTENANCE;
  }

  private static boolean maintained(JsonNode checks, String serviceId) {
    for (JsonNode check : checks) {
      String id = text(check.path("CheckID"));
      if ("_node_maintenance".equals(id) || ("_service_maintenance:" + serviceId).equals(id)) {
        return true;
      }
    }
    return false;
  }

  private static int each(byte[] body, int maxRows, Consumer<JsonNode> row) throws ConsulFailure {
    int total = 0;
    try (JsonParser parser = JSON.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw new ConsulFailure(Kind.BAD_JSON);
      }
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        if (++total > maxRows) {
          throw new ConsulFailure(Kind.OVERSIZED);
        }
        JsonNode tree = parser.readValueAsTree();
        row.accept(tree);
      }
      if (parser.currentToken() != JsonToken.END_ARRAY || parser.nextToken() != null) {
        throw new ConsulFailure(Kind.BAD_JSON);
      }
      return total;
    } catch (IOException broken) {
      throw new ConsulFailure(Kind.BAD_JSON);
    }
  }

  /** Those of {@code known} of which there is no row at all. */
  List<Instance> missing(List<Instance> known) {
    List<Instance> missing = new ArrayList<>();
    for (Instance instance : known) {
      if (!ids.contains(instance.id())) {
        missing.add(instance);
      }
    }
    return missing;
  }

  /** What is usable, and {@code hidden}: by id, or {@code asTheyCome} behind the others. */
  List<Instance> usableAnd(List<Instance> hidden, boolean asTheyCome) {
    List<Instance> all = new ArrayList<>(usable);
    all.addAll(hidden);
    if (!asTheyCome) {
      all.sort(Comparator.comparing(Instance::id));
    }
    return List.copyOf(all);
  }

  int droppedRows() {
    int sum = 0;
    for (int count : dropped.values()) {
      sum += count;
    }
    return sum;
  }

  private static final class Reading {
    final List<Cidr> networks;
    final List<Instance> usable = new ArrayList<>();
    final Map<Drop, Integer> dropped = new EnumMap<>(Drop.class);
    final Set<String> ids = new HashSet<>();
    final Set<String> unreadable = new TreeSet<>();
    int total;
    @Nullable String firstOutside;

    Reading(List<Cidr> networks) {
      this.networks = networks;
    }

    void row(JsonNode row) {
      JsonNode service = row.path("Service");
      String node = text(row.path("Node").path("Node"));
      String serviceId = text(service.path("ID"));
      if (node == null || serviceId == null || node.isEmpty() || serviceId.isEmpty()) {
        drop(Drop.MALFORMED);
        return;
      }
      if (!printable(node) || !printable(serviceId)) {
        drop(Drop.BAD_ID);
        return;
      }
      // A node name has no slash in Consul, so two different pairs never share an id; the first row of a pair stands, whatever its state.
      String id = node + "/" + serviceId;
      if (!ids.add(id)) {
        drop(Drop.DUPLICATE);
        return;
      }
      Status status = status(row.path("Checks"));
      if (status == Status.UNREADABLE) {
        drop(Drop.MALFORMED);
      } else if (status != Status.CRITICAL) {
        address(id, row, status == Status.PASSING ? "Passing" : "Warning");
      }
    }

    private void address(String id, JsonNode row, String weightKey) {
      JsonNode service = row.path("Service");
      JsonNode port = service.path("Port");
      if (!port.isInt() || port.intValue() < 1 || port.intValue() > 65_535) {
        drop(Drop.BAD_PORT);
        return;
      }
      JsonNode weight = service.path("Weights").path(weightKey);
      if (!weight.isMissingNode() && (!weight.isInt() || weight.intValue() < 0)) {
        drop(Drop.MALFORMED);
        return;
      }
      String own = text(service.path("Address"));
      String host = own == null || own.isEmpty() ? text(row.path("Node").path("Address")) : own;
      LiteralAddress address = host == null ? null : LiteralAddress.read(host);
      if (address == null) {
        drop(Drop.NOT_AN_ADDRESS);
      } else if (!address.in(networks)) {
        drop(Drop.OUTSIDE_NETWORKS);
        firstOutside = firstOutside == null ? address.toString() : firstOutside;
      } else if (weight.asInt(1) > 0) {
        // Weight 0 is Consul's way to say: registered, but send nothing.
        MetaHints meta = MetaHints.of(service.path("Meta"));
        unreadable.addAll(meta.unreadable());
        if (meta.hints() == null) {
          drop(Drop.BAD_META);
        } else {
          usable.add(new Instance(id, address.toString(), port.intValue(), Math.min(weight.asInt(1), MAX_WEIGHT), meta.hints()));
        }
      }
    }

    private void drop(Drop why) {
      dropped.merge(why, 1, Integer::sum);
    }
  }

  private enum Status { PASSING, WARNING, CRITICAL, UNREADABLE }

  /** The worst check counts; without checks a service passes. */
  private static Status status(JsonNode checks) {
    if (checks.isMissingNode() || checks.isNull()) {
      return Status.PASSING;
    }
    if (!checks.isArray()) {
      return Status.UNREADABLE;
    }
    Status worst = Status.PASSING;
    for (JsonNode check : checks) {
      String text = text(check.path("Status"));
      Status status = switch (text == null ? "" : text) {
        case "passing" -> Status.PASSING;
        case "warning" -> Status.WARNING;
        case "critical", "maintenance" -> Status.CRITICAL;
        default -> Status.UNREADABLE;
      };
      worst = status.compareTo(worst) > 0 ? status : worst;
    }
    return worst;
  }

  private static @Nullable String text(JsonNode node) {
    return node.isTextual() ? node.textValue() : null;
  }

  private static boolean printable(String text) {
    if (text.length() > LONGEST_ID) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }
}
