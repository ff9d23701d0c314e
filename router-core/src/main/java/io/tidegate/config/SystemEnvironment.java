package io.tidegate.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The machine the process runs on. */
final class SystemEnvironment implements Environment {
  private final Map<String, String> variables;

  private final @Nullable String home;

  /** @param home where the distribution lies, as its launcher says; null for none */
  SystemEnvironment(Map<String, String> variables, @Nullable String home) {
    this.variables = Map.copyOf(variables);
    this.home = home;
  }

  @Override
  public Map<String, String> variables() {
    return variables;
  }

  @Override
  public Optional<Path> home() {
    return Optional.ofNullable(home).map(Path::of);
  }

  @Override
  public byte[] read(Path path, int maxBytes) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(maxBytes);
      if (in.read() >= 0) {
        throw new IOException("longer than " + maxBytes + " bytes");
      }
      return bytes;
    }
  }

  @Override
  public boolean openToOthers(Path path, boolean writing) throws IOException {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
      return permissions.contains(writing ? PosixFilePermission.OTHERS_WRITE : PosixFilePermission.OTHERS_READ);
    } catch (UnsupportedOperationException noPermissions) {
      return false;
    }
  }
}
