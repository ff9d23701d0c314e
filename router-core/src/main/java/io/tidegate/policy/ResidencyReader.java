package io.tidegate.policy;

import io.tidegate.model.Residency;
import io.tidegate.model.Sensitivity;
import io.tidegate.yaml.YamlMap;
import io.tidegate.yaml.YamlText;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads {@code residency}: in which regions content of a sensitivity may be worked on. What holds for one holds for those above it, too. */
final class ResidencyReader {
  private static final int MAX_REGIONS = 64;

  private ResidencyReader() {}

  static void read(YamlMap spec, PolicyFile into) {
    spec.optionalMap("residency").ifPresent(map -> {
      for (Sensitivity sensitivity : Sensitivity.values()) {
        String key = sensitivity.name().toLowerCase(Locale.ROOT);
        if (map.has(key)) {
          into.residency.put(sensitivity, regions(map, key));
        }
      }
      map.end();
    });
  }

  /** A list of regions; a list that is there is complete. */
  static Residency regions(YamlMap map, String key) {
    List<YamlText> texts = map.texts(key);
    for (YamlText text : texts) {
      if (!Residency.isRegion(text.text())) {
        map.problem(text.position(), "this is not the name of a region", "write at most 63 of a-z 0-9 - _ . as the configuration has it, such as cn-hangzhou");
      }
    }
    if (texts.isEmpty() || texts.size() > MAX_REGIONS) {
      map.problem(key, texts.isEmpty() ? "no region is named, so nothing could be answered" : "more than " + MAX_REGIONS + " regions",
          "name the regions that are permitted, or leave '" + key + "' out to permit all");
    }
    return Residency.in(texts.stream().map(YamlText::text).toList());
  }

  /** For each sensitivity what is permitted to it and to all below it: a request that is raised may go nowhere it could not go before. */
  static Map<Sensitivity, Residency> joined(List<PolicyFile> files) {
    Map<Sensitivity, Residency> all = new EnumMap<>(Sensitivity.class);
    Residency soFar = Residency.ANYWHERE;
    for (Sensitivity sensitivity : Sensitivity.values()) {
      for (PolicyFile file : files) {
        soFar = soFar.and(file.residency.getOrDefault(sensitivity, Residency.ANYWHERE));
      }
      all.put(sensitivity, soFar);
    }
    return all;
  }
}
