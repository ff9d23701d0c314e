package io.tidegate.policy;

import io.tidegate.model.LinkRule;
import io.tidegate.model.Sensitivity;
import io.tidegate.yaml.YamlMap;
import java.util.Locale;

/** Reads {@code output}: what becomes of links in the answers to requests of a sensitivity (hazard A17). */
final class OutputReader {
  private OutputReader() {}

  static void read(YamlMap spec, PolicyFile into) {
    YamlMap map = spec.map("output");
    for (Sensitivity sensitivity : Sensitivity.values()) {
      YamlMap row = map.map(sensitivity.name().toLowerCase(Locale.ROOT));
      into.links.merge(sensitivity, row.enumeration("links", LinkRule.class, LinkRule.OFF), OutputReader::stricter);
      row.end();
    }
    map.end();
  }

  static LinkRule stricter(LinkRule one, LinkRule other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}
