package io.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferencesTest {
  @TempDir Path folder;

  @Test
  void followsEachKind() throws Exception {
    Path secret = write("secret", "CANARY-file\n", "rw-------");
    write("credential", "CANARY-credential", "r--r--r--");
    References references = new References(new SystemEnvironment(Map.of("KEY", "CANARY-env", "CREDENTIALS_DIRECTORY", folder.toString()), null));
    assertThat(references.secret("${env:KEY}").reveal()).isEqualTo("CANARY-env");
    assertThat(references.secret("${file:" + secret + "}").reveal()).isEqualTo("CANARY-file");
    assertThat(references.secret("${credential:credential}").reveal()).isEqualTo("CANARY-credential");
    assertThat(references.secret("${env:KEY}")).hasToString("***");
  }

  @Test
  @DisplayName("B2 a secret file that every user can read is refused")
  void worldReadable() throws Exception {
    Path secret = write("secret", "CANARY", "rw-r--r--");
    References references = new References(new SystemEnvironment(Map.of(), null));
    assertThatThrownBy(() -> references.secret("${file:" + secret + "}")).isInstanceOf(Malformed.class)
        .hasMessageContaining("can be read by every user").hasMessageNotContaining("CANARY");
    write("secret", "CANARY", "rw-r-----");
    assertThat(references.secret("${file:" + secret + "}").reveal()).isEqualTo("CANARY");
  }

  @ParameterizedTest
  @ValueSource(strings = {"CANARY", "sk-CANARY", "${CANARY}", "$env:CANARY", "${env:A} CANARY", "${env:A}${env:CANARY}", "{env:CANARY}", "${ENV:CANARY}",
      "${vault:CANARY}", "${file:}", "${env:}"})
  @DisplayName("B2 what is no reference may be a key: it is never shown")
  void notAReference(String text) {
    References references = new References(new SystemEnvironment(Map.of("A", "CANARY-value"), null));
    assertThatThrownBy(() -> references.secret(text)).isInstanceOfSatisfying(Malformed.class, malformed -> {
      assertThat(malformed.message() + malformed.fix()).doesNotContain("CANARY");
      assertThat(malformed.fix()).isNotBlank();
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"CANARY\r\nX-Injected: 1", "CANARY CANARY", "CANARY\u0000", "CANARY-é"})
  @DisplayName("B2 a value that could break out of a header field is refused, unseen")
  void unusableValue(String value) {
    References references = new References(new SystemEnvironment(Map.of("A", value), null));
    assertThatThrownBy(() -> references.secret("${env:A}")).isInstanceOf(Malformed.class).hasMessageNotContaining("CANARY");
  }

  @Test
  @DisplayName("G8 a huge secret file is not read whole")
  void hugeSecret() throws Exception {
    Path secret = write("secret", "C".repeat(References.MAX_SECRET_BYTES + 1), "rw-------");
    assertThatThrownBy(() -> new References(Environment.empty()).secret("${file:" + secret + "}")).isInstanceOf(Malformed.class)
        .hasMessageContaining("cannot be read");
  }

  private Path write(String name, String text, String permissions) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    return file;
  }
}
