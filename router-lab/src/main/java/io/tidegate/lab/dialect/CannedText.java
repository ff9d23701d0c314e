package io.tidegate.lab.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidegate.lab.config.EmulatorConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Readable answers that say who answered and, unless the emulator is told to echo, never repeat what was asked. */
final class CannedText {
  private static final List<String> TIPS = List.of(
      "Start with the smallest case that fails – it usually names the culprit.",
      "Write the expected result down first; it is easier to compare than to remember.",
      "A short list beats a long paragraph: what is known, what is open, what comes next.",
      "If two sources disagree, ask which one was measured – and when.",
      "Naïve first, fast later: keep the simple version as the test of the clever one.",
      "Units belong next to numbers: 20 °C, 5 µs, 3 €.",
      "When in doubt, draw it: boxes for things, arrows for who tells whom → then look for cycles.",
      "Sleep on large decisions, and write small ones down at once.");

  private CannedText() {}

  static String answer(EmulatorConfig config, Call call, long number, SplittableRandom random) {
    if (config.marking()) {
      return "<<" + call.tenantMark() + " " + call.markedWord() + ">>";
    }
    if (config.echoes() && call.chat()) {
      return call.lastText();
    }
    String counted = call.chat() ? plural(call.inputs(), "message") : plural(call.inputs(), "prompt");
    return "Answered by the emulated " + config.name() + " · model " + call.model() + " · answer no. " + number + ". You sent " + counted
        + " with " + plural(call.characters(), "character") + ". No model was run; this text is canned: "
        + TIPS.get(random.nextInt(TIPS.size()));
  }

  static String completion(EmulatorConfig config, Call call, long number, SplittableRandom random) {
    boolean fills = call.root().path("suffix").isTextual() && !call.root().path("suffix").asText().isEmpty();
    return (fills ? " [filled in before a suffix of " + plural(call.root().path("suffix").asText().length(), "character") + "] " : " ")
        + answer(config, call, number, random);
  }

  static String json(EmulatorConfig config, Call call, long number) {
    ObjectNode node = Json.object();
    node.put("answered_by", "the emulated " + config.name()).put("model", call.model()).put("answer_number", number);
    node.put("messages", call.inputs()).put("characters", call.characters());
    return node.toString();
  }

  static String reasoning(Call call) {
    return "The emulator pretends to think: " + plural(call.inputs(), "message") + " counted, nothing understood – a canned answer will do.";
  }

  private static String plural(int count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  /** Cuts a text as a tokeniser would: words with their leading space, other characters one by one; never inside a surrogate pair. */
  static List<String> pieces(String text) {
    List<String> pieces = new ArrayList<>();
    int start = 0;
    for (int i = 1; i <= text.length(); i++) {
      if (i == text.length() || !Character.isLetterOrDigit(text.charAt(i)) && !Character.isLowSurrogate(text.charAt(i))) {
        pieces.add(text.substring(start, i));
        start = i;
      }
    }
    return pieces;
  }
}
