package io.tidegate.daemon.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyDirectoryTest {
  @TempDir Path folder;

  @Test
  @DisplayName("K3 G6 sets that are swapped by a link while they are read are never mixed")
  void swappedWhileRead() throws Exception {
    Path[] sets = new Path[2];
    for (int i = 0; i < 2; i++) {
      sets[i] = Files.createDirectory(folder.resolve("set-" + i));
      for (int file = 0; file < 6; file++) {
        Files.writeString(sets[i].resolve("part-" + file + ".yaml"), "set " + i);
      }
    }
    Path link = folder.resolve("link");
    Files.createSymbolicLink(link, sets[0]);
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<Exception> failure = new AtomicReference<>();
    Thread swapper = new Thread(() -> {
      try {
        for (int i = 1; !stop.get(); i++) {
          Path fresh = folder.resolve("fresh");
          Files.deleteIfExists(fresh);
          Files.createSymbolicLink(fresh, sets[i % 2]);
          Files.move(fresh, link, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
          for (int spin = 0; spin < 200_000 * (i % 3); spin++) {
            Thread.onSpinWait();
          }
        }
      } catch (IOException e) {
        failure.set(e);
      }
    });
    swapper.start();
    int whole = 0;
    int tries = 0;
    try {
      while (tries++ < 3_000) {
        try {
          PolicyTexts texts = new PolicyDirectory(link).read();
          assertThat(texts.files().values()).extracting(bytes -> new String(bytes, StandardCharsets.UTF_8)).containsOnly(
              new String(texts.files().get("part-0.yaml"), StandardCharsets.UTF_8));
          assertThat(texts.files()).hasSize(6);
          whole++;
        } catch (PolicyCarrier.Unreadable moved) {
          // It changed under every reading: tried again at the next look.
        }
      }
    } finally {
      stop.set(true);
      swapper.join();
    }
    assertThat(failure.get()).isNull();
    assertThat(whole).as("of %s readings", tries).isPositive();
  }
}
