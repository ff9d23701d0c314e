package io.tidegate.assay;

import io.tidegate.policy.Facts;
import io.tidegate.policy.PolicyBundle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a second bundle changes of a first. Two views that check each other: the parts, compared so that whatever is not <em>proven</em> to hold at least as
 * tightly as before counts as looser; and the effect on an enumerated grid of facts, judged by both bundles. Pure.
 *
 * <p>The parts decide alone where the grid cannot see: what a condition matches, what a detector finds, how long an exclusion lasts.
 */
public final class BundleDiff {
  private static final int EXAMPLES = 5;

  private final String before;
  private final String after;
  private final List<Change> changes;
  private final Effect effect;

  /** Which way a change goes. */
  public enum Direction { TIGHTENS, LOOSENS, NEUTRAL }

  /**
   * One part that changed.
   *
   * @param part kind of part, such as {@code rule}
   * @param id which one; empty where there is only one
   * @param words what changed; never a value that an exclusion names
   */
  public record Change(String part, String id, Direction direction, String words) {}

  /**
   * What the change does to requests of the grid. One that is laxer in any respect counts as loosened, whatever else became stricter.
   *
   * @param loosenedExamples a few, in words
   */
  public record Effect(long facts, long tightened, long loosened, long unchanged, List<String> loosenedExamples, List<String> tightenedExamples) {
    public Effect {
      loosenedExamples = List.copyOf(loosenedExamples);
      tightenedExamples = List.copyOf(tightenedExamples);
    }
  }

  private BundleDiff(PolicyBundle before, PolicyBundle after, List<Change> changes, Effect effect) {
    this.before = before.version();
    this.after = after.version();
    this.changes = Collections.unmodifiableList(changes);
    this.effect = effect;
  }

  /** Compares; takes a fraction of a second. */
  public static BundleDiff of(PolicyBundle before, PolicyBundle after) {
    List<Change> changes = new ArrayList<>();
    TermsDiff terms = new TermsDiff(before, after, changes);
    terms.run();
    new DetectionDiff(before.outline(), after.outline(), changes).run();
    new UrgencyDiff(before, after, changes).run();
    new RulesDiff(before, after, changes).run();
    if (changes.stream().anyMatch(change -> change.direction() == Direction.TIGHTENS && !change.part().equals("cell"))) {
      terms.order();
    }
    return new BundleDiff(before, after, changes.stream().distinct().toList(), effect(before, after));
  }

  private static Effect effect(PolicyBundle before, PolicyBundle after) {
    long[] counts = new long[3];
    List<String> looser = new ArrayList<>();
    List<String> tighter = new ArrayList<>();
    new FactGrid(List.of(before.outline(), after.outline())).each(facts -> {
      Treatment treatment = Treatment.of(before.judge(facts), after.judge(facts));
      if (!treatment.laxer().isEmpty()) {
        counts[0]++;
        example(facts, treatment.laxer(), looser);
      } else if (!treatment.stricter().isEmpty()) {
        counts[1]++;
        example(facts, treatment.stricter(), tighter);
      } else {
        counts[2]++;
      }
    });
    return new Effect(counts[0] + counts[1] + counts[2], counts[1], counts[0], counts[2], looser, tighter);
  }

  /** One example for each way in which treatment changes: a hundred requests that change alike say no more than one. */
  private static void example(Facts facts, List<String> how, List<String> into) {
    String what = String.join("; ", how);
    if (into.size() < EXAMPLES && into.stream().noneMatch(seen -> seen.endsWith(": " + what))) {
      into.add(FactWords.of(facts) + ": " + what);
    }
  }

  /** Names and revisions of the first bundle. */
  public String before() {
    return before;
  }

  /** Names and revisions of the second. */
  public String after() {
    return after;
  }

  /** Parts that changed. */
  public List<Change> changes() {
    return changes;
  }

  /** What the change does to requests. */
  public Effect effect() {
    return effect;
  }

  /** Whether some request may fare more laxly than before, as far as that is not proven to be impossible. */
  public boolean loosens() {
    return effect.loosened() > 0 || changes.stream().anyMatch(change -> change.direction() == Direction.LOOSENS);
  }

  /** Whether some request fares more strictly. */
  public boolean tightens() {
    return effect.tightened() > 0 || changes.stream().anyMatch(change -> change.direction() == Direction.TIGHTENS);
  }

  /** In one word. */
  public String outcome() {
    return loosens() ? "loosened" : tightens() ? "tightened" : "unchanged";
  }
}
