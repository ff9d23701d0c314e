package io.tidegate.daemon.systemd;

import io.tidegate.model.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Secrets that systemd hands over as files (LoadCredential=), readable by this service only. Blocking; any thread but an event loop. */
public final class Credentials {
  /** Past this a file is no key or token. */
  public static final int MAX_BYTES = 64 << 10;

  /** Absent if systemd gave none. */
  private final @Nullable Path directory;

  private Credentials(@Nullable Path directory) {
    this.directory = directory;
  }

  /** @param environment CREDENTIALS_DIRECTORY of it counts */
  public static Credentials of(Map<String, String> environment) {
    String directory = environment.getOrDefault("CREDENTIALS_DIRECTORY", "");
    return new Credentials(directory.isEmpty() ? null : Path.of(directory));
  }

  /** Whether {@code name} can be a credential's: letters, digits, dot, dash and underscore; at most 255; not only dots. */
  public static boolean validName(String name) {
    boolean other = false;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_';
      if (!letter && c != '.') {
        return false;
      }
      other |= letter;
    }
    return other && name.length() <= 255;
  }

  /**
   * The bytes as they are, for keys; empty if there is no such credential.
   *
   * @throws IOException if it can't be read or passes {@link #MAX_BYTES}
   * @throws IllegalArgumentException if the name is not a valid one
   */
  public Optional<byte[]> bytes(String name) throws IOException {
    if (!validName(name)) {
      throw new IllegalArgumentException("credential names have letters, digits, dot, dash and underscore only");
    }
    if (directory == null) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(directory.resolve(name))) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IOException("credential " + name + " has more than " + MAX_BYTES + " bytes");
      }
      return Optional.of(bytes);
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
  }

  /** The text without the line end that editors leave; see {@link #bytes}. */
  public Optional<Secret> secret(String name) throws IOException {
    return bytes(name).map(bytes -> {
      int end = bytes.length;
      while (end > 0 && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r')) {
        end--;
      }
      return new Secret(new String(bytes, 0, end, StandardCharsets.UTF_8));
    });
  }
}
