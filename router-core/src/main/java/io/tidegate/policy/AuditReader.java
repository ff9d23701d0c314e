package io.tidegate.policy;

import io.tidegate.model.Sensitivity;
import io.tidegate.yaml.YamlMap;
import java.util.Locale;

/** Reads {@code audit}: how firmly a decision must be recorded before a PUBLIC send, in one word or per sensitivity (decisions 6). */
final class AuditReader {
  private AuditReader() {}

  private enum Level { WRITTEN, DURABLE }

  static void read(YamlMap spec, PolicyFile into) {
    if (!spec.isMap("audit")) {
      if (spec.enumeration("audit", Level.class, Level.WRITTEN) == Level.DURABLE) {
        for (Sensitivity sensitivity : Sensitivity.values()) {
          into.durable.add(sensitivity);
        }
      }
      return;
    }
    YamlMap map = spec.map("audit");
    for (Sensitivity sensitivity : Sensitivity.values()) {
      if (map.enumeration(sensitivity.name().toLowerCase(Locale.ROOT), Level.class, Level.WRITTEN) == Level.DURABLE) {
        into.durable.add(sensitivity);
      }
    }
    map.end();
  }
}
