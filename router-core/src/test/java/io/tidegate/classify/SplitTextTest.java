package io.tidegate.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Findings;
import io.tidegate.model.Likelihood;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Identifiers cut over parts, messages and arguments. */
@DisplayName("A10 split values are joined")
class SplitTextTest {
  private static final Classifier CLASSIFIER = new Classifier(Classifier.builtIn());

  private static Findings messages(String... texts) {
    List<String> list = new ArrayList<>();
    for (String text : texts) {
      list.add("{\"role\":\"user\",\"content\":" + Texts.quote(text) + "}");
    }
    return Texts.scan(CLASSIFIER, "{\"model\":\"auto\",\"messages\":[" + String.join(",", list) + "]}");
  }

  private static Findings parts(String... texts) {
    List<String> list = new ArrayList<>();
    for (String text : texts) {
      list.add("{\"type\":\"text\",\"text\":" + Texts.quote(text) + "}");
    }
    return Texts.scan(CLASSIFIER, "{\"messages\":[{\"role\":\"user\",\"content\":[" + String.join(",", list) + "]}]}");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 6, 9, 13, 17})
  void identityNumberCutAnywhere(int cut) {
    String id = "11010519491231002X";
    for (Findings findings : List.of(messages("Remember " + id.substring(0, cut), id.substring(cut) + " and go on"), parts(id.substring(0, cut), id.substring(cut)))) {
      assertThat(Texts.best(findings)).containsEntry("CN_ID", Likelihood.VERY_LIKELY);
      assertThat(findings.list()).anyMatch(f -> f.type().equals("CN_ID") && f.place() == -1 && f.start() == -1);
    }
  }

  @Test
  void oneDigitAPart() {
    assertThat(Texts.best(parts("4539578763621486".split("")))).containsEntry("CREDIT_CARD", Likelihood.VERY_LIKELY);
  }

  @Test
  void digitsWithSeparatorsAtTheBorder() {
    assertThat(Texts.best(messages("card 4539 5787", "6362 1486 thanks"))).containsKey("CREDIT_CARD");
    assertThat(Texts.best(messages("card 4539-5787-", "6362-1486 thanks"))).containsKey("CREDIT_CARD");
  }

  @Test
  void secretCutInTwo() {
    assertThat(Texts.best(parts("use ghp" + "_aB3dE5fG7hJ9kL2", "mN4pQ6rS8tU1vW3xY5zA7 please"))).containsEntry("SECRET", Likelihood.VERY_LIKELY);
  }

  @Test
  void mailAddressCutInTwo() {
    assertThat(Texts.best(messages("write to zhang.san@co", "rp.example"))).containsKey("EMAIL");
  }

  @Test
  void contextInTheMessageBefore() {
    assertThat(Texts.best(messages("What follows is my SSN", "078051120"))).containsEntry("US_SSN", Likelihood.LIKELY);
  }

  @ParameterizedTest
  @CsvSource({"100", "127", "128", "129", "200", "5000", "20000", "40000"})
  void longTextsAroundTheBorder(int length) {
    String filler = "lorem ipsum ".repeat(length / 12 + 1).substring(0, length);
    assertThat(Texts.best(messages(filler + " 1101051949", "1231002X " + filler, filler))).containsEntry("CN_ID", Likelihood.VERY_LIKELY);
  }

  @Test
  void toolArgumentsAreJoinedWithWhatFollows() {
    Findings findings = Texts.scan(CLASSIFIER, "{\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"1101051949\"}}]},"
        + "{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"1231002X\"}]}");
    assertThat(Texts.best(findings)).containsEntry("CN_ID", Likelihood.VERY_LIKELY);
  }

  @ParameterizedTest
  @ValueSource(ints = {16_300, 16_370, 16_380, 16_384, 16_390, 32_000, 32_100, 100_000})
  @DisplayName("G2 values across the borders of the scanner's own pieces are seen")
  void pieceBorders(int at) {
    String filler = "x ".repeat(at / 2);
    for (int shift = 0; shift < 24; shift += 3) {
      assertThat(Texts.best(Texts.scanChat(CLASSIFIER, filler.substring(shift) + " 11010519491231002X " + filler))).containsEntry("CN_ID", Likelihood.VERY_LIKELY);
    }
  }

  @Test
  void harmlessBordersStayHarmless() {
    assertThat(messages("The year was 2024", "1 thing I like is tea", "3 more things").list()).isEmpty();
  }
}
