package io.tidegate.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that has ended, and all that it said. */
record Ran(List<String> command, int exit, String output) {
  private static final long LIMIT_MINUTES = 5;

  static Ran of(String... command) {
    return in(Path.of("."), Map.of(), command);
  }

  static Ran in(Path directory, Map<String, String> environment, String... command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).redirectInput(new java.io.File("/dev/null"));
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError(String.join(" ", command) + " did not end");
      }
      return new Ran(List.of(command), process.exitValue(), output);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new AssertionError(stopped);
    }
  }

  /** Its output, if it ended well. */
  String good() {
    assertThat(exit).as("%s%n%s", String.join(" ", command), output).isZero();
    return output;
  }

  List<String> lines() {
    return good().lines().toList();
  }
}
