package io.tidegate.assay;

import io.tidegate.model.Finding;
import io.tidegate.model.Findings.Trouble;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Residency;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.Facts;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyTrace;
import io.tidegate.policy.PolicyTrace.RuleLook;
import io.tidegate.wire.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Why a recorded decision was taken, as far as its record tells. Rules with what they read are there if the bundle that decided is at hand; a text never is.
 *
 * @param upstreams candidates, and what kept others out
 * @param outcome how it ended; empty while it is under way or where that is not recorded
 * @param residency in which regions it may be worked on
 * @param trace null if the bundle that decided is not at hand
 */
public record RecordedExplain(Recorded recorded, LatencyClass latencyClass, List<String> upstreams, String outcome, @Nullable PolicyTrace trace,
    Residency residency) {
  public RecordedExplain {
    upstreams = List.copyOf(upstreams);
  }

  /** @param inForce used only if it is the one that decided (G6) */
  public static RecordedExplain of(Recorded recorded, LatencyClass latencyClass, List<String> upstreams, String outcome, PolicyBundle inForce,
      Residency residency) {
    boolean same = recorded.policyDigest().equals(inForce.digest());
    return new RecordedExplain(recorded, latencyClass, upstreams, outcome, same ? inForce.trace(recorded.facts()) : null, residency);
  }

  private Map<String, Integer> counts() {
    Map<String, Integer> counts = new TreeMap<>();
    for (Finding finding : recorded.facts().findings().list()) {
      counts.merge(finding.type() + " " + finding.likelihood() + " by " + finding.detector(), 1, Integer::sum);
    }
    return counts;
  }

  private List<String> troubles() {
    return recorded.facts().findings().troubles().stream().map(Trouble::name).sorted().toList();
  }

  /** For eyes. */
  public List<String> lines() {
    Facts facts = recorded.facts();
    List<String> lines = new ArrayList<>();
    lines.add(recorded.sensitivity() + " " + latencyClass + " -> " + (recorded.route().isEmpty() ? "nowhere"
        : String.join(", ", recorded.route().stream().map(Enum::name).toList())));
    lines.add("request " + recorded.requestId() + " at " + recorded.time() + ", " + facts.operation() + ", " + facts.bodyBytes() + " bytes, tenant "
        + facts.caller().tenant() + ", caller " + facts.caller().name());
    lines.add("policy " + recorded.policyDigest());
    lines.add("findings" + (counts().isEmpty() ? ": none" : ""));
    counts().forEach((what, count) -> lines.add("  " + count + " × " + what));
    lines.add("troubles: " + (troubles().isEmpty() ? "none" : String.join(", ", troubles())));
    lines.add("rules: " + (recorded.rules().isEmpty() ? "none" : String.join(", ", recorded.rules())));
    if (trace == null) {
      lines.add("  that policy is not in force any more: 'tidegate policy replay' judges the record under one that you have");
    } else {
      trace.rules().stream().filter(look -> look.matched() || look.near()).forEach(look -> lines.add("  " + ExplainReport.rule(look, unanswerable(look))));
      lines.add("join");
      trace.joins().forEach(join -> lines.add("  " + join.by() + ": " + join.says() + ", so " + join.joined()));
      lines.add("latency class " + trace.latency());
    }
    if (recorded.transformed()) {
      lines.add("decided on cleaned text");
    }
    if (facts.sessionLabel() != Sensitivity.PUBLIC) {
      lines.add("its session is remembered as " + facts.sessionLabel());
    }
    if (!residency.anywhere()) {
      lines.add("residency: only " + residency);
    }
    upstreams.forEach(upstream -> lines.add("upstream " + upstream));
    lines.add("outcome: " + (outcome.isEmpty() ? "not recorded" : outcome));
    return lines;
  }

  private static boolean unanswerable(RuleLook look) {
    return look.readings().stream().anyMatch(reading -> reading.callersText());
  }

  /** For machines: one object. */
  public String json() {
    Facts facts = recorded.facts();
    JsonWriter out = new JsonWriter().beginObject().key("request").string(recorded.requestId()).key("time").string(recorded.time().toString());
    out.key("tenant").string(facts.caller().tenant()).key("caller").string(facts.caller().name()).key("operation").string(facts.operation().name())
        .key("body_bytes").number(facts.bodyBytes()).key("policy").string(recorded.policyDigest()).key("policy_at_hand").bool(trace != null);
    out.key("sensitivity").string(recorded.sensitivity().name()).key("latency_class").string(latencyClass.name());
    strings(out.key("route"), recorded.route().stream().map(Enum::name).toList());
    strings(out.key("rules"), recorded.rules());
    strings(out.key("troubles"), troubles());
    out.key("findings").beginObject();
    counts().forEach((what, count) -> out.key(what).number(count));
    out.endObject().key("transformed").bool(recorded.transformed()).key("session_label").string(facts.sessionLabel().name());
    if (trace != null) {
      out.key("looked_at").beginArray();
      trace.rules().forEach(look -> ExplainReport.rule(out, look));
      out.endArray().key("join").beginArray();
      trace.joins().forEach(join -> out.beginObject().key("by").string(join.by()).key("says").string(join.says().name()).key("joined")
          .string(join.joined().name()).endObject());
      out.endArray().key("latency").string(trace.latency());
    }
    if (!residency.anywhere()) {
      strings(out.key("residency"), residency.regions());
    }
    strings(out.key("upstreams"), upstreams);
    return new String(out.key("outcome").string(outcome).endObject().toBytes(), StandardCharsets.UTF_8);
  }

  private static void strings(JsonWriter out, Collection<String> values) {
    out.beginArray();
    values.forEach(out::string);
    out.endArray();
  }
}
