package io.tidegate.classify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The corpora of router-lab under the shipped policy, at the bars of docs/accuracy.md. */
@DisplayName("classification.md 6 the bars on the corpora")
class CorpusBarsTest {
  @Test
  @DisplayName("A6 A7 recall, precision, misses and false alarms")
  void bars() throws IOException {
    TypeScores scores = TypeScores.of(Shipped.root().resolve("router-lab/corpora"));
    for (String checked : List.of("CN_ID", "CARD")) {
      assertThat(scores.types.get(checked).recall()).as("recall of %s", checked).isGreaterThanOrEqualTo(0.995);
      assertThat(scores.types.get(checked).precision()).as("precision of %s", checked).isGreaterThanOrEqualTo(0.99);
    }
    for (String contact : List.of("PHONE", "EMAIL")) {
      assertThat(scores.types.get(contact).recall()).as("recall of %s", contact).isGreaterThanOrEqualTo(0.99);
    }
    assertThat(scores.types.get("SECRET").recall()).isGreaterThanOrEqualTo(0.98);
    assertThat(scores.types.get("PRIVATE_KEY").recall()).isGreaterThanOrEqualTo(0.98);
    assertThat(scores.restricted.keySet()).contains("Chinese", "English", "adversarial", "mixed", "secrets");
    scores.restricted.forEach((group, n) -> assertThat(n[1]).as("%s rows missed of %s", group, n[0]).isLessThanOrEqualTo((int) (n[0] * (group.equals("Chinese") ? 0.005 : group.equals("secrets") ? 0.02 : 0.05))));
    int[] prompts = scores.negatives.get("prompts");
    assertThat(prompts[2]).as("harmless to RESTRICTED").isLessThanOrEqualTo((int) (prompts[0] * 0.005));
    assertThat(prompts[1]).as("harmless to CONFIDENTIAL or above").isLessThanOrEqualTo((int) (prompts[0] * 0.015));
    int[] alike = scores.negatives.get("look-alikes");
    assertThat(alike[1]).isLessThanOrEqualTo((int) (alike[0] * 0.02));
  }
}
