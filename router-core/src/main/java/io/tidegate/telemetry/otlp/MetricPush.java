package io.tidegate.telemetry.otlp;

import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tidegate.model.Secret;
import io.tidegate.telemetry.Names;
import io.tidegate.time.WallClock;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * What {@code /metrics} shows, sent to a collector now and then. It is read from the one registry there is: a second one would make each request count twice. What is not
 * taken is counted and not sent again: the next message says it all.
 */
public final class MetricPush implements AutoCloseable {
  private final Collector collector;
  private final Push push;

  public MetricPush(PrometheusMeterRegistry registry, URI endpoint, Map<String, Secret> headers, Duration interval, Source source, WallClock clock) {
    this.collector = new Collector(endpoint, "/v1/metrics", headers);
    MetricMessages messages = new MetricMessages(source, clock.now());
    Counter sent = Counter.builder(Names.OTLP_SENT).tag("signal", "metrics").register(registry);
    Counter dropped = Counter.builder(Names.OTLP_DROPPED).tag("signal", "metrics").register(registry);
    this.push = new Push("metrics", interval.toMillis(), () -> {
      boolean taken = false;
      try {
        taken = collector.take(messages.of(registry.getPrometheusRegistry().scrape(), clock.now()));
      } finally {
        (taken ? sent : dropped).increment();
      }
      return taken ? Push.Taken.YES : Push.Taken.NO;
    });
  }

  @Override
  public void close() {
    push.close();
    collector.close();
  }
}
