package io.tidegate.assay;

import io.tidegate.model.Caller;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings.Trouble;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Made-up facts in words. Never for facts of a real request: labels and model names are the caller's text (G3). */
final class FactWords {
  private static final int MOST = 4;

  private FactWords() {}

  static String of(Facts facts) {
    List<String> words = new ArrayList<>();
    Map<String, Integer> counts = new TreeMap<>();
    for (Finding finding : facts.findings().list()) {
      counts.merge(finding.type() + " " + finding.likelihood(), 1, Integer::sum);
    }
    counts.entrySet().stream().limit(MOST).forEach(entry -> words.add(entry.getValue() + " × " + entry.getKey()));
    if (counts.size() > MOST) {
      words.add((counts.size() - MOST) + " more kinds of finding");
    }
    facts.findings().troubles().stream().map(Trouble::name).sorted().forEach(words::add);
    if (words.isEmpty()) {
      words.add("no findings");
    }
    Caller caller = facts.caller();
    if (!caller.tenant().equals(Caller.DEFAULT.tenant())) {
      words.add("tenant " + caller.tenant());
    }
    if (!caller.name().equals(Caller.DEFAULT.name())) {
      words.add("caller " + caller.name());
    }
    if (!caller.groups().isEmpty()) {
      words.add("groups " + String.join(" ", caller.groups().stream().sorted().toList()));
    }
    if (facts.declared() != Sensitivity.PUBLIC) {
      words.add("declared " + facts.declared());
    }
    if (facts.latencyWish() != null) {
      words.add(facts.latencyWish().name());
    }
    if (facts.timeLeftNanos() > 0) {
      words.add("deadline " + facts.timeLeftNanos() / 1_000_000 + " ms");
    }
    if (facts.operation() != Operation.CHAT) {
      words.add(facts.operation().name());
    }
    if (facts.bodyBytes() != FactGrid.USUAL_BYTES) {
      words.add(facts.bodyBytes() + " bytes");
    }
    if (!facts.region().isEmpty()) {
      words.add("region " + facts.region());
    }
    return String.join(", ", words);
  }
}
