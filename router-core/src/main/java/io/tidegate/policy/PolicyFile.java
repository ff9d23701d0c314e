package io.tidegate.policy;

import io.tidegate.model.LatencyClass;
import io.tidegate.model.Likelihood;
import io.tidegate.model.LinkRule;
import io.tidegate.model.Residency;
import io.tidegate.model.Sensitivity;
import io.tidegate.yaml.YamlPosition;
import io.tidegate.yaml.YamlText;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One policy file as read: checked by itself, not yet against the other files. Filled by the readers, then only read. Null means that the file
 * says nothing.
 */
final class PolicyFile {
  final String file;
  String name = "";
  int revision;
  YamlPosition revisionPosition;
  String sha256 = "";
  @Nullable LocalDate expires;
  @Nullable Setting<Sensitivity> floor;
  @Nullable Sensitivity unscannable;
  @Nullable Sensitivity opaque;
  final Set<Sensitivity> durable = EnumSet.noneOf(Sensitivity.class);
  final Map<Sensitivity, LinkRule> links = new EnumMap<>(Sensitivity.class);
  final Map<Sensitivity, Residency> residency = new EnumMap<>(Sensitivity.class);
  @Nullable Egress egress;
  @Nullable Setting<LatencyTerms> latency;
  @Nullable Setting<Map<Sensitivity, Map<LatencyClass, List<RouteStep>>>> routes;
  @Nullable Setting<CacheTerms> cache;
  final List<RuleDraft> rules = new ArrayList<>();
  final List<LatencyRuleDraft> latencyRules = new ArrayList<>();
  final List<YamlText> types = new ArrayList<>();
  final Map<String, Setting<Terms>> lists = new LinkedHashMap<>();
  final List<DetectorDraft> detectors = new ArrayList<>();
  final List<ExclusionDraft> exclusions = new ArrayList<>();
  final List<Setting<Waiver>> waivers = new ArrayList<>();
  final List<Setting<Grant>> grants = new ArrayList<>();
  final Map<String, Setting<TenantTerms.Draft>> tenants = new LinkedHashMap<>();
  final Map<String, Setting<TenantTerms.Draft>> groups = new LinkedHashMap<>();
  /** What lowers and does not say why. */
  final List<Setting<String>> unreasoned = new ArrayList<>();
  final List<PolicyCase> cases = new ArrayList<>();

  PolicyFile(String file) {
    this.file = file;
    this.revisionPosition = new YamlPosition(file, 0, 0);
  }

  /** A value and where it was set. */
  record Setting<T>(T value, YamlPosition position) {}

  /** A named dictionary. */
  record Terms(List<String> terms, TermIndex.Match match) {}

  /** A rule about urgency. */
  record LatencyRuleDraft(String id, YamlPosition position, YamlText when, LatencyClass latencyClass) {}

  /** A rule; one of {@code types} (not empty) and {@code when} is there. */
  record RuleDraft(String id, YamlPosition position, Sensitivity raiseTo, String reason, boolean shadow, List<YamlText> types, Likelihood likelihood,
      int count, int distinct, @Nullable YamlText when) {}

  /** A detector; one of {@code regex} and {@code list} is there. */
  record DetectorDraft(String id, YamlPosition position, String type, @Nullable YamlText regex, @Nullable YamlText list,
      List<String> context, int window,
      Likelihood likelihood, @Nullable Likelihood withoutContext) {}

  /** An exclusion of values; one of {@code equal} and {@code list} is there. */
  record ExclusionDraft(String id, YamlPosition position, String detector, List<String> equal, @Nullable YamlText list, String owner,
      LocalDate expires) {}
}
