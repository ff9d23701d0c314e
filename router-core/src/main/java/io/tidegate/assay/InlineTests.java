package io.tidegate.assay;

import io.tidegate.assay.world.RehearsalPorts;
import io.tidegate.model.Problem;
import io.tidegate.time.Pace;
import java.util.ArrayList;
import java.util.List;

/** The tests written in the policy files, as a check at load: one that fails stops the bundle. */
public final class InlineTests implements BundleCheck {
  private final RehearsalPorts ports;

  /** @param ports for the tests that walk a request to its end */
  public InlineTests(RehearsalPorts ports) {
    this.ports = ports;
  }

  @Override
  public List<Problem> problems(Candidate candidate, Pace pace) {
    List<Problem> problems = new ArrayList<>();
    for (PolicyTests.Outcome outcome : PolicyTests.run(candidate.decider().bundle(), candidate.classifier(), ports, pace)) {
      if (!outcome.passed()) {
        problems.add(outcome.test().position().problem("the test '" + outcome.test().name() + "' fails: " + String.join("; ", outcome.failures()),
            "run 'tidegate policy test', and correct the rule or the test"));
      }
    }
    return problems;
  }
}
