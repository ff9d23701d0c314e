package io.tidegate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The schema for editors and the compiler must agree on what a policy looks like. */
class PolicySchemaTest {
  private static final Path POLICIES = Path.of("../policies");

  /** What only the compiler can see: cross-references, expressions, patterns, and what YAML itself forbids. */
  private static final Set<String> BEYOND_A_SCHEMA = Set.of("anchor", "duplicate-key", "end-missing", "syntax", "tab", "floor-missing", "cache-groups",
      "cache-shared",
      "detector-context", "detector-empty-match", "detector-large", "detector-list", "detector-look-around", "detector-regex", "detector-window",
      "rule-id-reserved", "rule-id-twice", "rule-distinct", "rule-type", "rule-count-with-when", "list-phrase", "routes-cache-last", "step-when-first", "step-cache-when", "cache-ttl", "test-rule",
      "test-same-name", "when-block", "when-deep", "when-distinct-type", "when-entity-type", "when-field", "when-has-type", "when-kinds", "when-name",
      "when-not-bool", "when-regex", "when-regex-run-time", "when-syntax");

  private static List<?> errors(Path file) throws IOException {
    Object tree = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
    Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(Files.readString(POLICIES.resolve("policy.schema.json")));
    return schema.validate(new ObjectMapper().writeValueAsString(tree), InputFormat.JSON);
  }

  @ParameterizedTest
  @ValueSource(strings = {"baseline.yaml", "examples/hospital.yaml", "examples/office.yaml", "examples/overflow/overflow.yaml"})
  @DisplayName("the schema accepts the policies that are shipped")
  void acceptsWhatIsShipped(String file) throws IOException {
    assertThat(errors(POLICIES.resolve(file))).isEmpty();
  }

  @Test
  @DisplayName("what the compiler refuses the schema refuses too, but for what a schema cannot see")
  void refusesWhatTheCompilerRefuses() throws IOException {
    Path broken = Path.of("src/test/resources/io/tidegate/policy/broken");
    for (String name : BrokenPolicyTest.cases()) {
      if (!BEYOND_A_SCHEMA.contains(name.replace(".yaml", ""))) {
        assertThat(errors(broken.resolve(name))).as(name).isNotEmpty();
      }
    }
  }
}
