package io.tidegate.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.model.Findings;
import io.tidegate.model.Findings.Trouble;
import io.tidegate.model.Likelihood;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong becomes trouble; what is long stays linear. */
@DisplayName("G2 G8 bounds of a scan")
class ScanBoundsTest {
  /** A detector made of a lambda. */
  private record Plugged(String id, Inspection inspection) implements Detector {
    interface Inspection {
      void inspect(TextView text, Budget budget, Sink sink);
    }

    @Override
    public void inspect(TextView text, Budget budget, Sink sink) {
      inspection.inspect(text, budget, sink);
    }
  }

  private static Findings with(Plugged.Inspection inspection, String body) {
    List<Detector> detectors = new ArrayList<>(Classifier.builtIn());
    detectors.add(new Plugged("plugged", inspection));
    return Texts.scan(new Classifier(detectors), body);
  }

  @Test
  @DisplayName("A6 a detector that throws is trouble, and its message goes nowhere")
  void throwing() {
    Findings findings = with((text, budget, sink) -> {
      throw new IllegalStateException("secret text");
    }, Texts.chat("hello"));
    assertThat(findings.troubles()).containsExactly(Trouble.DETECTOR_FAILED);
    assertThat(findings.toString()).doesNotContain("secret text");
  }

  private static int deeper(int depth) {
    return depth < 0 ? 0 : deeper(depth + 1) + 1;
  }

  @Test
  @DisplayName("A6 a stack overflow in a detector is trouble")
  void overflowingTheStack() {
    assertThat(with((text, budget, sink) -> deeper(0), Texts.chat("hello")).troubles()).containsExactly(Trouble.DETECTOR_FAILED);
  }

  @Test
  @DisplayName("A6 a detector that reports nonsense is trouble")
  void spansOutsideTheText() {
    assertThat(with((text, budget, sink) -> sink.found("X", 3, 9_999, Likelihood.LIKELY), Texts.chat("hello")).troubles()).containsExactly(Trouble.DETECTOR_FAILED);
  }

  @Test
  @DisplayName("A6 a detector that spends the whole budget is trouble")
  void spending() {
    Findings findings = with((text, budget, sink) -> {
      while (budget.spend(1_000_000)) {
        // burns steps
      }
    }, Texts.chat("hello"));
    assertThat(findings.troubles()).containsExactly(Trouble.BUDGET_SPENT);
  }

  @Test
  @DisplayName("A6 more findings than the bound is trouble; types stay known")
  void tooManyFindings() {
    Findings findings = Texts.scanChat(new Classifier(Classifier.builtIn(), new ClassifierConfig(1_000_000, 10, 1 << 20, 1_000)), "a@example.com, ".repeat(20) + "13812345678");
    assertThat(findings.troubles()).containsExactly(Trouble.OVERFLOW);
    assertThat(findings.list()).hasSizeBetween(10, 300);
    assertThat(Texts.best(findings)).containsKeys("EMAIL", "PHONE");
  }

  @Test
  @DisplayName("A6 text longer than the budget is trouble")
  void tooLong() {
    Classifier small = new Classifier(Classifier.builtIn(), new ClassifierConfig(50_000, 100, 1 << 20, 1_000));
    assertThat(Texts.scanChat(small, "word ".repeat(20_000)).troubles()).containsExactly(Trouble.BUDGET_SPENT);
    assertThat(Texts.scanChat(small, "word ".repeat(1_000)).troubles()).isEmpty();
  }

  @Test
  @DisplayName("A6 more decoded text or views than the bounds is trouble")
  void tooMuchDecoded() {
    Classifier few = new Classifier(Classifier.builtIn(), new ClassifierConfig(10_000_000, 100, 100, 1_000));
    assertThat(Texts.scanChat(few, "%41%42%43 ".repeat(100)).troubles()).containsExactly(Trouble.OVERFLOW);
    Classifier fewViews = new Classifier(Classifier.builtIn(), new ClassifierConfig(10_000_000, 100, 1 << 20, 3));
    assertThat(Texts.scanChat(fewViews, "aGVsbG8gd29ybGQgaGVsbG8= ".repeat(10)).troubles()).containsExactly(Trouble.OVERFLOW);
  }

  @Test
  @DisplayName("a plugged detector sees each string by itself, keys too, and every folded reading")
  void pluggedDetectorSeesStrings() {
    List<String> seen = new ArrayList<>();
    Findings findings = with((text, budget, sink) -> {
      String string = new String(text.array(), 0, text.length());
      seen.add(string);
      for (int at = string.indexOf("GH123456"); at >= 0; at = string.indexOf("GH123456", at + 1)) {
        sink.found("STAFF_NO", at, at + 8, Likelihood.LIKELY);
      }
    }, "{\"note\":{\"k\u00e9y\":\"my no is GH123456\"},\"other\":\"\uff27\uff28123456\"}");
    assertThat(seen).contains("note", "k\u00e9y", "my no is GH123456", "other");
    assertThat(findings.list()).filteredOn(f -> f.type().equals("STAFF_NO")).anyMatch(f -> f.start() == 9 && f.end() == 17 && f.detector().equals("plugged")).hasSize(2);
  }

  @Test
  @DisplayName("a scan in small pieces sees what a scan in one sees")
  void resumes() {
    String body = Texts.chat("word 11010519491231002X ".repeat(3_000));
    Classifier classifier = new Classifier(Classifier.builtIn(), new ClassifierConfig(1L << 30, 10_000, 1 << 20, 1_000));
    Classifier.Scan whole = classifier.begin(Texts.json(body));
    assertThat(whole.run(Long.MAX_VALUE / 2)).isTrue();
    Classifier.Scan pieces = classifier.begin(Texts.json(body));
    assertThatThrownBy(pieces::findings).isInstanceOf(IllegalStateException.class);
    int runs = 1;
    while (!pieces.run(1)) {
      runs++;
    }
    assertThat(runs).isGreaterThan(3);
    assertThat(pieces.findings().list()).containsExactlyElementsOf(whole.findings().list()).hasSize(3_000);
  }

  @Test
  @DisplayName("the built-in detectors are found, and each can be used alone")
  void detectorsAlone() {
    assertThat(Classifier.allDetectors()).extracting(Detector::id).doesNotHaveDuplicates().allMatch(id -> id.matches("[a-z0-9-]+")).hasSizeGreaterThan(25);
    List<String> types = new ArrayList<>();
    char[] text = "write to a@corp.example or 13812345678".toCharArray();
    new EmailAddress().inspect(Piece.of(text, text.length), steps -> true, (type, start, end, likelihood) -> types.add(type + " " + new String(text, start, end - start)));
    assertThat(types).containsExactly("EMAIL a@corp.example");
  }

  @Test
  @DisplayName("an exclusion drops what it names and nothing else, for built-in and plugged detectors")
  void excluding() {
    Classifier.Filter notExample = (text, start, end) -> !new String(text.array(), start, end - start).endsWith("@example.com");
    List<Detector> detectors = new ArrayList<>(Classifier.builtIn());
    detectors.replaceAll(detector -> detector.id().equals("email") ? Classifier.excluding(detector, notExample) : detector);
    detectors.add(Classifier.excluding(new Plugged("plugged", (text, budget, sink) -> sink.found("WORD", 0, 1, Likelihood.LIKELY)), (text, start, end) -> text.charAt(start) == 'k'));
    Findings findings = Texts.scan(new Classifier(detectors), "{\"key\":\"user@example.com and a@corp.example and 13812345678\"}");
    assertThat(findings.list()).filteredOn(f -> f.type().equals("EMAIL")).hasSize(1).allMatch(f -> f.start() == 21 && f.detector().equals("email"));
    assertThat(findings.list()).filteredOn(f -> f.type().equals("WORD")).hasSize(1).allMatch(f -> f.detector().equals("plugged"));
    assertThat(Texts.best(findings)).containsKey("PHONE");
  }

  @Test
  @DisplayName("a text as long as a body may be is scanned within the default budget")
  void sixteenMebibytes() {
    Findings findings = Texts.scanChat(new Classifier(Classifier.builtIn()), "The pump was checked on day 12 and 7 valves were found fine. ".repeat(270_000) + "11010519491231002X");
    assertThat(findings.troubles()).isEmpty();
    assertThat(Texts.best(findings)).containsEntry("CN_ID", Likelihood.VERY_LIKELY);
  }

  static Stream<String> hostile() {
    return Stream.of("7", "@", "a.a.", "a@a.", "sk-", "身份证", "1 ", "12-", "123 ", "password=", "a://b:c@d ", "AKIA", "\uff11", "\u0430\u04311", "%41", "%2541", "\\u0041", "&#65;", "QUJD", "mZ8xQ2rT", "a\u0301", "\u200d", "1\u200b", "一",
        "-----BEGIN ", "data:a/b,", "糖尿病", "患者:糖尿病", "name: Aa Bb diabetes ", "路1号", "1 Aa Bb ", "eyJhbGciOiJI.eyJ1", "DE44 5001 ", "phone 1380013800 ", "mrn no no ", "born jan ", "\ud835\udfce", "a1", "1a:", "Basic bearer ",
        "\udb40\udc41", "\ufe01", "a b c d e f g h i j ", "31 32 33 34 35 36 37 38 39 ", "backwards 1234567 ", "\u202e123456789 ", "{ \"a\": \"1\", ", "salary Aa Bb 1000 ", "fired 王伟 ", "工资 张三 ", "绝密 编号 1 ", "SECRET//A ", "case no 1 court ", "民初1号 ", "3:22-cv-1",
        "mysql -p", "curl -u a:b ", "login: a / b1 ", "mnemonic ab abc abd ", "sk_live_aB3dE5fG7hJ9kL2mN4pQ6 ", "1O1O1O1O1O1O1O1O ", "pw: a ", "contract no a1 ", "1-a-1-a-1-a-1-a-1-a-1-a-");
  }

  @ParameterizedTest
  @MethodSource("hostile")
  @DisplayName("G8 hostile repetition costs steps in proportion to its length, far below the budget")
  void linear(String unit) {
    long small = steps(unit, 1 << 17);
    long large = steps(unit, 1 << 19);
    assertThat(large).isLessThan(small * 9 / 2 + 100_000);
    assertThat(large).isLessThan(250L << 19);
  }

  @ParameterizedTest
  @MethodSource("hostile")
  @DisplayName("H7 a scan that is told to stop stops within one reading of a piece, whatever the text")
  void stopsSoon(String unit) {
    Classifier classifier = new Classifier(Classifier.builtIn(), new ClassifierConfig(1L << 40, 1 << 22, 1 << 28, 1 << 28));
    RequestScan scan = (RequestScan) classifier.begin(Texts.json(Texts.chat(unit.repeat((1 << 17) / unit.length()))));
    long before = 0;
    long longest = 0;
    boolean done = false;
    while (!done) {
      done = scan.run(1);
      longest = Math.max(longest, scan.spent() - before);
      before = scan.spent();
    }
    assertThat(longest).isLessThan(2_000_000);
  }

  private static long steps(String unit, int length) {
    Classifier classifier = new Classifier(Classifier.builtIn(), new ClassifierConfig(1L << 40, 1 << 22, 1 << 28, 1 << 28));
    RequestScan scan = (RequestScan) classifier.begin(Texts.json(Texts.chat(unit.repeat(length / unit.length()))));
    assertThat(scan.run(1L << 40)).isTrue();
    return scan.spent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[]", "\"\"", "0", "null", "{\"messages\":[]}", "{\"messages\":[{\"content\":null}]}", "{\"\":\"\"}", "[[[[\"\"]]]]", "{\"content\":[]}", "{\"input\":[]}", "{\"prompt\":[[]]}"})
  void smallestBodies(String body) {
    assertThat(Texts.scan(new Classifier(Classifier.builtIn()), body).clean()).isTrue();
  }
}
