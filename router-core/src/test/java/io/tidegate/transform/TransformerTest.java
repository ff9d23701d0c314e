package io.tidegate.transform;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.assay.Placeholders;
import io.tidegate.classify.Classifier;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.Findings.Trouble;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Pseudonyms.Pseudonym;
import io.tidegate.model.Transformation;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransformerTest {
  private static final Classifier CLASSIFIER = new Classifier(Classifier.builtIn());
  private static final String MAIL = "li.lei@kunde.example.org";

  private static JsonText json(String text) {
    try {
      return JsonText.parse(text.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
    } catch (JsonException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonText chat(String content) {
    return json("{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":" + JsonWriter.quote(content) + "}]}");
  }

  private static Findings scan(JsonText text) {
    Classifier.Scan scan = CLASSIFIER.begin(text);
    while (!scan.run(1_000_000)) {
      // Ends by its own budget.
    }
    return scan.findings();
  }

  private static Cleaned clean(JsonText text, Transformation kind) {
    return Transformer.clean(text, scan(text), kind, 42);
  }

  private static String text(Cleaned cleaned) {
    JsonText json = cleaned.text().orElseThrow(() -> new AssertionError(cleaned.toString()));
    return StandardCharsets.UTF_8.decode(json.buffer()).toString();
  }

  private static String content(Cleaned cleaned) {
    JsonText json = cleaned.text().orElseThrow(() -> new AssertionError(cleaned.toString()));
    return json.string(json.member(json.member(0, "messages") + 1, "content"));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("G1 a value of each kind goes, in a sentence of each language, and the second scan finds nothing likely")
  @EnumSource
  void everyKind(Transformation how) {
    Random random = new Random(3);
    List<String> left = new ArrayList<>();
    for (String kind : Placeholders.kinds()) {
      if (kind.equals("private_key")) {
        // Opaque besides: the scan is not whole, so nothing is taken out of such a text.
        continue;
      }
      for (String sentence : List.of("请处理 %s ，谢谢", "My number is %s, thanks.", "a=%s", "{\"id\": \"%s\"}")) {
        String value = Placeholders.expand("{{" + kind + "}}", random);
        JsonText before = chat(sentence.formatted(value));
        Findings found = scan(before);
        if (found.list().isEmpty() || found.list().stream().noneMatch(finding -> finding.likelihood().compareTo(Likelihood.LIKELY) >= 0)) {
          continue;
        }
        Cleaned cleaned = Transformer.clean(before, found, how, 42);
        if (cleaned.text().isEmpty()) {
          left.add(kind + " " + cleaned);
          continue;
        }
        assertThat(content(cleaned)).as(kind).doesNotContain(value);
        Findings again = scan(cleaned.text().get());
        if (!again.troubles().isEmpty() || again.list().stream().anyMatch(finding -> finding.likelihood().compareTo(Likelihood.LIKELY) >= 0)) {
          left.add(kind + " found again");
        }
      }
    }
    assertThat(left).isEmpty();
  }

  @Test
  @DisplayName("Pseudonyms: equal values equal, other values other, everywhere in the text, also where no detector saw them")
  void consistent() {
    Cleaned cleaned = clean(json("{\"messages\":[{\"role\":\"user\",\"content\":\"mail " + MAIL + " or han@kunde.example.org\"},{\"role\":\"assistant\",\"content\":\"x" + MAIL
        + "y\"}],\"stop\":[\"" + MAIL + "\"]}"), Transformation.PSEUDONYMISE);
    List<Pseudonym> list = cleaned.pseudonyms().list();
    assertThat(list).extracting(Pseudonym::original).contains(MAIL, "han@kunde.example.org");
    String placeholder = list.stream().filter(one -> one.original().equals(MAIL)).findFirst().orElseThrow().placeholder();
    assertThat(placeholder).matches("EMAIL_[BCDFGHJKLMNPRTVXZ]{6}");
    assertThat(text(cleaned)).doesNotContain(MAIL).contains("\"stop\":[\"" + placeholder + "\"]");
    assertThat(list.stream().map(Pseudonym::code).distinct()).hasSameSizeAs(list);
  }

  @Test
  @DisplayName("Placeholders collide with nothing the caller wrote, whatever it wrote")
  void noCollision() {
    String first = clean(chat("mail " + MAIL), Transformation.PSEUDONYMISE).pseudonyms().list().get(0).code();
    String lookalike = "email_" + first.toLowerCase(java.util.Locale.ROOT) + " ";
    Cleaned cleaned = clean(chat(lookalike + "mail " + MAIL), Transformation.PSEUDONYMISE);
    assertThat(cleaned.pseudonyms().list().get(0).code().substring(0, Codes.NONCE)).isNotEqualTo(first.substring(0, Codes.NONCE));
    assertThat(content(cleaned)).startsWith(lookalike);
  }

  @Test
  @DisplayName("The same text and seed give the same placeholders, another seed others; codes of one text are of one length")
  void codes() {
    JsonText text = chat("mail " + MAIL);
    assertThat(text(Transformer.clean(text, scan(text), Transformation.PSEUDONYMISE, 7))).isEqualTo(text(Transformer.clean(text, scan(text), Transformation.PSEUDONYMISE, 7)))
        .isNotEqualTo(text(Transformer.clean(text, scan(text), Transformation.PSEUDONYMISE, 8)));
    Codes many = java.util.Objects.requireNonNull(Codes.of("", 1, Codes.MAX));
    Set<String> all = new java.util.HashSet<>();
    for (int i = 0; i < Codes.MAX; i++) {
      all.add(many.code(i));
    }
    assertThat(all).hasSize(Codes.MAX).allMatch(code -> code.length() == Codes.NONCE + 3);
  }

  @ParameterizedTest(name = "{1} becomes {2}")
  @DisplayName("Masks keep the shape, and the last four of what is commonly printed so")
  @CsvSource({"PHONE,138-0013-8000,***-****-8000", "CN_ID,11010519491231002X,**************002X", "EMAIL,a.b@c.org,*.*@*.***", "PASSWORD,hunter2-x,*******-*", "PHONE,8000,****"})
  void masks(String type, String value, String masked) {
    assertThat(Masks.masked(type, value)).isEqualTo(masked);
    assertThat(Masks.redacted(type)).isEqualTo("[REDACTED:" + type + "]");
  }

  @Test
  @DisplayName("Only contents of strings change; all other bytes stay the caller's")
  void onlyStrings() {
    String before = "{ \"model\":\"auto\",\n \"temperature\": 1.0e0, \"messages\":[ {\"role\":\"user\",\"content\":\"mail " + MAIL + ", caf\\u00e9\"}]}";
    Cleaned cleaned = clean(json(before), Transformation.REDACT);
    assertThat(text(cleaned)).isEqualTo(before.replace(MAIL, "[REDACTED:EMAIL]").replace("\\u00e9", "é"));
    assertThat(cleaned.pseudonyms().isEmpty()).isTrue();
  }

  @Test
  @DisplayName("Overlapping findings become one value, of the type that is surer")
  void overlaps() {
    JsonText text = chat("abc 0123456789 xyz");
    int node = text.member(text.member(0, "messages") + 1, "content");
    Findings findings = new Findings(List.of(new Finding("PHONE", node, 4, 10, Likelihood.POSSIBLE, "a"), new Finding("TAX_ID", node, 8, 14, Likelihood.LIKELY, "b")), Set.of());
    assertThat(content(Transformer.clean(text, findings, Transformation.REDACT, 1))).isEqualTo("abc [REDACTED:TAX_ID] xyz");
  }

  @Test
  @DisplayName("A value is taken out in whole words and whole characters")
  void wholeWords() {
    JsonText text = chat("tel0123456789x 😀");
    int node = text.member(text.member(0, "messages") + 1, "content");
    Findings findings = new Findings(List.of(new Finding("PHONE", node, 3, 13, Likelihood.LIKELY, "a"), new Finding("X", node, 15, 16, Likelihood.LIKELY, "b")), Set.of());
    assertThat(content(Transformer.clean(text, findings, Transformation.REDACT, 1))).isEqualTo("[REDACTED:PHONE] [REDACTED:X]");
  }

  @Test
  @DisplayName("JSON inside arguments stays JSON: bare numbers get quotes")
  void embeddedJson() {
    String arguments = "{\"card\": 4111111111111111, \"name\": \"x\"}";
    Cleaned cleaned = clean(json("{\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"function\":{\"name\":\"pay\",\"arguments\":" + JsonWriter.quote(arguments) + "}}]}]}"),
        Transformation.PSEUDONYMISE);
    assertThat(text(cleaned)).doesNotContain("4111111111111111").containsPattern("\\{\\\\\"card\\\\\": \\\\\"[A-Z_]+_[B-Z]{6}\\\\\", ");
  }

  @Test
  @DisplayName("Troubles, joined values, keys, numbers, labels, steering strings and nothing at all are obstacles")
  void obstacles() {
    JsonText text = json("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"0123456789\",\"name\":\"bo\"}],\"metadata\":{\"k\":\"0123456789\"},\"n\":1234567}");
    int message = text.member(0, "messages") + 1;
    int content = text.member(message, "content");
    assertThat(obstacle(text, Findings.NONE)).isEqualTo(Obstacle.NOTHING_FOUND);
    assertThat(obstacle(text, new Findings(List.of(at(content)), Set.of(Trouble.OPAQUE)))).isEqualTo(Obstacle.SCAN_NOT_WHOLE);
    assertThat(obstacle(text, one(new Finding("X", -1, -1, -1, Likelihood.LIKELY, "d")))).isEqualTo(Obstacle.JOINED);
    for (int node : new int[] {content - 1, text.member(message, "role"), text.member(0, "model"), text.member(text.member(0, "metadata"), "k"), text.member(0, "n")}) {
      assertThat(obstacle(text, one(at(node)))).as("node %d", node).isEqualTo(Obstacle.NOT_A_TEXT);
    }
    assertThat(obstacle(text, one(at(text.member(message, "name"))))).as("a name cannot be redacted").isEqualTo(Obstacle.NOT_A_TEXT);
    assertThat(obstacle(text, one(new Finding("X", content, 5, 99, Likelihood.LIKELY, "d")))).isEqualTo(Obstacle.NO_CLEAN_SPAN);
    assertThat(obstacle(text, one(new Finding("PHONE", content, 0, 10, Likelihood.LIKELY, "d")))).as("it stands in a label once more").isEqualTo(Obstacle.NOT_A_TEXT);
  }

  private static Finding at(int node) {
    return new Finding("X", node, 0, 1, Likelihood.LIKELY, "d");
  }

  private static Findings one(Finding finding) {
    return new Findings(List.of(finding), Set.of());
  }

  private static Obstacle obstacle(JsonText text, Findings findings) {
    return Transformer.clean(text, findings, Transformation.REDACT, 1).obstacle().orElseThrow();
  }

  @ParameterizedTest
  @DisplayName("A11 a value in base64 or hex goes with the whole run that holds it; nothing of the run stays")
  @ValueSource(strings = {"bGkubGVpQGt1bmRlLmV4YW1wbGUub3Jn", "bXkgbWFpbCBpcyBsaS5sZWlAa3VuZGUuZXhhbXBsZS5vcmcgb2s=", "6c692e6c6569406b756e64652e6578616d706c652e6f7267"})
  void encodedRun(String run) {
    JsonText text = chat("see " + run + " ok");
    Cleaned cleaned = clean(text, Transformation.PSEUDONYMISE);
    assertThat(content(cleaned)).as("padding says nothing").matches("see [A-Z_]+_[B-Z]{6}=? ok");
    assertThat(cleaned.pseudonyms().list()).extracting(Pseudonym::original).containsExactly(run.replace("=", ""));
    assertThat(scan(cleaned.text().orElseThrow()).list()).isEmpty();
  }

  @Test
  @DisplayName("A11 a part of an encoded run has no clean span, whoever reports it")
  void partOfRun() {
    JsonText text = chat("bXkgbWFpbCBpcyBsaS5sZWlAa3VuZGUuZXhhbXBsZS5vcmcgb2s=");
    int node = text.member(text.member(0, "messages") + 1, "content");
    for (int[] span : new int[][] {{12, 40}, {0, 40}, {12, 51}, {0, 51}}) {
      assertThat(obstacle(text, one(new Finding("EMAIL", node, span[0], span[1], Likelihood.LIKELY, "plug-in")))).isEqualTo(Obstacle.NO_CLEAN_SPAN);
    }
  }

  @ParameterizedTest
  @DisplayName("A11 values in percent, HTML and JSON escapes have no clean span")
  @ValueSource(strings = {"li.lei%40kunde.example.org",
      "li.lei&#64;kunde.example.org", "li.lei\\u0040kunde.example.org"})
  void encoded(String value) {
    JsonText text = chat("mail " + value);
    assertThat(scan(text).list()).as("the detectors see it").isNotEmpty();
    assertThat(clean(text, Transformation.PSEUDONYMISE).obstacle()).contains(Obstacle.NO_CLEAN_SPAN);
  }

  @Test
  @DisplayName("G8 a text made to be slow is given up, in bounded time")
  void bounded() {
    StringBuilder content = new StringBuilder();
    for (int i = 0; i < 60_000; i++) {
      content.append("1380013").append(10_000 + i).append(' ');
    }
    JsonText text = chat(content.toString());
    int node = text.member(text.member(0, "messages") + 1, "content");
    List<Finding> many = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      many.add(new Finding("PHONE", node, i * 13, i * 13 + 12, Likelihood.LIKELY, "d"));
    }
    assertThat(obstacle(text, new Findings(many, Set.of()))).isEqualTo(Obstacle.TOO_MUCH);
  }

  @Test
  @DisplayName("G3 nothing prints a value")
  void silent() {
    Cleaned cleaned = clean(chat("mail " + MAIL), Transformation.PSEUDONYMISE);
    assertThat(cleaned.toString() + cleaned.pseudonyms() + cleaned.pseudonyms().list() + cleaned.text()).doesNotContain("kunde");
  }
}
