package io.tidegate.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MetricsPageTest {
  private static final Path PAGE = Path.of(System.getProperty("tidegate.root", ".."), "docs/metrics.md");
  private static final String BEGIN = "<!-- made of telemetry.Catalogue: change it there -->\n";
  private static final String END = "<!-- end of what is made -->\n";

  @Test
  @DisplayName("docs/metrics.md says what the catalogue says")
  void page() throws IOException {
    String page = Files.readString(PAGE);
    int begin = page.indexOf(BEGIN) + BEGIN.length();
    int end = page.indexOf(END);
    assertThat(begin).isGreaterThan(BEGIN.length());
    String fresh = page.substring(0, begin) + tables() + page.substring(end);
    if (!fresh.equals(page)) {
      Path made = Files.writeString(Path.of("target/metrics.md"), fresh);
      assertThat(page).as("docs/metrics.md is not as the catalogue has it: copy " + made.toAbsolutePath()).isEqualTo(fresh);
    }
  }

  @Test
  @DisplayName("B4 names and label keys are well-formed, and none is declared twice")
  void wellFormed() {
    List<String> names = Catalogue.all().stream().map(Metric::prometheus).toList();
    assertThat(names).doesNotHaveDuplicates().allMatch(name -> name.matches("(tidegate|gen_ai|process)_[a-z0-9_]+"));
    for (Metric metric : Catalogue.all()) {
      assertThat(metric.meaning()).as(metric.name()).isNotBlank().doesNotEndWith(".").doesNotContain("|");
      assertThat(metric.labels()).as(metric.name()).extracting(Label::key).doesNotHaveDuplicates();
      assertThat(metric.labels()).as(metric.name()).allMatch(label -> !label.words().isEmpty() || !label.names().isEmpty());
      assertThat(metric.labels()).as(metric.name()).allSatisfy(label -> assertThat(label.words()).doesNotHaveDuplicates());
    }
  }

  private static String tables() {
    StringBuilder out = new StringBuilder("| metric | type | labels | meaning | for |\n|---|---|---|---|---|\n");
    for (Metric metric : Catalogue.all()) {
      String labels = metric.labels().stream().map(label -> "`" + label.prometheus() + "`").collect(Collectors.joining(", "));
      String needs = metric.needs().isEmpty() ? "" : " Only with `" + metric.needs() + "`.";
      out.append("| `").append(metric.prometheus()).append("` | ").append(Label.word(metric.kind())).append(metric.unit().isEmpty() ? "" : ", " + metric.unit())
          .append(" | ").append(labels).append(" | ").append(metric.meaning()).append('.').append(needs).append(" | ").append(metric.row()).append(" |\n");
    }
    out.append("\n## What labels may say\n\n| label | of | values |\n|---|---|---|\n");
    Catalogue.all().stream().flatMap(metric -> metric.labels().stream()).distinct().forEach(label -> {
      String of = Catalogue.all().stream().filter(metric -> metric.labels().contains(label)).map(metric -> "`" + metric.prometheus() + "`").collect(Collectors.joining(", "));
      String words = label.words().stream().map(word -> word.isEmpty() ? "(none)" : "`" + word + "`").collect(Collectors.joining(" "));
      String names = label.names().isEmpty() ? "" : "names of " + label.names() + (words.isEmpty() ? "" : "; ");
      out.append("| `").append(label.prometheus()).append("` | ").append(of).append(" | ").append(names).append(words).append(" |\n");
    });
    return out.toString();
  }
}
