package io.tidegate.daemon.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.classify.Classifier;
import io.tidegate.decide.Decider;
import io.tidegate.dispatch.Catalog;
import io.tidegate.line.Rules;
import io.tidegate.model.Dialect;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.policy.Policies;
import io.tidegate.wire.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlaygroundTest {
  private final AtomicInteger watched = new AtomicInteger();
  private final Rules rules = new Rules(new Classifier(Classifier.allDetectors()), new Decider(Policies.baseline()), (rules, decision, findings) -> watched.incrementAndGet());
  private final Playground playground = new Playground(() -> rules, new Catalog(List.of(upstream("home", Zone.PRIVATE), upstream("away", Zone.PUBLIC))), () -> Instant.EPOCH, 2);

  private static Upstream upstream(String name, Zone zone) {
    return new Upstream(name, zone, Dialect.OPENAI, List.of("m"), "m", Map.of(), false, false, "/v1", List.of(), null, null, false, List.of(), null, Duration.ofSeconds(1), 10);
  }

  private String asked(String json) throws Playground.Wrong {
    JsonWriter out = new JsonWriter();
    playground.judge(json.getBytes(StandardCharsets.UTF_8), out);
    return new String(out.toBytes(), StandardCharsets.UTF_8);
  }

  private JsonNode judged(String json) throws Playground.Wrong, IOException {
    return new ObjectMapper().readTree(asked(json));
  }

  @Test
  @DisplayName("G1 a patient's number is RESTRICTED and private only, with the rule that says so; nothing watches beside, and nothing of the text is in the answer")
  void restricted() throws Exception {
    String text = asked("{\"text\":\"qzvcanary 11010519491231002X 男 <b>\",\"tenant\":\"qzvtenant\",\"groups\":[\"qzvgroup\"]}");
    assertThat(text).doesNotContain("qzv").doesNotContain("11010519491231002X").doesNotContain("<b>");
    JsonNode told = new ObjectMapper().readTree(text);
    assertThat(told.path("sensitivity").asText()).isEqualTo("restricted");
    assertThat(told.path("findings").findValuesAsText("type")).contains("CN_ID");
    assertThat(told.path("route").findValuesAsText("to")).containsExactly("private");
    assertThat(told.path("rules").size()).isPositive();
    assertThat(told.path("upstreams").toString()).contains("{\"name\":\"home\",\"zone\":\"private\",\"candidate\":true,\"open\":true}",
        "{\"name\":\"away\",\"zone\":\"public\",\"candidate\":false,\"open\":false}");
    assertThat(told.path("plugins_not_asked").asInt()).isEqualTo(2);
    assertThat(watched).hasValue(0);
  }

  @Test
  @DisplayName("a harmless text goes as the shipped policy says, and what the caller declares raises it")
  void harmless() throws Exception {
    JsonNode plain = judged("{\"text\":\"hello\"}");
    assertThat(plain.path("sensitivity").asText()).isEqualTo("internal");
    assertThat(plain.path("route").findValuesAsText("to")).containsExactly("edge_cache", "public", "private");
    JsonNode raised = judged("{\"text\":\"hello\",\"sensitivity\":\"confidential\",\"latency_class\":\"batch\",\"operation\":\"embedding\"}");
    assertThat(raised.path("sensitivity").asText()).isEqualTo("confidential");
    assertThat(raised.path("latency_class").asText()).isEqualTo("batch");
    assertThat(raised.path("route").findValuesAsText("to")).doesNotContain("edge_cache");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "[]", "{}", "{\"text\":\"\"}", "{\"text\":1}", "{\"text\":\"CANARY\",\"tenant\":\"CANARY <\"}", "{\"text\":\"CANARY\",\"groups\":\"CANARY\"}",
      "{\"text\":\"CANARY\",\"groups\":[1]}", "{\"text\":\"CANARY\",\"sensitivity\":\"CANARY\"}", "{\"text\":\"CANARY\",\"text\":\"CANARY\"}", "{\"text\":\"CANARY"})
  @DisplayName("G3 what is no question is said to be none, without a word of it")
  void wrong(String json) {
    assertThatThrownBy(() -> asked(json)).isInstanceOf(Playground.Wrong.class).hasMessageNotContaining("CANARY").hasNoCause();
  }
}
