package io.tidegate.assay;

import io.tidegate.model.Destination;
import io.tidegate.model.Finding;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.Facts;
import java.time.Instant;
import java.util.Collections;
import java.util.List;

/**
 * A decision as a record holds it, ready to be judged again.
 *
 * @param facts what rules can read of it: findings rebuilt from types, likelihoods, detectors and counts; no label, and the model only if the record names it
 * @param modelKnown whether the record names the model
 * @param messagesKnown whether it counts the messages
 * @param transformed decided on cleaned text
 */
public record Recorded(String requestId, Instant time, String policyDigest, Facts facts, boolean modelKnown, boolean messagesKnown, Sensitivity sensitivity,
    List<Destination> route, List<String> rules, boolean transformed) {
  public Recorded {
    route = List.copyOf(route);
    rules = List.copyOf(rules);
  }

  /** As many findings as were counted. Where they stood is not recorded. */
  public static List<Finding> findings(String type, Likelihood likelihood, String detector, int count) {
    return Collections.nCopies(count, new Finding(type, -1, -1, -1, likelihood, detector));
  }
}
