package io.tidegate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.policy.TermIndex.Match;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TermIndexTest {
  private static List<String> found(Match match, String text, String... terms) {
    List<String> places = new ArrayList<>();
    new TermIndex(List.of(terms), match).find(text, (start, end) -> places.add(text.substring(start, end)));
    return places;
  }

  @ParameterizedTest
  @DisplayName("a phrase is its words in order, whatever separates them")
  @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
      "the Project Helios plan | Project Helios",
      "PROJECT-HELIOS | PROJECT-HELIOS",
      "project:  helios! | project:  helios",
      "project_helios | project_helios",
      "\"project\n\thelios\" | \"project\n\thelios\"",
      "projecthelios |",
      "project and helios |",
      "subproject helios |",
      "project heliosphere |",
      "project................helios | project................helios",
      "project.................helios |",
      "project |",
      "helios project |"})
  void phrase(String text, @org.jspecify.annotations.Nullable String expected) {
    assertThat(found(Match.PHRASE, text, "project helios")).isEqualTo(expected == null ? List.of() : List.of(expected));
    assertThat(found(Match.PHRASE, text, " Project -- Helios. ")).as("the term's own separators do not matter")
        .isEqualTo(expected == null ? List.of() : List.of(expected));
  }

  @Test
  @DisplayName("between Han there may be nothing at all")
  void hanPhrase() {
    assertThat(found(Match.PHRASE, "我们的太阳计划、太阳 计划和太阳·计划", "太阳 计划")).containsExactly("太阳计划", "太阳 计划", "太阳·计划");
    assertThat(found(Match.PHRASE, "项目helios 项目 Helios", "项目 helios")).containsExactly("项目helios", "项目 Helios");
  }

  @Test
  @DisplayName("a word stands alone, a substring anywhere; of two terms at one place the longer counts")
  void wordAndSubstring() {
    assertThat(found(Match.WORD, "helios heliosphere HELIOS.", "helios")).containsExactly("helios", "HELIOS");
    assertThat(found(Match.SUBSTRING, "helios heliosphere", "helios")).containsExactly("helios", "helios");
    assertThat(found(Match.WORD, "helios two", "helios", "helios two")).containsExactly("helios two");
    assertThat(found(Match.WORD, "helios  two", "helios two")).as("a word is taken as it is written").isEmpty();
  }

  @Test
  @DisplayName("G8 a phrase costs at most its gaps at each place: text of separators only is passed quickly")
  void linear() {
    String text = "a" + " ".repeat(200_000) + "b";
    assertThat(found(Match.PHRASE, text, "a b", "a b c d e")).isEmpty();
  }
}
