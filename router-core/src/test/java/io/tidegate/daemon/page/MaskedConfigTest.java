package io.tidegate.daemon.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.admission.Callers;
import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Environment;
import io.tidegate.config.TidegateConfig;
import io.tidegate.model.Secret;
import io.tidegate.wire.JsonWriter;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaskedConfigTest {
  @TempDir private Path folder;

  private static String shown(Record config) {
    JsonWriter out = new JsonWriter();
    MaskedConfig.write(out, config);
    return new String(out.toBytes(), StandardCharsets.UTF_8);
  }

  private Path secret(String name, String text) throws IOException {
    return Files.setPosixFilePermissions(Files.writeString(folder.resolve(name), text), PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  @DisplayName("B2 K7 the configuration is shown whole, and every secret of it is a mask")
  void masks() throws IOException {
    String caller = Callers.hashOf("CANARY-caller");
    String operator = Callers.hashOf("CANARY-operator");
    Path file = Files.writeString(folder.resolve("tidegate.yaml"), "http: {listen: '127.0.0.1:7400', idleTimeout: 90s}\n"
        + "callers: {keysFile: '" + secret("keys", "ward-a:nurse:" + caller + "\n") + "'}\nadmin: {operators: '" + secret("ops", "operators:alice:" + operator + "\n") + "'}\n"
        + "cache: {shared: {address: 'redis://127.0.0.1:6379', password: '${file:" + secret("redis", "CANARY-redis") + "}', key: '${file:"
        + secret("seal", "CANARY-seal-0123456789abcdef0123456789abcdef") + "}'}}\n"
        + "consul: {address: 'http://127.0.0.1:8500', token: '${file:" + secret("consul", "CANARY-consul") + "}'}\n"
        + "upstreams:\n  - {name: deepseek, zone: public, dialect: deepseek, models: [m], defaultModel: m, endpoints: [{address: 'api.example:443'}], tls: {}, key: '${file:"
        + secret("deepseek", "CANARY-deepseek") + "}'}\n");
    ConfigLoader.Loaded loaded = ConfigLoader.load(file, Environment.empty());
    TidegateConfig config = loaded.config().orElseThrow(() -> new AssertionError(loaded.problems().toString()));
    String text = shown(config);
    assertThat(text).doesNotContain("CANARY").doesNotContain(caller).doesNotContain(operator);
    JsonNode tree = new ObjectMapper().readTree(text);
    assertThat(tree.at("/http/listen").asText()).isEqualTo("127.0.0.1:7400");
    assertThat(tree.at("/http/idleTimeout").asText()).isEqualTo("90s");
    assertThat(tree.at("/upstreams/0/key").asText()).isEqualTo("***");
    assertThat(tree.at("/cache/shared/password").asText()).isEqualTo("***");
    assertThat(tree.at("/consul/token").asText()).isEqualTo("***");
    assertThat(tree.at("/callers/rules/keys/0").toString()).isEqualTo("{\"tenant\":\"ward-a\",\"name\":\"nurse\",\"key\":\"***\"}");
    assertThat(text).as("a kind of value that the list lacks").doesNotContain("\"(");
  }

  private record Odd(String apiKey, String word, URI address, Object other, Map<String, Secret> inside, List<Object> list) {}

  @Test
  @DisplayName("B2 what is called a secret, stands in an address, or is of a kind that nobody listed, is not shown")
  void unknownKinds() {
    String text = shown(new Odd("CANARY-1", "shown", URI.create("https://user:CANARY-2@host:1/x"), new Object() {
      @Override
      public String toString() {
        return "CANARY-3";
      }
    }, Map.of("a", new Secret("CANARY-4")), List.of(new StringBuilder("CANARY-5"))));
    assertThat(text).doesNotContain("CANARY").contains("\"apiKey\":\"***\"", "\"word\":\"shown\"", "https://***@host:1/x", "\"a\":\"***\"", "(StringBuilder)");
  }
}
