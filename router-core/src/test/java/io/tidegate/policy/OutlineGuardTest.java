package io.tidegate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.policy.Verdict.CacheRights;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The diff decides whether a bundle needs a second signature, so it must know every part a bundle has. Whoever adds a part teaches it to {@code BundleDiff} and
 * its outline first (does more of it loosen or tighten? may the grid show it?), then writes its name here.
 */
class OutlineGuardTest {
  private static final Map<Class<?>, List<String>> KNOWN = Map.ofEntries(
      Map.entry(PolicyBundle.Contents.class, List.of("digest", "version", "policies", "rules", "floor", "troubles", "latency", "egress", "patterns", "exclusions", "cases",
          "reads", "nextExpiry", "outline")),
      Map.entry(Rule.class, List.of("id", "raiseTo", "reason", "shadow", "ask", "condition")),
      Map.entry(FindingRules.Ask.class, List.of("types", "minLikelihood", "minCount", "minDistinct")),
      Map.entry(Grant.class, List.of("id", "tenants", "callers", "groups", "owner", "expires")),
      Map.entry(Waiver.class, List.of("id", "types", "tenants", "callers", "groups", "owner", "expires")),
      Map.entry(LatencyRule.class, List.of("id", "latencyClass", "condition")),
      Map.entry(PolicyFile.Terms.class, List.of("terms", "match")),
      Map.entry(Exclusion.class, List.of("id", "detector", "values", "owner", "expires", "position")),
      Map.entry(TenantTerms.Draft.class, List.of("floor", "latencyDefault", "latencyCap", "residency")),
      Map.entry(LatencyTerms.class, List.of("ifNothingSays", "interactiveDeadlineNanos", "mostUrgent")),
      Map.entry(Troubles.class, List.of("unscannable", "opaque")),
      Map.entry(CacheTerms.class, List.of("bySensitivity", "groupOf")),
      Map.entry(CacheTerms.Cell.class, List.of("store", "shared", "sampled", "ttlSeconds", "staleSeconds", "errorSeconds", "outside", "replay", "semantic")),
      Map.entry(CacheRights.class, List.of("read", "store", "sampled", "sharingGroup", "ttlSeconds", "staleSeconds", "errorSeconds", "outside", "replay", "semantic")),
      Map.entry(RouteStep.class, List.of("to", "when", "after")),
      Map.entry(PolicyFile.DetectorDraft.class, List.of("id", "position", "type", "regex", "list", "context", "window", "likelihood", "withoutContext")),
      Map.entry(Facts.class, List.of("findings", "caller", "operation", "model", "stream", "sampled", "declared", "latencyWish", "timeLeftNanos", "bodyBytes",
          "messages", "labels", "region", "now", "sessionLabel")));

  @Test
  @DisplayName("every part that a file can have and a bundle can keep is known to the diff")
  void everyFieldIsKnown() {
    assertThat(fields(PolicyFile.class)).as("teach the diff a new part of files, then add it here").containsExactlyInAnyOrder("file", "name", "revision", "revisionPosition", "sha256",
        "expires", "floor", "unscannable", "opaque", "durable", "egress", "latency", "latencyRules", "routes", "cache", "rules", "types", "lists", "detectors",
        "exclusions", "waivers", "grants", "tenants", "groups", "cases", "links", "unreasoned", "residency");
    assertThat(fields(Verdict.class)).as("teach io.tidegate.assay.Treatment a new part of verdicts, then add it here").containsExactlyInAnyOrder("sensitivity",
        "latencyClass", "steps", "route", "cacheRights", "rules", "auditDurable", "links", "residency");
    assertThat(fields(PolicyBundle.class)).as("teach the diff a new part of bundles, then add it here").containsExactlyInAnyOrder("contents", "enforced",
        "shadow", "tenants", "groups", "latencyRules", "restricted");
  }

  private static List<String> fields(Class<?> type) {
    return Arrays.stream(type.getDeclaredFields()).filter(field -> !Modifier.isStatic(field.getModifiers())).map(Field::getName).toList();
  }

  @Test
  @DisplayName("every part of a bundle is known to the diff")
  void everyPartIsKnown() {
    KNOWN.forEach((type, names) -> assertThat(Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName))
        .as("%s: teach a new part to PolicyOutline and io.tidegate.assay.BundleDiff, then add it here", type.getSimpleName()).containsExactlyElementsOf(names));
  }
}
