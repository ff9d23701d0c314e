package io.tidegate.assay;

import io.tidegate.classify.Classifier;
import io.tidegate.decide.Decision;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Problem;
import io.tidegate.model.Prompt;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Zone;
import io.tidegate.time.Pace;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A small corpus of made-up values that nobody means to send to a public model, in several languages: a bundle that clears one of them for PUBLIC
 * is refused, however well its own tests pass. The caller is one that no policy can name, so an exclusion for an identity does not count against
 * the bundle, and one for exact values does not meet these.
 */
public final class Canaries implements BundleCheck {
  /** Begins with what no key of an identity can: the caller of a canary is nobody's. */
  private static final Caller NOBODY = new Caller("(canary)", "(canary)");
  private static final int EACH = 2;

  private final long seed;

  /** A value's kind and a sentence it stands in. */
  private record Canary(String kind, String text) {}

  private static final List<Canary> CORPUS = List.of(
      new Canary("cn_id", "我的身份证号码是{{cn_id}}，请帮我填写表格"),
      new Canary("cn_id", "Customer's identity card number: {{cn_id}}"),
      new Canary("cn_bank_card", "请把款打到银行卡{{cn_bank_card}}"),
      new Canary("us_ssn", "My social security number is {{us_ssn}}, file my taxes."),
      new Canary("us_ssn", "Mi número de seguro social (SSN) es {{us_ssn}}."),
      new Canary("credit_card", "Bitte belasten Sie meine Kreditkarte, credit card {{credit_card}}."),
      new Canary("credit_card", "カード番号 credit card number {{credit_card}} で支払います"),
      new Canary("iban", "Virement sur le compte IBAN {{iban}} avant vendredi."),
      new Canary("medical_record", "患者病历号：{{medical_record}}，请总结病情"),
      new Canary("github_token", "Why does this token fail? {{github_token}}"),
      new Canary("aws_key", "aws_access_key_id = {{aws_key}}"),
      new Canary("jwt", "Authorization: Bearer {{jwt}}"),
      new Canary("connection_string", "DATABASE_URL={{connection_string}}"),
      new Canary("private_key", "Passt dieser Schlüssel?\n{{private_key}}"),
      new Canary("password", "password: {{password}}"));

  /** @param seed of the values: another one, other values */
  public Canaries(long seed) {
    this.seed = seed;
  }

  @Override
  public List<Problem> problems(Candidate candidate, Pace pace) {
    RandomGenerator random = new SplittableRandom(seed);
    List<Problem> problems = new ArrayList<>();
    for (Canary canary : CORPUS) {
      pace.step();
      for (int i = 0; i < EACH; i++) {
        if (passesToPublic(request(canary, random), candidate)) {
          problems.add(new Problem("(bundle)", 0, 0, "the canary of kind '" + canary.kind() + "' would be cleared for a public model",
              "add a rule that raises what is found in it, as policies/baseline.yaml does, or take 'public' out of the routes"));
          break;
        }
      }
    }
    return problems.stream().distinct().toList();
  }

  private static boolean passesToPublic(List<ModelRequest> requests, Candidate candidate) {
    for (ModelRequest request : requests) {
      Classifier.Scan scan = candidate.classifier().begin(request);
      while (!scan.run(Long.MAX_VALUE)) {
        // A scan ends by its own budget.
      }
      Decision decision = candidate.decider().decide(request, scan.findings(), candidate.now());
      if (decision.opens(Zone.PUBLIC)) {
        return true;
      }
    }
    return false;
  }

  /** The same text asked in every hurry. */
  private static List<ModelRequest> request(Canary canary, RandomGenerator random) {
    String text = Placeholders.expand(canary.text(), random);
    byte[] body = new JsonWriter().beginObject().key("model").string("auto").key("messages").beginArray().beginObject().key("role").string("user")
        .key("content").string(text).endObject().endArray().endObject().toBytes();
    List<ModelRequest> requests = new ArrayList<>();
    try {
      for (LatencyClass hurry : LatencyClass.values()) {
        requests.add(new ModelRequest("canary", Operation.CHAT, new Prompt(JsonText.parse(body.clone(), JsonLimits.DEFAULT)), "auto", false, false, false,
            NOBODY, Sensitivity.PUBLIC, hurry, 0, CacheDirective.DEFAULT, 0));
      }
    } catch (JsonException ours) {
      throw new IllegalStateException("a canary is not JSON", ours);
    }
    return requests;
  }
}
