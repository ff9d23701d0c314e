package io.tidegate.assay;

import io.tidegate.assay.Explain.FindingLook;
import io.tidegate.assay.Explain.UpstreamLook;
import io.tidegate.decide.Decision;
import io.tidegate.policy.PolicyTrace;
import io.tidegate.policy.PolicyTrace.Reading;
import io.tidegate.policy.PolicyTrace.RuleLook;
import io.tidegate.policy.RouteStep;
import io.tidegate.policy.RouteStep.When;
import io.tidegate.policy.Verdict.CacheRights;
import io.tidegate.wire.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** An explanation for eyes and for machines. */
public final class ExplainReport {
  private static final int MOST_NEAR = 8;

  private ExplainReport() {}

  /** Some dozen lines. */
  public static List<String> lines(Explain explain, String policy) {
    Decision decision = explain.decision();
    List<String> lines = new ArrayList<>();
    lines.add(decision.sensitivity() + " " + decision.latencyClass() + " -> " + route(decision.steps()));
    lines.add("policy " + policy + " (" + decision.policyDigest().substring(0, 12) + ")");
    lines.add("findings" + (explain.findings().isEmpty() ? ": none" : ""));
    explain.findings().forEach(look -> lines.add("  " + finding(look)));
    if (explain.moreFindings() > 0) {
      lines.add("  and " + explain.moreFindings() + " more");
    }
    explain.trace().waived().forEach(waived -> lines.add("  not counted for this caller, by exclusion " + waived));
    lines.add("troubles: " + (explain.seen().troubles().isEmpty() ? "none" : String.join(", ", explain.seen().troubles().stream().map(Enum::name).sorted()
        .toList())));
    rules(explain.trace(), lines);
    lines.add("join");
    explain.trace().joins().forEach(join -> lines.add("  " + join.by() + ": " + join.says() + ", so " + join.joined()));
    lines.add("latency class " + explain.trace().latency());
    lines.add("transformation: " + transformation(decision));
    lines.add("cache: " + cache(decision.cacheRights()));
    lines.add("audit: " + (decision.auditDurable() ? "on disk before a public send" : "written before a public send"));
    if (!explain.upstreams().isEmpty()) {
      lines.add("upstreams");
      explain.upstreams().forEach(look -> lines.add("  " + upstream(look)));
    }
    return lines;
  }

  private static void rules(PolicyTrace trace, List<String> lines) {
    List<RuleLook> matched = trace.rules().stream().filter(RuleLook::matched).toList();
    List<RuleLook> near = trace.rules().stream().filter(RuleLook::near).toList();
    lines.add("rules" + (matched.isEmpty() ? ": none matched" : ""));
    matched.forEach(look -> lines.add("  " + (look.shadow() ? "would match (shadow) " : look.erred() ? "failed, so it matched " : "matched ") + rule(look)));
    near.stream().limit(MOST_NEAR).forEach(look -> lines.add("  " + (look.shadow() ? "near (shadow) " : "near ") + rule(look)));
    int rest = trace.rules().size() - matched.size() - Math.min(MOST_NEAR, near.size());
    if (rest > 0) {
      lines.add("  " + rest + " more did not match");
    }
  }

  private static String finding(FindingLook look) {
    return look.finding().type() + " " + look.finding().likelihood() + " by " + look.finding().detector() + " at " + look.where() + ": " + look.masked()
        + (look.why().isEmpty() ? "" : "; " + String.join("; ", look.why()));
  }

  /** @param unanswerable it reads what a record does not hold */
  static String rule(RuleLook look, boolean unanswerable) {
    return (look.matched() ? look.shadow() ? "would match (shadow) " : "matched " : "near ") + rule(look) + (unanswerable ? " (records do not hold that)" : "");
  }

  private static String rule(RuleLook look) {
    return look.id() + " -> " + look.raiseTo() + ": needs " + look.needs() + "; saw "
        + String.join(", ", look.readings().stream().map(reading -> reading.name() + " = " + value(reading)).toList());
  }

  private static String value(Reading reading) {
    return reading.callersText() ? Masked.of("", reading.value()) : reading.value();
  }

  private static String upstream(UpstreamLook look) {
    return look.name() + " (" + look.zone() + "): " + (look.model() == null ? "no, " + look.why() : "may be tried");
  }

  private static String route(List<RouteStep> steps) {
    return steps.isEmpty() ? "nowhere" : String.join(", ", steps.stream().map(ExplainReport::step).toList());
  }

  private static String step(RouteStep step) {
    return step.to() + (step.when() == When.ALWAYS ? "" : " when " + step.when().name().toLowerCase(Locale.ROOT))
        + (step.after() == null ? "" : " after " + step.after().name().toLowerCase(Locale.ROOT));
  }

  private static String transformation(Decision decision) {
    List<String> asked = decision.steps().stream().filter(step -> step.after() != null).map(ExplainReport::step).toList();
    return asked.isEmpty() ? "none" : String.join(", ", asked) + ", if the cleaned text is decided to be open";
  }

  private static String cache(CacheRights rights) {
    return !rights.read() && !rights.store() ? "neither read nor stored"
        : (rights.read() ? "read" : "not read") + ", " + (rights.store() ? "stored for " + rights.ttlSeconds() + " s" : "not stored")
            + (rights.staleSeconds() == 0 ? "" : " and " + rights.staleSeconds() + " s stale") + ", inside " + rights.sharingGroup() + (rights.sampled() ? "" : ", unsampled requests only");
  }

  /** One JSON object. */
  public static String json(Explain explain, String policy) {
    Decision decision = explain.decision();
    JsonWriter out = new JsonWriter().beginObject();
    out.key("sensitivity").string(decision.sensitivity().name()).key("latency_class").string(decision.latencyClass().name());
    out.key("policy").string(policy).key("digest").string(decision.policyDigest());
    strings(out.key("rules"), decision.rules());
    out.key("route").beginArray();
    decision.steps().forEach(step -> {
      out.beginObject().key("to").string(step.to().name()).key("when").string(step.when().name());
      if (step.after() != null) {
        out.key("after").string(step.after().name());
      }
      out.endObject();
    });
    out.endArray().key("findings").beginArray();
    for (FindingLook look : explain.findings()) {
      out.beginObject().key("type").string(look.finding().type()).key("likelihood").string(look.finding().likelihood().name()).key("detector")
          .string(look.finding().detector()).key("where").string(look.where()).key("start").number(look.finding().start()).key("end")
          .number(look.finding().end()).key("masked").string(look.masked());
      strings(out.key("why"), look.why());
      out.endObject();
    }
    out.endArray().key("more_findings").number(explain.moreFindings());
    strings(out.key("not_counted"), explain.trace().waived());
    strings(out.key("troubles"), explain.seen().troubles().stream().map(Enum::name).sorted().toList());
    out.key("looked_at").beginArray();
    explain.trace().rules().forEach(look -> rule(out, look));
    out.endArray().key("join").beginArray();
    explain.trace().joins().forEach(join -> out.beginObject().key("by").string(join.by()).key("says").string(join.says().name()).key("joined")
        .string(join.joined().name()).endObject());
    CacheRights rights = decision.cacheRights();
    out.endArray().key("latency").string(explain.trace().latency()).key("cache").beginObject().key("read").bool(rights.read()).key("store").bool(rights.store())
        .key("sampled").bool(rights.sampled()).key("group").string(rights.sharingGroup()).key("ttl_seconds").number(rights.ttlSeconds()).key("stale_seconds").number(rights.staleSeconds())
        .key("stale_if_error_seconds").number(rights.errorSeconds()).key("outside").bool(rights.outside()).key("replay").string(rights.replay().name()).endObject();
    out.key("audit_durable").bool(decision.auditDurable()).key("upstreams").beginArray();
    for (UpstreamLook look : explain.upstreams()) {
      out.beginObject().key("name").string(look.name()).key("zone").string(look.zone()).key("candidate").bool(look.model() != null).key("why").string(look.why())
          .endObject();
    }
    return new String(out.endArray().endObject().toBytes(), StandardCharsets.UTF_8);
  }

  static void rule(JsonWriter out, RuleLook look) {
    out.beginObject().key("id").string(look.id()).key("raise_to").string(look.raiseTo().name()).key("matched").bool(look.matched()).key("erred")
        .bool(look.erred()).key("shadow").bool(look.shadow()).key("near").bool(look.near()).key("needs").string(look.needs()).key("saw").beginObject();
    look.readings().forEach(reading -> out.key(reading.name()).string(value(reading)));
    out.endObject().endObject();
  }

  private static void strings(JsonWriter out, Collection<String> values) {
    out.beginArray();
    values.forEach(out::string);
    out.endArray();
  }
}
