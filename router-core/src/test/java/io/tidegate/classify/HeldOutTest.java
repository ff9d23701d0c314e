package io.tidegate.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Sensitivity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The held-out texts under the shipped policy, at the bars of docs/accuracy.md. Failures name file and line, never the text. */
@DisplayName("classification.md 6 held-out texts")
class HeldOutTest {
  private static final int TIMES = 5;

  private static final class Count {
    int all;
    final List<String> wrong = new ArrayList<>();

    double right() {
      return 1 - (double) wrong.size() / all;
    }
  }

  private static Map<String, Count> held(String file) {
    Map<String, Count> groups = new TreeMap<>();
    for (HeldOut.Text text : HeldOut.labelled(file, TIMES)) {
      Count count = groups.computeIfAbsent(text.group(), g -> new Count());
      count.all++;
      if (Shipped.chat(text.text()).sensitivity().compareTo(text.sensitivity()) < 0) {
        count.wrong.add(text.toString());
      }
    }
    return groups;
  }

  @Test
  @DisplayName("A6 vendors' secrets are held in at least 98 of 100 texts, passwords without a form in at least 80")
  void secrets() {
    Map<String, Count> first = held("secrets.txt");
    Map<String, Count> second = held("second.txt");
    Count vendor = sum(first.get("vendor"), second.get("vendor"));
    assertThat(vendor.all).isGreaterThan(1_000);
    assertThat(vendor.right()).as("missed: %s", vendor.wrong).isGreaterThanOrEqualTo(0.98);
    Count generic = sum(first.get("generic"), second.get("generic"));
    assertThat(generic.right()).as("missed: %s", generic.wrong).isGreaterThanOrEqualTo(0.80);
  }

  @Test
  @DisplayName("A6 restricted documents are missed in at most 0.5 of 100 Chinese texts, 5 English or mixed")
  void documents() {
    Map<String, Count> first = held("documents.txt");
    Map<String, Count> second = held("second.txt");
    Count chinese = sum(first.get("restricted/zh"), second.get("restricted/zh"));
    assertThat(chinese.right()).as("missed: %s", chinese.wrong).isGreaterThanOrEqualTo(0.995);
    Count english = sum(sum(first.get("restricted/en"), second.get("restricted/en")), first.get("restricted/mixed"));
    assertThat(english.right()).as("missed: %s", english.wrong).isGreaterThanOrEqualTo(0.95);
    for (Map<String, Count> set : List.of(first, second)) {
      set.forEach((group, count) -> {
        if (group.startsWith("confidential")) {
          assertThat(count.right()).as("%s missed: %s", group, count.wrong).isGreaterThanOrEqualTo(group.endsWith("mixed") ? 0.6 : 0.97);
        }
      });
    }
  }

  @Test
  @DisplayName("A7 of harmless texts in forty scripts at most 1.5 in 100 are raised, at most 0.5 to RESTRICTED")
  void harmless() {
    List<HeldOut.Text> texts = HeldOut.harmless("benign.txt", TIMES);
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
    System.out.printf("benign: %d texts of %d lines, raised %d (%.2f %%), to RESTRICTED %d%n", texts.size(), texts.stream().map(HeldOut.Text::line).distinct().count(), raised.size(),
        100.0 * raised.size() / texts.size(), restricted.size());
    assertThat(texts.stream().map(HeldOut.Text::line).distinct()).hasSizeGreaterThan(400);
    assertThat(raised.size()).as("%s", raised).isLessThanOrEqualTo((int) (texts.size() * 0.015));
    assertThat(restricted.size()).as("%s", restricted).isLessThanOrEqualTo((int) (texts.size() * 0.005));
  }

  private static Count sum(Count a, Count b) {
    Count sum = new Count();
    sum.all = a.all + b.all;
    sum.wrong.addAll(a.wrong);
    sum.wrong.addAll(b.wrong);
    return sum;
  }
}
