package io.tidegate.fake;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/** What an older version left behind, kept in test resources; see {@code skew/README.md}. */
public final class Recorded {
  private Recorded() {}

  /** A copy of {@code skew/ROOM}, to be written to. */
  public static Path copy(String room, Path folder) throws IOException {
    Path directory = Files.createDirectory(folder.resolve("recorded-" + room));
    URL from = Objects.requireNonNull(Recorded.class.getResource("/skew/" + room));
    try (Stream<Path> files = Files.list(Path.of(from.toURI()))) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(file.getFileName().toString()));
      }
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
    return directory;
  }
}
