package io.tidegate.daemon.policy;

import io.tidegate.line.Rules;
import io.tidegate.model.Problem;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows the carrier of a bundle that only watches. Of one thread, but for {@link #problem}. */
final class ShadowWatch {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyLife.class);

  private final PolicyCarrier carrier;
  private final BundleMaking making;
  private String tried = "";
  private volatile String problem = "";

  ShadowWatch(PolicyCarrier carrier, BundleMaking making) {
    this.carrier = carrier;
    this.making = making;
  }

  /** The bundle that watches from now on; null where the last one still does. */
  @Nullable Rules look(Instant now) {
    try {
      PolicyTexts texts = carrier.read();
      if (texts.fingerprint().equals(tried)) {
        return null;
      }
      tried = texts.fingerprint();
      Rules made = making.shadow(texts, now);
      problem = "";
      LOG.info("shadow policy {} ({}) watches", made.decider().bundle().version(), made.decider().bundle().digest());
      return made;
    } catch (PolicyCarrier.Unreadable unreadable) {
      bad(unreadable.problems());
    } catch (Refused refused) {
      bad(refused.problems());
    }
    return null;
  }

  private void bad(List<Problem> problems) {
    String why = problems.isEmpty() ? "refused" : problems.get(0).toString();
    if (!why.equals(problem)) {
      problem = why;
      LOG.warn("shadow policy not usable, {} problems, the first: {}", problems.size(), why);
    }
  }

  /** Why the newest one is not usable; empty if it is. */
  String problem() {
    return problem;
  }

  String place() {
    return carrier.place();
  }
}
