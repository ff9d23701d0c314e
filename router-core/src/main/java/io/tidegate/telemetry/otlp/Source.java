package io.tidegate.telemetry.otlp;

import io.tidegate.telemetry.GenAi;

/**
 * Who speaks: the resource of every message.
 *
 * @param instance unique to this start
 * @param region where the daemon stands; empty for nowhere in particular
 */
public record Source(String version, String instance, String region) {
  private static final String NAME = "tidegate";

  /** Fields 1 and 3 of ResourceSpans and ResourceMetrics, around {@code scope} as field 2. */
  void around(ProtoWriter to, java.util.function.Consumer<ProtoWriter> scope) {
    to.message(1, resource -> new Attributes(resource, 1).text("service.name", NAME).text("service.version", version)
        .text("service.instance.id", instance).text("cloud.region", region));
    to.message(2, scoped -> {
      scoped.message(1, about -> about.text(1, NAME).text(2, version));
      scope.accept(scoped);
    });
    to.text(3, GenAi.SCHEMA_URL);
  }
}
