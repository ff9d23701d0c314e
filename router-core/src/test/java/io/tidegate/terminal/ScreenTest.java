package io.tidegate.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ScreenTest {
  @Test
  @DisplayName("I7 without a terminal there is no colour and no cursor to move")
  void noTerminal() {
    // Test output goes to a pipe or a file.
    assertThat(Screen.of(Screen.OUT, Map.of("TERM", "xterm-256color")).colour()).isFalse();
    assertThat(Screen.NONE.bad("text")).isEqualTo("text");
    assertThat(Screen.of(Screen.ERR, Map.of("TERM", "dumb"))).isEqualTo(Screen.NONE);
  }

  @Test
  @DisplayName("I7 NO_COLOR takes the colours and leaves the text")
  void colours() {
    assertThat(new Screen(true, false, 80, 24).bad("text")).isEqualTo("text");
    assertThat(new Screen(true, true, 80, 24).bad("text")).isEqualTo("\u001b[31mtext\u001b[0m");
    assertThat(new Screen(true, true, 80, 24).good("text")).isEqualTo("\u001b[32mtext\u001b[0m");
  }
}
