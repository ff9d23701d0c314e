package io.tidegate.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What a configuration may refer to outside its file: variables and files. Passed in, so that a test says what a machine has. */
public interface Environment {
  /** The process's environment variables. */
  Map<String, String> variables();

  /**
   * A file's bytes.
   *
   * @param maxBytes a longer file is an error
   * @throws IOException if there is no such file, it cannot be read, or it is too long; the message may name the path and nothing of the content
   */
  byte[] read(Path path, int maxBytes) throws IOException;

  /**
   * Whether users other than the owner and the group may read (or, {@code writing}, write) the file. False where the file system knows no such
   * permissions.
   */
  boolean openToOthers(Path path, boolean writing) throws IOException;

  /** Where the distribution lies, as its launcher says; empty outside one. */
  default Optional<Path> home() {
    return Optional.empty();
  }

  /**
   * The default of {@code policy.directory}: {@code policies} in systemd's configuration directory, else beside the program, else in the working
   * directory. By what is set, never by what exists: a missing directory must not put other policies in force.
   */
  default Path policies() {
    return systemd("CONFIGURATION_DIRECTORY").or(this::home).map(parent -> parent.resolve("policies")).orElse(Path.of("policies"));
  }

  /** The default of {@code audit.directory}: {@code audit} in systemd's state directory, else {@code data/audit} in the working directory. */
  default Path auditRecords() {
    return systemd("STATE_DIRECTORY").map(state -> state.resolve("audit")).orElse(Path.of("data", "audit"));
  }

  private Optional<Path> systemd(String variable) {
    // systemd separates several directories by colons; ours is the first.
    return Optional.ofNullable(variables().get(variable)).map(list -> list.split(":", 2)[0]).filter(path -> !path.isEmpty()).map(Path::of);
  }

  /** This process's own. */
  static Environment system() {
    return new SystemEnvironment(System.getenv(), System.getProperty("tidegate.home"));
  }

  /** No variable; this machine's files. */
  static Environment empty() {
    return new SystemEnvironment(Map.of(), null);
  }
}
