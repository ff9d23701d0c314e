package io.tidegate.policy;

import io.tidegate.model.Findings;
import io.tidegate.model.Findings.Trouble;
import io.tidegate.model.Sensitivity;
import java.util.Set;

/**
 * What an incomplete scan means (G2, hazard A6, decisions 9).
 *
 * @param unscannable what images, audio, files and token arrays mean; INTERNAL or above
 * @param opaque what text that resists decoding means; CONFIDENTIAL or above
 */
record Troubles(Sensitivity unscannable, Sensitivity opaque) {
  static final Troubles DEFAULT = new Troubles(Sensitivity.RESTRICTED, Sensitivity.RESTRICTED);

  /** Ids that stand in a verdict's rules for troubles and failures; no rule may have one of them. */
  static final Set<String> RESERVED_IDS = Set.of("session", "internal-error", "detector-failed", "budget-spent", "overflow", "unscannable", "opaque");

  /** Stands among the rules when the conversation's label had its part in the verdict. */
  static final String SESSION = "session";

  Sensitivity of(Trouble trouble) {
    return switch (trouble) {
      case DETECTOR_FAILED, BUDGET_SPENT, OVERFLOW -> Sensitivity.RESTRICTED;
      case UNSCANNABLE -> unscannable;
      case OPAQUE -> opaque;
    };
  }

  static String idOf(Trouble trouble) {
    return switch (trouble) {
      case DETECTOR_FAILED -> "detector-failed";
      case BUDGET_SPENT -> "budget-spent";
      case OVERFLOW -> "overflow";
      case UNSCANNABLE -> "unscannable";
      case OPAQUE -> "opaque";
    };
  }

  Sensitivity join(Sensitivity start, Findings findings) {
    Sensitivity joined = start;
    for (Trouble trouble : findings.troubles()) {
      joined = joined.join(of(trouble));
    }
    return joined;
  }
}
