package io.tidegate.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

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

  /** Where the policies are that came with the program; the default of {@code policy.directory}. */
  default Path shippedPolicies() {
    return Path.of("policies");
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
