package io.tidegate.daemon.policy;

import io.tidegate.line.Rules;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.signature.Accepted;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bundle that passed.
 *
 * @param texts what it was made of, kept so that it can be made again on the day a part of it expires
 * @param since when it passed
 * @param signers ids of the keys whose signatures counted; empty without signatures
 * @param signed null without signatures
 */
record InForce(Rules rules, PolicyTexts texts, Instant since, List<String> signers, @Nullable Accepted signed) {
  InForce {
    signers = List.copyOf(signers);
  }

  PolicyBundle bundle() {
    return rules.decider().bundle();
  }
}
