package io.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The shipped file, its schema and the binder say the same. */
class ConfigSchemaTest {
  private static final Path CONF = Path.of("../conf");
  private static final Pattern COMMENTED_OUT = Pattern.compile("(?m)^( *)#(?=[a-zA-Z-])");
  private static Schema schema = read();

  @Test
  void shippedFileNamesTheSchema() throws IOException {
    assertThat(shipped()).startsWith("# yaml-language-server: $schema=./tidegate.schema.json\n");
  }

  @Test
  @DisplayName("I3.10 the schema validates the shipped file, as it is and with every setting switched on")
  void schemaAcceptsTheShippedFile() throws IOException {
    assertThat(schema.validate(shipped(), InputFormat.YAML)).isEmpty();
    assertThat(schema.validate(everything(), InputFormat.YAML)).isEmpty();
  }

  @Test
  void shippedFileSaysTheDefaults() throws IOException {
    assertThat(load(shipped())).isEqualTo(TidegateConfig.defaults());
  }

  @Test
  void schemaDefaultsAreTheBindersDefaults() throws IOException {
    ObjectNode tree = new ObjectMapper().createObjectNode();
    defaults(json().get("properties"), tree);
    tree.remove(List.of("consul", "regions", "dns"));
    ((ObjectNode) tree.get("cache")).remove("shared");
    ((ObjectNode) tree.get("telemetry")).remove(List.of("otlp", "traces"));
    assertThat(load(tree.toString())).isEqualTo(TidegateConfig.defaults());
  }

  @Test
  void everySettingSwitchedOnIsAValidConfiguration() throws IOException {
    TidegateConfig config = load(everything());
    assertThat(config.consul()).isNotNull();
    assertThat(config.cache().shared()).isNotNull();
    assertThat(config.http().tls()).isNotNull();
    assertThat(config.callers().rules().keys()).hasSize(1);
    assertThat(config.upstreams()).extracting(Upstream::name).containsExactly("local-vllm", "local-pool", "deepseek");
    assertThat(config.upstreams()).extracting(Upstream::zone).containsExactly(Zone.PRIVATE, Zone.PRIVATE, Zone.PUBLIC);
    assertThat(config.toString()).doesNotContain("CANARY");
  }

  @Test
  @DisplayName("I3.10 schema and binder have the same keys, and the shipped file shows each")
  void sameKeys() throws IOException {
    FakeEnvironment environment = new FakeEnvironment();
    Set<String> asked = new TreeSet<>();
    ConfigLoader.load(environment.config(everything()), environment, List.of(), asked);
    Set<String> described = new TreeSet<>();
    keys(json(), "", described);
    assertThat(asked).isEqualTo(described);
    String text = everything();
    for (String key : described) {
      assertThat(text).containsPattern("(?m)(^|[ {])" + Pattern.quote(key.substring(key.lastIndexOf('.') + 1)) + ":");
    }
  }

  @Test
  void everyKeyIsDescribed() throws IOException {
    assertThat(undescribed(json(), "")).isEmpty();
  }

  @Test
  void everyKeyIsInTheDocumentation() throws IOException {
    String page = Files.readString(Path.of("../docs/configuration.md"));
    Set<String> keys = new TreeSet<>();
    keys(json(), "", keys);
    keys.removeIf(key -> key.indexOf('.') < 0 && !page.contains("| `" + key + "`"));
    assertThat(keys).isNotEmpty().allSatisfy(key -> assertThat(page).contains("| `" + key + "` |"));
  }

  static Stream<String> broken() throws IOException {
    return BrokenConfigTest.files();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  @DisplayName("I3.10 the schema rejects the broken files that a schema can see")
  void brokenFile(String file) throws IOException {
    String text = Files.readString(Path.of("src/test/resources/config/broken", file));
    String verdict = text.lines().findFirst().orElseThrow().substring("# schema: ".length());
    switch (verdict) {
      case "rejects" -> assertThat(schema.validate(text, InputFormat.YAML)).isNotEmpty();
      case "accepts" -> assertThat(schema.validate(text, InputFormat.YAML)).isEmpty();
      default -> assertThat(verdict).isEqualTo("unparsable");
    }
  }

  private static void defaults(JsonNode properties, ObjectNode into) throws IOException {
    for (Map.Entry<String, JsonNode> property : properties.properties()) {
      JsonNode value = resolved(property.getValue());
      JsonNode inner = value.get("properties");
      if (property.getValue().has("default")) {
        into.set(property.getKey(), property.getValue().get("default"));
      } else if (inner != null && !property.getValue().has("$ref")) {
        defaults(inner, into.putObject(property.getKey()));
      }
    }
  }

  private static void keys(JsonNode node, String path, Set<String> keys) throws IOException {
    JsonNode properties = resolved(node).get("properties");
    if (properties != null) {
      for (Map.Entry<String, JsonNode> property : properties.properties()) {
        String key = path.isEmpty() ? property.getKey() : path + "." + property.getKey();
        keys.add(key);
        keys(property.getValue(), key, keys);
      }
    }
    JsonNode items = resolved(node).get("items");
    if (items != null) {
      keys(items, path + "[]", keys);
    }
  }

  private static Set<String> undescribed(JsonNode node, String path) throws IOException {
    Set<String> missing = new TreeSet<>();
    JsonNode properties = resolved(node).get("properties");
    if (properties != null) {
      for (Map.Entry<String, JsonNode> property : properties.properties()) {
        if (!property.getValue().has("description")) {
          missing.add(path + "." + property.getKey());
        }
        missing.addAll(undescribed(property.getValue(), path + "." + property.getKey()));
      }
    }
    return missing;
  }

  private static JsonNode resolved(JsonNode node) throws IOException {
    JsonNode ref = node.get("$ref");
    return ref == null ? node : json().at(ref.asText().substring(1));
  }

  private static TidegateConfig load(String text) {
    FakeEnvironment environment = new FakeEnvironment();
    ConfigLoader.Loaded loaded = ConfigLoader.load(environment.config(text), environment);
    assertThat(loaded.problems()).isEmpty();
    return loaded.config().orElseThrow();
  }

  /** The shipped file with every setting that is commented out switched on. */
  private static String everything() throws IOException {
    return COMMENTED_OUT.matcher(shipped().replace("upstreams: []\n", "").replace("plugins: []\n", "").replace("  models: []\n", "")).replaceAll("$1");
  }

  private static String shipped() throws IOException {
    return Files.readString(CONF.resolve("tidegate.yaml"));
  }

  private static JsonNode json() throws IOException {
    return new ObjectMapper().readTree(CONF.resolve("tidegate.schema.json").toFile());
  }

  private static Schema read() {
    try {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(Files.readString(CONF.resolve("tidegate.schema.json")), InputFormat.JSON);
    } catch (IOException unreadable) {
      throw new IllegalStateException(unreadable);
    }
  }
}
