package io.tidegate.reply;

import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import io.tidegate.wire.Splices;
import java.util.ArrayList;
import java.util.List;

/** Where a model's own text stands in an answer or an event of one. */
final class AnswerTexts {
  /** Above this a tool call's index is not believed: its pieces are rewritten one by one. */
  private static final int MAX_TOOLS = 4096;

  private AnswerTexts() {}

  /** What a text is. Those but {@link #OTHER} come in pieces in a stream. */
  enum Field { REASONING, CONTENT, REFUSAL, ARGUMENTS, OTHER }

  /**
   * One string.
   *
   * @param choice the choice's index
   * @param tool the tool call's index; -1 if it is in none
   */
  record Text(int node, Field field, int choice, int tool) {
    /** Whether both are pieces of the same text. */
    boolean continues(Text other) {
      return field == other.field && choice == other.choice && tool == other.tool && field != Field.OTHER;
    }
  }

  /** All strings of all choices that are not keys or words of the protocol, in document order. */
  static List<Text> of(JsonText json) {
    List<Text> texts = new ArrayList<>(4);
    int choices = json.member(0, "choices");
    if (choices >= 0 && json.kind(choices) == Kind.ARRAY) {
      for (int choice = choices + 1; choice < json.next(choices); choice = json.next(choice)) {
        collect(json, choice, number(json, json.member(choice, "index")), texts);
      }
    }
    return texts;
  }

  private static void collect(JsonText json, int choice, int index, List<Text> texts) {
    int tool = -1;
    int toolsEnd = -1;
    int key = -1;
    for (int node = choice + 1; node < json.next(choice); node++) {
      if (node >= toolsEnd) {
        tool = -1;
      }
      if (json.kind(node) == Kind.STRING) {
        if (json.isKey(node)) {
          key = node;
          if (json.stringEquals(node, "logprobs")) {
            // Taken out by dropTokens.
            node = json.next(node + 1) - 1;
          } else if (json.stringEquals(node, "tool_calls")) {
            toolsEnd = json.next(node + 1);
          }
        } else if (json.next(node) == node + 1 && json.end(node) - json.start(node) > 2 && !steers(json, key)) {
          Field field = field(json, key);
          boolean unnamed = field == Field.ARGUMENTS && tool >= MAX_TOOLS;
          texts.add(new Text(node, unnamed ? Field.OTHER : field, index, field == Field.ARGUMENTS ? tool : -1));
        }
      } else if (node < toolsEnd && json.kind(node) == Kind.OBJECT && json.member(node, "function") >= 0) {
        int at = json.member(node, "index");
        tool = at < 0 ? 0 : number(json, at);
      }
    }
  }

  private static Field field(JsonText json, int key) {
    if (json.stringEquals(key, "content") || json.stringEquals(key, "text")) {
      return Field.CONTENT;
    }
    if (json.stringEquals(key, "arguments")) {
      return Field.ARGUMENTS;
    }
    if (json.stringEquals(key, "reasoning_content") || json.stringEquals(key, "reasoning")) {
      return Field.REASONING;
    }
    return json.stringEquals(key, "refusal") ? Field.REFUSAL : Field.OTHER;
  }

  private static boolean steers(JsonText json, int key) {
    return key < 0 || json.stringEquals(key, "finish_reason") || json.stringEquals(key, "role") || json.stringEquals(key, "type")
        || json.stringEquals(key, "id");
  }

  private static int number(JsonText json, int node) {
    double value = node < 0 ? 0 : json.number(node);
    return value >= 0 && value < Integer.MAX_VALUE && value == Math.rint(value) ? (int) value : 0;
  }

  /** The index of each choice that has a finish reason here. */
  static List<Integer> finished(JsonText json) {
    List<Integer> finished = new ArrayList<>(1);
    int choices = json.member(0, "choices");
    if (choices >= 0 && json.kind(choices) == Kind.ARRAY) {
      for (int choice = choices + 1; choice < json.next(choices); choice = json.next(choice)) {
        int reason = json.member(choice, "finish_reason");
        if (reason >= 0 && json.kind(reason) == Kind.STRING) {
          finished.add(number(json, json.member(choice, "index")));
        }
      }
    }
    return finished;
  }

  /** Tokens spell out what the model wrote, piece by piece: they no longer fit a text that was rewritten. */
  static void dropTokens(JsonText json, Splices edits) {
    int choices = json.member(0, "choices");
    if (choices >= 0 && json.kind(choices) == Kind.ARRAY) {
      for (int choice = choices + 1; choice < json.next(choices); choice = json.next(choice)) {
        int tokens = json.member(choice, "logprobs");
        if (tokens >= 0 && json.kind(tokens) != Kind.NULL) {
          edits.replace(tokens, "null");
        }
      }
    }
  }
}
