package io.tidegate.assay.proof;

import io.tidegate.assay.MadeUp;
import io.tidegate.assay.proof.ContentKind.Form;
import io.tidegate.assay.proof.ContentKind.Found;
import io.tidegate.assay.world.Rehearsal;
import io.tidegate.model.Findings.Trouble;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.EntityTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Every kind of content that a proof sends. */
final class Contents {
  private static final String MARKED = Rehearsal.MARKER + " please";

  /** Made-up values that the built-in detectors find by themselves: placeholder, its type, the words around it. */
  private static final String[][] MADE_UP = {
      {"cn_id", "CN_ID", "我的身份证号码是%s，请帮我填写表格"},
      {"us_ssn", "US_SSN", "My SSN is %s, file my taxes."},
      {"credit_card", "CREDIT_CARD", "Charge my credit card %s please."},
      {"cn_bank_card", "CN_BANK_CARD", "银行卡号%s"},
      {"iban", "IBAN", "Transfer it to IBAN %s today."},
      {"medical_record", "MEDICAL_RECORD", "患者病历号：%s"},
      {"github_token", "SECRET", "Why does this key fail? %s"},
      {"aws_key", "SECRET", "AWS access key %s"},
      {"password", "PASSWORD", "password: %s"},
      {"connection_string", "CONNECTION_STRING", "DATABASE_URL=%s"}};

  private Contents() {}

  /** @param own entity types that the policy's own detectors or plug-ins report */
  static List<ContentKind> all(Set<String> own) {
    List<ContentKind> kinds = scripted(own);
    for (String[] madeUp : MADE_UP) {
      kinds.add(madeUp(madeUp[0], madeUp[1], madeUp[2]));
    }
    return kinds;
  }

  /** Without values that the built-in detectors must find by themselves. */
  static List<ContentKind> scripted(Set<String> own) {
    List<ContentKind> kinds = new ArrayList<>();
    kinds.add(new ContentKind("harmless text", Sensitivity.PUBLIC, "nothing was found in it", null, List.of(), null, Sensitivity.PUBLIC, MARKED,
        Rehearsal.MARKER, Form.TEXT));
    Set<String> types = new TreeSet<>(EntityTypes.BUILT_IN);
    types.addAll(own);
    for (String type : types) {
      for (Likelihood likelihood : List.of(Likelihood.POSSIBLE, Likelihood.LIKELY, Likelihood.VERY_LIKELY)) {
        kinds.add(found(type, likelihood));
      }
    }
    for (String type : List.of("EMAIL", "CN_ID")) {
      kinds.add(new ContentKind("text with two " + type + ", of which each scan reports one", Nature.restricted(type, Likelihood.LIKELY).isPresent()
          ? Sensitivity.RESTRICTED : Sensitivity.PUBLIC, Nature.restricted(type, Likelihood.LIKELY).orElse("for the policy to judge"), type,
          List.of(new Found(type, Likelihood.VERY_LIKELY)), null, Sensitivity.PUBLIC, MARKED + " and " + MARKED, Rehearsal.MARKER, Form.TEXT));
    }
    kinds.add(trouble(Trouble.DETECTOR_FAILED, "a text on which a detector failed"));
    kinds.add(trouble(Trouble.BUDGET_SPENT, "a text that was too costly to scan to its end"));
    kinds.add(trouble(Trouble.OVERFLOW, "a text with more findings than can be kept"));
    kinds.add(trouble(Trouble.OPAQUE, "a text that stays unreadable after decoding"));
    kinds.add(trouble(Trouble.UNSCANNABLE, "an image, which no detector can read"));
    for (Sensitivity declared : List.of(Sensitivity.INTERNAL, Sensitivity.CONFIDENTIAL, Sensitivity.RESTRICTED)) {
      kinds.add(new ContentKind("text that its sender declares " + declared, declared, "its sender says so", null, List.of(), null, declared, MARKED,
          Rehearsal.MARKER, Form.TEXT));
    }
    return kinds;
  }

  private static ContentKind found(String type, Likelihood likelihood) {
    String strength = likelihood.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return Nature.restricted(type, likelihood)
        .map(why -> kind("text with " + type + " (" + strength + ")", Sensitivity.RESTRICTED, why, type, likelihood))
        .orElseGet(() -> kind("text with " + type + " (" + strength + ")", Sensitivity.PUBLIC, "for the policy to judge", type, likelihood));
  }

  private static ContentKind kind(String words, Sensitivity least, String why, String type, Likelihood likelihood) {
    return new ContentKind(words, least, why, type, List.of(new Found(type, likelihood)), null, Sensitivity.PUBLIC, MARKED, Rehearsal.MARKER, Form.TEXT);
  }

  private static ContentKind madeUp(String placeholder, String type, String around) {
    String value = MadeUp.value(placeholder);
    String why = Nature.restricted(type, Likelihood.LIKELY).orElseThrow();
    return new ContentKind("a made-up " + placeholder + " in a sentence", Sensitivity.RESTRICTED, why, type, List.of(), null, Sensitivity.PUBLIC,
        around.replace("%s", value), value, Form.TEXT);
  }

  private static ContentKind trouble(Trouble trouble, String words) {
    String why = "nobody knows what is in it";
    return switch (trouble) {
      case DETECTOR_FAILED, BUDGET_SPENT -> new ContentKind(words, Sensitivity.RESTRICTED, why, null, List.of(), trouble, Sensitivity.PUBLIC, MARKED,
          Rehearsal.MARKER, Form.TEXT);
      case OVERFLOW -> new ContentKind(words, Sensitivity.RESTRICTED, why, null, List.of(new Found("DATE_TIME", Likelihood.LIKELY)), trouble,
          Sensitivity.PUBLIC, MARKED, Rehearsal.MARKER, Form.TEXT);
      case OPAQUE -> {
        String opaque = MadeUp.noise(600);
        // A policy may say confidential, never less (decisions 9).
        yield new ContentKind(words, Sensitivity.CONFIDENTIAL, why, null, List.of(), trouble, Sensitivity.PUBLIC, opaque, opaque.substring(0, 32), Form.TEXT);
      }
      case UNSCANNABLE -> new ContentKind(words, Sensitivity.RESTRICTED, why, null, List.of(), trouble, Sensitivity.PUBLIC, MARKED, Rehearsal.MARKER,
          Form.IMAGE);
    };
  }
}
