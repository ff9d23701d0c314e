package io.tidegate.telemetry;

import java.util.List;

/**
 * One metric as {@link Catalogue} declares it.
 *
 * @param name as Micrometer and OTLP know it
 * @param unit empty for a plain number
 * @param row what it is there for: a row of the specification, a guarantee, a hazard
 * @param meaning one line; Prometheus' help text
 * @param needs what must be configured for it to appear; empty for nothing
 */
public record Metric(String name, Kind kind, String unit, String row, String meaning, String needs, List<Label> labels) {
  /** As Prometheus calls them. */
  public enum Kind { COUNTER, GAUGE, HISTOGRAM, SUMMARY }

  public Metric {
    labels = List.copyOf(labels);
  }

  /** The same, where it appears only with a part of the configuration. */
  Metric with(String part) {
    return new Metric(name, kind, unit, row, meaning, part, labels);
  }

  /** The family's name on {@code /metrics}. */
  public String prometheus() {
    String plain = name.replace('.', '_') + (unit.equals("seconds") ? "_seconds" : "");
    return kind == Kind.COUNTER ? plain + "_total" : plain;
  }
}
