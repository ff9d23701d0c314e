package io.tidegate.policy;

import io.tidegate.model.Likelihood;
import io.tidegate.policy.PolicyFile.DetectorDraft;
import io.tidegate.policy.PolicyFile.ExclusionDraft;
import io.tidegate.policy.PolicyFile.Setting;
import io.tidegate.policy.PolicyFile.Terms;
import io.tidegate.yaml.YamlMap;
import io.tidegate.yaml.YamlText;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads what a policy file adds to detection: {@code lists}, {@code detectors}, {@code exclusions}. */
final class DetectionReader {
  private static final int MAX_TERMS = 10_000;
  private static final int MAX_DETECTORS = 500;
  private static final int MAX_TERM_LENGTH = 200;
  private static final int MAX_WINDOW = 1_000;
  private static final int DEFAULT_WINDOW = 30;

  private DetectionReader() {}

  static void read(YamlMap spec, PolicyFile into) {
    YamlMap lists = spec.map("lists");
    for (String name : lists.keys()) {
      list(lists, name, into);
    }
    if (spec.list("detectors") > MAX_DETECTORS) {
      spec.problem("detectors", "more than " + MAX_DETECTORS + " detectors", "join words into lists");
    } else {
      spec.maps("detectors").forEach(map -> detector(map, into));
    }
    spec.maps("exclusions").forEach(map -> exclusion(map, into));
  }

  private static void list(YamlMap lists, String name, PolicyFile into) {
    YamlMap map = lists.map(name);
    if (!Words.isId(name)) {
      lists.problem(lists.keyPosition(name), "the name of this list is not an id", "write lower-case letters, digits and hyphens");
    }
    List<String> terms = terms(map, "terms");
    TermIndex.Match match = map.enumeration("match", TermIndex.Match.class, TermIndex.Match.WORD);
    if (match == TermIndex.Match.PHRASE) {
      for (YamlText text : map.texts("terms")) {
        if (text.text().codePoints().noneMatch(Character::isLetterOrDigit)) {
          map.problem(text.position(), "a phrase has no word in it", "remove it, or use 'match: substring'");
        }
      }
    }
    map.end();
    if (terms.isEmpty()) {
      map.problem(lists.position(name), "the list has no terms", "add 'terms: [word, …]'");
    }
    into.lists.put(name, new Setting<>(new Terms(terms, match), lists.keyPosition(name)));
  }

  private static List<String> terms(YamlMap map, String key) {
    List<YamlText> texts = map.texts(key);
    if (texts.size() > MAX_TERMS) {
      map.problem(key, "more than " + MAX_TERMS + " terms", "split the list");
      return List.of();
    }
    for (YamlText text : texts) {
      if (text.text().isBlank() || text.text().length() > MAX_TERM_LENGTH) {
        map.problem(text.position(), "a term is blank or longer than " + MAX_TERM_LENGTH + " characters", "remove or shorten it");
      }
    }
    return texts.stream().map(YamlText::text).filter(text -> !text.isBlank()).toList();
  }

  private static void detector(YamlMap map, PolicyFile into) {
    String id = Words.id(map, "id").orElse("");
    String type = map.optionalString("type").orElse(id.toUpperCase(Locale.ROOT).replace('-', '_'));
    if (!id.isEmpty() && !Words.isType(type)) {
      map.problem(map.has("type") ? "type" : "id", map.has("type") ? "this is not the name of an entity type" : "the id gives no good entity type",
          map.has("type") ? "write upper-case letters, digits and '_', such as STAFF_NO" : "add 'type: STAFF_NO'");
    }
    YamlText regex = map.optionalText("regex").orElse(null);
    YamlText list = map.optionalText("list").orElse(null);
    List<String> context = terms(map, "context");
    int window = map.integer("window", 1, MAX_WINDOW, DEFAULT_WINDOW);
    Likelihood likelihood = map.enumeration("likelihood", Likelihood.class, Likelihood.LIKELY);
    Likelihood without = map.optionalEnumeration("withoutContext", Likelihood.class).orElse(null);
    if (context.isEmpty()) {
      for (String key : List.of("window", "withoutContext")) {
        if (map.has(key)) {
          map.problem(map.keyPosition(key), "'" + key + "' means nothing without 'context'", "add 'context: [word, …]', or remove it");
        }
      }
    } else if (without != null && without.compareTo(likelihood) >= 0) {
      map.problem("withoutContext", "'withoutContext' is not lower than 'likelihood', so the context changes nothing",
          "lower it, or remove 'context'");
    }
    boolean hasRegex = map.has("regex");
    boolean hasList = map.has("list");
    map.end();
    if (hasRegex == hasList) {
      map.problem(map.position(), hasRegex ? "'regex' and 'list' are both given" : "neither 'regex' nor 'list' is given",
          "a detector has one of \"regex: 'GH\\d{6}'\" and 'list: <name of a list>'");
    } else if (regex != null || list != null) {
      into.detectors.add(new DetectorDraft(id, map.position("id"), type, regex, list, context, window, likelihood, without));
    }
  }

  private static void exclusion(YamlMap map, PolicyFile into) {
    String id = Words.id(map, "id").orElse("");
    String owner = map.string("owner");
    IdentityReader.reason(map, "exclusion", id, into);
    LocalDate expires = Words.requiredDate(map, "expires", "what lowers must end").orElse(LocalDate.MIN);
    boolean ofIdentity = map.has("types") || map.has("tenants") || map.has("callers") || map.has("groups");
    if (ofIdentity) {
      Set<String> types = new HashSet<>(map.strings("types"));
      List<String> tenants = Words.names(map, "tenants");
      List<String> callers = Words.names(map, "callers");
      List<String> groups = Words.names(map, "groups");
      for (String key : List.of("detector", "equals", "list")) {
        if (map.has(key)) {
          map.problem(map.keyPosition(key), "'" + key + "' does not go with an exclusion for an identity", "make two exclusions of it");
        }
      }
      map.end();
      if (types.isEmpty() || types.contains("*")) {
        map.problem(map.has("types") ? map.position("types") : map.position(), "an exclusion for an identity must name its entity types",
            "add 'types: [EMAIL]'");
      } else if (tenants.isEmpty()) {
        map.problem(map.position(), "an exclusion by type must name the tenants it holds for (decisions 8)", "add 'tenants: [name]'");
      } else {
        into.waivers.add(new Setting<>(new Waiver(id, types, Set.copyOf(tenants), Set.copyOf(callers), Set.copyOf(groups), owner, expires), map.position("id")));
      }
      return;
    }
    String detector = map.string("detector");
    if (detector.contains("*")) {
      map.problem("detector", "an exclusion cannot be for every detector", "name one detector");
    }
    List<String> equal = terms(map, "equals");
    YamlText list = map.optionalText("list").orElse(null);
    map.end();
    if (equal.isEmpty() == (list == null)) {
      map.problem(map.position(), "an exclusion needs the exact values to leave out", "add one of 'equals: [value]' and 'list: <name of a list>'");
      return;
    }
    into.exclusions.add(new ExclusionDraft(id, map.position("id"), detector, equal, list, owner, expires));
  }
}
