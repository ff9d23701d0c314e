package io.tidegate.assay;

import io.tidegate.classify.Classifier;
import io.tidegate.classify.Detector;
import io.tidegate.decide.Decider;
import io.tidegate.decide.Decision;
import io.tidegate.dispatch.Candidate;
import io.tidegate.dispatch.Catalog;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Upstream;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyTrace;
import io.tidegate.policy.RouteStep;
import io.tidegate.wire.JsonText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that led to the decision on one request, by the daemon's own classifier, bundle and catalog. Holds findings masked, never the text (G3).
 *
 * @param findings at most {@link #MOST_FINDINGS}, the likeliest first
 * @param moreFindings how many are left out
 * @param upstreams what came of each configured upstream; empty if no configuration was given
 */
public record Explain(Decision decision, Findings seen, List<FindingLook> findings, int moreFindings, PolicyTrace trace, List<UpstreamLook> upstreams) {
  private static final int MOST_FINDINGS = 50;

  public Explain {
    findings = List.copyOf(findings);
    upstreams = List.copyOf(upstreams);
  }

  /**
   * One finding.
   *
   * @param where path of its string in the body; {@code joined text} for one that spans strings
   * @param masked what may be shown of it
   * @param why in words
   */
  public record FindingLook(Finding finding, String where, String masked, List<String> why) {}

  /**
   * One upstream.
   *
   * @param model the name that would be sent; null if it is no candidate
   * @param why what keeps it out; empty for a candidate
   */
  public record UpstreamLook(String name, String zone, @Nullable String model, String why) {}

  /**
   * Explains.
   *
   * @param builtIn detectors without the policies' own
   * @param catalog null if only the policy is asked
   */
  public static Explain of(PolicyBundle bundle, List<Detector> builtIn, ModelRequest request, String region, Instant now, @Nullable Catalog catalog) {
    List<Detector> detectors = PolicyDetectors.with(builtIn, bundle);
    Classifier.Scan scan = new Classifier(detectors).begin(request);
    while (!scan.run(Long.MAX_VALUE)) {
      // A scan ends by its own budget.
    }
    Findings findings = scan.findings();
    Decider decider = new Decider(bundle, region);
    Decision decision = decider.decide(request, findings, now);
    List<FindingLook> looks = looks(detectors, request.prompt().json(), findings);
    return new Explain(decision, findings, looks, findings.list().size() - looks.size(), bundle.trace(decider.facts(request, findings, now)),
        catalog == null ? List.of() : upstreams(catalog, decision));
  }

  private static List<FindingLook> looks(List<Detector> detectors, JsonText json, Findings findings) {
    Map<String, Detector> byId = new LinkedHashMap<>();
    detectors.forEach(detector -> byId.put(detector.id(), detector));
    List<FindingLook> looks = new ArrayList<>();
    List<Finding> likeliest = findings.list().stream().sorted((a, b) -> b.likelihood().compareTo(a.likelihood())).limit(MOST_FINDINGS).toList();
    for (Finding finding : likeliest) {
      Detector detector = byId.get(finding.detector());
      if (finding.place() < 0) {
        looks.add(new FindingLook(finding, "joined text", "…", List.of("spans several strings")));
        continue;
      }
      String text = json.string(finding.place());
      boolean inside = finding.start() >= 0 && finding.start() < finding.end() && finding.end() <= text.length();
      looks.add(new FindingLook(finding, json.path(finding.place()), inside ? Masked.of(finding.type(), text.substring(finding.start(), finding.end())) : "…",
          detector == null ? List.of() : FindingWhy.of(detector, text, finding)));
    }
    return looks;
  }

  private static List<UpstreamLook> upstreams(Catalog catalog, Decision decision) {
    List<Candidate> candidates = catalog.candidates(decision);
    List<UpstreamLook> looks = new ArrayList<>();
    candidates.forEach(candidate -> looks.add(new UpstreamLook(candidate.place(), candidate.upstream().zone().name(), candidate.model(), "")));
    for (Upstream upstream : catalog.upstreams()) {
      if (candidates.stream().noneMatch(candidate -> candidate.upstream().name().equals(upstream.name()))) {
        looks.add(new UpstreamLook(upstream.name(), upstream.zone().name(), null, why(catalog, upstream, decision)));
      }
    }
    return looks;
  }

  private static String why(Catalog catalog, Upstream upstream, Decision decision) {
    if (!decision.opens(upstream.zone())) {
      boolean cleaned = decision.steps().stream().map(RouteStep::after).anyMatch(after -> after != null);
      return upstream.zone() + " is not open for " + decision.sensitivity() + (cleaned ? " as it stands; cleaned text is decided anew" : "");
    }
    if (!catalog.standsIn(upstream, decision.residency())) {
      return "it stands in no region that is permitted (" + decision.residency() + ")";
    }
    if (decision.request().operation() == Operation.EMBEDDING && !upstream.embeddings()) {
      return "it serves no embeddings";
    }
    return "it does not serve the model asked for";
  }
}
