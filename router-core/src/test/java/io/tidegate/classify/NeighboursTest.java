package io.tidegate.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.Findings.Trouble;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class NeighboursTest {
  private static final String ID = "11010519491231002X";
  private static final Classifier CLASSIFIER = new Classifier(Classifier.builtIn());

  private static JsonText prompt(String text) {
    return Texts.json("{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":" + JsonWriter.quote(text) + "}],\"stop\":[\"END\"]}");
  }

  private static JsonText templated(String text) {
    return Texts.json("{\"messages\":[{\"role\":\"system\",\"content\":\"You are a careful clerk.\"},{\"role\":\"user\",\"content\":" + JsonWriter.quote(text) + "}]}");
  }

  /** Items that are raised by CN_ID beside what they hold themselves. */
  private static List<Integer> raised(JsonText... items) {
    List<Findings> around = Neighbours.of(CLASSIFIER, List.of(items));
    assertThat(around).hasSize(items.length);
    List<Integer> raised = new ArrayList<>();
    for (int i = 0; i < items.length; i++) {
      if (around.get(i).list().stream().map(Finding::type).anyMatch("CN_ID"::equals)) {
        raised.add(i);
      }
    }
    return raised;
  }

  @Test
  @DisplayName("R2.2 A10 an identifier cut over two items raises these two, and no other")
  void two() {
    assertThat(raised(prompt("hello"), prompt("my number begins 110105194912"), prompt("31002X and ends so"), prompt("good night"))).containsExactly(1, 2);
  }

  @Test
  @DisplayName("R2.2 A10 an identifier cut over three or four items raises them")
  void four() {
    assertThat(raised(prompt("hello"), prompt("11010"), prompt("51949"), prompt("12310"), prompt("02X"), prompt("good night"), prompt("farewell")))
        .contains(1, 2, 3, 4).doesNotContain(6);
    assertThat(raised(prompt("note 110105"), prompt("19491231"), prompt("002X"))).containsExactly(0, 1, 2);
  }

  @Test
  @DisplayName("R2.2 A10 an identifier cut over more items than are read at a time raises the whole batch")
  void many() {
    JsonText[] items = new JsonText[ID.length()];
    for (int i = 0; i < items.length; i++) {
      items[i] = prompt(ID.substring(i, i + 1));
    }
    assertThat(raised(items)).hasSize(items.length);
  }

  @Test
  @DisplayName("R2.2 A10 the same words before each item do not hide what is cut over items")
  void templates() {
    assertThat(raised(templated("110105194912"), templated("31002X"))).containsExactly(0, 1);
  }

  @Test
  @DisplayName("R2.2 A10 a part of a long item is read where it ends and where the next begins")
  void longItems() {
    String filler = "the quick brown fox jumps over the lazy dog. ".repeat(2_000);
    assertThat(raised(prompt(filler + "110105194912"), prompt("31002X " + filler))).containsExactly(0, 1);
  }

  @Test
  @DisplayName("R2.2 an identifier that stands whole in one item raises nobody else")
  void whole() {
    assertThat(raised(prompt("hello"), prompt("this is " + ID), prompt("good night"))).isEmpty();
  }

  @Test
  @DisplayName("R2.2 items that have nothing to do with one another raise nothing")
  void harmless() {
    List<JsonText> items = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      items.add(prompt("Summarise chapter " + i + " of the handbook in " + (i % 7 + 2) + " sentences."));
    }
    TreeSet<String> types = new TreeSet<>();
    Neighbours.of(CLASSIFIER, items).forEach(around -> around.list().forEach(finding -> types.add(finding.type() + " " + finding.likelihood())));
    assertThat(types).isEmpty();
  }

  @Test
  @DisplayName("G2 A6 a detector that fails on the joined text raises the items that were read together")
  void failing() {
    Detector broken = new Detector() {
      @Override
      public String id() {
        return "broken";
      }

      @Override
      public void inspect(TextView text, Budget budget, Sink sink) {
        throw new IllegalStateException();
      }
    };
    assertThat(Neighbours.of(new Classifier(List.of(broken)), List.of(prompt("a"), prompt("b"))))
        .allMatch(around -> around.troubles().contains(Trouble.DETECTOR_FAILED));
  }

  @Test
  @DisplayName("one item has no neighbours")
  void alone() {
    assertThat(Neighbours.of(CLASSIFIER, List.of(prompt(ID)))).containsExactly(Findings.NONE);
  }
}
