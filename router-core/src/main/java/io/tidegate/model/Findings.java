package io.tidegate.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Everything classification learnt about one request.
 *
 * @param list findings in no particular order, bounded by the classifier
 * @param troubles why the scan cannot be trusted to be whole; any entry makes the request RESTRICTED (G2, hazard A6) unless
 *     it is {@link Trouble#UNSCANNABLE} or {@link Trouble#OPAQUE} and the policy says otherwise (decisions 9)
 */
public record Findings(List<Finding> list, Set<Trouble> troubles) {
  public static final Findings NONE = new Findings(List.of(), Set.of());

  public Findings {
    list = List.copyOf(list);
    troubles = Set.copyOf(troubles);
  }

  /** Why a scan is incomplete. */
  public enum Trouble {
    /** A detector threw. */
    DETECTOR_FAILED,
    /** The step budget ended before the text did. */
    BUDGET_SPENT,
    /** More findings, views or text than the bounds allow. */
    OVERFLOW,
    /** Token arrays, images, audio, files: nothing a text scan can read. */
    UNSCANNABLE,
    /** Text that stays opaque after bounded decoding. */
    OPAQUE
  }

  /** What both know. */
  public Findings and(Findings other) {
    if (other.clean()) {
      return this;
    }
    if (clean()) {
      return other;
    }
    List<Finding> all = new ArrayList<>(list);
    all.addAll(other.list);
    Set<Trouble> both = new HashSet<>(troubles);
    both.addAll(other.troubles);
    return new Findings(all, both);
  }

  /** True when nothing was found and nothing went wrong: no rule that reads findings can fire. */
  public boolean clean() {
    return list.isEmpty() && troubles.isEmpty();
  }
}
