package io.tidegate.assay;

import io.tidegate.assay.proof.Proof;
import io.tidegate.assay.proof.ProofText;
import io.tidegate.assay.world.RehearsalPorts;
import io.tidegate.classify.Classifier;
import io.tidegate.classify.Detector;
import io.tidegate.model.Problem;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyCase;
import io.tidegate.policy.PolicyCompiler;
import io.tidegate.policy.PolicyReview;
import io.tidegate.time.Pace;
import io.tidegate.time.Ticker;
import io.tidegate.yaml.Suggestion;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What {@code tidegate policy check} and {@code tidegate policy test} do. Blocking; for a command line, never for the daemon. */
public final class PolicyCommands {
  /** All is well. */
  public static final int GOOD = 0;

  /** Something is wrong with the policies, or a test failed. */
  public static final int PROBLEMS = 1;

  /** The command was called wrongly. */
  public static final int USAGE = 2;

  /** The policies do not compile, so their tests cannot run. */
  public static final int BAD_CONFIG = 78;

  private final Supplier<List<Detector>> detectors;
  private final LocalDate today;

  /** @param detectors the daemon's, without any policy's own; asked only when the files compile */
  public PolicyCommands(Supplier<List<Detector>> detectors, LocalDate today) {
    this.detectors = detectors;
    this.today = today;
  }

  /** Says everything that is wrong with the files; {@code paths} are files, or directories of {@code *.yaml} and {@code *.yml}. */
  public int check(List<Path> paths, PrintWriter out) {
    return check(paths, false, out);
  }

  /** As lines. */
  public int check(List<Path> paths, boolean strict, PrintWriter out) {
    return check(paths, strict, false, out);
  }

  /**
   * Says everything that is wrong with the files.
   *
   * @param strict what is hardly meant counts as a problem too: rules that can change nothing, rules that no test fires, lowering without a reason
   * @param json one JSON object rather than lines
   */
  public int check(List<Path> paths, boolean strict, boolean json, PrintWriter out) {
    Compiled read = compiled(paths, out);
    if (read == null) {
      return USAGE;
    }
    Map<String, byte[]> files = read.files();
    PolicyCompiler.Result result = read.result();
    List<Problem> problems = problems(result);
    List<Problem> notes = result.bundle().filter(bundle -> problems.isEmpty()).map(bundle -> hardlyMeant(files, bundle)).orElse(List.of());
    if (strict) {
      problems.addAll(notes);
    } else if (!json) {
      notes.forEach(note -> out.println("note: " + note));
    }
    if (json) {
      List<Problem> said = new ArrayList<>(result.notices());
      said.addAll(strict ? List.of() : notes);
      out.println(CheckJson.of(files.size(), result, problems, said));
      return problems.isEmpty() ? GOOD : PROBLEMS;
    }
    return report(files.size(), result, problems, out) ? GOOD : PROBLEMS;
  }

  /** Runs the tests in the files. {@code ports} are for those that walk a request to its end. */
  public int test(List<Path> paths, TestOptions options, RehearsalPorts ports, PrintWriter out) {
    Compiled read = compiled(paths, out);
    if (read == null) {
      return USAGE;
    }
    Map<String, byte[]> files = read.files();
    PolicyCompiler.Result result = read.result();
    List<Problem> problems = problems(result);
    if (result.bundle().isEmpty() || !problems.isEmpty()) {
      report(files.size(), result, problems, out);
      return BAD_CONFIG;
    }
    PolicyBundle bundle = result.bundle().get();
    List<PolicyTests.Outcome> outcomes = PolicyTests.run(bundle, new Classifier(PolicyDetectors.with(detectors.get(), bundle)), ports, Pace.FULL);
    return new TestSummary(bundle, outcomes, options).print(out) ? GOOD : PROBLEMS;
  }

  /**
   * Proves the bundle, and prints counts and counter-examples.
   *
   * @param accepted what its owner stands by, see {@link Prove#whole}
   * @param pace told each step of the walk
   */
  public int prove(List<Path> paths, Set<String> accepted, boolean json, RehearsalPorts ports, Ticker ticker, Pace pace, PrintWriter out) {
    Compiled read = compiled(paths, out);
    if (read == null) {
      return USAGE;
    }
    Map<String, byte[]> files = read.files();
    PolicyCompiler.Result result = read.result();
    if (result.bundle().isEmpty()) {
      report(files.size(), result, result.problems(), out);
      return BAD_CONFIG;
    }
    long begun = ticker.nanos();
    Proof proof = Prove.whole(result.bundle().get(), files, detectors.get(), ports, accepted, pace);
    if (json) {
      out.println(new String(ProofText.json(proof), StandardCharsets.UTF_8));
    } else {
      ProofText.print(proof, out);
      out.printf(Locale.ROOT, "%.1f s%n", (ticker.nanos() - begun) / 1e9);
    }
    out.flush();
    return proof.holds() ? GOOD : PROBLEMS;
  }

  /** What was read, and what became of it. */
  private record Compiled(Map<String, byte[]> files, PolicyCompiler.Result result) {}

  /** Null if the files cannot be read, which is then printed. */
  private @Nullable Compiled compiled(List<Path> paths, PrintWriter out) {
    Map<String, byte[]> files = new TreeMap<>();
    Optional<String> unreadable = PolicyPaths.read(paths, files);
    if (unreadable.isPresent()) {
      out.println(unreadable.get());
      return null;
    }
    return new Compiled(files, PolicyPaths.compile(paths, files, today));
  }

  private List<Problem> problems(PolicyCompiler.Result result) {
    List<Problem> problems = new ArrayList<>(result.problems());
    result.bundle().ifPresent(bundle -> problems.addAll(beyondTheFiles(bundle)));
    return problems;
  }

  private List<Problem> hardlyMeant(Map<String, byte[]> files, PolicyBundle bundle) {
    List<Problem> notes = new ArrayList<>(PolicyReview.of(files, bundle));
    if (!bundle.cases().isEmpty()) {
      notes.addAll(UnfiredRules.of(files, bundle, new Classifier(PolicyDetectors.with(detectors.get(), bundle))));
    }
    return notes;
  }

  private List<Problem> beyondTheFiles(PolicyBundle bundle) {
    List<Problem> problems = new ArrayList<>();
    for (PolicyCase test : bundle.cases()) {
      String text = test.text() != null ? test.text() : test.body();
      for (String kind : Placeholders.unknown(text == null ? "" : text)) {
        problems.add(test.position().problem("there is no placeholder {{" + kind + "}}", Suggestion.near(kind, Placeholders.kinds())
            .map(word -> "did you mean {{" + word + "}}?").orElse("use one of: " + String.join(", ", Placeholders.kinds()))));
      }
    }
    if (!bundle.patterns().isEmpty() || !bundle.exclusions().isEmpty()) {
      problems.addAll(PolicyDetectors.mismatches(detectors.get(), bundle));
    }
    return problems;
  }

  private static boolean report(int fileCount, PolicyCompiler.Result result, List<Problem> problems, PrintWriter out) {
    problems.forEach(out::println);
    result.notices().forEach(notice -> out.println("note: " + notice));
    if (problems.isEmpty()) {
      result.bundle().ifPresent(bundle -> out.println("good: " + count(fileCount, "file") + ", " + bundle.version() + ", "
          + count(bundle.cases().size(), "test") + ", digest " + bundle.digest()));
    } else {
      out.println(count(problems.size(), "problem") + " in " + count(fileCount, "file"));
    }
    out.flush();
    return problems.isEmpty();
  }

  private static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
