package io.tidegate.lab.dialect;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One choice of an answer, cut into tokens. Prints no content.
 */
final class Reply {
  private final int index;
  private final List<String> reasoning;
  private final List<String> content;
  private final @Nullable ToolCall toolCall;
  private final String finish;

  /** A tool call whose arguments' pieces are no JSON until joined. */
  record ToolCall(String id, String name, List<String> arguments) {}

  Reply(int index, List<String> reasoning, List<String> content, @Nullable ToolCall toolCall, String finish) {
    this.index = index;
    this.reasoning = reasoning;
    this.content = content;
    this.toolCall = toolCall;
    this.finish = finish;
  }

  int index() {
    return index;
  }

  List<String> reasoning() {
    return reasoning;
  }

  List<String> content() {
    return content;
  }

  @Nullable ToolCall toolCall() {
    return toolCall;
  }

  String finish() {
    return finish;
  }

  int tokens() {
    return reasoning.size() + content.size() + (toolCall == null ? 0 : toolCall.arguments().size() + 1);
  }
}
