package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.lab.fault.Faults;
import io.tidegate.lab.tls.SelfMadeCertificate;
import io.tidegate.telemetry.Catalogue;
import io.tidegate.telemetry.Label;
import io.tidegate.telemetry.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code /metrics} of daemons that together have every feature on, against what is declared. */
class MetricsIT {
  private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(?:\\{(.*)})? [-+.0-9eEINaf]+");
  private static final Pattern PAIR = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\",?");
  private static final Pattern HELP = Pattern.compile("# HELP ([a-z_]+) (.*)");
  private static final String CANARY = "qzvcanaryofametric";

  @TempDir private Path folder;
  private final Set<String> seen = new TreeSet<>();

  @Test
  @DisplayName("B4 D9 every metric is declared with its help and appears, no label says what is not declared, nothing a caller wrote is in one")
  void everyMetric() throws IOException {
    try (FakeEncoder encoder = new FakeEncoder(); TestBed bed = busy(encoder)) {
      ask(bed);
      check(bed.admin("/metrics"), Map.of("upstream", Set.of("private", "public", "encoder"), "tenant", Set.of("default"), "rule", rules(bed), "plugin", Set.of()));
    }
    try (TestBed bed = connected()) {
      assertThat(bed.chat("auto", "Tell a short story.", false).statusCode()).isGreaterThanOrEqualTo(400);
      check(bed.admin("/metrics"), Map.of("upstream", Set.of("private", "public", "named", "named@east", "named@west", "private@east", "private@west"), "region", Set.of("east", "west"), "plugin", Set.of("projects"),
          "rule", rules(bed)));
    }
    List<String> missing = Catalogue.all().stream().map(Metric::prometheus).filter(name -> !seen.contains(name)).toList();
    assertThat(missing).as("declared, and never seen").isEmpty();
  }

  /** All that works without anything outside. */
  private TestBed busy(FakeEncoder encoder) throws IOException {
    Path shadow = Files.createDirectory(folder.resolve("shadow"));
    try (Stream<Path> files = Files.list(TestBed.root().resolve("policies"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.writeString(shadow.resolve(file.getFileName()), Files.readString(file).replaceFirst("floor: internal", "floor: confidential"));
      }
    }
    return TestBed.builder().privateMore(", embeddings: true, maxInFlight: 64").upstream(encoder.upstream())
        .section("semantic", "{encoder: upstream, embeddings: letters, deadline: 10s}")
        .section("prices", "[{upstream: public, input: 1, output: 2}, {upstream: private, input: 1, output: 2}]")
        .section("limits", "{tenants: [{tenant: default, requestsPerSecond: 100, burst: 100}]}")
        .section("jobs", "{directory: '" + folder.resolve("jobs") + "'}").section("attempts", "{hedge: [standard]}")
        .section("policy", "{directory: '" + TestBed.root().resolve("policies") + "', shadow: '" + shadow + "'}")
        .section("telemetry", "{logLevel: warn, otlp: {endpoint: 'http://127.0.0.1:9', interval: 1s}, traces: {endpoint: 'http://127.0.0.1:9'}}").start();
  }

  private void ask(TestBed bed) {
    assertThat(bed.chat("auto", "Sort a list in Java.", false).statusCode()).isEqualTo(200);
    assertThat(bed.chat("auto", "Sort a list in Java.", false).statusCode()).isEqualTo(200);
    assertThat(bed.chat("auto", "Count to three.", true).statusCode()).isEqualTo(200);
    assertThat(bed.chat(CANARY, "Who are you?", false, "x-tidegate-session", CANARY, "traceparent", CANARY, "authorization", "Bearer " + CANARY).statusCode()).isEqualTo(404);
    assertThat(bed.post("/v1/embeddings", "{\"model\":\"" + TestBed.PRIVATE_MODEL + "\",\"input\":\"" + CANARY + "\"}").statusCode()).isEqualTo(200);
    assertThat(bed.post("/v1/batch", "{\"requests\":[{\"prompt\":\"One.\"},{\"prompt\":\"Two.\"}]}").statusCode()).isEqualTo(200);
    bed.publicOne.script(Faults.errorThatEchoes(500));
    assertThat(bed.chat("auto", "Sort a map in Java.", false, "x-tidegate-latency-class", "batch").statusCode()).isEqualTo(200);
    GrpcClientIT.await("the shadow has looked", () -> bed.metric("tidegate_policy_shadow_total") > 0);
    GrpcClientIT.await("metrics were pushed, in vain", () -> bed.metric("tidegate_otlp_dropped_total", "signal=\"metrics\"") > 0);
  }

  /** All that needs somebody else, who is not there. */
  private TestBed connected() throws IOException {
    Path key = Files.writeString(folder.resolve("cache.key"), "0123456789abcdef0123456789abcdef");
    SelfMadeCertificate own = SelfMadeCertificate.forLoopback();
    Path certificate = Files.writeString(folder.resolve("tls.crt"), own.pem());
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    Path keyFile = Files.writeString(folder.resolve("tls.key"), own.keyPem());
    Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-------"));
    return TestBed.builder().noPrivateEndpoints().privateMore(", consulService: llm").section("region", "east")
        .upstream("{name: named, zone: private, dialect: vllm, dnsName: llm.test, dnsPort: 1, models: ['*'], defaultModel: m}")
        .section("dns", "{server: '127.0.0.1:9'}")
        .section("regions", "{list: [{name: east, datacenter: dc1}, {name: west, datacenter: dc2}], hold: 3s}")
        .section("consul", "{address: 'http://127.0.0.1:9', register: {interval: 1s, port: 7400}, overrides: tidegate/overrides, connect: {service: tidegate}}")
        .section("plugins", "[{name: projects, address: '127.0.0.1:9', types: [PROJECT]}]")
        .section("cache", "{shared: {address: 'redis://127.0.0.1:9', key: '${file:" + key + "}'}}")
        .section("grpc", "{listen: '127.0.0.1:0', tls: {certificate: '" + certificate + "', key: '" + keyFile + "'}}").start();
  }

  private static Set<String> rules(TestBed bed) throws IOException {
    try (Stream<Path> files = Files.list(TestBed.root().resolve("policies"))) {
      Set<String> ids = new HashSet<>();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Matcher id = Pattern.compile("id: ([a-z0-9-]+)").matcher(Files.readString(file));
        while (id.find()) {
          ids.add(id.group(1));
        }
      }
      return ids;
    }
  }

  private void check(String page, Map<String, Set<String>> names) {
    assertThat(page).doesNotContain(CANARY);
    Map<String, Metric> declared = new HashMap<>();
    for (Metric metric : Catalogue.all()) {
      declared.put(metric.prometheus(), metric);
      if (metric.kind() == Metric.Kind.HISTOGRAM || metric.kind() == Metric.Kind.SUMMARY) {
        Stream.of("_count", "_sum", "_bucket", "_max").forEach(part -> declared.put(metric.prometheus() + part, metric));
      }
    }
    page.lines().forEach(line -> {
      Matcher help = HELP.matcher(line);
      if (help.matches()) {
        Metric metric = declared.get(help.group(1));
        assertThat(metric).as("a family that is not declared: " + help.group(1)).isNotNull();
        assertThat(help.group(2)).as(help.group(1)).isEqualTo(metric.meaning());
      } else if (!line.startsWith("#")) {
        Matcher sample = SAMPLE.matcher(line);
        assertThat(sample.matches()).as(line).isTrue();
        Metric metric = declared.get(sample.group(1));
        assertThat(metric).as("a sample of nothing that is declared: " + line).isNotNull();
        seen.add(metric.prometheus());
        labels(line, sample.group(2) == null ? "" : sample.group(2), metric, names);
      }
    });
  }

  private static void labels(String line, String labels, Metric metric, Map<String, Set<String>> names) {
    Map<String, Label> known = metric.labels().stream().collect(Collectors.toMap(Label::prometheus, label -> label));
    Set<String> told = new HashSet<>();
    Matcher pair = PAIR.matcher(labels);
    while (pair.find()) {
      told.add(pair.group(1));
      if (pair.group(1).equals("le")) {
        continue;
      }
      Label label = known.get(pair.group(1));
      assertThat(label).as("a label that is not declared: " + line).isNotNull();
      boolean named = !label.names().isEmpty() && (!names.containsKey(label.key()) || names.get(label.key()).contains(pair.group(2)));
      assertThat(named || label.words().contains(pair.group(2))).as("a value that is not declared: " + line).isTrue();
    }
    told.remove("le");
    assertThat(told).as("labels of " + line).isEqualTo(known.keySet());
  }
}
