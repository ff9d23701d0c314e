package io.tidegate.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads the texts of a policy directory. Blocking. */
final class PolicyFiles {
  private static final int MAX_FILES = 256;
  private static final long MAX_BYTES = 4 << 20;

  private PolicyFiles() {}

  /**
   * Every {@code *.yaml} and {@code *.yml} file right in {@code directory}, by name.
   *
   * @throws StartFailure if there is none, or more than can be meant
   */
  static Map<String, byte[]> read(Path directory) throws StartFailure {
    try (Stream<Path> listed = Files.list(directory)) {
      List<Path> files = listed.filter(file -> file.toString().endsWith(".yaml") || file.toString().endsWith(".yml")).limit(MAX_FILES + 1).toList();
      if (files.isEmpty()) {
        throw new StartFailure("policy.directory: " + directory + " holds no *.yaml file. Fix: name the directory with the policies", List.of());
      }
      if (files.size() > MAX_FILES) {
        throw new StartFailure("policy.directory: " + directory + " holds more than " + MAX_FILES + " files", List.of());
      }
      Map<String, byte[]> texts = new TreeMap<>();
      for (Path file : files) {
        if (Files.size(file) > MAX_BYTES) {
          throw new StartFailure("policy.directory: " + file + " is larger than 4 MiB", List.of());
        }
        texts.put(file.toString(), Files.readAllBytes(file));
      }
      return texts;
    } catch (IOException e) {
      throw new StartFailure("policy.directory: " + directory + " cannot be read: " + e.getClass().getSimpleName(), e);
    }
  }
}
