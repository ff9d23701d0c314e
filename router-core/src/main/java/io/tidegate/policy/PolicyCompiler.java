package io.tidegate.policy;

import io.tidegate.model.Problem;
import io.tidegate.time.Pace;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a bundle of policy files, or says everything that is wrong with them. Pure. */
public final class PolicyCompiler {
  private static final int MAX_FILES = 64;

  /**
   * @param bundle there only if there are no problems
   * @param problems mistakes, by file and line
   * @param notices what is no mistake but should be known: parts that have expired
   */
  public record Result(Optional<PolicyBundle> bundle, List<Problem> problems, List<Problem> notices) {
    public Result {
      problems = List.copyOf(problems);
      notices = List.copyOf(notices);
    }
  }

  private PolicyCompiler() {}

  /**
   * Compiles the union of {@code files}; their order cannot matter.
   *
   * @param files name, as problems shall show it → bytes. The digest covers the part of the name after the last {@code /}
   * @param today what has expired before this day is left out; an expired file keeps its rules and makes RESTRICTED the floor. Compile again
   *     on {@link PolicyBundle#nextExpiry}
   */
  public static Result compile(Map<String, byte[]> files, LocalDate today) {
    return compile(files, today, Pace.FULL);
  }

  /**
   * Compiles beside live traffic.
   *
   * @param pace asked between pieces of a fraction of a millisecond
   */
  public static Result compile(Map<String, byte[]> files, LocalDate today, Pace pace) {
    List<Problem> problems = new ArrayList<>();
    List<Problem> notices = new ArrayList<>();
    if (files.isEmpty()) {
      problems.add(new Problem("policies", 0, 0, "there is no policy file",
          "put at least one *.yaml file there; policies/baseline.yaml is the shipped one"));
    } else if (files.size() > MAX_FILES) {
      problems.add(new Problem("policies", 0, 0, "there are more than " + MAX_FILES + " policy files", "join some of them"));
    }
    if (!problems.isEmpty()) {
      return new Result(Optional.empty(), problems, notices);
    }
    List<PolicyFile> read = new ArrayList<>();
    files.entrySet().stream().sorted(Map.Entry.comparingByKey())
        .forEach(file -> PolicyReader.read(file.getKey(), file.getValue(), problems, pace).ifPresent(read::add));
    Optional<PolicyBundle> bundle = Optional.empty();
    // What one file says of another cannot be checked while one of them is unreadable.
    if (read.size() == files.size()) {
      PolicyBundle linked = new PolicyLinker(read, today, problems, notices, pace).link(digest(files));
      bundle = problems.isEmpty() ? Optional.of(linked) : Optional.empty();
    }
    Comparator<Problem> byPlace = Comparator.comparing(Problem::file).thenComparingInt(Problem::line).thenComparingInt(Problem::column);
    problems.sort(byPlace);
    notices.sort(byPlace);
    return new Result(bundle, problems.stream().distinct().toList(), notices);
  }

  /** SHA-256 over the files in the order of their names, each as length and bytes of name and content. */
  static String digest(Map<String, byte[]> files) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      files.entrySet().stream()
          .map(file -> Map.entry(baseName(file.getKey()), file.getValue()))
          .sorted(Map.Entry.<String, byte[]>comparingByKey().thenComparing(Map.Entry.comparingByValue(Arrays::compareUnsigned)))
          .forEach(file -> {
            for (byte[] part : List.of(file.getKey().getBytes(StandardCharsets.UTF_8), file.getValue())) {
              sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).flip());
              sha.update(part);
            }
          });
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Compiles what is to follow {@code current} in a running daemon: besides all that {@link #compile} looks at, a policy that changed must have a
   * new revision, none may go back, and none may vanish alone. Expiry needs no new revision.
   *
   * @param pace asked between pieces of a fraction of a millisecond
   */
  public static Result compileAfter(PolicyBundle current, Map<String, byte[]> files, LocalDate today, Pace pace) {
    Result result = compile(files, today, pace);
    List<Problem> problems = result.bundle().map(next -> Succession.problems(current.policies(), next.policies())).orElse(List.of());
    return problems.isEmpty() ? result : new Result(Optional.empty(), problems, result.notices());
  }

  /** Lower-case hex. */
  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String baseName(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }
}
