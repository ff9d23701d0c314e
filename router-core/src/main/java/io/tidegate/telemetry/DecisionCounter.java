package io.tidegate.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Sensitivity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts decisions by the rule that settled their class. The rules of the bundle in force are bound when it comes into force, so that a decision costs a
 * look-up for each rule that fired, and none where none did. A rule that the bundle does not have is {@code other} (hazard B4): one of a bundle before,
 * whose last requests are under way, or one past the first {@link #MOST}. Any thread.
 */
public final class DecisionCounter {
  /** Stand among the rules of a verdict beside the bundle's own: an incomplete scan, a conversation's label, a fault of ours. */
  static final List<String> TROUBLES = List.of("session", "internal-error", "detector-failed", "budget-spent", "overflow", "unscannable", "opaque");

  private static final int MOST = 200;
  private static final int NONE = 0;
  private static final int OTHER = 1;
  private static final int CLASSES = LatencyClass.values().length;
  private static final int PLACES = Destination.values().length + 1;
  private static final Sensitivity[] SENSITIVITIES = Sensitivity.values();

  private final MeterRegistry registry;
  private volatile Bound bound;

  public DecisionCounter(MeterRegistry registry) {
    this.registry = registry;
    this.bound = new Bound(registry, Map.of());
  }

  /**
   * Another bundle counts from now on; series of rules it does not have go away.
   *
   * @param rules what each enforced rule raises to, by its id
   */
  public synchronized void inForce(Map<String, Sensitivity> rules) {
    Bound next = new Bound(registry, rules);
    bound = next;
    registry.getMeters().stream().map(meter -> meter.getId())
        .filter(id -> id.getName().equals(Names.DECISIONS) || id.getName().equals(Names.RULES_FIRED))
        .filter(id -> !next.labels.contains(id.getTag(Names.RULE)))
        .toList().forEach(registry::remove);
  }

  void decided(Sensitivity sensitivity, LatencyClass latencyClass, List<Destination> route, List<String> fired) {
    Bound now = bound;
    int settled = NONE;
    if (!fired.isEmpty()) {
      settled = -1;
      for (int i = 0; i < fired.size(); i++) {
        int rule = now.index.getOrDefault(fired.get(i), OTHER);
        now.fired.at(rule).increment();
        if (settled < 0 && now.raises[rule] == sensitivity.ordinal()) {
          settled = rule;
        }
      }
      settled = settled < 0 ? now.index.getOrDefault(fired.get(0), OTHER) : settled;
    }
    int place = route.isEmpty() ? 0 : route.get(0).ordinal() + 1;
    now.decisions.at(settled).at((sensitivity.ordinal() * CLASSES + latencyClass.ordinal()) * PLACES + place).increment();
  }

  /** The rules of one bundle, as indexes. Never made for a rule that went away: its counters are only those that were made while it counted. */
  private static final class Bound {
    private final Map<String, Integer> index = new HashMap<>();
    private final List<String> labels = new ArrayList<>(List.of("none", "other"));
    /** Ordinals; -1 where that is not known. */
    private final int[] raises;
    private final Handles<Handles<Counter>> decisions;
    private final Handles<Counter> fired;

    Bound(MeterRegistry registry, Map<String, Sensitivity> rules) {
      TROUBLES.forEach(this::add);
      rules.keySet().stream().sorted().limit(MOST).forEach(this::add);
      raises = new int[labels.size()];
      for (int i = 0; i < raises.length; i++) {
        Sensitivity raised = rules.get(labels.get(i));
        raises[i] = raised != null ? raised.ordinal() : i > OTHER ? Sensitivity.RESTRICTED.ordinal() : -1;
      }
      fired = new Handles<>(raises.length, rule -> Counter.builder(Names.RULES_FIRED).tag(Names.RULE, labels.get(rule)).register(registry));
      decisions = new Handles<>(raises.length, rule -> new Handles<>(SENSITIVITIES.length * CLASSES * PLACES, cell -> decision(registry, rule, cell)));
    }

    private void add(String rule) {
      if (index.putIfAbsent(rule, labels.size()) == null) {
        labels.add(rule);
      }
    }

    private Counter decision(MeterRegistry registry, int rule, int cell) {
      int place = cell % PLACES;
      int rest = cell / PLACES;
      return Counter.builder(Names.DECISIONS).tag(Names.SENSITIVITY, Label.word(SENSITIVITIES[rest / CLASSES]))
          .tag(Names.LATENCY_CLASS, Label.word(LatencyClass.values()[rest % CLASSES]))
          .tag(Names.DESTINATION, place == 0 ? "none" : Label.word(Destination.values()[place - 1])).tag(Names.RULE, labels.get(rule)).register(registry);
    }
  }
}
