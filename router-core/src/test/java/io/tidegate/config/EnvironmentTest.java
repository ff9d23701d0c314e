package io.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EnvironmentTest {
  @Test
  void inTheWorkingDirectory() {
    Environment plain = new SystemEnvironment(Map.of(), null);
    assertThat(plain.policies()).isEqualTo(Path.of("policies"));
    assertThat(plain.auditRecords()).isEqualTo(Path.of("data/audit"));
  }

  @Test
  void besideTheProgram() {
    assertThat(new SystemEnvironment(Map.of(), "/opt/tidegate").policies()).isEqualTo(Path.of("/opt/tidegate/policies"));
  }

  @Test
  @DisplayName("G2 under systemd the policies of the configuration directory count, there or not: shipped ones never step in")
  void underSystemd() {
    Environment service = new SystemEnvironment(Map.of("CONFIGURATION_DIRECTORY", "/etc/tidegate", "STATE_DIRECTORY", "/var/lib/tidegate:/var/lib/more"),
        "/usr/lib/tidegate");
    assertThat(service.policies()).isEqualTo(Path.of("/etc/tidegate/policies"));
    assertThat(service.auditRecords()).isEqualTo(Path.of("/var/lib/tidegate/audit"));
    assertThat(ConfigLoader.load(null, service).config().orElseThrow().policy().directory()).isEqualTo(Path.of("/etc/tidegate/policies"));
  }
}
