package io.tidegate.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Endpoint;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class KvOverridesTest {
  private static final List<Endpoint> TWO = List.of(new Endpoint("llm", "n1/a", "10.0.0.1", 1, 3, true), new Endpoint("llm", "n1/b", "10.0.0.2", 1, 3, true));

  private static Overrides read(String value) {
    return Overrides.read(Map.of("llm", value.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  @DisplayName("R10 a line drains or weighs an endpoint there is, and never adds one")
  void applies() {
    assertThat(read("# by night\n\nn1/a drain\n  n1/b   weight 1000 \nn9/other weight 5").applied("llm", TWO)).containsExactly(TWO.get(1).weighing(1000));
    assertThat(read("n1/a drain\nn1/b drain").applied("llm", TWO)).isEmpty();
    assertThat(read("n1/a drain").applied("other", TWO)).isSameAs(TWO);
    assertThat(Overrides.NONE.applied("llm", TWO)).isSameAs(TWO);
  }

  @Test
  @DisplayName("R10 what cannot be read is named by key and line, and the lines around it count")
  void namesProblems() {
    Overrides read = read("n1/a weight 0\nn1/a weight 1001\nn1/a weight five\nn1/a\nn1/a drain now\nn1/a weight 7\nn1/a drain");
    assertThat(read.applied("llm", TWO)).containsExactly(TWO.get(0).weighing(7), TWO.get(1));
    assertThat(read.problems()).hasSize(6).allMatch(problem -> problem.startsWith("key llm, line "));
    assertThat(read.problems().get(5)).contains("line 7").contains("above");
    assertThat(read.strangers(Set.of("other"))).singleElement().asString().contains("no upstream");
  }

  @Test
  @DisplayName("R10 G8 G3 values of any length and content are bounded, and never repeated in a message")
  void bounded() {
    String canary = "canary-\u0007-" + "x".repeat(100);
    Overrides noise = read((canary + "\n").repeat(100));
    assertThat(noise.problems()).hasSizeLessThanOrEqualTo(32).noneMatch(problem -> problem.contains("canary"));
    assertThat(read("n1/a drain\n".repeat(5_000)).problems()).hasSizeLessThanOrEqualTo(32);
    assertThat(Overrides.read(Map.of("llm", new byte[70_000])).problems()).singleElement().asString().contains("longer");
    assertThat(Overrides.read(Map.of("l\nm\u001b", "?".getBytes(StandardCharsets.UTF_8))).problems()).singleElement().asString().contains("l?m?");
  }
}
