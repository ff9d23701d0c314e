package io.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.Origins.Origin;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OriginsTest {
  private final FakeEnvironment environment = new FakeEnvironment();

  private Map<String, Origin> origins(String text, String... flags) {
    ConfigLoader.Shown shown = ConfigLoader.show(text.isEmpty() ? null : environment.config(text), environment, List.of(flags));
    assertThat(shown.loaded().problems()).isEmpty();
    return shown.origins().stream().collect(Collectors.toMap(Origin::key, origin -> origin));
  }

  @Test
  @DisplayName("I7 each value says where it came from: flag over variable over file over default")
  void whereFrom() {
    environment.variable("TIDEGATE_HTTP_HEADER_COUNT", "60").variable("TIDEGATE_HTTP_LISTEN", "127.0.0.1:2");
    Map<String, Origin> origins = origins("http:\n  listen: '127.0.0.1:1'\n  headerCount: 50\n  idleTimeout: 20s\ncache: {enabled: false}\n", "http.listen=127.0.0.1:4");
    assertThat(origins.get("http.listen").value()).isEqualTo("127.0.0.1:4");
    assertThat(origins.get("http.listen").from()).isEqualTo("--set http.listen");
    assertThat(origins.get("http.headerCount").value()).isEqualTo("60");
    assertThat(origins.get("http.headerCount").from()).isEqualTo("TIDEGATE_HTTP_HEADER_COUNT");
    assertThat(origins.get("http.idleTimeout").value()).isEqualTo("20s");
    assertThat(origins.get("http.idleTimeout").from()).endsWith(":4");
    assertThat(origins.get("cache.enabled").value()).isEqualTo("false");
    assertThat(origins.get("http.bodyTimeout")).isEqualTo(new Origin("http.bodyTimeout", "10s", "default"));
    assertThat(origins.get("http.bodyLimit")).isEqualTo(new Origin("http.bodyLimit", "16MiB", "default"));
    assertThat(origins.get("http.maxConnections")).isEqualTo(new Origin("http.maxConnections", "10000", "default"));
  }

  @Test
  @DisplayName("I7 a section given as a whole by a flag says so for what is in it")
  void wholeSection() {
    assertThat(origins("", "grpc={reflection: true}").get("grpc.reflection")).isEqualTo(new Origin("grpc.reflection", "true", "--set grpc"));
  }

  @Test
  @DisplayName("B2 of a secret its reference is shown, and of a list of upstreams how many there are")
  void secrets() {
    environment.variable("CONSUL_TOKEN", "CANARY-SECRET");
    Map<String, Origin> origins = origins("consul: {token: '${env:CONSUL_TOKEN}'}\nupstreams:\n  - {name: near, zone: private, dialect: vllm, key: '${env:CONSUL_TOKEN}', "
        + "baseUrl: 'http://127.0.0.1:8000/v1'}\n");
    assertThat(origins.get("consul.token").value()).isEqualTo("${env:CONSUL_TOKEN}");
    assertThat(origins.get("upstreams").value()).isEqualTo("(1 entry)");
    assertThat(origins.toString()).doesNotContain("CANARY");
    assertThat(origins.keySet()).noneMatch(key -> key.contains("["));
  }

  @Test
  @DisplayName("B2 what has problems is not shown: a key written in by mistake stays unsaid")
  void nothingOfWhatIsWrong() {
    ConfigLoader.Shown shown = ConfigLoader.show(environment.config("consul: {token: CANARY-SECRET}\n"), environment, List.of());
    assertThat(shown.origins()).isEmpty();
    assertThat(shown.loaded().problems().toString()).doesNotContain("CANARY");
  }
}
