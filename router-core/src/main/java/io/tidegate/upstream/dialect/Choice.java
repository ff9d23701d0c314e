package io.tidegate.upstream.dialect;

import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import io.tidegate.wire.Splices;

/** What one choice of an answer, or its message or delta, holds. */
final class Choice {
  private Choice() {}

  /** The choice's index; -1 if it is no object, or the index is missing or not below {@code limit}. */
  static int index(JsonText json, int choice, int limit) {
    int node = json.member(choice, "index");
    double index = node < 0 ? -1 : json.number(node);
    return index >= 0 && index < limit && index == Math.rint(index) ? (int) index : -1;
  }

  /** Text that is not blank, a refusal, a tool or function call, audio: what a caller would call the answer. */
  static boolean holdsAnswer(JsonText json, int message) {
    int content = json.member(message, "content");
    if (content >= 0 && (json.kind(content) == Kind.STRING ? !blank(json, content) : filled(json, content))) {
      return true;
    }
    return holdsOther(json, message);
  }

  /** A refusal, a tool or function call, audio. */
  static boolean holdsOther(JsonText json, int message) {
    return holds(json, message, "tool_calls") || holds(json, message, "refusal") || holds(json, message, "function_call")
        || holds(json, message, "audio");
  }

  /** A node of reasoning text, under either name, that is not empty; -1 if there is none. */
  static int reasoning(JsonText json, int message) {
    int node = json.member(message, "reasoning_content");
    if (node >= 0 && text(json, node)) {
      return node;
    }
    node = json.member(message, "reasoning");
    return node >= 0 && text(json, node) ? node : -1;
  }

  /** {@code reasoning} (vLLM, Ollama) → {@code reasoning_content}, unless both are there. */
  static void renameReasoning(JsonText json, int message, Splices edits) {
    int node = json.member(message, "reasoning");
    if (node >= 0 && json.kind(node) == Kind.STRING && json.member(message, "reasoning_content") < 0) {
      edits.rename(node - 1, "reasoning_content");
    }
  }

  /** A string that is not empty. */
  static boolean text(JsonText json, int node) {
    return json.kind(node) == Kind.STRING && json.end(node) - json.start(node) > 2;
  }

  /** A string of white space only, escaped or not. */
  static boolean blank(JsonText json, int string) {
    for (int i = json.start(string) + 1; i < json.end(string) - 1; i++) {
      int c = json.at(i);
      if (c == '\\') {
        c = json.at(++i);
        if (c != 'n' && c != 't' && c != 'r') {
          return false;
        }
      } else if (c != ' ') {
        return false;
      }
    }
    return true;
  }

  private static boolean holds(JsonText json, int message, String name) {
    int node = json.member(message, name);
    return node >= 0 && (text(json, node) || filled(json, node));
  }

  /** An array or object with content. */
  private static boolean filled(JsonText json, int node) {
    Kind kind = json.kind(node);
    return (kind == Kind.ARRAY || kind == Kind.OBJECT) && json.next(node) > node + 1;
  }
}
