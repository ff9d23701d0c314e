package io.tidegate.policy;

import io.tidegate.model.Sensitivity;
import java.util.List;

/**
 * How a bundle came to a verdict: every step of the join, every rule with what it read. Made on demand, off the data path; the verdict in it is the one that
 * {@link PolicyBundle#judge} gives. Holds no text of a request except values that rules read, see {@link Reading}.
 *
 * @param joins in order: what said which sensitivity, and what it came to. A grant that lowered stands last
 * @param rules all, enforced and shadow, by id
 * @param waived findings that an exclusion for this identity took away: {@code id: TYPE, how many}
 * @param latency why the latency class is what it is
 */
public record PolicyTrace(Verdict verdict, List<Join> joins, List<RuleLook> rules, List<String> waived, String latency) {
  public PolicyTrace {
    joins = List.copyOf(joins);
    rules = List.copyOf(rules);
    waived = List.copyOf(waived);
  }

  /**
   * One step of the join.
   *
   * @param by such as {@code floor}, {@code declared by the caller}, {@code rule cn-id}, {@code trouble OPAQUE}
   * @param says its own sensitivity
   * @param joined the join so far
   */
  public record Join(String by, Sensitivity says, Sensitivity joined) {}

  /**
   * One rule.
   *
   * @param erred its condition failed, and therefore counts as matched (G2)
   * @param near it did not match but something that it reads was there
   * @param needs what it asks for, in words or in its own language
   * @param readings what it saw
   */
  public record RuleLook(String id, String reason, boolean shadow, Sensitivity raiseTo, boolean matched, boolean erred, boolean near, String needs,
      List<Reading> readings) {
    public RuleLook {
      readings = List.copyOf(readings);
    }
  }

  /**
   * A value that a rule read.
   *
   * @param callersText whether the caller wrote it (a model name, a label): to be masked before it is shown (G3)
   */
  public record Reading(String name, String value, boolean callersText) {}
}
