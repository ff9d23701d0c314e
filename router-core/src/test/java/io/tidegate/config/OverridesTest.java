package io.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Problem;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverridesTest {
  private final FakeEnvironment environment = new FakeEnvironment();

  @Test
  void flagsOverVariablesOverFileOverDefaults() {
    environment.variable("TIDEGATE_HTTP_LISTEN", "127.0.0.1:2").variable("TIDEGATE_GRPC_LISTEN", "127.0.0.1:3");
    TidegateConfig config = config("http: {listen: '127.0.0.1:1', headerCount: 50}\ngrpc: {listen: '127.0.0.1:9'}\n", "http.listen=127.0.0.1:4");
    assertThat(config.http().listen()).hasToString("127.0.0.1:4");
    assertThat(config.grpc().listen()).hasToString("127.0.0.1:3");
    assertThat(config.http().headerCount()).isEqualTo(50);
    assertThat(config.admin().listen()).hasToString("127.0.0.1:7402");
  }

  @Test
  void valuesOfEveryKind() {
    environment.variable("TIDEGATE_TIMEOUTS_FIRST_TOKEN_INTERACTIVE", "2s").variable("TIDEGATE_LOOPS", "2").variable("TIDEGATE_HTTP_H2_MAX_STREAMS", "7");
    TidegateConfig config = config("", "cache.enabled=false", "http.bodyLimit=1MiB", "http.allowedHosts=[a.example, b.example]", "http.listen=[::1]:7400",
        "policy.directory=/srv/it's: mine #1", "grpc={reflection: true}", "http.h2={maxStreams: 9}");
    assertThat(config.timeouts().firstToken().interactive()).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.loops()).isEqualTo(2);
    assertThat(config.http().h2().maxStreams()).as("a variable reaches into a section that a flag gave").isEqualTo(7);
    assertThat(config.cache().enabled()).isFalse();
    assertThat(config.http().bodyLimitBytes()).isEqualTo(1 << 20);
    assertThat(config.http().allowedHosts()).containsExactly("a.example", "b.example");
    assertThat(config.http().listen()).hasToString("[::1]:7400");
    assertThat(config.policy().directory()).hasToString("/srv/it's: mine #1");
    assertThat(config.grpc().reflection()).isTrue();
  }

  @Test
  void lastFlagCounts() {
    assertThat(config("", "loops=1", "loops=3").loops()).isEqualTo(3);
  }

  @Test
  void sectionThatMeansSomethingByBeingThere() {
    assertThat(config("").consul()).isNull();
    assertThat(config("", "consul.address=http://127.0.0.1:8600").consul().address()).hasToString("http://127.0.0.1:8600");
    environment.variable("TIDEGATE_CONSUL_REGISTER_SERVICE", "gate");
    assertThat(config("").consul().register().service()).isEqualTo("gate");
  }

  @Test
  void upstreamsAsFlag() {
    TidegateConfig config = config("", "upstreams=[{name: local, zone: private, dialect: vllm, baseUrl: 'http://127.0.0.1:8000/v1'}]");
    assertThat(config.upstreams()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "http.listn=x           | --set http.listn           | unknown key 'http.listn'          | did you mean 'http.listen'?",
      "upstreams[0].name=x    | --set upstreams[0].name    | unknown key                       | in the file only",
      "colour=red             | --set colour               | unknown key                       | docs/configuration.md",
      "loops=many             | --set loops                | 'loops' must be a whole number    | 0 to 1024",
      "http.listen=nowhere    | --set http.listen          | has no port                       | host:port",
      "http=1                 | --set http                 | 'http' must be a mapping          | indented",
      "http.listen            | --set                      | not KEY=VALUE                     | --set http.listen",
      "http lis=1             | --set                      | holds a character                 | KEY=VALUE",
      "consul.token=CANARY    | --set consul.token         | must not stand in the config      | ${env:NAME}",
      "timeouts.idle=         | --set timeouts.idle        | has no value                      | give it a value",
      "timeouts.idle=20m      | --set timeouts.idle        | is longer than timeouts.total     | lower timeouts.idle",
  })
  @DisplayName("I3.10 a wrong flag is a problem of that flag")
  void wrongFlags(String flag, String file, String message, String fix) {
    List<Problem> problems = problems("", flag);
    assertThat(problems).as(problems.toString()).isNotEmpty().allSatisfy(problem -> {
      assertThat(problem.file()).isEqualTo(file);
      assertThat(problem.line()).isEqualTo(1);
    });
    assertThat(problems.get(0).message()).contains(message);
    assertThat(problems.get(0).fix()).contains(fix);
    assertThat(problems.toString()).doesNotContain("CANARY");
  }

  @Test
  void wrongVariables() {
    environment.variable("TIDEGATE_HTTP_LISTN", "CANARY").variable("TIDEGATE_CACHE_SIZE", "lots");
    List<Problem> problems = problems("");
    assertThat(problems).extracting(Problem::file).containsExactly("TIDEGATE_CACHE_SIZE", "TIDEGATE_HTTP_LISTN");
    assertThat(problems.get(1).fix()).isEqualTo("did you mean TIDEGATE_HTTP_LISTEN?");
    assertThat(problems.toString()).doesNotContain("CANARY");
  }

  @Test
  void variablesOfTheLauncherAndOfKubernetesAreNotOurs() {
    environment.variable("TIDEGATE_JAVA_OPTS", "-Xmx1g").variable("TIDEGATE_LAB", "/x").variable("TIDEGATE_SERVICE_HOST", "10.0.0.1")
        .variable("TIDEGATE_PORT", "tcp://10.0.0.1:7400").variable("TIDEGATE_PORT_7400_TCP_ADDR", "10.0.0.1");
    assertThat(config("")).isEqualTo(TidegateConfig.defaults());
  }

  @Test
  void overriddenMistakeInTheFileDoesNotCount() {
    assertThat(config("http: {listen: nowhere}\n", "http.listen=127.0.0.1:0").http().listen()).isEqualTo(new Listen.Tcp("127.0.0.1", 0));
  }

  @Test
  @DisplayName("I3.10 what flags and file contradict each other about is a problem, where a flag says it")
  void contradictionBetweenFlagAndFile() {
    List<Problem> problems = problems("http: {listen: '127.0.0.1:9000'}\n", "grpc.listen=127.0.0.1:9000");
    assertThat(problems).extracting(Problem::file).containsExactly("--set grpc.listen");
  }

  private TidegateConfig config(String text, String... flags) {
    ConfigLoader.Loaded loaded = load(text, flags);
    assertThat(loaded.problems()).isEmpty();
    return loaded.config().orElseThrow();
  }

  private List<Problem> problems(String text, String... flags) {
    ConfigLoader.Loaded loaded = load(text, flags);
    assertThat(loaded.config()).isEmpty();
    return loaded.problems();
  }

  private ConfigLoader.Loaded load(String text, String... flags) {
    return ConfigLoader.load(text.isEmpty() ? null : environment.config(text), environment, List.of(flags));
  }
}
