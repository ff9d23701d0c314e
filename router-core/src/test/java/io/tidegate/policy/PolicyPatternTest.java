package io.tidegate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyPatternTest {
  private static List<String> hits(String detectors, String text) {
    List<String> hits = new ArrayList<>();
    for (PolicyPattern pattern : Policies.bundle(detectors).patterns()) {
      pattern.find(text, steps -> true, (start, end, likelihood) -> hits.add(pattern.type() + " " + text.substring(start, end) + " " + likelihood));
    }
    return hits;
  }

  @Test
  @DisplayName("a pattern reports each match, typed by its id unless it says otherwise")
  void regex() {
    assertThat(hits("detectors: [{id: staff-no, regex: 'GH\\d{6}'}]", "GH123456 and GH654321, not GH12")).containsExactly(
        "STAFF_NO GH123456 LIKELY", "STAFF_NO GH654321 LIKELY");
    assertThat(hits("detectors: [{id: staff-no, type: EMPLOYEE_ID, regex: 'GH\\d{6}', likelihood: possible}]", "GH123456"))
        .containsExactly("EMPLOYEE_ID GH123456 POSSIBLE");
  }

  @Test
  @DisplayName("context words on either side within the window, in any case, whole words only")
  void context() {
    String detector = "detectors: [{id: n, regex: '\\d{6}', context: [工号, staff], window: 10}]";
    assertThat(hits(detector, "工号是123456")).hasSize(1);
    assertThat(hits(detector, "123456 (STAFF)")).hasSize(1);
    assertThat(hits(detector, "the order is 123456")).isEmpty();
    assertThat(hits(detector, "staff, that is to say all of us: 123456")).as("too far").isEmpty();
    assertThat(hits(detector, "staffing 123456")).as("part of a word").isEmpty();
    assertThat(hits("detectors: [{id: n, regex: '\\d{6}', context: [staff], withoutContext: unlikely, likelihood: very-likely}]", "123456"))
        .containsExactly("N 123456 UNLIKELY");
  }

  @Test
  @DisplayName("a dictionary finds whole words, or parts, the longest first")
  void dictionary() {
    String words = "lists: {projects: {terms: [Helios, helios two, 曙光]}}\ndetectors: [{id: p, list: projects}]";
    assertThat(hits(words, "HELIOS Two, helios; heliosphere, 关于曙光项目")).containsExactly("P HELIOS Two LIKELY", "P helios LIKELY", "P 曙光 LIKELY");
    String parts = words.replace("曙光]", "曙光], match: substring");
    assertThat(hits(parts, "heliosphere")).containsExactly("P helios LIKELY");
  }

  @ParameterizedTest
  @CsvSource({"GH\\d{6}, GH", "a\\d, ''", "abc?, ab", "abc*, ab", "ab?, ''", "ab|cd, ''", "(?i)abc, ''", "[ab]c, ''", "工号\\d, 工号"})
  @DisplayName("the characters every match begins with are found, or none")
  void literalPrefix(String pattern, String prefix) {
    assertThat(PolicyPattern.literalPrefix(pattern)).isEqualTo(prefix);
  }

  @Test
  @DisplayName("G8 a pattern that would explode elsewhere is linear here, and a spent budget stops it")
  void linear() {
    PolicyPattern evil = Policies.bundle("detectors: [{id: e, regex: '(x+x+)+y'}]").patterns().get(0);
    List<Integer> spent = new ArrayList<>();
    evil.find("x".repeat(20_000), spent::add, (start, end, likelihood) -> spent.add(-1));
    assertThat(spent).containsExactly(20_000, 80_000);
    List<Integer> hits = new ArrayList<>();
    evil.find("xxy", steps -> false, (start, end, likelihood) -> hits.add(start));
    assertThat(hits).isEmpty();
  }
}
