package io.tidegate.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.model.Hints;
import io.tidegate.model.Sensitivity;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetaHintsTest {
  private static MetaHints of(String json) throws IOException {
    return MetaHints.of(new ObjectMapper().readTree(json));
  }

  @Test
  @DisplayName("G1 A14 metadata is read as clearance, models, context and slots; other keys are somebody else's")
  void reads() throws IOException {
    assertThat(of("{\"clearance\":\"Internal\",\"model\":\"a, b\",\"context\":\"8192\",\"slots\":\"4\",\"zone\":\"public\"}"))
        .isEqualTo(new MetaHints(new Hints(Sensitivity.INTERNAL, Set.of("a", "b"), 8192, 4), List.of()));
    assertThat(of("{\"version\":\"3\"}").hints()).isSameAs(Hints.NONE);
    assertThat(of("{\"clearance\":\"restricted\"}").hints()).isSameAs(Hints.NONE);
    assertThat(of("null").hints()).isSameAs(Hints.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"clearance\":\"secret\"}", "{\"clearance\":\"\"}", "{\"clearance\":3}", "{\"clearance\":null}", "{\"model\":\"\"}", "{\"model\":\"a,,b\"}",
      "{\"model\":[\"a\"]}"})
  @DisplayName("G1 what cannot be read about clearance or model rules the instance out")
  void unreadableNarrows(String json) throws IOException {
    assertThat(of(json).hints()).isNull();
    assertThat(of(json).unreadable()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "8k", "", "99999999999", "1e3", " 5"})
  @DisplayName("R10 a context or a number of slots that cannot be read is named and passed over")
  void unreadableNumber(String value) throws IOException {
    assertThat(of("{\"slots\":\"" + value + "\"}")).isEqualTo(new MetaHints(Hints.NONE, List.of("slots")));
    assertThat(of("{\"context\":\"" + value + "\"}")).isEqualTo(new MetaHints(Hints.NONE, List.of("context")));
  }
}
