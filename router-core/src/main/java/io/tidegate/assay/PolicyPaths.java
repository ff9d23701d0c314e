package io.tidegate.assay;

import io.tidegate.model.Problem;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyCompiler;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Policy files named on a command line. Blocking; never for the daemon. */
public final class PolicyPaths {
  private static final long MAX_BYTES = 4 << 20;

  private PolicyPaths() {}

  /**
   * Reads files, and the {@code *.yaml} and {@code *.yml} of directories, into {@code files}.
   *
   * @return what is wrong with the command itself, or nothing
   */
  static Optional<String> read(List<Path> paths, Map<String, byte[]> files) {
    if (paths.isEmpty()) {
      return Optional.of("usage: name policy files or directories");
    }
    for (Path path : paths) {
      try {
        if (Files.isDirectory(path)) {
          try (Stream<Path> listed = Files.list(path)) {
            for (Path file : listed.filter(f -> f.toString().endsWith(".yaml") || f.toString().endsWith(".yml")).sorted().toList()) {
              put(file, files);
            }
          }
        } else if (Files.isRegularFile(path)) {
          put(path, files);
        } else {
          return Optional.of(path + ": no such file or directory");
        }
      } catch (IOException e) {
        return Optional.of(path + ": cannot be read (" + e.getClass().getSimpleName() + ")");
      }
    }
    return Optional.empty();
  }

  /** What {@code files}, as {@link #read} found them at {@code paths}, compile to; where there are none, the problem names the paths. */
  static PolicyCompiler.Result compile(List<Path> paths, Map<String, byte[]> files, LocalDate today) {
    PolicyCompiler.Result result = PolicyCompiler.compile(files, today);
    if (!files.isEmpty()) {
      return result;
    }
    String named = paths.stream().map(Path::toString).collect(Collectors.joining(", "));
    return new PolicyCompiler.Result(result.bundle(),
        result.problems().stream().map(problem -> new Problem(named, 0, 0, problem.message(), problem.fix())).toList(), result.notices());
  }

  /**
   * The bundle of files and directories; empty after everything that is wrong with it was printed.
   *
   * @param exit takes the exit code for that: usage, or bad configuration
   */
  public static Optional<PolicyBundle> bundle(List<Path> paths, LocalDate today, PrintWriter err, int[] exit) {
    Map<String, byte[]> files = new TreeMap<>();
    Optional<String> unreadable = read(paths, files);
    if (unreadable.isPresent()) {
      err.println(unreadable.get());
      exit[0] = PolicyCommands.USAGE;
      return Optional.empty();
    }
    PolicyCompiler.Result result = compile(paths, files, today);
    result.problems().forEach(err::println);
    exit[0] = result.bundle().isPresent() ? PolicyCommands.GOOD : PolicyCommands.BAD_CONFIG;
    return result.bundle();
  }

  private static void put(Path file, Map<String, byte[]> files) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException("larger than 4 MiB");
    }
    files.put(file.toString(), Files.readAllBytes(file));
  }
}
