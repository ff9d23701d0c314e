package io.tidegate.daemon.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tidegate.telemetry.Names;
import io.tidegate.wire.JsonWriter;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FlowsTest {
  private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private void request(String sensitivity, String destination, String operation, int count) {
    Counter.builder(Names.REQUESTS).tag("sensitivity", sensitivity).tag("destination", destination).tag("outcome", "ok").tag("operation", operation)
        .register(registry).increment(count);
  }

  private JsonNode document() throws IOException {
    JsonWriter out = new JsonWriter();
    new Flows(registry).write(out);
    return new ObjectMapper().readTree(out.toBytes());
  }

  @Test
  @DisplayName("counters are summed over the labels that the page does not show, and a label that is not there is left out")
  void sums() throws IOException {
    request("internal", "public", "chat", 3);
    request("internal", "public", "embeddings", 4);
    request("restricted", "private", "chat", 5);
    JsonNode requests = document().path("requests");
    assertThat(requests.toString()).isEqualTo("[{\"sensitivity\":\"internal\",\"destination\":\"public\",\"outcome\":\"ok\",\"count\":7},"
        + "{\"sensitivity\":\"restricted\",\"destination\":\"private\",\"outcome\":\"ok\",\"count\":5}]");
  }

  @Test
  @DisplayName("the histogram of first tokens is that of all operations together, in seconds")
  void histograms() throws IOException {
    for (String operation : new String[] {"chat", "completion"}) {
      io.micrometer.core.instrument.Timer.builder(io.tidegate.telemetry.GenAi.FIRST_TOKEN).serviceLevelObjectives(Duration.ofMillis(100), Duration.ofSeconds(1)).tag("operation", operation)
          .register(registry).record(Duration.ofMillis(300));
    }
    JsonNode first = document().path("first_token");
    assertThat(first.path("count").asInt()).isEqualTo(2);
    assertThat(first.path("seconds").asDouble()).isEqualTo(0.6);
    assertThat(first.path("buckets").toString()).isEqualTo("[{\"le\":0.1,\"count\":0},{\"le\":1,\"count\":2}]");
  }

  @Test
  @DisplayName("without a request the document is empty, and whole")
  void nothing() throws IOException {
    assertThat(document().path("requests").isEmpty()).isTrue();
    assertThat(document().path("egress_violation").asInt(-1)).isZero();
  }
}
