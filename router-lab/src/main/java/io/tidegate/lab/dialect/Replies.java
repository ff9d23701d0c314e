package io.tidegate.lab.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidegate.lab.config.EmulatedDialect;
import io.tidegate.lab.config.EmulatorConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Everything the emulated model says to one call, before it is put into a wire form. Immutable. */
final class Replies {
  private final List<Reply> all;

  private Replies(List<Reply> all) {
    this.all = all;
  }

  /**
   * @param choices how many the dialect gives
   * @param maxTokens most tokens of a choice, reasoning included; 0 = no limit
   * @param thinks whether reasoning comes first
   * @param readsToolChoice whether the dialect heeds {@code tool_choice}
   */
  record Asked(int choices, int maxTokens, boolean thinks, boolean readsToolChoice) {}

  static Replies to(Call call, Asked asked, EmulatorConfig config, long number) {
    SplittableRandom random = Chance.of(config.seed(), Json.bytes(call.root()));
    List<Reply> all = new ArrayList<>();
    for (int i = 0; i < asked.choices(); i++) {
      all.add(call.chat() ? chat(call, asked, config, number, i, random) : completion(call, asked, config, number, i, random));
    }
    return new Replies(all);
  }

  private static Reply chat(Call call, Asked asked, EmulatorConfig config, long number, int index, SplittableRandom random) {
    List<String> reasoning = asked.thinks() ? CannedText.pieces(CannedText.reasoning(call)) : List.of();
    JsonNode tool = call.toolToCall(asked.readsToolChoice());
    if (tool != null) {
      boolean vllm = config.dialect() == EmulatedDialect.VLLM;
      String id = (vllm ? "chatcmpl-tool-" : "call_") + Chance.id(config.seed() + 7 + index, number);
      List<String> arguments = SampleJson.pieces(SampleJson.of(tool.path("parameters")));
      String finish = vllm && call.namesTool() ? "stop" : "tool_calls";
      return new Reply(index, reasoning, List.of(), new Reply.ToolCall(id, tool.get("name").textValue(), arguments), finish);
    }
    String text;
    if (call.wantsJson()) {
      text = call.schema().isObject() ? SampleJson.of(call.schema()) : CannedText.json(config, call, number);
    } else {
      text = CannedText.answer(config, call, number, random);
    }
    return limited(index, reasoning, CannedText.pieces(text), asked.maxTokens());
  }

  private static Reply completion(Call call, Asked asked, EmulatorConfig config, long number, int index, SplittableRandom random) {
    return limited(index, List.of(), CannedText.pieces(CannedText.completion(config, call, number, random)), asked.maxTokens());
  }

  private static Reply limited(int index, List<String> reasoning, List<String> content, int maxTokens) {
    if (maxTokens <= 0 || reasoning.size() + content.size() <= maxTokens) {
      return new Reply(index, reasoning, content, null, "stop");
    }
    int thought = Math.min(reasoning.size(), maxTokens);
    return new Reply(index, reasoning.subList(0, thought), content.subList(0, maxTokens - thought), null, "length");
  }

  List<Reply> all() {
    return all;
  }

  int tokens() {
    int sum = 0;
    for (Reply reply : all) {
      sum += reply.tokens();
    }
    return sum;
  }

  int reasoningTokens() {
    int sum = 0;
    for (Reply reply : all) {
      sum += reply.reasoning().size();
    }
    return sum;
  }
}
