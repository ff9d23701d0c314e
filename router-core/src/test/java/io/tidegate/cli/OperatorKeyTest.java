package io.tidegate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperatorKeyTest {
  @TempDir private Path folder;
  private final OperatorKey key = new OperatorKey();

  @Test
  @DisplayName("B2 a key comes from its file, alone on one line; what else stands there is no key, and is not said")
  void fromFile() throws IOException {
    assertThat(key.read()).isNull();
    key.file = Files.writeString(folder.resolve("key"), "tgk_a-B_9\n");
    assertThat(key.read()).isEqualTo("tgk_a-B_9");
    for (String text : new String[] {"", "\n", "CANARY two", "CANARY\nCANARY", "CANARY\r\nX-Other: y"}) {
      Files.writeString(folder.resolve("key"), text);
      assertThatThrownBy(key::read).isInstanceOf(IOException.class).hasMessageContaining("holds no key").hasMessageNotContaining("CANARY");
    }
    key.file = folder.resolve("missing");
    assertThatThrownBy(key::read).isInstanceOf(IOException.class).hasMessageContaining("cannot be read");
  }
}
