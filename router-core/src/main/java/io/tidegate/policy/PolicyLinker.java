package io.tidegate.policy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Problem;
import io.tidegate.model.LinkRule;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.PolicyFile.DetectorDraft;
import io.tidegate.policy.PolicyFile.ExclusionDraft;
import io.tidegate.policy.PolicyFile.LatencyRuleDraft;
import io.tidegate.policy.PolicyFile.RuleDraft;
import io.tidegate.policy.PolicyFile.Setting;
import io.tidegate.policy.PolicyFile.Terms;
import io.tidegate.time.Pace;
import io.tidegate.yaml.Suggestion;
import io.tidegate.yaml.YamlPosition;
import io.tidegate.yaml.YamlText;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Joins the files of a bundle: what spans files is checked here, patterns and conditions are compiled, and what has expired falls away. */
final class PolicyLinker {
  private static final int MAX_PATTERN_LENGTH = 1_000;
  private static final int MAX_PATTERN_PROGRAM = 2_000;

  private final List<PolicyFile> files;
  private final LocalDate today;
  private final List<Problem> problems;
  private final List<Problem> notices;
  private final Map<String, YamlPosition> ids = new HashMap<>();
  private final Set<String> types = new TreeSet<>(EntityTypes.BUILT_IN);
  private final Map<String, Setting<Terms>> lists = new LinkedHashMap<>();
  private final Pace pace;
  private @Nullable LocalDate nextExpiry;

  /** Made when the first condition needs it: CEL is slow to load. */
  private @Nullable ConditionCompiler conditions;

  PolicyLinker(List<PolicyFile> files, LocalDate today, List<Problem> problems, List<Problem> notices, Pace pace) {
    this.files = files;
    this.today = today;
    this.problems = problems;
    this.notices = notices;
    this.pace = pace;
  }

  /** The bundle; not to be used if there are problems. */
  PolicyBundle link(String digest) {
    boolean expired = expiredFiles();
    sameNames();
    for (PolicyFile file : files) {
      file.types.forEach(type -> types.add(type.text()));
      file.detectors.forEach(detector -> types.add(detector.type()));
      file.lists.forEach((name, list) -> {
        Setting<Terms> other = lists.putIfAbsent(name, list);
        if (other != null) {
          twice(list.position(), "the list '" + name + "'", other.position());
        }
      });
    }
    List<PolicyPattern> patterns = new ArrayList<>();
    List<Exclusion> exclusions = new ArrayList<>();
    List<Waiver> waivers = new ArrayList<>();
    List<Grant> grants = new ArrayList<>();
    List<Rule> rules = new ArrayList<>();
    List<PolicyCase> cases = new ArrayList<>();
    for (PolicyFile file : files) {
      file.detectors.forEach(draft -> pattern(draft, patterns));
      file.rules.forEach(draft -> rule(draft, rules));
      file.exclusions.forEach(draft -> exclusion(draft, exclusions));
      file.waivers.forEach(draft -> {
        unique(draft.value().id(), draft.position(), "exclusion");
        draft.value().types().stream().sorted().forEach(type -> knownType(type, draft.position()));
        if (alive("exclusion", draft.value().id(), draft.value().expires(), draft.position())) {
          waivers.add(draft.value());
        }
      });
      file.grants.forEach(draft -> {
        unique(draft.value().id(), draft.position(), "rule");
        if (alive("grant", draft.value().id(), draft.value().expires(), draft.position()) && !expired) {
          grants.add(draft.value());
        }
      });
      cases.addAll(file.cases);
    }
    pace.step();
    casesNameKnownRules(rules, grants);
    pace.step();
    Egress egress = files.stream().map(file -> file.egress).filter(java.util.Objects::nonNull).reduce(Egress::and).orElse(Egress.DEFAULT);
    LatencyTerms latency = one("latency", file -> file.latency, LatencyTerms.DEFAULT);
    CacheTerms cache = one("cache", file -> file.cache, CacheTerms.DEFAULT);
    Map<Sensitivity, Map<LatencyClass, List<RouteStep>>> cells = one("routes", file -> file.routes, Map.of());
    RouteTable routes = RouteTable.DEFAULT.with(cells);
    List<LatencyRule> latencyRules = latencyRules();
    Set<Sensitivity> durable = EnumSet.noneOf(Sensitivity.class);
    files.forEach(file -> durable.addAll(file.durable));
    Map<Sensitivity, LinkRule> links = new EnumMap<>(Sensitivity.class);
    files.forEach(file -> file.links.forEach((sensitivity, rule) -> links.merge(sensitivity, rule, OutputReader::stricter)));
    Tenants tenants = new Tenants(terms("this tenant", file -> file.tenants), grants, waivers, routes, egress, cache, durable, links);
    Sensitivity floor = expired ? Sensitivity.RESTRICTED : floor();
    Troubles troubles = troubles();
    pace.step();
    PolicyOutline outline = new Outlines(files, lists).outline(rules, latencyRules, exclusions, waivers, grants, floor, troubles, latency);
    return new PolicyBundle(new PolicyBundle.Contents(digest, version(), marks(), List.copyOf(rules), floor, troubles, latency, egress, List.copyOf(patterns),
        List.copyOf(exclusions), List.copyOf(cases), reads(rules, latencyRules), nextExpiry, outline), tenants,
        new GroupTerms(terms("this group", file -> file.groups)), new LatencyRules(latencyRules));
  }

  private boolean expiredFiles() {
    boolean any = false;
    for (PolicyFile file : files) {
      if (file.expires != null && !alive("policy", file.name, file.expires, new YamlPosition(file.file, 0, 0))) {
        any = true;
      }
    }
    return any;
  }

  private boolean alive(String what, String id, LocalDate lastDay, YamlPosition at) {
    if (lastDay.equals(LocalDate.MIN)) {
      return false;
    }
    if (lastDay.isBefore(today)) {
      notices.add(at.problem("the " + what + " '" + id + "' expired after " + lastDay + (what.equals("policy")
          ? "; everything is RESTRICTED" : " and has no effect"),
          "renew it after review, or remove it"));
      return false;
    }
    LocalDate ends = lastDay.plusDays(1);
    if (nextExpiry == null || ends.isBefore(nextExpiry)) {
      nextExpiry = ends;
    }
    return true;
  }

  private void sameNames() {
    Map<String, String> names = new HashMap<>();
    for (PolicyFile file : files) {
      String other = file.name.isEmpty() ? null : names.putIfAbsent(file.name, file.file);
      if (other != null) {
        problems.add(new Problem(file.file, 0, 0, "the policy name '" + file.name + "' is taken by " + other, "give each policy a name of its own"));
      }
    }
  }

  private void unique(String id, YamlPosition at, String kind) {
    YamlPosition other = id.isEmpty() ? null : ids.putIfAbsent(kind + " " + id, at);
    if (other != null) {
      twice(at, "the " + kind + " id '" + id + "'", other);
    }
  }

  private void twice(YamlPosition at, String what, YamlPosition first) {
    problems.add(at.problem(what + " is given twice (first in " + first.file() + ", line " + first.line() + ")", "rename or remove one of the two"));
  }

  private void knownType(String type, YamlPosition at) {
    if (!types.contains(type)) {
      problems.add(at.problem("no detector reports the entity type '" + (Words.isType(type) ? type : "?") + "'", TypeNames.fix(type, types)));
    }
  }

  private void rule(RuleDraft draft, List<Rule> into) {
    pace.step();
    unique(draft.id(), draft.position(), "rule");
    YamlText when = draft.when();
    if (when == null) {
      draft.types().forEach(type -> knownType(type.text(), type.position()));
      List<String> distinct = draft.types().stream().map(YamlText::text).distinct().toList();
      into.add(new Rule(draft.id(), draft.raiseTo(), draft.reason(), draft.shadow(),
          new FindingRules.Ask(distinct, draft.likelihood(), draft.count(), draft.distinct()), null));
      return;
    }
    condition(when)
        .ifPresent(condition -> into.add(new Rule(draft.id(), draft.raiseTo(), draft.reason(), draft.shadow(), null, condition)));
  }

  private List<LatencyRule> latencyRules() {
    List<LatencyRule> rules = new ArrayList<>();
    for (PolicyFile file : files) {
      for (LatencyRuleDraft draft : file.latencyRules) {
        unique(draft.id(), draft.position(), "rule");
        condition(draft.when()).ifPresent(condition -> rules.add(new LatencyRule(draft.id(), draft.latencyClass(), condition)));
      }
    }
    return rules;
  }

  private java.util.Optional<Condition> condition(YamlText when) {
    ConditionCompiler compiler = conditions;
    if (compiler == null) {
      compiler = new CelConditions(types);
      conditions = compiler;
    }
    return compiler.compile(when, problems);
  }

  private void pattern(DetectorDraft draft, List<PolicyPattern> into) {
    pace.step();
    unique(draft.id(), draft.position(), "detector");
    TermIndex context = draft.context().isEmpty() ? null : new TermIndex(draft.context(), TermIndex.Match.WORD);
    YamlText regex = draft.regex();
    if (regex == null) {
      Terms terms = draft.list() == null ? null : terms(draft.list());
      if (terms != null && !terms.terms().isEmpty()) {
        into.add(new PolicyPattern(draft.id(), draft.position(), draft.type(), null, new TermIndex(terms.terms(), terms.match()), context,
            draft.window(),
            draft.likelihood(), draft.withoutContext()));
      }
      return;
    }
    compiled(regex).ifPresent(pattern -> into.add(new PolicyPattern(draft.id(), draft.position(), draft.type(), pattern, null, context,
        draft.window(),
        draft.likelihood(), draft.withoutContext())));
  }

  private java.util.Optional<Pattern> compiled(YamlText regex) {
    if (regex.text().length() > MAX_PATTERN_LENGTH) {
      problems.add(regex.position().problem("the pattern is longer than " + MAX_PATTERN_LENGTH + " characters", "use a list for many words"));
      return java.util.Optional.empty();
    }
    try {
      Pattern pattern = Pattern.compile(regex.text());
      if (pattern.programSize() > MAX_PATTERN_PROGRAM) {
        problems.add(regex.position().problem("the pattern compiles to " + pattern.programSize() + " steps, more than " + MAX_PATTERN_PROGRAM,
            "use smaller repeat counts"));
      } else if (pattern.matcher("").find()) {
        problems.add(regex.position().problem("the pattern matches the empty text, so it would match everywhere",
            "demand at least one character, for example with '+'"));
      } else {
        return java.util.Optional.of(pattern);
      }
    } catch (PatternSyntaxException e) {
      String where = e.getDescription() + (e.getPattern() == null || e.getPattern().equals(regex.text()) ? "" : " at '" + e.getPattern() + "'");
      boolean perl = regex.text().contains("(?=") || regex.text().contains("(?!") || regex.text().contains("(?<");
      problems.add(regex.position().problem("the pattern is not valid RE2: " + where,
          perl ? "look-around does not exist in RE2; use 'context' or match the neighbour too" : "correct the pattern; in YAML put it in single quotes"));
    }
    return java.util.Optional.empty();
  }

  private void exclusion(ExclusionDraft draft, List<Exclusion> into) {
    unique(draft.id(), draft.position(), "exclusion");
    Terms listed = draft.list() == null ? null : terms(draft.list());
    List<String> values = listed == null ? draft.equal() : listed.terms();
    if (alive("exclusion", draft.id(), draft.expires(), draft.position())) {
      into.add(new Exclusion(draft.id(), draft.detector(), Set.copyOf(values), draft.owner(), draft.expires(), draft.position()));
    }
  }

  private @Nullable Terms terms(YamlText name) {
    Setting<Terms> list = lists.get(name.text());
    if (list != null) {
      return list.value();
    }
    problems.add(name.position().problem("there is no list of this name", Suggestion.near(name.text(), lists.keySet())
        .map(word -> "did you mean '" + word + "'?").orElse("add it under 'lists:'")));
    return null;
  }

  private void casesNameKnownRules(List<Rule> rules, List<Grant> grants) {
    Set<String> known = rules.stream().map(Rule::id).collect(Collectors.toCollection(TreeSet::new));
    grants.forEach(grant -> known.add(grant.id()));
    known.addAll(Troubles.RESERVED_IDS);
    for (PolicyFile file : files) {
      file.rules.forEach(rule -> known.add(rule.id()));
      file.grants.forEach(grant -> known.add(grant.value().id()));
      for (PolicyCase test : file.cases) {
        Set<String> named = new HashSet<>();
        for (List<String> list : List.of(listOrEmpty(test.expected().rules()), listOrEmpty(test.expected().shadow()))) {
          named.addAll(list);
        }
        named.stream().filter(id -> !known.contains(id)).sorted().forEach(id ->
            problems.add(test.position().problem("the test expects a rule that does not exist" + (Words.isId(id) ? ": '" + id + "'" : ""),
                Suggestion.near(id, known).map(word -> "did you mean '" + word + "'?").orElse("name the id of a rule"))));
      }
    }
  }

  private static List<String> listOrEmpty(@Nullable List<String> list) {
    return list == null ? List.of() : list;
  }

  private Map<String, TenantTerms.Draft> terms(String what, Function<PolicyFile, Map<String, Setting<TenantTerms.Draft>>> part) {
    Map<String, Setting<TenantTerms.Draft>> all = new HashMap<>();
    for (PolicyFile file : files) {
      part.apply(file).forEach((name, draft) -> {
        Setting<TenantTerms.Draft> other = all.putIfAbsent(name, draft);
        if (other != null) {
          twice(draft.position(), what, other.position());
        }
      });
    }
    return all.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().value()));
  }

  private <T> T one(String what, Function<PolicyFile, @Nullable Setting<T>> part, T ifNone) {
    Setting<T> found = null;
    for (PolicyFile file : files) {
      Setting<T> setting = part.apply(file);
      if (setting != null && found != null) {
        twice(setting.position(), "'" + what + "'", found.position());
      }
      found = found == null ? setting : found;
    }
    return found == null ? ifNone : found.value();
  }

  private Sensitivity floor() {
    Sensitivity floor = null;
    for (PolicyFile file : files) {
      if (file.floor != null) {
        floor = floor == null ? file.floor.value() : floor.join(file.floor.value());
      }
    }
    if (floor == null && !files.isEmpty()) {
      problems.add(new Problem(files.get(0).file, 0, 0, "no policy file sets a floor", "add 'floor: internal' under 'spec:' of one file"));
    }
    return floor == null ? Sensitivity.RESTRICTED : floor;
  }

  private Troubles troubles() {
    Sensitivity unscannable = joined(file -> file.unscannable);
    Sensitivity opaque = joined(file -> file.opaque);
    return new Troubles(unscannable == null ? Troubles.DEFAULT.unscannable() : unscannable, opaque == null ? Troubles.DEFAULT.opaque() : opaque);
  }

  private @Nullable Sensitivity joined(Function<PolicyFile, @Nullable Sensitivity> part) {
    Sensitivity joined = null;
    for (PolicyFile file : files) {
      Sensitivity said = part.apply(file);
      if (said != null) {
        joined = joined == null ? said : joined.join(said);
      }
    }
    return joined;
  }

  private static Set<String> reads(List<Rule> rules, List<LatencyRule> latencyRules) {
    Set<String> reads = new TreeSet<>();
    for (Rule rule : rules) {
      Condition condition = rule.condition();
      if (condition != null) {
        reads.addAll(condition.reads());
      }
    }
    latencyRules.forEach(rule -> reads.addAll(rule.condition().reads()));
    return Set.copyOf(reads);
  }

  private List<PolicyMark> marks() {
    return files.stream().map(file -> new PolicyMark(file.name, file.revision, file.sha256, file.revisionPosition))
        .sorted(Comparator.comparing(PolicyMark::name)).toList();
  }

  private String version() {
    return files.stream().map(file -> file.name + "@" + file.revision).sorted().collect(Collectors.joining(", "));
  }
}
