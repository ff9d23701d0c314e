package io.tidegate.assay;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.assay.Explain.FindingLook;
import io.tidegate.classify.Classifier;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.Policies;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyCase;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ExplainTest {
  @Test
  @DisplayName("a finding tells its detector, its place, its likelihood, and from the detector itself whether its check digit is right")
  void checkDigits() {
    FindingLook good = look(Policies.baseline(), "The number is {{cn_id}} today", "CN_ID");
    assertThat(good.where()).isEqualTo("messages[0].content");
    assertThat(good.why()).contains("its check digit is right", "needs no words beside it");
    FindingLook bad = look(Policies.baseline(), "身份证号码{{cn_id_bad}}", "CN_ID");
    assertThat(bad.why()).contains("its check digit is wrong").anySatisfy(why -> assertThat(why).startsWith("words"));
    assertThat(look(Policies.baseline(), "card {{credit_card}}", "CREDIT_CARD").why()).contains("its check digit is right");
    assertThat(look(Policies.baseline(), "credit card {{credit_card_bad}} please", "CREDIT_CARD").why()).contains("its check digit is wrong");
    assertThat(look(Policies.baseline(), "write to {{email}} now", "EMAIL").why()).noneMatch(why -> why.contains("check digit"));
  }

  @Test
  @DisplayName("a policy's own detector is explained by the same questions: the words that must stand near")
  void ownDetectors() {
    PolicyBundle bundle = Policies.bundle("detectors: [{id: staff, regex: 'GH\\d{6}', context: [badge], likelihood: likely, withoutContext: possible}]\n"
        + "rules: [{id: r, types: [STAFF], raiseTo: restricted, reason: x}]");
    assertThat(look(bundle, "my badge is GH123456.", "STAFF").why()).containsExactly("words before it count; alone it is POSSIBLE");
    assertThat(look(bundle, "GH123456 is my badge", "STAFF").why()).containsExactly("words after it count; alone it is POSSIBLE");
    assertThat(look(bundle, "GH123456 is it", "STAFF").why()).containsExactly("needs no words beside it");
  }

  @Test
  @DisplayName("G3 B1 no value that was found is printed, nor more of it than its ends: text, JSON and reasons")
  void valuesAreMasked() {
    for (String kind : Placeholders.kinds()) {
      String text = "身份证 SSN card 病历号 password: iban 银行卡号 passport 护照 {{" + kind + "}} call me";
      String value = Placeholders.expand("{{" + kind + "}}", new SplittableRandom(7)).replaceAll("-----[A-Z ]+-----", "");
      Explain explain = explain(Policies.baseline(), Placeholders.expand(text, new SplittableRandom(7)));
      String printed = String.join("\n", ExplainReport.lines(explain, "p@1")) + ExplainReport.json(explain, "p@1");
      for (int i = 0; i + 5 <= value.length(); i++) {
        assertThat(printed).as("%s, from its character %d", kind, i).doesNotContain(value.substring(i, i + 5));
      }
      for (FindingLook look : explain.findings()) {
        assertThat(look.masked().replaceAll("\\(\\d+\\)", "").codePoints().filter(Character::isLetterOrDigit).count()).as("%s %s", kind, look.masked())
            .isLessThanOrEqualTo(2);
      }
    }
  }

  @Test
  @DisplayName("G3 what the caller wrote and a rule read (a label, a model name) is masked too")
  void callersTextIsMasked() {
    PolicyBundle bundle = Policies.bundle("rules: [{id: l, when: \"'team' in labels && labels['team'] == 'x' && model != 'm'\", raiseTo: internal, reason: x}]");
    ModelRequest request = request("{\"model\":\"secretmodelname\",\"metadata\":{\"team\":\"patientjones\"},\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}",
        "secretmodelname");
    Explain explain = Explain.of(bundle, Classifier.builtIn(), request, "", PolicyCase.NOON, null);
    String printed = String.join("\n", ExplainReport.lines(explain, "p@1")) + ExplainReport.json(explain, "p@1");
    assertThat(printed).doesNotContain("patientjones").doesNotContain("secretmodelname").contains("near l -> INTERNAL");
  }

  @Test
  @DisplayName("the explanation shows the join, the matched rule with what it counted, and rules that came near")
  void lines() {
    List<String> lines = ExplainReport.lines(explain(Policies.baseline(), "身份证 " + Placeholders.expand("{{cn_id}}", new SplittableRandom(3))), "baseline@1");
    assertThat(lines.get(0)).isEqualTo("RESTRICTED STANDARD -> PRIVATE");
    assertThat(lines).anySatisfy(line -> assertThat(line).contains("matched cn-id -> RESTRICTED: needs one of CN_ID, CN_TRAVEL_PERMIT at LIKELY or above"))
        .contains("  floor: INTERNAL, so INTERNAL", "  rule cn-id: RESTRICTED, so RESTRICTED", "latency class STANDARD: the default",
            "cache: neither read nor stored", "audit: written before a public send");
  }

  private static FindingLook look(PolicyBundle bundle, String text, String type) {
    List<FindingLook> looks = new ArrayList<>(explain(bundle, Placeholders.expand(text, new SplittableRandom(11))).findings());
    looks.removeIf(look -> !look.finding().type().equals(type));
    assertThat(looks).as(text).isNotEmpty();
    return looks.get(0);
  }

  private static Explain explain(PolicyBundle bundle, String text) {
    String body = new String(new JsonWriter().beginObject().key("model").string("auto").key("messages").beginArray().beginObject().key("role").string("user")
        .key("content").string(text).endObject().endArray().endObject().toBytes(), java.nio.charset.StandardCharsets.UTF_8);
    return Explain.of(bundle, Classifier.builtIn(), request(body, "auto"), "", PolicyCase.NOON, null);
  }

  private static ModelRequest request(String body, String model) {
    try {
      return new ModelRequest("x", Operation.CHAT, new Prompt(JsonText.parse(body.getBytes(java.nio.charset.StandardCharsets.UTF_8), JsonLimits.DEFAULT)), model,
          false, false, false, Caller.DEFAULT, Sensitivity.PUBLIC, null, 0, CacheDirective.DEFAULT, 0);
    } catch (io.tidegate.wire.JsonException e) {
      throw new AssertionError(e);
    }
  }
}
