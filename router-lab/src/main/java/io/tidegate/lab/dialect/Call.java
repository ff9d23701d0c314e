package io.tidegate.lab.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an emulator reads from a chat or completion request. Not a record: it holds text. Immutable.
 */
final class Call {
  private final ObjectNode root;
  private final String model;
  private final boolean chat;

  /**
   * @param model the served model, in the emulator's own spelling (a name from a request is never repeated)
   * @param chat chat, as opposed to completion
   */
  Call(ObjectNode root, String model, boolean chat) {
    this.root = root;
    this.model = model;
    this.chat = chat;
  }

  ObjectNode root() {
    return root;
  }

  String model() {
    return model;
  }

  boolean chat() {
    return chat;
  }

  boolean stream(boolean unlessSaid) {
    return root.path("stream").asBoolean(unlessSaid);
  }

  boolean asksUsage() {
    return root.path("stream_options").path("include_usage").asBoolean(false);
  }

  int choices() {
    return Math.max(1, Math.min(128, root.path("n").asInt(1)));
  }

  /** Messages of a chat, prompts of a completion. */
  int inputs() {
    return chat ? root.path("messages").size() : prompts();
  }

  /** Prompts of a completion: one, or as many as a list of strings or of token lists holds. */
  int prompts() {
    JsonNode prompt = root.path("prompt");
    return prompt.isArray() && prompt.size() > 0 && !prompt.get(0).isNumber() ? prompt.size() : 1;
  }

  boolean tokenPrompt() {
    JsonNode prompt = root.path("prompt");
    return prompt.isArray() && prompt.size() > 0 && !prompt.get(0).isTextual();
  }

  /** Characters (UTF-16 units) of all message or prompt text; a token counts as four. */
  int characters() {
    int sum = 0;
    if (chat) {
      for (JsonNode message : root.path("messages")) {
        sum += text(message.path("content")).length();
      }
      return sum;
    }
    return countPrompt(root.path("prompt"));
  }

  private static int countPrompt(JsonNode prompt) {
    if (prompt.isArray()) {
      int sum = 0;
      for (JsonNode part : prompt) {
        sum += countPrompt(part);
      }
      return sum;
    }
    return prompt.isNumber() ? 4 : prompt.asText("").length();
  }

  /** All message text with roles, as a prompt template would join it. */
  String joined() {
    StringBuilder all = new StringBuilder();
    for (JsonNode message : root.path("messages")) {
      all.append('<').append(message.path("role").asText("")).append('>').append(text(message.path("content")));
      if (message.has("tool_calls")) {
        all.append(message.get("tool_calls"));
      }
    }
    return chat ? all.toString() : root.path("prompt").toString();
  }

  /** Text of the last message. */
  String lastText() {
    JsonNode messages = root.path("messages");
    return text(messages.path(messages.size() - 1).path("content"));
  }

  /** A rough count: four characters a token, four tokens a message. */
  int promptTokens() {
    return characters() / 4 + 4 * inputs() + 3;
  }

  private static String text(JsonNode content) {
    if (!content.isArray()) {
      return content.isTextual() ? content.textValue() : "";
    }
    StringBuilder all = new StringBuilder();
    for (JsonNode part : content) {
      all.append(part.path("text").asText(""));
    }
    return all.toString();
  }

  private JsonNode lastMessage() {
    JsonNode messages = root.path("messages");
    return messages.isArray() && messages.size() > 0 ? messages.get(messages.size() - 1) : MissingNode.getInstance();
  }

  /** Tools by function name, in order. */
  List<JsonNode> tools() {
    List<JsonNode> all = new ArrayList<>();
    for (JsonNode tool : root.path("tools")) {
      JsonNode function = tool.path("function");
      if (function.path("name").isTextual()) {
        all.add(function);
      }
    }
    return all;
  }

  boolean namesTool() {
    return root.path("tool_choice").isObject();
  }

  /**
   * The tool to call, or null for words: the named one; with {@code required} the first; else, after a user's turn, the first whose name
   * that turn mentions, or the first at all if it speaks of weather.
   */
  @Nullable JsonNode toolToCall(boolean readsToolChoice) {
    List<JsonNode> tools = tools();
    JsonNode choice = readsToolChoice ? root.path("tool_choice") : MissingNode.getInstance();
    if (tools.isEmpty() || choice.asText("").equals("none")) {
      return null;
    }
    for (JsonNode tool : tools) {
      if (choice.path("function").path("name").equals(tool.get("name"))) {
        return tool;
      }
    }
    JsonNode last = lastMessage();
    if (!last.path("role").asText("").equals("user")) {
      return null;
    }
    if (choice.asText("").equals("required")) {
      return tools.get(0);
    }
    String said = text(last.path("content"));
    for (JsonNode tool : tools) {
      if (said.contains(tool.get("name").textValue())) {
        return tool;
      }
    }
    return said.contains("weather") || said.contains("Weather") ? tools.get(0) : null;
  }

  /** By which a router tells the upstream's cache one tenant from another; empty if it does not. */
  String tenantMark() {
    return root.path("user_id").asText(root.path("cache_salt").asText(""));
  }

  /** The word of letters and digits behind the last {@code repeat:}; empty if there is none. */
  String markedWord() {
    String text = joined();
    int at = text.lastIndexOf("repeat:");
    if (at < 0) {
      return "";
    }
    int end = at += "repeat:".length();
    while (end < text.length() && Character.isLetterOrDigit(text.charAt(end))) {
      end++;
    }
    return text.substring(at, end);
  }

  boolean wantsJson() {
    String type = root.path("response_format").path("type").asText("");
    return type.equals("json_object") || type.equals("json_schema");
  }

  /** The schema of a {@code json_schema} format; missing if there is none. */
  JsonNode schema() {
    return root.path("response_format").path("json_schema").path("schema");
  }
}
