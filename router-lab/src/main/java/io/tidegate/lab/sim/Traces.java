package io.tidegate.lab.sim;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** The traces: of a folder, where there is one, else those that come with the lab. */
public final class Traces {
  private final Path folder;

  public Traces(Path folder) {
    this.folder = folder;
  }

  /** Those of {@code TIDEGATE_TRACES}, or of {@code shared/traces} beside the project whose root is given. */
  public static Traces beside(Path root) {
    String named = System.getenv("TIDEGATE_TRACES");
    return new Traces(named != null && !named.isEmpty() ? Path.of(named) : root.toAbsolutePath().normalize().resolveSibling("shared").resolve("traces"));
  }

  public Trace read(String name) throws IOException {
    Path file = folder.resolve(name);
    return Files.isRegularFile(file) ? Trace.read(file) : packed(name);
  }

  static Trace packed(String name) throws IOException {
    @Nullable InputStream packed = Traces.class.getResourceAsStream(name + ".gz");
    if (packed == null) {
      throw new IOException("there is no trace " + name + ". Fix: name the folder of the traces in TIDEGATE_TRACES");
    }
    return Trace.read(new GZIPInputStream(packed), name);
  }
}
