package io.tidegate.daemon.policy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tidegate.daemon.shadow.ShadowMeters;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.telemetry.DecisionCounter;
import io.tidegate.telemetry.Names;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is counted about policies. Labels are closed sets, or bounded ones whose rest is {@code other} (hazard B4). Any thread. */
final class PolicyMeters implements ShadowMeters {
  private static final int MOST_RULES = 200;

  private final MeterRegistry registry;
  private final Map<ReloadOutcome.Kind, Counter> outcomes = new EnumMap<>(ReloadOutcome.Kind.class);
  private final DecisionCounter decisions;
  private final Counter failed;
  private final Counter shadowDropped;
  private final Counter shadowFailed;
  private final Set<String> rules = new HashSet<>();
  private @Nullable Gauge info;

  PolicyMeters(MeterRegistry registry) {
    this.registry = registry;
    this.decisions = new DecisionCounter(registry);
    for (ReloadOutcome.Kind kind : ReloadOutcome.Kind.values()) {
      outcomes.put(kind, Counter.builder(Names.POLICY_RELOADS)
          .tag("outcome", word(kind)).register(registry));
    }
    this.failed = Counter.builder(Names.POLICY_RELOAD_FAILED).register(registry);
    this.shadowDropped = Counter.builder(Names.POLICY_SHADOW_DROPPED)
        .register(registry);
    this.shadowFailed = Counter.builder(Names.POLICY_SHADOW_FAILED).register(registry);
  }

  void bind(PolicyLife life) {
    Gauge.builder(Names.POLICY_AGE, life, PolicyLife::ageSeconds).baseUnit("seconds").register(registry);
    Gauge.builder(Names.POLICY_EXPIRY, life, PolicyLife::expirySeconds).baseUnit("seconds").register(registry);
    Gauge.builder(Names.POLICY_LAST_FAILED, life, l -> l.lastAttemptFailed() ? 1 : 0).register(registry);
  }

  DecisionCounter decisions() {
    return decisions;
  }

  synchronized void inForce(PolicyBundle bundle) {
    decisions.inForce(bundle.enforcedRules());
    if (info != null) {
      registry.remove(info);
    }
    info = Gauge.builder(Names.POLICY_INFO, () -> 1).tag("digest", bundle.digest()).tag("version", bundle.version()).register(registry);
  }

  void count(ReloadOutcome.Kind kind) {
    Counter counter = outcomes.get(kind);
    if (counter != null) {
      counter.increment();
    }
    if (kind == ReloadOutcome.Kind.REFUSED) {
      failed.increment();
    }
  }

  @Override
  public void shadow(String rule, Sensitivity enforced, Sensitivity shadow) {
    Counter.builder(Names.POLICY_SHADOW).tag("rule", bounded(rule))
        .tag("enforced", word(enforced)).tag("shadow", word(shadow)).register(registry).increment();
  }

  private synchronized String bounded(String rule) {
    return rules.contains(rule) || rules.size() < MOST_RULES && rules.add(rule) ? rule : "other";
  }

  @Override
  public void shadowDropped() {
    shadowDropped.increment();
  }

  @Override
  public void shadowFailed() {
    shadowFailed.increment();
  }


  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
