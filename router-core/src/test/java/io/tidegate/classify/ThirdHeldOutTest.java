package io.tidegate.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Sensitivity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * A third set, of domains, languages, vendors and disguises that the first two lack, under the shipped policy. Prints its rates; the bars are those of docs/accuracy.md where it has one.
 * What is known to be missed stays in the file and is counted. Failures name file and line, never the text.
 */
@DisplayName("classification.md 6 third set of held-out texts")
class ThirdHeldOutTest {
  private static final int TIMES = 5;
  /** Least share that must be held. Disguises: seven of 91 lines are of kinds that docs/detectors.md does not claim. */
  private static final Map<String, Double> BARS = Map.of("vendor", 0.98, "generic", 0.80, "restricted/zh", 0.995, "restricted/en", 0.95, "restricted/other", 0.93, "evasion", 0.89);

  private record Rate(int all, List<String> wrong) {
    double held() {
      return 1 - (double) wrong.size() / all;
    }
  }

  @Test
  @DisplayName("A6 A11 restricted texts of a third set are held at the bars, whatever their language or spelling")
  void restricted() {
    Map<String, List<String>> missed = new TreeMap<>();
    Map<String, Integer> all = new TreeMap<>();
    for (HeldOut.Text text : HeldOut.labelled("third.txt", TIMES)) {
      all.merge(text.group(), 1, Integer::sum);
      if (Shipped.chat(text.text()).sensitivity().compareTo(text.sensitivity()) < 0) {
        missed.computeIfAbsent(text.group(), group -> new ArrayList<>()).add(text.toString());
      }
    }
    assertThat(all.values().stream().mapToInt(Integer::intValue).sum()).isGreaterThan(2_000);
    assertThat(all.keySet()).isEqualTo(new java.util.TreeSet<>(BARS.keySet()));
    all.forEach((group, count) -> {
      Rate rate = new Rate(count, missed.getOrDefault(group, List.of()));
      System.out.printf("third set, %s: %d texts, held %.2f %%%n", group, count, 100 * rate.held());
      assertThat(rate.held()).as("%s missed: %s", group, rate.wrong).isGreaterThanOrEqualTo(BARS.get(group));
    });
  }

  @Test
  @DisplayName("A7 of harmless texts of a third set at most 1.5 in 100 are raised, at most 0.5 to RESTRICTED")
  void harmless() {
    List<HeldOut.Text> texts = HeldOut.harmless("benign-third.txt", TIMES);
    List<String> raised = new ArrayList<>();
    List<String> restricted = new ArrayList<>();
    for (HeldOut.Text text : texts) {
      Sensitivity said = Shipped.chat(text.text()).sensitivity();
      if (said.compareTo(Sensitivity.CONFIDENTIAL) >= 0) {
        raised.add(text.toString());
      }
      if (said == Sensitivity.RESTRICTED) {
        restricted.add(text.toString());
      }
    }
    System.out.printf("third set, harmless: %d texts, raised %d (%.2f %%), to RESTRICTED %d%n", texts.size(), raised.size(), 100.0 * raised.size() / texts.size(), restricted.size());
    assertThat(texts).hasSizeGreaterThan(400);
    assertThat(raised.size()).as("%s", raised).isLessThanOrEqualTo((int) (texts.size() * 0.015));
    assertThat(restricted.size()).as("%s", restricted).isLessThanOrEqualTo((int) (texts.size() * 0.005));
  }
}
