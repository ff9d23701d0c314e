package io.tidegate.classify;

import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.Likelihood;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/** Texts as requests, for tests of this room. */
final class Texts {
  private Texts() {}

  static JsonText json(String body) {
    try {
      return JsonText.parse(body.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
    } catch (JsonException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** {@code text} as a JSON string, with the quotes. */
  static String quote(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        default -> {
          if (c < 0x20) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }

  static String chat(String text) {
    return "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":" + quote(text) + "}]}";
  }

  static Findings scan(Classifier classifier, String body) {
    Classifier.Scan scan = classifier.begin(json(body));
    while (!scan.run(1_000_000)) {
      // goes on
    }
    return scan.findings();
  }

  static Findings scanChat(Classifier classifier, String text) {
    return scan(classifier, chat(text));
  }

  /** Highest likelihood per type. */
  static TreeMap<String, Likelihood> best(Findings findings) {
    TreeMap<String, Likelihood> best = new TreeMap<>();
    for (Finding finding : findings.list()) {
      best.merge(finding.type(), finding.likelihood(), (a, b) -> a.compareTo(b) >= 0 ? a : b);
    }
    return best;
  }
}
