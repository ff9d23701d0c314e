package io.tidegate.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Environment;
import io.tidegate.config.Listen;
import io.tidegate.config.TidegateConfig;
import io.tidegate.telemetry.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The names in the manifests against each other and against what the daemon does by itself. */
@SuppressWarnings("unchecked")
class DeployedNamesTest {
  private static final Path MANIFESTS = Path.of("../deploy/kubernetes");
  private static final List<Map<String, Object>> OBJECTS = new ArrayList<>();

  @TempDir private Path folder;

  @BeforeAll
  static void read() throws IOException {
    OBJECTS.clear();
    try (Stream<Path> files = Files.list(MANIFESTS)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".yaml")).sorted().toList()) {
        Iterable<Object> all = new Load(LoadSettings.builder().build()).loadAllFromString(Files.readString(file));
        StreamSupport.stream(all.spliterator(), false).forEach(each -> OBJECTS.add((Map<String, Object>) each));
      }
    }
  }

  private static Stream<Map<String, Object>> of(String kind) {
    return OBJECTS.stream().filter(object -> object.get("kind").equals(kind));
  }

  private static Map<String, Object> named(String kind, String name) {
    return of(kind).filter(object -> at(object, "metadata", "name").equals(name)).findFirst().orElseThrow();
  }

  private static Object at(Object from, Object... path) {
    Object now = from;
    for (Object step : path) {
      now = step instanceof Integer index ? ((List<Object>) now).get(index) : ((Map<String, Object>) now).get(step);
    }
    return now;
  }

  private static Map<String, Object> container(Map<String, Object> workload, String list) {
    return (Map<String, Object>) at(workload, "spec", "template", "spec", list, 0);
  }

  private static Map<String, Integer> ports(Map<String, Object> container) {
    Map<String, Integer> ports = new TreeMap<>();
    ((List<Object>) container.get("ports")).forEach(port -> ports.put((String) at(port, "name"), (Integer) at(port, "containerPort")));
    return ports;
  }

  @Test
  @DisplayName("R8.1 ports: the daemon's own, the same in container, listener variable and Service; probes ask what the admin side serves")
  void ports() {
    Map<String, Object> gateway = container(named("StatefulSet", "tidegate"), "containers");
    TidegateConfig defaults = TidegateConfig.defaults();
    assertThat(ports(gateway)).isEqualTo(Map.of("http", port(defaults.http().listen()), "grpc", port(defaults.grpc().listen()), "admin", port(defaults.admin().listen()),
        "scaler", 7403));
    Map<String, String> variables = variables(gateway);
    ports(gateway).forEach((name, port) -> assertThat(variables.get("TIDEGATE_" + name.toUpperCase(java.util.Locale.ROOT) + "_LISTEN")).isEqualTo("$(POD_IP):" + port));
    of("Service").forEach(service -> ((List<Object>) at(service, "spec", "ports")).forEach(port -> {
      assertThat(ports(gateway)).containsEntry((String) at(port, "targetPort"), (Integer) at(port, "port"));
      assertThat(at(service, "spec", "selector")).isEqualTo(at(named("StatefulSet", "tidegate"), "spec", "template", "metadata", "labels"));
    }));
    assertThat(at(named("StatefulSet", "tidegate"), "spec", "serviceName")).isEqualTo(at(named("Service", "tidegate-instances"), "metadata", "name"));
    Map<String, Object> sidecar = container(named("Deployment", "shop-assistant"), "initContainers");
    for (Map<String, Object> each : List.of(gateway, sidecar)) {
      for (String probe : List.of("startupProbe", "livenessProbe")) {
        assertThat(at(each, probe, "httpGet", "port")).isEqualTo("admin");
        assertThat(Set.of("/readyz", "/livez")).contains((String) at(each, probe, "httpGet", "path"));
      }
      assertThat((List<Object>) each.get("args")).startsWith("serve", "--config");
    }
    of("NetworkPolicy").forEach(policy -> ((List<Object>) at(policy, "spec", "ingress")).forEach(rule -> ((List<Object>) at(rule, "ports"))
        .forEach(port -> assertThat(ports(gateway)).containsKey((String) at(port, "port")))));
  }

  private static int port(Listen listen) {
    return listen.fold(tcp -> tcp.port(), unix -> -1);
  }

  private static Map<String, String> variables(Map<String, Object> container) {
    Map<String, String> variables = new HashMap<>();
    ((List<Object>) container.get("env")).forEach(variable -> variables.put((String) at(variable, "name"), String.valueOf(at(variable, "value"))));
    return variables;
  }

  @Test
  @DisplayName("R8.1 the configurations in the manifests are the daemon's: with the pod's address, nothing is wrong with them")
  void configurations() throws IOException {
    Path secrets = Files.createDirectories(folder.resolve("secrets"));
    Files.writeString(secrets.resolve("keys"), "shop:assistant:" + io.tidegate.admission.Callers.hashOf("one") + "\n");
    Files.writeString(secrets.resolve("deepseek-key"), "sk-test\n");
    for (Path secret : List.of(secrets.resolve("keys"), secrets.resolve("deepseek-key"))) {
      Files.setPosixFilePermissions(secret, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r-----"));
    }
    Map<String, Map<String, Object>> configurations = Map.of("tidegate-config", container(named("StatefulSet", "tidegate"), "containers"),
        "tidegate-sidecar-config", container(named("Deployment", "shop-assistant"), "initContainers"));
    configurations.forEach((name, container) -> {
      String text = ((String) at(named("ConfigMap", name), "data", "tidegate.yaml")).replace("/etc/tidegate/secrets", secrets.toString());
      Map<String, String> variables = new HashMap<>();
      variables(container).forEach((key, value) -> {
        if (key.startsWith("TIDEGATE_")) {
          variables.put(key, value.replace("$(POD_IP)", "10.244.1.7"));
        }
      });
      ConfigLoader.Loaded loaded = ConfigLoader.load(write(name, text), environment(variables));
      assertThat(loaded.problems()).isEmpty();
      TidegateConfig config = loaded.config().orElseThrow();
      assertThat(config.timeouts().drain().toSeconds())
          .isLessThan((Integer) at(named(name.contains("sidecar") ? "Deployment" : "StatefulSet", name.contains("sidecar") ? "shop-assistant" : "tidegate"),
              "spec", "template", "spec", "terminationGracePeriodSeconds"));
      boolean gateway = !name.contains("sidecar");
      assertThat(config.scaling().listen() != null).isEqualTo(gateway);
      assertThat(config.http().listen().local()).isEqualTo(!gateway);
    });
  }

  private Path write(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name + ".yaml"), text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Environment environment(Map<String, String> variables) {
    Environment system = Environment.system();
    return new Environment() {
      @Override
      public Map<String, String> variables() {
        return variables;
      }

      @Override
      public byte[] read(Path path, int maxBytes) throws IOException {
        return system.read(path, maxBytes);
      }

      @Override
      public boolean openToOthers(Path path, boolean writing) throws IOException {
        return system.openToOthers(path, writing);
      }
    };
  }

  @Test
  @DisplayName("R8.1 KEDA's triggers: the scaler's Service and port, and metadata that the scaler takes")
  void triggers() {
    Map<String, Object> object = named("ScaledObject", "model-server");
    List<Object> triggers = (List<Object>) at(object, "spec", "triggers");
    assertThat(triggers).extracting(trigger -> at(trigger, "type")).contains("external", "external-push");
    for (Object trigger : triggers) {
      Map<String, String> metadata = (Map<String, String>) at(trigger, "metadata");
      Trigger read = Trigger.of(metadata);
      assertThat(read.target()).isPositive();
      Map<String, Object> service = named("Service", "tidegate-scaler");
      assertThat(metadata.get("scalerAddress")).isEqualTo(at(service, "metadata", "name") + "." + at(service, "metadata", "namespace") + ".svc:"
          + at(service, "spec", "ports", 0, "port"));
    }
    assertThat(at(object, "spec", "minReplicaCount")).isEqualTo(3);
    assertThat(at(object, "spec", "maxReplicaCount")).isEqualTo(20);
    assertThat(at(object, "spec", "fallback", "behavior")).isEqualTo("currentReplicas");
    assertThat(at(object, "spec", "fallback", "replicas")).as("for a KEDA that does not know behavior: never fewer").isEqualTo(20);
  }

  @Test
  @DisplayName("R8.1 the autoscaler: cpu 70 %, 500 requests a second for each, 3 to 20, of what exists; its metric is what the adapter makes of ours")
  void autoscaler() {
    Map<String, Object> hpa = named("HorizontalPodAutoscaler", "tidegate");
    assertThat(at(hpa, "spec", "minReplicas")).isEqualTo(3);
    assertThat(at(hpa, "spec", "maxReplicas")).isEqualTo(20);
    assertThat(at(hpa, "spec", "metrics", 0, "resource", "target", "averageUtilization")).isEqualTo(70);
    assertThat(at(hpa, "spec", "metrics", 1, "external", "target")).isEqualTo(Map.of("type", "AverageValue", "averageValue", "500"));
    named((String) at(hpa, "spec", "scaleTargetRef", "kind"), (String) at(hpa, "spec", "scaleTargetRef", "name"));
    assertThat(at(container(named("StatefulSet", "tidegate"), "containers"), "resources", "requests")).as("utilisation is a part of it").asString().contains("cpu");

    String rules = (String) at(named("ConfigMap", "prometheus-adapter"), "data", "config.yaml");
    Object rule = at(new Load(LoadSettings.builder().build()).loadFromString(rules), "externalRules", 0);
    assertThat(at(rule, "name", "as")).isEqualTo(at(hpa, "spec", "metrics", 1, "external", "metric", "name"));
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Counter.builder(Names.REQUESTS).register(registry).increment();
    String series = ((String) at(rule, "seriesQuery")).replaceAll("\\{.*", "");
    assertThat(registry.scrape()).contains("\n" + series + " 1.0");
    assertThat((String) at(rule, "name", "matches")).isEqualTo("^" + series + "$");
  }
}
