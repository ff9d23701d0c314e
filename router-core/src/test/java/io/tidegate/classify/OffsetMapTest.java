package io.tidegate.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.Likelihood;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is found in a reading is reported where it stands in the text as it came, whole, so that a transformation may replace just that. */
@DisplayName("A11 offsets of disguised values")
class OffsetMapTest {
  private static final String[] BEFORE = {"Please look at this: ", "请看 ", "x\u200by \uff21 ", "\ud83d\ude00 caf\u00e9 ", "line one\n\u2028 line two\t", "%41 &amp; \\u0041 "};
  private static final String[] AFTER = {" and tell me more.", " 谢谢", "\n\u200bend \uff22", " \ud83c\udf89!", ", ok %42", ""};

  /** Disguises that take nothing of what stands around the value. */
  private static Map<String, UnaryOperator<String>> exact() {
    Map<String, UnaryOperator<String>> all = new LinkedHashMap<>(Disguises.any());
    all.putAll(Disguises.numbers());
    all.keySet().removeIf(name -> name.startsWith("reversed") || name.startsWith("base64: data") || name.startsWith("base64: lines") || name.contains("written in them") || name.contains("bytes in them") || name.contains("shown backwards")
        || name.startsWith("bidi") || name.equals("hex: capitals") || name.startsWith("homoglyphs"));
    return all;
  }

  @Test
  @DisplayName("a disguised number is reported with all it is written with and no visible character more")
  void spansCoverTheDisguisedValue() {
    SplittableRandom random = new SplittableRandom(20_261_125);
    List<String> wrong = new ArrayList<>();
    int tried = 0;
    for (Map.Entry<String, UnaryOperator<String>> disguise : exact().entrySet()) {
      for (int i = 0; i < 12; i++) {
        String value = new MadeValues(random.nextLong()).value(i % 2 == 0 ? "cn_id" : "card");
        String hidden = disguise.getValue().apply(value);
        String before = BEFORE[random.nextInt(BEFORE.length)];
        String after = AFTER[random.nextInt(AFTER.length)];
        String text = before + hidden + after;
        Findings findings = Texts.scanChat(Shipped.CLASSIFIER, text);
        Finding best = findings.list().stream().filter(f -> f.type().equals("CN_ID") || f.type().endsWith("CARD")).filter(f -> f.likelihood().compareTo(Likelihood.LIKELY) >= 0)
            .max(Comparator.comparing((Finding f) -> overlap(f, before.length(), before.length() + hidden.length()))).orElse(null);
        tried++;
        if (best == null || !covers(text, best, before.length(), before.length() + hidden.length())) {
          wrong.add(disguise.getKey() + (best == null ? " not found" : " at " + (best.start() - before.length()) + " to " + (best.end() - before.length() - hidden.length())));
        }
      }
    }
    assertThat(wrong).as("of %s", tried).isEmpty();
    assertThat(tried).isGreaterThan(500);
  }

  private static int overlap(Finding f, int from, int to) {
    return Math.min(f.end(), to) - Math.max(f.start(), from) - Math.max(0, f.end() - to) - Math.max(0, from - f.start());
  }

  /** Nothing visible of the value is left out, and nothing visible beside it is taken in; encoded runs may take their padding. */
  private static boolean covers(String text, Finding f, int from, int to) {
    return f.place() >= 0 && blank(text, from, f.start()) && blank(text, f.end(), to) && blank(text, f.start(), from) && blank(text, to, f.end());
  }

  /** Whether only what cannot be seen, or marks of the last character, stands in [from, to). */
  private static boolean blank(String text, int from, int to) {
    for (int i = from; i < to; ) {
      int cp = text.codePointAt(i);
      if (!Folding.invisible(cp) && !Folding.mark(cp) && cp != '=' && cp != ' ') {
        return false;
      }
      i += Character.charCount(cp);
    }
    return true;
  }

  @Test
  @DisplayName("what is found in an encoded run is the run: a part of it cannot be replaced")
  void encodedRunsAreTakenWhole() {
    String run = Disguises.base64("the card is 4539578763621486, thanks");
    Findings findings = Texts.scanChat(Shipped.CLASSIFIER, "decode " + run + " now");
    assertThat(findings.list()).anyMatch(f -> f.type().equals("CREDIT_CARD") && f.start() == 7 && f.end() == 7 + run.length());
  }

  @Test
  @DisplayName("a reversed number is reported where it stands")
  void reversedNumbersKeepTheirPlace() {
    Findings findings = Texts.scanChat(Shipped.CLASSIFIER, "backwards: 6841263678759354 ok");
    assertThat(findings.list()).anyMatch(f -> f.type().equals("CREDIT_CARD") && f.start() == 11 && f.end() == 27);
  }

  @Test
  @DisplayName("A10 what is found over several strings has no place")
  void joinedFindingsHaveNoPlace() {
    Findings findings = Texts.scan(Shipped.CLASSIFIER, "{\"messages\":[{\"role\":\"user\",\"content\":\"see 110105194\"},{\"role\":\"user\",\"content\":\"912310070 ok\"}]}");
    assertThat(findings.list()).filteredOn(f -> f.type().equals("CN_ID")).isNotEmpty().allMatch(f -> f.place() == -1 && f.start() == -1 && f.end() == -1);
  }
}
