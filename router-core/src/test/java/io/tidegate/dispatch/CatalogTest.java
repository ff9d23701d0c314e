package io.tidegate.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.decide.Decision;
import io.tidegate.decide.DecisionFixture;
import io.tidegate.model.Destination;
import io.tidegate.model.Dialect;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Transformation;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.policy.RouteStep;
import io.tidegate.policy.RouteStep.When;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogTest {
  private static final Upstream VLLM = upstream("vllm", Zone.PRIVATE, List.of("qwen"), "qwen", Map.of("small", "qwen"), true, true);
  private static final Upstream OLLAMA = upstream("ollama", Zone.PRIVATE, List.of("llama"), "llama", Map.of(), false, false);
  private static final Upstream DEEPSEEK = upstream("deepseek", Zone.PUBLIC, List.of("deepseek-flash"), "deepseek-flash", Map.of(), true, false);
  private static final Upstream ANY = upstream("any", Zone.PRIVATE, List.of("*"), null, Map.of(), false, true);

  private static Upstream upstream(String name, Zone zone, List<String> models, @Nullable String standard, Map<String, String> aliases,
      boolean substitute, boolean embeddings) {
    return new Upstream(name, zone, Dialect.OPENAI, models, standard, aliases, substitute, false, "/v1", List.of(), null, null, embeddings,
        List.of(), null, Duration.ofSeconds(1), 8);
  }

  private static String candidates(Catalog catalog, Operation operation, String model, Sensitivity sensitivity, Destination... route) {
    Decision decision = DecisionFixture.decision(DecisionFixture.request("r", operation, model, false, "{}"), sensitivity, route);
    return catalog.candidates(decision).stream().map(c -> c.upstream().name() + "=" + c.model()).collect(Collectors.joining(" "));
  }

  @ParameterizedTest
  @DisplayName("model resolution, upstream by upstream in the order of the route")
  @CsvSource(value = {
      "CHAT      | auto           | PUBLIC PRIVATE | deepseek=deepseek-flash vllm=qwen ollama=llama",
      "CHAT      | auto           | PRIVATE PUBLIC | vllm=qwen ollama=llama deepseek=deepseek-flash",
      "CHAT      | auto           | EDGE_CACHE PRIVATE | vllm=qwen ollama=llama",
      "CHAT      | qwen           | PUBLIC PRIVATE | deepseek=deepseek-flash vllm=qwen",
      "CHAT      | small          | PRIVATE        | vllm=qwen",
      "CHAT      | llama          | PRIVATE        | vllm=qwen ollama=llama",
      "CHAT      | nobody         | PUBLIC PRIVATE | ''",
      "CHAT      | deepseek-flash | PUBLIC         | deepseek=deepseek-flash",
      "CHAT      | auto           | EDGE_CACHE     | ''",
      "EMBEDDING | qwen           | PUBLIC PRIVATE | vllm=qwen",
      "EMBEDDING | auto           | PUBLIC PRIVATE | vllm=qwen",
      "EMBEDDING | llama          | PRIVATE        | ''"}, delimiter = '|')
  void resolution(Operation operation, String model, String route, String expected) {
    Destination[] destinations = java.util.Arrays.stream(route.split(" ")).map(Destination::valueOf).toArray(Destination[]::new);
    assertThat(candidates(new Catalog(List.of(VLLM, OLLAMA, DEEPSEEK)), operation, model, Sensitivity.INTERNAL, destinations))
        .isEqualTo(expected);
  }

  @Test
  @DisplayName("A4 candidates carry the condition of their step, and what it asks for; for RESTRICTED content and embeddings such a step has none")
  void steps() {
    Decision decision = DecisionFixture.stepped(DecisionFixture.request("r", Operation.CHAT, "auto", false, "{}"), Sensitivity.INTERNAL,
        RouteStep.to(Destination.EDGE_CACHE), RouteStep.to(Destination.PRIVATE), new RouteStep(Destination.PUBLIC, When.BUSY, null));
    assertThat(new Catalog(List.of(DEEPSEEK, VLLM, OLLAMA)).candidates(decision)).extracting(c -> c.upstream().name() + " " + c.step() + " " + c.when())
        .containsExactly("vllm 1 ALWAYS", "ollama 1 ALWAYS", "deepseek 2 BUSY");
    Decision cleaned = DecisionFixture.stepped(decision.request(), Sensitivity.CONFIDENTIAL,
        RouteStep.to(Destination.PRIVATE), new RouteStep(Destination.PUBLIC, When.ALWAYS, Transformation.PSEUDONYMISE));
    assertThat(new Catalog(List.of(DEEPSEEK, VLLM)).candidates(cleaned)).extracting(c -> c.upstream().name() + " " + c.after())
        .containsExactly("vllm null", "deepseek PSEUDONYMISE");
    RouteStep[] route = cleaned.steps().toArray(new RouteStep[0]);
    assertThat(new Catalog(List.of(DEEPSEEK, VLLM)).candidates(DecisionFixture.stepped(decision.request(), Sensitivity.RESTRICTED, route)))
        .extracting(c -> c.upstream().name()).containsExactly("vllm");
    assertThat(new Catalog(List.of(DEEPSEEK, VLLM)).candidates(DecisionFixture.stepped(DecisionFixture.request("r", Operation.EMBEDDING, "auto", false, "{}"),
        Sensitivity.CONFIDENTIAL, route))).noneMatch(c -> c.after() != null);
  }

  @Test
  @DisplayName("A16 a restricted request that names the public model outright gets private upstreams only")
  void namingAPublicModelOpensNothing() {
    Catalog catalog = new Catalog(List.of(DEEPSEEK, VLLM, OLLAMA));
    assertThat(candidates(catalog, Operation.CHAT, "deepseek-flash", Sensitivity.RESTRICTED, Destination.PRIVATE)).isEqualTo("vllm=qwen");
    assertThat(candidates(new Catalog(List.of(DEEPSEEK, OLLAMA)), Operation.CHAT, "deepseek-flash", Sensitivity.RESTRICTED,
        Destination.PRIVATE)).isEmpty();
  }

  @Test
  @DisplayName("a star passes any name on as it is, and has no model of its own")
  void star() {
    Catalog catalog = new Catalog(List.of(ANY, DEEPSEEK));
    assertThat(candidates(catalog, Operation.CHAT, "whatever", Sensitivity.INTERNAL, Destination.PRIVATE)).isEqualTo("any=whatever");
    assertThat(candidates(catalog, Operation.CHAT, "auto", Sensitivity.INTERNAL, Destination.PRIVATE)).isEmpty();
    assertThat(catalog.knows("whatever")).isTrue();
  }

  @Test
  @DisplayName("known are names, aliases and auto")
  void knows() {
    Catalog catalog = new Catalog(List.of(VLLM, DEEPSEEK));
    assertThat(List.of("qwen", "small", "deepseek-flash", "auto")).allMatch(catalog::knows);
    assertThat(List.of("*", "QWEN", "", "gpt-5")).noneMatch(catalog::knows);
  }
}
