package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The manifests against the schemas that Kubernetes and KEDA publish; {@code script/test} installs them under target/clients. */
class KubernetesManifestsIT {
  private static final Path MANIFESTS = TestBed.root().resolve("deploy/kubernetes");
  private static final Path INSTALLED = TestBed.root().resolve("router-lab/target/clients/kubernetes");

  @TempDir private Path folder;

  private record Checked(int code, String said) {}

  @Test
  @DisplayName("R8.1 every manifest fits the published schemas: sidecar, gateway, NetworkPolicy, HPA v2, ScaledObject, prometheus-adapter's rule")
  void published() throws Exception {
    List<Path> files;
    try (Stream<Path> all = Files.list(MANIFESTS)) {
      files = all.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
    Checked checked = check(files);
    assertThat(checked.code).as(checked.said).isZero();
    assertThat(checked.said).contains("ok HorizontalPodAutoscaler tidegate", "ok ScaledObject model-server", "ok NetworkPolicy tidegate", "ok StatefulSet tidegate",
        "ok Deployment shop-assistant", "ok ConfigMap prometheus-adapter", "ok Service tidegate-scaler");
  }

  @ParameterizedTest
  @CsvSource({"hpa.yaml,minReplicas: 3,minReplica: 3", "hpa.yaml,averageUtilization: 70,averageUtilization: seventy", "keda.yaml,type: external-push,kind: external-push",
      "keda.yaml,behavior: currentReplicas,behavior: keep", "gateway.yaml,containerPort: 7400,containerPort: http", "networkpolicy.yaml,podSelector:,podSelectors:"})
  @DisplayName("R8.1 a misspelt key or a word of the wrong kind is found: the check can fail")
  void broken(String file, String right, String wrong) throws Exception {
    String text = Files.readString(MANIFESTS.resolve(file));
    assertThat(text).contains(right);
    Checked checked = check(List.of(Files.writeString(folder.resolve(file), text.replaceFirst(right, wrong))));
    assertThat(checked.code).as(checked.said).isEqualTo(1);
  }

  private Checked check(List<Path> files) throws IOException, InterruptedException {
    assertThat(INSTALLED.resolve("node_modules")).as("installed by script/test").exists();
    Path script = INSTALLED.resolve("check-manifests.mjs");
    Files.copy(TestBed.root().resolve("router-lab/src/test/clients/kubernetes/check-manifests.mjs"), script, StandardCopyOption.REPLACE_EXISTING);
    List<String> words = new ArrayList<>(List.of("node", script.toAbsolutePath().normalize().toString()));
    files.forEach(file -> words.add(file.toAbsolutePath().normalize().toString()));
    Path output = folder.resolve("out");
    Process process = new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
    return new Checked(process.exitValue(), Files.readString(output));
  }
}
