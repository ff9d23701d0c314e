package io.tidegate.assay;

import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyCase;
import io.tidegate.policy.PolicyOutline;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** What a run of a policy's tests came to, and whether that is enough. */
final class TestSummary {
  private final PolicyBundle bundle;
  private final List<PolicyTests.Outcome> outcomes;
  private final TestOptions options;
  private final Coverage coverage;

  TestSummary(PolicyBundle bundle, List<PolicyTests.Outcome> outcomes, TestOptions options) {
    this.bundle = bundle;
    this.outcomes = outcomes;
    this.options = options;
    List<String> rules = new ArrayList<>();
    bundle.outline().rules().forEach(rule -> rules.add(rule.id()));
    bundle.outline().lowerings().stream().filter(lowering -> lowering.kind() == PolicyOutline.Kind.GRANT).forEach(grant -> rules.add(grant.id()));
    this.coverage = Coverage.of(rules, outcomes);
  }

  /** Prints it; true if all is well. */
  boolean print(PrintWriter out) {
    long failed = outcomes.stream().filter(outcome -> !outcome.passed()).count();
    boolean reached = coverage.rulePercent() >= options.minRulePercent() && coverage.statePercent() >= options.minStatePercent();
    boolean good = failed == 0 && !outcomes.isEmpty() && reached;
    boolean written = writeJunit(out);
    if (options.json()) {
      out.println(new String(TestReports.json(bundle.version(), bundle.digest(), outcomes, coverage, good && written), StandardCharsets.UTF_8));
    } else {
      lines(failed, out);
    }
    out.flush();
    return good && written;
  }

  private boolean writeJunit(PrintWriter out) {
    if (options.junit() == null) {
      return true;
    }
    try {
      Files.write(options.junit(), TestReports.junit(outcomes));
      return true;
    } catch (IOException e) {
      out.println("--junit: the file cannot be written (" + e.getClass().getSimpleName() + ")");
      return false;
    }
  }

  private void lines(long failed, PrintWriter out) {
    for (PolicyTests.Outcome outcome : outcomes) {
      PolicyCase test = outcome.test();
      if (outcome.passed()) {
        out.println("pass  " + test.name());
      } else {
        out.println("FAIL  " + test.name() + "  (" + test.position().file() + ":" + test.position().line() + ":" + test.position().column() + ")");
        outcome.failures().forEach(failure -> out.println("        " + failure));
      }
    }
    if (outcomes.isEmpty()) {
      out.println("The policies have no tests. Add some under 'tests:'.");
      return;
    }
    covered("rules fired by a test", coverage.rules(), coverage.rulesNever(), coverage.rulePercent(), options.minRulePercent(), out);
    covered("failure states in which a test says how a request ends", coverage.states(), coverage.statesNever(), coverage.statePercent(),
        options.minStatePercent(), out);
    out.println((outcomes.size() - failed) + " of " + outcomes.size() + " tests passed, " + bundle.version() + ", digest " + bundle.digest());
  }

  private static void covered(String what, int all, List<String> never, int percent, int least, PrintWriter out) {
    out.println((all - never.size()) + " of " + all + " " + what + " (" + percent + " %" + (percent < least ? ", at least " + least + " % is asked for" : "") + ")"
        + (never.isEmpty() ? "" : "; never: " + String.join(", ", never)));
  }
}
