package io.tidegate.daemon;

import io.micrometer.core.instrument.Clock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.tidegate.config.TidegateConfig;
import io.tidegate.line.RequestTrace.Propagation;
import io.tidegate.line.Tracing;
import io.tidegate.telemetry.Exemplars;
import io.tidegate.telemetry.HelpTexts;
import io.tidegate.telemetry.otlp.MetricPush;
import io.tidegate.telemetry.otlp.Source;
import io.tidegate.telemetry.otlp.Traces;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The registry, and what leaves of it and of traces. Where the configuration names no collector nothing of that is loaded. */
final class Telemetry implements AutoCloseable {
  private final PrometheusMeterRegistry registry;
  private final @Nullable Exemplars exemplars;
  private @Nullable Traces traces;
  private @Nullable MetricPush push;

  private Telemetry(PrometheusMeterRegistry registry, @Nullable Exemplars exemplars) {
    this.registry = registry;
    this.exemplars = exemplars;
    registry.config().meterFilter(new HelpTexts());
  }

  static Telemetry of(TidegateConfig.Telemetry config) {
    TidegateConfig.Traces traces = config.traces();
    if (traces == null || traces.endpoint() == null) {
      return new Telemetry(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), null);
    }
    Exemplars exemplars = new Exemplars();
    return new Telemetry(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, new PrometheusRegistry(), Clock.SYSTEM, exemplars), exemplars);
  }

  PrometheusMeterRegistry registry() {
    return registry;
  }

  /** Null where no trace is kept. */
  @Nullable Exemplars exemplars() {
    return exemplars;
  }

  /** To be called once. */
  Tracing tracing(TidegateConfig config, String bootId, int loops) {
    TidegateConfig.Traces set = config.telemetry().traces();
    if (set == null) {
      return Tracing.OFF;
    }
    Traces made = new Traces(new Traces.Terms(set.ratio(), set.slow().toNanos(), propagation(set.propagate())), set.endpoint(), set.headers(), source(config, bootId),
        loops, Daemon.random(), Instant::now, registry);
    traces = made;
    return made;
  }

  /** Begins to send metrics, where the configuration says so. To be called once. */
  void push(TidegateConfig config, String bootId) {
    TidegateConfig.Otlp set = config.telemetry().otlp();
    if (set != null) {
      push = new MetricPush(registry, set.endpoint(), set.headers(), set.interval(), source(config, bootId), Instant::now);
    }
  }

  private static Source source(TidegateConfig config, String bootId) {
    return new Source(Version.text(), bootId, config.region());
  }

  private static Propagation propagation(TidegateConfig.Propagate set) {
    return switch (set) {
      case NONE -> Propagation.NOBODY;
      case PRIVATE -> Propagation.PRIVATE;
      case ALL -> Propagation.ALL;
    };
  }

  @Override
  public void close() {
    if (traces != null) {
      traces.close();
    }
    if (push != null) {
      push.close();
    }
  }
}
