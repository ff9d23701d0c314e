package io.tidegate.policy;

import io.tidegate.model.Caller;
import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.Sensitivity;
import io.tidegate.time.Pace;
import io.tidegate.yaml.Suggestion;
import io.tidegate.yaml.YamlMap;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the {@code tests} of a policy file. */
final class CaseReader {
  private CaseReader() {}

  static void read(YamlMap root, PolicyFile into, Pace pace) {
    Set<String> names = new HashSet<>();
    for (YamlMap map : root.maps("tests")) {
      pace.step();
      String name = map.string("name");
      if (!name.isEmpty() && !names.add(name)) {
        map.problem("name", "two tests of this file have the same name", "rename one");
      }
      String text = map.optionalString("text").orElse(null);
      String body = map.optionalString("body").orElse(null);
      Caller caller = new Caller(map.optionalString("tenant").orElse(Caller.DEFAULT.tenant()), map.optionalString("caller")
          .orElse(Caller.DEFAULT.name()), Set.copyOf(Words.names(map, "groups")));
      Operation operation = map.enumeration("operation", Operation.class, Operation.CHAT);
      String model = map.optionalString("model").orElse("auto");
      boolean stream = map.bool("stream", false);
      boolean sampled = map.bool("sampled", true);
      Sensitivity declared = map.enumeration("declared", Sensitivity.class, Sensitivity.PUBLIC);
      LatencyClass wish = map.optionalEnumeration("latency", LatencyClass.class).orElse(null);
      Duration deadline = map.duration("deadline", Duration.ofMillis(1), Duration.ofDays(1), Duration.ZERO);
      String region = map.optionalString("region").orElse("");
      Instant now = instant(map);
      CaseWorld world = map.optionalMap("world").map(CaseReader::world).orElse(null);
      PolicyCase.Expected expected = expected(map);
      boolean one = map.has("text") != map.has("body");
      map.end();
      if (!one) {
        map.problem(map.position(), "a test has one of 'text' and 'body'", "add 'text: …', with placeholders such as '{{cn_id}}' for values");
        continue;
      }
      into.cases.add(new PolicyCase(name, map.position(), text, body, caller, operation, model, stream, sampled, declared, wish,
          deadline.toNanos(), region, now, world, expected));
    }
  }

  private static Instant instant(YamlMap map) {
    return map.optionalString("now").flatMap(text -> {
      try {
        return Optional.of(OffsetDateTime.parse(text).toInstant());
      } catch (DateTimeParseException e) {
        map.problem("now", "'now' is not a time", "write it as '2026-01-05T07:30:00+08:00', with its offset, or Z for UTC");
        return Optional.empty();
      }
    }).orElse(PolicyCase.NOON);
  }

  private static PolicyCase.Expected expected(YamlMap test) {
    YamlMap map = test.map("expect");
    Sensitivity sensitivity = map.optionalEnumeration("sensitivity", Sensitivity.class).orElse(null);
    List<String> rules = map.has("rules") ? map.strings("rules") : null;
    List<String> shadow = map.has("shadow") ? map.strings("shadow") : null;
    LatencyClass latencyClass = map.optionalEnumeration("latency", LatencyClass.class).orElse(null);
    List<Destination> route = map.has("route") ? map.enumerations("route", Destination.class) : null;
    Destination answeredBy = map.optionalEnumeration("answeredBy", Destination.class).orElse(null);
    String refusal = map.has("refusal") ? refusal(map) : null;
    Integer attempts = map.has("attempts") ? map.integer("attempts", 0, 100, 0) : null;
    map.end();
    if (answeredBy != null && refusal != null) {
      map.problem("refusal", "a request is answered or refused, not both", "remove one of 'answeredBy' and 'refusal'");
    }
    boolean outcome = map.has("answeredBy") || refusal != null || attempts != null;
    if (!outcome && test.has("world")) {
      map.problem(test.position("world"), "the test has a 'world' and does not say how the request ends in it",
          "add 'answeredBy: private' or 'refusal: no_permitted_upstream' to 'expect'");
    }
    if (!outcome && !map.has("sensitivity") && rules == null && shadow == null && !map.has("latency") && route == null) {
      map.problem(test.position(), "the test expects nothing", "add 'expect: {sensitivity: restricted, rules: [rule-id]}'");
    }
    return new PolicyCase.Expected(sensitivity, rules, shadow, latencyClass, route, answeredBy, refusal, attempts);
  }

  private static String refusal(YamlMap map) {
    String code = map.string("refusal");
    if (!code.isEmpty() && Arrays.stream(Refusal.values()).noneMatch(refusal -> refusal.code().equals(code))) {
      List<String> codes = Arrays.stream(Refusal.values()).map(Refusal::code).distinct().toList();
      map.problem("refusal", "there is no error of this code", Suggestion.near(code, codes).map(word -> "did you mean '" + word + "'?")
          .orElse("write for example no_permitted_upstream, audit_unavailable or busy"));
    }
    return code;
  }

  private static CaseWorld world(YamlMap map) {
    CaseWorld well = CaseWorld.WELL;
    CaseWorld world = new CaseWorld(map.enumeration("private", CaseWorld.Side.class, well.privateSide()),
        map.enumeration("public", CaseWorld.Side.class, well.publicSide()), map.enumeration("consul", CaseWorld.Consul.class, well.consul()),
        map.enumeration("cache", CaseWorld.Cache.class, well.cache()), map.enumeration("audit", CaseWorld.Audit.class, well.audit()));
    map.end();
    return world;
  }
}
