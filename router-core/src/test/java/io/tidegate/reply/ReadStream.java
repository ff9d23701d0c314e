package io.tidegate.reply;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A stream as a caller's library puts it together. Checks that each frame is one. */
final class ReadStream {
  final Map<String, String> texts = new HashMap<>();
  final Set<Integer> finished = new HashSet<>();

  void take(byte[] frames) {
    String all = new String(frames, StandardCharsets.UTF_8);
    if (all.isEmpty()) {
      return;
    }
    assertThat(all).endsWith("\n\n");
    for (String frame : all.substring(0, all.length() - 2).split("\n\n", -1)) {
      assertThat(frame).startsWith("data: {").doesNotContain("\n");
      event(parsed(frame.substring(6)));
    }
  }

  private static JsonText parsed(String json) {
    try {
      return JsonText.parse(json.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
    } catch (JsonException e) {
      throw new AssertionError("a frame is not JSON", e);
    }
  }

  private void event(JsonText json) {
    assertThat(json.stringEquals(json.member(0, "id"), "c1")).isTrue();
    int choices = json.member(0, "choices");
    for (int choice = choices + 1; choice < json.next(choices); choice = json.next(choice)) {
      int index = (int) json.number(json.member(choice, "index"));
      assertThat(finished).as("nothing follows a finish reason").doesNotContain(index);
      int delta = json.member(choice, "delta");
      for (String field : new String[] {"reasoning_content", "content", "refusal"}) {
        add(json, json.member(delta, field), index + "/" + field + "/-1");
      }
      int calls = json.member(delta, "tool_calls");
      for (int call = calls + 1; calls >= 0 && call < json.next(calls); call = json.next(call)) {
        int tool = (int) json.number(json.member(call, "index"));
        add(json, json.member(json.member(call, "function"), "arguments"), index + "/arguments/" + tool);
      }
      if (json.kind(json.member(choice, "finish_reason")) == JsonText.Kind.STRING) {
        finished.add(index);
      }
    }
  }

  private void add(JsonText json, int node, String name) {
    if (node >= 0 && json.end(node) - json.start(node) > 2) {
      texts.merge(name, json.string(node), String::concat);
    }
  }
}
