package io.tidegate.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final long SECOND = 1_000_000_000;
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private long now = 42;

  private Progress progress(Screen screen) {
    return new Progress(new PrintStream(err, true, StandardCharsets.UTF_8), screen, () -> now, "decisions");
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  @DisplayName("I7 progress is quiet where nobody looks, however long it takes")
  void quietWithoutATerminal() {
    try (Progress progress = progress(Screen.NONE)) {
      for (int i = 0; i < 100; i++) {
        now += SECOND;
        progress.at(i, 100);
      }
    }
    assertThat(err()).isEmpty();
  }

  @Test
  @DisplayName("I7 progress on a terminal: share, count, rate and what is left, and nothing of it stays")
  void bar() {
    try (Progress progress = progress(new Screen(true, true, 200, 40))) {
      progress.at(10, 100);
      assertThat(err()).as("the first second").isEmpty();
      now += 2 * SECOND;
      progress.at(50, 100);
      assertThat(err()).isEqualTo("\r\u001b[K[############------------]  50 %  50 of 100 decisions  25/s  2 s left");
      err.reset();
      now += SECOND / 100;
      progress.at(51, 100);
      assertThat(err()).as("at most ten times a second").isEmpty();
      now += SECOND;
      progress.at(1_234_567, 0);
      assertThat(err()).isEqualTo("\r\u001b[K1,234,567 decisions  410,155/s  3 s");
      err.reset();
    }
    assertThat(err()).isEqualTo("\r\u001b[K");
  }

  @Test
  void narrowTerminalIsNotOverrun() {
    try (Progress progress = progress(new Screen(true, false, 20, 40))) {
      now += 2 * SECOND;
      progress.at(50, 100);
    }
    assertThat(err().replace("\r\u001b[K", "")).hasSize(19);
  }
}
