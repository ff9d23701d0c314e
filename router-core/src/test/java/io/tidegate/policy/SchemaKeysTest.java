package io.tidegate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidegate.model.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Each key that the reader knows is in the schema at the same place, and the other way round. A policy with every key of the schema is made, and
 * into each mapping goes a key that nobody knows: the reader's complaint lists those it does know there.
 */
class SchemaKeysTest {
  private final JsonNode schema = schema();
  private final Map<String, Set<String>> keysBySchema = new LinkedHashMap<>();

  private static JsonNode schema() {
    try {
      return new ObjectMapper().readTree(Files.readString(Path.of("../policies/policy.schema.json")));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  @DisplayName("schema and reader know the same keys, mapping by mapping")
  void sameKeys() {
    String policy = example(schema).toString();
    PolicyCompiler.Result result = Policies.compile(policy);
    Map<String, Set<String>> keysByReader = new TreeMap<>();
    for (Problem problem : result.problems()) {
      if (problem.message().startsWith("unknown key '")) {
        String key = problem.message().substring(13, problem.message().length() - 1);
        assertThat(problem.fix()).as("key %s of the schema is unknown to the reader", key).contains("known here: ");
        keysByReader.put(key, new TreeSet<>(Arrays.asList(problem.fix().replaceAll(".*known here: ", "").split(", "))));
      }
    }
    assertThat(keysBySchema).hasSizeGreaterThan(20);
    assertThat(keysByReader).containsExactlyInAnyOrderEntriesOf(keysBySchema);
  }

  @Test
  @DisplayName("every key that is not plain from its name says what it means")
  void described() {
    for (JsonNode part : schema.at("/properties/spec/properties")) {
      assertThat(part.has("description") || part.has("$ref") || part.has("enum") && part.get("enum").size() == 1).as("%s", part).isTrue();
    }
  }

  private JsonNode example(JsonNode part) {
    if (part.has("$ref")) {
      return example(schema.at(part.get("$ref").asText().substring(1)));
    }
    if (part.has("properties")) {
      return object(part);
    }
    for (String choice : new String[] {"oneOf", "allOf"}) {
      if (part.has(choice)) {
        // The richest choice: a mapping rather than a word.
        for (JsonNode one : part.get(choice)) {
          JsonNode made = example(one);
          if (made.isObject()) {
            return made;
          }
        }
        return example(part.get(choice).get(0));
      }
    }
    if (part.has("const")) {
      return part.get("const");
    }
    if (part.has("enum")) {
      return part.get("enum").get(part.get("enum").size() - 1);
    }
    return switch (part.path("type").asText()) {
      case "object" -> JsonNodeFactory.instance.objectNode().set("some-name", example(part.get("additionalProperties")));
      case "array" -> JsonNodeFactory.instance.arrayNode().add(example(part.get("items")));
      case "integer" -> JsonNodeFactory.instance.numberNode(1);
      case "boolean" -> JsonNodeFactory.instance.booleanNode(true);
      default -> JsonNodeFactory.instance.textNode("word");
    };
  }

  private ObjectNode object(JsonNode part) {
    ObjectNode made = JsonNodeFactory.instance.objectNode();
    Set<String> names = new TreeSet<>();
    part.get("properties").properties().forEach(property -> {
      names.add(property.getKey());
      made.set(property.getKey(), example(property.getValue()));
    });
    String unknown = "zzzzzzzz" + keysBySchema.size();
    made.put(unknown, "word");
    keysBySchema.put(unknown, names);
    return made;
  }
}
