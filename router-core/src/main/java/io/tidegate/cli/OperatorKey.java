package io.tidegate.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What an operator shows where {@code admin.operators} asks for a key. By file: a key on a command line stands in every list of processes (B2). */
final class OperatorKey {
  private static final int MOST_BYTES = 4 << 10;

  @Option(names = "--operator-key", paramLabel = "FILE", description = "Holds the key of an operator, where admin.operators asks for one.")
  @Nullable Path file;

  /** The key; null if none was named. */
  @Nullable String read() throws IOException {
    Path from = file;
    if (from == null) {
      return null;
    }
    String key;
    try (var in = Files.newInputStream(from)) {
      key = new String(in.readNBytes(MOST_BYTES), StandardCharsets.US_ASCII).strip();
    } catch (IOException unreadable) {
      throw new IOException("--operator-key " + from + " cannot be read (" + unreadable.getClass().getSimpleName() + ")");
    }
    if (key.isEmpty() || key.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
      throw new IOException("--operator-key " + from + " holds no key, alone on one line");
    }
    return key;
  }
}
