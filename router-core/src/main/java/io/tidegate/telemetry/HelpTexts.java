package io.tidegate.telemetry;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;

/** Gives each meter the help text of its place in the {@link Catalogue}, so that a text stands in one place only. */
public final class HelpTexts implements MeterFilter {
  @Override
  public Meter.Id map(Meter.Id id) {
    Metric declared = Catalogue.byName().get(id.getName());
    return declared == null ? id : new Meter.Id(id.getName(), io.micrometer.core.instrument.Tags.of(id.getTags()), id.getBaseUnit(), declared.meaning(), id.getType());
  }
}
