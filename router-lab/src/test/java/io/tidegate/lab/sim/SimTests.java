package io.tidegate.lab.sim;

import java.nio.file.Path;

/** What tests of the simulator share. */
final class SimTests {
  static final long SECOND = 1_000_000_000L;

  private SimTests() {}

  static Path root() {
    return Path.of(System.getProperty("tidegate.root", ".."));
  }

  static Traces traces() {
    return Traces.beside(root());
  }
}
