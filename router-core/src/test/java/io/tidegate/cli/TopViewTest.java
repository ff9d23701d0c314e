package io.tidegate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TopViewTest {
  private static final String BEFORE = """
      # HELP tidegate_requests_total Requests by how they ended
      tidegate_requests_total{cache="miss",destination="private",outcome="answered",sensitivity="restricted"} 100.0
      tidegate_requests_total{cache="miss",destination="none",outcome="busy",sensitivity="restricted"} 5.0
      tidegate_attempts_total{outcome="answered",upstream="home",zone="private"} 50.0
      gen_ai_client_operation_duration_seconds_bucket{upstream="home",le="0.1"} 10.0
      gen_ai_client_operation_duration_seconds_bucket{upstream="home",le="0.2"} 10.0
      gen_ai_client_operation_duration_seconds_bucket{upstream="home",le="+Inf"} 10.0
      """;
  private static final String AFTER = """
      tidegate_requests_total{cache="miss",destination="private",outcome="answered",sensitivity="restricted"} 120.0
      tidegate_requests_total{cache="hit",destination="edge_cache",outcome="answered",sensitivity="internal"} 40.0
      tidegate_requests_total{cache="miss",destination="none",outcome="busy",sensitivity="restricted"} 9.0
      tidegate_requests_total{cache="miss",destination="none",outcome="cancelled",sensitivity="public"} 2.0
      tidegate_attempts_total{outcome="answered",upstream="home",zone="private"} 60.0
      tidegate_attempts_total{outcome="timeout",upstream="home",zone="private"} 1.0
      tidegate_in_flight{upstream="home"} 3.0
      tidegate_limit{upstream="home"} 12.0
      tidegate_queue_depth{latency_class="STANDARD"} 7.0
      tidegate_egress_violation_total 0.0
      gen_ai_client_operation_duration_seconds_bucket{upstream="home",le="0.1"} 10.0
      gen_ai_client_operation_duration_seconds_bucket{upstream="home",le="0.2"} 30.0
      gen_ai_client_operation_duration_seconds_bucket{upstream="home",le="+Inf"} 30.0
      """;

  private static TopSample sample(double seconds, String metrics, String boot) throws IOException {
    JsonNode status = new ObjectMapper().readTree("{\"ready\":true,\"boot\":\"" + boot + "\",\"policy\":{\"version\":\"baseline@1\"},\"upstreams\":[{\"name\":\"home\",\"zone\":"
        + "\"PRIVATE\",\"endpoints\":[{\"state\":\"HEALTHY\"},{\"state\":\"EJECTED\"}]}]}");
    return new TopSample((long) (seconds * 1e9), Series.parse(metrics), status);
  }

  private static JsonNode json(TopView view) throws IOException {
    return new ObjectMapper().readTree(new String(view.json("now").toBytes(), StandardCharsets.UTF_8));
  }

  @Test
  @DisplayName("I7 top: rates of the interval by sensitivity and destination, refused and left apart; upstreams with places and the median of the interval")
  void rates() throws IOException {
    TopView view = new TopView(sample(10, BEFORE, "one"), sample(12, AFTER, "one"));
    JsonNode told = json(view);
    JsonNode restricted = told.path("sensitivities").path(3);
    assertThat(restricted.path("sensitivity").asText()).isEqualTo("RESTRICTED");
    assertThat(restricted.path("answered_per_second").path("PRIVATE").asDouble()).isEqualTo(10);
    assertThat(restricted.path("answered_per_second").path("PUBLIC").asDouble()).isZero();
    assertThat(restricted.path("refused_per_second").asDouble()).isEqualTo(2);
    assertThat(told.path("sensitivities").path(1).path("answered_per_second").path("EDGE_CACHE").asDouble()).isEqualTo(20);
    assertThat(told.path("sensitivities").path(0).path("left_per_second").asDouble()).isEqualTo(1);
    JsonNode home = told.path("upstreams").path(0);
    assertThat(home.path("answered_per_second").asDouble()).isEqualTo(5);
    assertThat(home.path("failed_per_second").asDouble()).isEqualTo(0.5);
    assertThat(home.path("attempt_p50_ms").asDouble()).as("half of twenty, all between 0.1 and 0.2 s").isEqualTo(150, within(1e-6));
    assertThat(home.path("up").asInt()).isEqualTo(1);
    assertThat(told.path("waiting").path(1).path("requests").asDouble()).isEqualTo(7);
    String text = view.lines().stream().map(TopView.Line::text).collect(Collectors.joining("\n"));
    assertThat(text).contains("33.0 requests/s over 2 s", "3/12", "25 %", "150 ms");
    assertThat(view.lines()).filteredOn(line -> line.text().startsWith("RESTRICTED")).extracting(TopView.Line::tone).containsExactly(TopView.Tone.BAD);
  }

  @Test
  @DisplayName("I7 top: where outcomes and classes are told apart it shows them: failed beside refused, first token by class and upstream")
  void outcomesAndClasses() throws IOException {
    String metrics = """
        tidegate_requests_total{destination="public",outcome="ok",sensitivity="internal",latency_class="batch"} 6.0
        tidegate_requests_total{destination="none",outcome="error",sensitivity="internal",latency_class="batch"} 2.0
        tidegate_requests_total{destination="none",outcome="refused",sensitivity="internal",latency_class="interactive"} 4.0
        tidegate_ttft_seconds_bucket{latency_class="batch",le="1.0"} 4.0
        tidegate_ttft_seconds_bucket{latency_class="batch",le="+Inf"} 4.0
        gen_ai_client_operation_time_to_first_chunk_seconds_bucket{upstream="home",le="0.2"} 2.0
        gen_ai_client_operation_time_to_first_chunk_seconds_bucket{upstream="home",le="+Inf"} 2.0
        """;
    TopView view = new TopView(sample(10, "", "one"), sample(12, metrics, "one"));
    JsonNode told = json(view);
    JsonNode batch = told.path("latency_classes").path(2);
    assertThat(batch.path("answered_per_second").path("PUBLIC").asDouble()).isEqualTo(3);
    assertThat(batch.path("failed_per_second").asDouble()).isEqualTo(1);
    assertThat(told.path("latency_classes").path(0).path("refused_per_second").asDouble()).isEqualTo(2);
    assertThat(told.path("waiting").path(2).path("first_token_p50_ms").asDouble()).isEqualTo(500, within(1e-6));
    assertThat(told.path("upstreams").path(0).path("first_token_p50_ms").asDouble()).isEqualTo(100, within(1e-6));
    assertThat(view.lines()).extracting(TopView.Line::text).anyMatch(line -> line.startsWith("class, per s"));
  }

  @Test
  @DisplayName("I7 top: a daemon that restarted counts from nothing, and no rate is negative")
  void restart() throws IOException {
    JsonNode told = json(new TopView(sample(10, AFTER, "one"), sample(12, BEFORE, "two")));
    assertThat(told.path("sensitivities").path(3).path("answered_per_second").path("PRIVATE").asDouble()).isEqualTo(50);
    assertThat(told.path("upstreams").path(0).path("failed_per_second").asDouble()).isZero();
  }

  @Test
  @DisplayName("I7 top: a violation of G1 is the first thing seen")
  void violation() throws IOException {
    TopView view = new TopView(sample(10, BEFORE, "one"), sample(12, AFTER.replace("violation_total 0.0", "violation_total 1.0"), "one"));
    assertThat(view.lines().get(1)).isEqualTo(new TopView.Line("EGRESS VIOLATIONS: 1", TopView.Tone.BAD));
  }

  @Test
  void seriesWithQuotesAndNonsense() {
    assertThat(Series.parse("a{x=\"q\\\"\\\\ \\n}\",y=\"2\"} 1.5 # {trace=\"1\"} 2\nb 3\nc{broken\nd{x=\"1\"} NaN\n\n# TYPE e\nf{x=\"1\"} abc\n"))
        .extracting(Series::name).containsExactly("a", "b", "d");
    assertThat(Series.parse("a{x=\"q\\\"\\\\ \\n}\",y=\"2\"} 1.5").get(0).labels()).containsEntry("x", "q\"\\ \n}").containsEntry("y", "2");
  }
}
