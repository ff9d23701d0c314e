package io.tidegate.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Sensitivity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Values that must stay home, in every disguise of hazards A10 and A11, as requests under the shipped policy. */
@DisplayName("A10 A11 evasion vectors under the shipped policy")
class EvasionVectorsTest {
  /** @param kind the kind of evasion, before the colon of its name */
  private record Vector(String name, String body) {
    String kind() {
      return name.substring(0, name.indexOf(':'));
    }
  }

  private static final Map<String, String> VALUES = new LinkedHashMap<>();

  static {
    VALUES.put("id", "110105194912310070");
    VALUES.put("id with X", "11010519491231002X");
    VALUES.put("card", "4539578763621486");
    VALUES.put("UnionPay", "6228482818662010");
    VALUES.put("token", "ghp" + "_aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW3xY5zA7");
    VALUES.put("bank", "DE89370400440532013000");
  }

  private static List<Vector> vectors() {
    List<Vector> all = new ArrayList<>();
    Disguises.any().forEach((name, change) -> VALUES.forEach((what, value) -> all.add(new Vector(name + ", " + what, Texts.chat("Please look at this: " + change.apply(value) + " and tell me more.")))));
    Disguises.numbers().forEach((name, change) -> VALUES.forEach((what, value) -> {
      if (value.chars().allMatch(Character::isDigit)) {
        all.add(new Vector(name + ", " + what, Texts.chat("请看一下 " + change.apply(value) + " 谢谢")));
      }
    }));
    for (Map.Entry<String, UnaryOperator<String>> disguise : Map.<String, UnaryOperator<String>>of("plain", t -> t, "base64", Disguises::base64, "base64 twice", t -> Disguises.base64(Disguises.base64(t)), "hex", Disguises::hex,
        "lines of base64", t -> Disguises.any().get("base64: lines").apply(t)).entrySet()) {
      VALUES.forEach((what, value) -> all.add(new Vector("tool result: " + disguise.getKey() + ", " + what, "{\"messages\":[{\"role\":\"user\",\"content\":\"go\"},{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":"
          + Texts.quote(disguise.getValue().apply("record=" + value + ";ok")) + "}]}")));
    }
    VALUES.forEach((what, value) -> split(all, what, value));
    return all;
  }

  private static void split(List<Vector> all, String what, String value) {
    for (int cut : new int[] {3, value.length() / 2, value.length() - 2}) {
      String a = value.substring(0, cut);
      String b = value.substring(cut);
      all.add(new Vector("parts: at " + cut + ", " + what, "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"see " + a + "\"},{\"type\":\"text\",\"text\":\"" + b + " ok\"}]}]}"));
      all.add(new Vector("messages: at " + cut + ", " + what, "{\"messages\":[{\"role\":\"user\",\"content\":\"see " + a + "\"},{\"role\":\"user\",\"content\":\"" + b + " ok\"}]}"));
      all.add(new Vector("turns: at " + cut + ", " + what, "{\"messages\":[{\"role\":\"user\",\"content\":\"remember " + a + "\"},{\"role\":\"assistant\",\"content\":\"" + b + "\"}]}"));
      all.add(new Vector("argument pieces: at " + cut + ", " + what, "{\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"v\\\":\\\"" + a
          + "\"}},{\"id\":\"c2\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"" + b + "\\\"}\"}}]}]}"));
      all.add(new Vector("arguments: at " + cut + ", " + what, "{\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"first\\\":\\\"" + a
          + "\\\", \\\"second\\\":\\\"" + b + "\\\"}\"}}]}]}"));
      all.add(new Vector("members: at " + cut + ", " + what, "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"metadata\":{\"first\":\"" + a + "\",\"second\":\"" + b + "\"}}"));
    }
    all.add(new Vector("keys: whole, " + what, "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"metadata\":{\"" + value + "\":\"x\"}}"));
    all.add(new Vector("keys: name of a tool's parameter, " + what, "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"enum\":[\"" + value + "\"]}}}]}"));
    all.add(new Vector("keys: system prompt, " + what, "{\"messages\":[{\"role\":\"system\",\"content\":\"user record " + value + "\"},{\"role\":\"user\",\"content\":\"hi\"}]}"));
    all.add(new Vector("keys: stop sequence, " + what, "{\"stop\":[\"" + value + "\"],\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"));
    all.add(new Vector("parts: one character each, " + what, "{\"messages\":[{\"role\":\"user\",\"content\":[" + value.chars().mapToObj(c -> "{\"type\":\"text\",\"text\":\"" + (char) c + "\"}").collect(Collectors.joining(",")) + "]}]}"));
  }

  @Test
  @DisplayName("A10 A11 every vector is RESTRICTED")
  void everyVectorIsRestricted() {
    List<Vector> all = vectors();
    List<String> lower = new ArrayList<>();
    Map<String, Integer> kinds = new TreeMap<>();
    for (Vector vector : all) {
      kinds.merge(vector.kind(), 1, Integer::sum);
      if (Shipped.body(vector.body()).sensitivity() != Sensitivity.RESTRICTED) {
        lower.add(vector.name());
      }
    }
    System.out.println("evasion: " + all.size() + " vectors, " + kinds.size() + " kinds, " + lower.size() + " not RESTRICTED");
    assertThat(lower).isEmpty();
    assertThat(all).hasSizeGreaterThan(450);
    assertThat(kinds.keySet()).containsAll(Set.of("zero-width", "bidi", "tags", "variation selectors", "soft hyphen", "combining marks", "full width", "mathematical", "digits", "homoglyphs", "base64", "hex", "percent", "HTML",
        "escapes", "reversed", "spacing", "parts", "messages", "turns", "argument pieces", "keys", "tool result"));
  }
}
