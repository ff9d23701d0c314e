package io.tidegate.policy;

import io.tidegate.model.Problem;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.PolicyFile.Setting;
import io.tidegate.time.Pace;
import io.tidegate.yaml.YamlDocument;
import io.tidegate.yaml.YamlLimits;
import io.tidegate.yaml.YamlMap;
import io.tidegate.yaml.YamlText;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads one policy file: head, metadata and the plain settings; the other readers take the larger parts. */
final class PolicyReader {
  private static final YamlLimits LIMITS = new YamlLimits(1 << 20, 24, 200_000);

  /** What a policy can ask this build to have. All of it is always on, so the key is a check, not a switch. */
  private static final Set<String> PACKS = Set.of("pii-cn@1", "pii-us@1", "pii-intl@1", "contact@1", "health@1", "secrets@1", "legal@1", "hr@1", "state-secret@1");

  private PolicyReader() {}

  /** Reads {@code bytes}; empty if it is no policy file at all. Its mistakes are in {@code problems}. */
  static Optional<PolicyFile> read(String file, byte[] bytes, List<Problem> problems, Pace pace) {
    return YamlDocument.parse(file, bytes, LIMITS, problems, pace).map(root -> {
      pace.step();
      PolicyFile into = new PolicyFile(file);
      into.sha256 = PolicyCompiler.sha256(bytes);
      exact(root, "apiVersion", "tidegate/v1");
      exact(root, "kind", "SensitivityPolicy");
      metadata(root.requiredMap("metadata"), into);
      spec(root.requiredMap("spec"), into, pace);
      pace.step();
      CaseReader.read(root, into, pace);
      root.end();
      FileEnd.check(file, bytes, root, problems);
      return into;
    });
  }

  private static void exact(YamlMap map, String key, String value) {
    if (!map.has(key)) {
      map.problem(map.position(), "'" + key + "' is missing", "add '" + key + ": " + value + "'");
      return;
    }
    map.text(key).filter(text -> !text.text().equals(value))
        .ifPresent(text -> map.problem(text.position(), "'" + key + "' is not one that this version reads", "write '" + key + ": " + value + "'"));
  }

  private static void metadata(YamlMap metadata, PolicyFile into) {
    if (!metadata.keys().isEmpty()) {
      into.name = Words.id(metadata, "name").orElse("");
      if (!metadata.has("revision")) {
        metadata.problem(metadata.position(), "'revision' is missing", "add 'revision: 1', and count it up with each change");
      }
      into.revision = metadata.integer("revision", 1, Integer.MAX_VALUE, 1);
      into.revisionPosition = metadata.position("revision");
      metadata.string("owner");
      metadata.optionalString("description");
      into.expires = Words.date(metadata, "expires").orElse(null);
    }
    metadata.end();
  }

  private static void spec(YamlMap spec, PolicyFile into, Pace pace) {
    for (YamlText pack : spec.texts("packs")) {
      if (!PACKS.contains(pack.text())) {
        spec.problem(pack.position(), "this version has no such detector pack", "use one of: " + String.join(", ", PACKS.stream().sorted().toList()));
      }
    }
    Sensitivity floor = spec.enumeration("floor", Sensitivity.class, Sensitivity.RESTRICTED);
    if (spec.has("floor")) {
      into.floor = new Setting<>(floor, spec.position("floor"));
    }
    spec.optionalText("onError").filter(text -> !text.text().equalsIgnoreCase("restricted")).ifPresent(text ->
        spec.problem(text.position(), "'onError' must be restricted: what cannot be judged may not travel (G2)",
            "write 'onError: restricted', or leave it out"));
    into.unscannable = atLeast(spec, "unscannable", Sensitivity.INTERNAL);
    into.opaque = atLeast(spec, "opaque", Sensitivity.CONFIDENTIAL);
    AuditReader.read(spec, into);
    OutputReader.read(spec, into);
    for (YamlText type : spec.texts("types")) {
      if (Words.isType(type.text())) {
        into.types.add(type);
      } else {
        spec.problem(type.position(), "this is not the name of an entity type", "write upper-case letters, digits and '_', such as STAFF_NO");
      }
    }
    DetectionReader.read(spec, into);
    pace.step();
    RuleReader.read(spec, into);
    pace.step();
    RoutingReader.read(spec, into);
    LatencyReader.read(spec, into);
    pace.step();
    IdentityReader.read(spec, into);
    spec.end();
  }

  private static @org.jspecify.annotations.Nullable Sensitivity atLeast(YamlMap spec, String key, Sensitivity least) {
    Sensitivity read = spec.optionalEnumeration(key, Sensitivity.class).orElse(null);
    if (read != null && read.compareTo(least) < 0) {
      String word = least.name().toLowerCase(java.util.Locale.ROOT);
      spec.problem(key, "'" + key + "' is below " + word + ": nobody has read what it holds", "write '" + key + ": " + word + "' or higher");
    }
    return read;
  }
}
