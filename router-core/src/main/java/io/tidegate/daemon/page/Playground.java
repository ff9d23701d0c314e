package io.tidegate.daemon.page;

import io.tidegate.classify.Classifier;
import io.tidegate.decide.Decision;
import io.tidegate.dispatch.Candidate;
import io.tidegate.dispatch.Catalog;
import io.tidegate.ingress.Reading;
import io.tidegate.ingress.RequestFacts;
import io.tidegate.ingress.RequestReader;
import io.tidegate.line.Rules;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Upstream;
import io.tidegate.policy.PolicyTrace;
import io.tidegate.policy.PolicyTrace.RuleLook;
import io.tidegate.policy.RouteStep;
import io.tidegate.policy.Verdict.CacheRights;
import io.tidegate.time.WallClock;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import io.tidegate.wire.JsonWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Says how a typed text would be decided, by the classifier and the bundle in force, and nothing more: no session, cache, record, meter, plugin or
 * upstream learns of it, and the answer holds no part of it (G3). Blocking as long as a scan takes, which has its own bound.
 */
final class Playground {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final int MOST_GROUPS = 32;

  private final Supplier<Rules> rules;
  private final Catalog catalog;
  private final WallClock clock;
  private final int plugins;

  /** @param plugins how many detectors in other processes there are, which are not asked */
  Playground(Supplier<Rules> rules, Catalog catalog, WallClock clock, int plugins) {
    this.rules = rules;
    this.catalog = catalog;
    this.clock = clock;
    this.plugins = plugins;
  }

  /** What is wrong with a question: never with its text. */
  static final class Wrong extends Exception {
    private static final long serialVersionUID = 1L;

    Wrong(String message) {
      super(message, null, false, false);
    }
  }

  /** Who would ask, and how. */
  private record Question(String text, Operation operation, Caller caller, Sensitivity declared, @Nullable LatencyClass wish) {}

  /**
   * @param json an object with {@code text}, and if wished {@code operation}, {@code tenant}, {@code caller}, {@code groups}, {@code sensitivity},
   *     {@code latency_class}
   */
  void judge(byte[] json, JsonWriter out) throws Wrong {
    Question question = read(json);
    JsonWriter body = new JsonWriter().beginObject().key("model").string(Catalog.AUTO);
    switch (question.operation()) {
      case CHAT -> body.key("messages").beginArray().beginObject().key("role").string("user").key("content").string(question.text()).endObject().endArray();
      case COMPLETION -> body.key("prompt").string(question.text());
      case EMBEDDING -> body.key("input").string(question.text());
    }
    RequestFacts facts = new RequestFacts(question.caller(), question.declared(), question.wish(), 0, CacheDirective.DEFAULT, null);
    Reading reading = new RequestReader(JsonLimits.DEFAULT).read(question.operation(), body.endObject().toBytes(), facts, "playground", 0);
    ModelRequest request = reading.<@Nullable ModelRequest>fold(accepted -> accepted, refused -> null);
    if (request == null) {
      throw new Wrong("a request with this text would be refused before it is classified");
    }
    judge(request, out);
  }

  private void judge(ModelRequest request, JsonWriter out) {
    Rules inForce = rules.get();
    Classifier.Scan scan = inForce.classifier().begin(request);
    while (!scan.run(Long.MAX_VALUE)) {
      // It ends by its own budget.
    }
    Findings findings = scan.findings();
    var now = clock.now();
    Decision decision = inForce.decider().decide(request, findings, now);
    PolicyTrace trace = inForce.decider().bundle().trace(inForce.decider().facts(request, findings, now));
    out.beginObject().key("sensitivity").string(word(decision.sensitivity())).key("latency_class").string(word(decision.latencyClass()))
        .key("latency_why").string(trace.latency());
    findings(out, findings);
    route(out, decision);
    out.key("rules").beginArray();
    trace.rules().stream().filter(RuleLook::matched).forEach(rule -> out.beginObject().key("id").string(rule.id()).key("reason").string(rule.reason())
        .key("raise_to").string(word(rule.raiseTo())).key("needs").string(rule.needs()).key("shadow").bool(rule.shadow()).key("failed").bool(rule.erred()).endObject());
    out.endArray().key("join").beginArray();
    trace.joins().forEach(join -> out.beginObject().key("by").string(join.by()).key("says").string(word(join.says())).key("joined").string(word(join.joined()))
        .endObject());
    out.endArray().key("not_counted").beginArray();
    trace.waived().forEach(out::string);
    CacheRights rights = decision.cacheRights();
    out.endArray().key("cache").beginObject().key("read").bool(rights.read()).key("store").bool(rights.store()).key("ttl_seconds").number(rights.ttlSeconds()).endObject()
        .key("audit_durable").bool(decision.auditDurable()).key("policy").beginObject().key("version").string(inForce.decider().bundle().version()).key("digest")
        .string(decision.policyDigest()).endObject().key("plugins_not_asked").number(plugins).endObject();
  }

  private static void findings(JsonWriter out, Findings findings) {
    Map<String, Integer> kinds = new TreeMap<>();
    for (Finding finding : findings.list()) {
      kinds.merge(finding.type() + ' ' + word(finding.likelihood()) + ' ' + finding.detector(), 1, Integer::sum);
    }
    out.key("findings").beginArray();
    kinds.forEach((kind, count) -> {
      String[] parts = kind.split(" ", 3);
      out.beginObject().key("type").string(parts[0]).key("likelihood").string(parts[1]).key("detector").string(parts[2]).key("count").number(count).endObject();
    });
    out.endArray().key("troubles").beginArray();
    findings.troubles().stream().sorted().forEach(trouble -> out.string(word(trouble)));
    out.endArray();
  }

  private void route(JsonWriter out, Decision decision) {
    out.key("route").beginArray();
    for (RouteStep step : decision.steps()) {
      out.beginObject().key("to").string(word(step.to())).key("when").string(word(step.when()));
      if (step.after() != null) {
        out.key("after").string(word(step.after()));
      }
      out.endObject();
    }
    Set<String> candidates = new HashSet<>();
    for (Candidate candidate : catalog.candidates(decision)) {
      candidates.add(candidate.upstream().name());
    }
    out.endArray().key("upstreams").beginArray();
    for (Upstream upstream : catalog.upstreams()) {
      out.beginObject().key("name").string(upstream.name()).key("zone").string(word(upstream.zone())).key("candidate").bool(candidates.contains(upstream.name()))
          .key("open").bool(decision.opens(upstream.zone())).endObject();
    }
    out.endArray();
  }

  private static Question read(byte[] json) throws Wrong {
    JsonText text;
    try {
      text = JsonText.parse(json, JsonLimits.DEFAULT);
    } catch (JsonException malformed) {
      throw new Wrong("the body is not acceptable JSON");
    }
    if (text.kind(0) != Kind.OBJECT) {
      throw new Wrong("the body must be a JSON object");
    }
    String typed = string(text, "text");
    if (typed == null || typed.isEmpty()) {
      throw new Wrong("'text' is missing: what should be classified");
    }
    String tenant = name(text, "tenant", Caller.DEFAULT.tenant());
    String caller = name(text, "caller", Caller.DEFAULT.name());
    Operation operation = word(text, "operation", Operation.class);
    Sensitivity declared = word(text, "sensitivity", Sensitivity.class);
    return new Question(typed, operation == null ? Operation.CHAT : operation, new Caller(tenant, caller, groups(text)),
        declared == null ? Sensitivity.PUBLIC : declared, word(text, "latency_class", LatencyClass.class));
  }

  private static Set<String> groups(JsonText text) throws Wrong {
    int node = text.member(0, "groups");
    if (node < 0) {
      return Set.of();
    }
    if (text.kind(node) != Kind.ARRAY) {
      throw new Wrong("'groups' must be a list of names");
    }
    List<String> groups = new ArrayList<>();
    int end = text.next(node);
    for (int item = node + 1; item < end; item = text.next(item)) {
      if (text.kind(item) != Kind.STRING || !NAME.matcher(text.string(item)).matches() || groups.size() == MOST_GROUPS) {
        throw new Wrong("'groups' must be a list of at most " + MOST_GROUPS + " names");
      }
      groups.add(text.string(item));
    }
    return Set.copyOf(groups);
  }

  private static String name(JsonText text, String key, String ifAbsent) throws Wrong {
    String value = string(text, key);
    if (value == null || value.isEmpty()) {
      return ifAbsent;
    }
    if (!NAME.matcher(value).matches()) {
      throw new Wrong("'" + key + "' is not a name");
    }
    return value;
  }

  private static <E extends Enum<E>> @Nullable E word(JsonText text, String key, Class<E> type) throws Wrong {
    String value = string(text, key);
    if (value == null || value.isEmpty()) {
      return null;
    }
    try {
      return Enum.valueOf(type, value.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException unknown) {
      throw new Wrong("'" + key + "' must be one of " + List.of(type.getEnumConstants()).toString().toLowerCase(Locale.ROOT));
    }
  }

  private static @Nullable String string(JsonText text, String key) throws Wrong {
    int node = text.member(0, key);
    if (node < 0 || text.kind(node) == Kind.NULL) {
      return null;
    }
    if (text.kind(node) != Kind.STRING) {
      throw new Wrong("'" + key + "' must be a text");
    }
    return text.string(node);
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
