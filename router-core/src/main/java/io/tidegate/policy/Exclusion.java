package io.tidegate.policy;

import io.tidegate.yaml.YamlPosition;
import java.time.LocalDate;
import java.util.Set;

/**
 * Values that a named detector must not report: samples from documentation and the like. The only way besides an identity's {@link Waiver}
 * in which a policy lowers anything (decisions 8); it has an owner and an end.
 *
 * @param detector id of the detector, never a wildcard
 * @param values exact texts
 */
public record Exclusion(String id, String detector, Set<String> values, String owner, LocalDate expires, YamlPosition position) {
  public Exclusion {
    values = Set.copyOf(values);
  }

  /** Whether the finding {@code text[start, end)} of {@code detector} is to be dropped. */
  public boolean drops(String reportedBy, CharSequence text, int start, int end) {
    return detector.equals(reportedBy) && values.contains(new StringBuilder(end - start).append(text, start, end).toString());
  }

  /** Without the values, which look like what detectors look for. */
  @Override
  public String toString() {
    return "Exclusion[" + id + ", " + detector + ", " + values.size() + " values]";
  }
}
