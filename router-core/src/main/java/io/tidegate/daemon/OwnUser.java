package io.tidegate.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The user this process runs as, as the kernel says. */
final class OwnUser {
  private OwnUser() {}

  /** Empty where that cannot be told. */
  static Optional<Long> uid() {
    try {
      return Optional.of(Integer.toUnsignedLong((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid")));
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException unknown) {
      return Optional.empty();
    }
  }
}
