package io.tidegate.assay;

import io.tidegate.model.Destination;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyOutline.RulePart;
import io.tidegate.policy.PolicyTrace;
import io.tidegate.policy.PolicyTrace.Join;
import io.tidegate.policy.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Recorded decisions judged anew under another bundle, one after the other, in bounded memory (decisions 29, semantics 10). What a record cannot answer is
 * counted as undecidable, never guessed. Confined to one thread.
 */
public final class Replay {
  /** Kinds of change that are told apart; past it they are counted together. */
  static final int MOST_KINDS = 500;

  private static final int EXAMPLES = 3;
  private static final String OTHERS = "other rules";

  private final PolicyBundle bundle;
  private final @Nullable PolicyBundle old;
  private final Undecidable undecidable;
  private final long[][] matrix = new long[Sensitivity.values().length][Sensitivity.values().length];
  private final Map<Change, Tally> changes = new TreeMap<>();
  private final Map<String, Tally> open = new TreeMap<>();
  private final Tally disagreeing = new Tally();
  private long records;
  private long decided;
  private @Nullable Instant first;
  private @Nullable Instant last;

  /** Which way a decision went. */
  public enum Direction { LOOSENED, TIGHTENED }

  /**
   * A kind of change.
   *
   * @param because what made the difference: rules that no longer match, or that do now; {@code route} for a destination more or less
   */
  public record Change(Direction direction, Sensitivity from, Sensitivity to, String because) implements Comparable<Change> {
    @Override
    public int compareTo(Change other) {
      return java.util.Comparator.comparing(Change::direction).thenComparing(Change::from).thenComparing(Change::to).thenComparing(Change::because)
          .compare(this, other);
    }
  }

  /** How many, and the first few request ids. */
  public static final class Tally {
    private long count;
    private final List<String> examples = new ArrayList<>();

    private void add(String id) {
      count++;
      if (examples.size() < EXAMPLES) {
        examples.add(id);
      }
    }

    public long count() {
      return count;
    }

    public List<String> examples() {
      return List.copyOf(examples);
    }
  }

  /**
   * @param bundle under which to judge
   * @param old the bundle that decided most of it, to know which detectors ran; null if it is not at hand
   */
  public Replay(PolicyBundle bundle, @Nullable PolicyBundle old) {
    this.bundle = bundle;
    this.old = old;
    this.undecidable = new Undecidable(bundle, old);
  }

  /** Judges one more. */
  public void add(Recorded record) {
    records++;
    first = first == null || record.time().isBefore(first) ? record.time() : first;
    last = last == null || record.time().isAfter(last) ? record.time() : last;
    if (old != null && record.policyDigest().equals(old.digest()) && !record.transformed()
        && old.judge(record.facts()).sensitivity() != record.sensitivity() && decidable(old, record)) {
      disagreeing.add(record.requestId());
    }
    Verdict verdict = bundle.judge(record.facts());
    String why = unanswered(record, verdict);
    if (why != null) {
      tally(open, why).add(record.requestId());
      return;
    }
    decided++;
    matrix[record.sensitivity().ordinal()][verdict.sensitivity().ordinal()]++;
    compare(record, verdict);
  }

  /** Whether the old bundle's own judgement of the record can be trusted to be the one of then. */
  private static boolean decidable(PolicyBundle old, Recorded record) {
    return new Undecidable(old, old).of(record).isEmpty();
  }

  /** Why the record cannot be judged; null if it can. */
  private @Nullable String unanswered(Recorded record, Verdict verdict) {
    if (record.transformed()) {
      return "decided on cleaned text; records do not hold what was there before";
    }
    String excluded = undecidable.excluded(record).orElse(null);
    if (excluded != null && verdict.sensitivity() != Sensitivity.PUBLIC) {
      return excluded;
    }
    Map<RulePart, String> rules = undecidable.of(record);
    if (rules.isEmpty()) {
      return null;
    }
    // Without those rules at the least, with all of them at the most: if that is the same, they make no difference.
    Sensitivity least = Sensitivity.PUBLIC;
    PolicyTrace trace = bundle.trace(record.facts());
    for (Join join : trace.joins()) {
      if (rules.keySet().stream().noneMatch(rule -> join.by().equals("rule " + rule.id()))) {
        least = least.join(join.says());
      }
    }
    for (Map.Entry<RulePart, String> rule : rules.entrySet()) {
      if (rule.getKey().raiseTo().compareTo(least) > 0) {
        return "rule " + rule.getKey().id() + " " + rule.getValue();
      }
    }
    return null;
  }

  private void compare(Recorded record, Verdict verdict) {
    int level = verdict.sensitivity().compareTo(record.sensitivity());
    List<Destination> opened = verdict.route().stream().filter(to -> !record.route().contains(to)).toList();
    boolean closed = !verdict.route().containsAll(record.route());
    if (level == 0 && opened.isEmpty() && !closed) {
      return;
    }
    boolean looser = level < 0 || !opened.isEmpty();
    TreeSet<String> because = new TreeSet<>(level > 0 ? verdict.rules() : record.rules());
    because.removeAll(level > 0 ? record.rules() : verdict.rules());
    if (level == 0) {
      because.clear();
      because.add("route");
    } else if (because.isEmpty()) {
      because.add("floor");
    }
    Change change = new Change(looser ? Direction.LOOSENED : Direction.TIGHTENED, record.sensitivity(), verdict.sensitivity(), String.join(", ", because));
    tally(changes, changes.size() < MOST_KINDS || changes.containsKey(change) ? change
        : new Change(change.direction(), change.from(), change.to(), OTHERS)).add(record.requestId());
  }

  private static <K> Tally tally(Map<K, Tally> tallies, K key) {
    return tallies.computeIfAbsent(key, made -> new Tally());
  }

  /** Decisions that were read. */
  public long records() {
    return records;
  }

  /** Decisions that could be judged. */
  public long decided() {
    return decided;
  }

  /** Recorded sensitivity × new one → how many. */
  public long count(Sensitivity recorded, Sensitivity now) {
    return matrix[recorded.ordinal()][now.ordinal()];
  }

  /** What changed, loosenings first. */
  public Map<Change, Tally> changes() {
    return java.util.Collections.unmodifiableMap(changes);
  }

  /** Why decisions could not be judged → how many. */
  public Map<String, Tally> open() {
    return java.util.Collections.unmodifiableMap(open);
  }

  /** Decisions that the old bundle, asked today, would not have taken: another day (what expires), or not what the record says. */
  public Tally disagreeing() {
    return disagreeing;
  }

  public @Nullable Instant first() {
    return first;
  }

  public @Nullable Instant last() {
    return last;
  }

  /** Names and revisions of the bundle. */
  public String policy() {
    return bundle.version();
  }
}
