package io.tidegate.daemon.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {
  @TempDir
  Path folder;

  private Credentials credentials() {
    return Credentials.of(Map.of("CREDENTIALS_DIRECTORY", folder.toString()));
  }

  @Test
  @DisplayName("B2 a secret comes without its line end and prints as a mask, a key byte for byte")
  void readsSecretsAndKeys() throws IOException {
    Files.writeString(folder.resolve("deepseek-key"), "sk-123\r\n");
    assertThat(credentials().secret("deepseek-key")).hasValueSatisfying(secret -> {
      assertThat(secret.reveal()).isEqualTo("sk-123");
      assertThat(secret).hasToString("***");
    });
    assertThat(credentials().bytes("deepseek-key")).hasValueSatisfying(bytes -> assertThat(bytes).hasSize(8));
  }

  @Test
  @DisplayName("B2 no such credential, or no systemd, is empty")
  void absentIsEmpty() throws IOException {
    assertThat(credentials().secret("other")).isEmpty();
    assertThat(Credentials.of(Map.of()).secret("other")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "../x", "/etc/passwd", "a/b", "a b", "a\u0000", "ключ"})
  @DisplayName("B2 a name never leaves the folder")
  void namesStayInside(String name) {
    assertThatThrownBy(() -> credentials().bytes(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("G8 a huge file is refused without its content in the message")
  void sizeIsBounded() throws IOException {
    Files.writeString(folder.resolve("big"), "s".repeat(Credentials.MAX_BYTES + 1));
    assertThatThrownBy(() -> credentials().bytes("big")).isInstanceOf(IOException.class).hasMessageNotContaining("sss");
    Files.writeString(folder.resolve("fits"), "s".repeat(Credentials.MAX_BYTES));
    assertThat(credentials().bytes("fits")).isPresent();
  }
}
