package io.tidegate.ingress.grpc;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.tidegate.v1.ChatRequest;
import io.tidegate.v1.CompleteRequest;
import io.tidegate.v1.ContentPart;
import io.tidegate.v1.EmbedRequest;
import io.tidegate.v1.Function;
import io.tidegate.v1.Message;
import io.tidegate.v1.Tool;
import io.tidegate.v1.ToolCall;
import io.tidegate.wire.JsonWriter;
import java.util.List;
import java.util.Map;

/**
 * Writes gRPC requests as the OpenAI JSON that the rest of the daemon knows (decisions 18). A name given both as a typed field and in {@code
 * extra} is written twice on purpose: the strict parse that follows refuses duplicates, so neither can hide the other (hazard A12).
 */
final class RequestJson {
  /** Whole numbers up to here are exact in a double, and are written without a fraction. */
  private static final double EXACT = 1L << 53;

  private static final byte[] NOT_FINITE = {'N', 'a', 'N'};

  private RequestJson() {}

  static byte[] chat(ChatRequest request, boolean stream) {
    JsonWriter out = new JsonWriter();
    out.beginObject().key("model").string(request.getModel()).key("messages").beginArray();
    for (Message message : request.getMessagesList()) {
      message(out, message);
    }
    out.endArray();
    if (request.hasTemperature()) {
      number(out.key("temperature"), request.getTemperature());
    }
    if (request.hasTopP()) {
      number(out.key("top_p"), request.getTopP());
    }
    if (request.hasMaxTokens()) {
      out.key("max_tokens").number(request.getMaxTokens());
    }
    if (request.hasN()) {
      out.key("n").number(request.getN());
    }
    strings(out, "stop", request.getStopList());
    if (request.getToolsCount() > 0) {
      out.key("tools").beginArray();
      for (Tool tool : request.getToolsList()) {
        tool(out, tool);
      }
      out.endArray();
    }
    if (request.hasToolChoice()) {
      value(out.key("tool_choice"), request.getToolChoice());
    }
    if (request.hasResponseFormat()) {
      struct(out.key("response_format"), request.getResponseFormat());
    }
    if (request.hasSeed()) {
      out.key("seed").number(request.getSeed());
    }
    text(out, "user", request.getUser());
    if (stream) {
      out.key("stream").bool(true);
      if (request.getIncludeUsage()) {
        out.key("stream_options").beginObject().key("include_usage").bool(true).endObject();
      }
    }
    members(out, request.getExtra());
    return out.endObject().toBytes();
  }

  static byte[] complete(CompleteRequest request) {
    JsonWriter out = new JsonWriter();
    out.beginObject().key("model").string(request.getModel());
    if (request.getPromptCount() == 1) {
      out.key("prompt").string(request.getPrompt(0));
    } else {
      strings(out, "prompt", request.getPromptList());
    }
    if (request.hasTemperature()) {
      number(out.key("temperature"), request.getTemperature());
    }
    if (request.hasTopP()) {
      number(out.key("top_p"), request.getTopP());
    }
    if (request.hasMaxTokens()) {
      out.key("max_tokens").number(request.getMaxTokens());
    }
    if (request.hasN()) {
      out.key("n").number(request.getN());
    }
    strings(out, "stop", request.getStopList());
    if (request.hasSuffix()) {
      out.key("suffix").string(request.getSuffix());
    }
    if (request.hasSeed()) {
      out.key("seed").number(request.getSeed());
    }
    text(out, "user", request.getUser());
    members(out, request.getExtra());
    return out.endObject().toBytes();
  }

  /** Always asks for floats: a message holds them as numbers, so base64 would only be undone again. */
  static byte[] embed(EmbedRequest request) {
    JsonWriter out = new JsonWriter();
    out.beginObject().key("model").string(request.getModel());
    strings(out, "input", request.getInputList());
    out.key("encoding_format").string("float");
    if (request.hasDimensions()) {
      out.key("dimensions").number(request.getDimensions());
    }
    text(out, "user", request.getUser());
    members(out, request.getExtra());
    return out.endObject().toBytes();
  }

  private static void message(JsonWriter out, Message message) {
    out.beginObject().key("role").string(message.getRole());
    if (message.hasContent()) {
      out.key("content").string(message.getContent());
    }
    if (message.getPartsCount() > 0) {
      out.key("content").beginArray();
      for (ContentPart part : message.getPartsList()) {
        out.beginObject().key("type").string(part.getType());
        if (!part.getText().isEmpty()) {
          out.key("text").string(part.getText());
        }
        members(out, part.getExtra());
        out.endObject();
      }
      out.endArray();
    }
    if (!message.hasContent() && message.getPartsCount() == 0 && message.getToolCallsCount() > 0) {
      out.key("content").nullValue();
    }
    text(out, "name", message.getName());
    if (message.getToolCallsCount() > 0) {
      out.key("tool_calls").beginArray();
      for (ToolCall call : message.getToolCallsList()) {
        out.beginObject().key("id").string(call.getId()).key("type").string(call.getType().isEmpty() ? "function" : call.getType());
        if (call.hasFunction()) {
          out.key("function").beginObject().key("name").string(call.getFunction().getName())
              .key("arguments").string(call.getFunction().getArguments()).endObject();
        }
        members(out, call.getExtra());
        out.endObject();
      }
      out.endArray();
    }
    text(out, "tool_call_id", message.getToolCallId());
    if (message.hasReasoningContent()) {
      out.key("reasoning_content").string(message.getReasoningContent());
    }
    members(out, message.getExtra());
    out.endObject();
  }

  private static void tool(JsonWriter out, Tool tool) {
    out.beginObject().key("type").string(tool.getType().isEmpty() ? "function" : tool.getType());
    if (tool.hasFunction()) {
      Function function = tool.getFunction();
      out.key("function").beginObject().key("name").string(function.getName());
      text(out, "description", function.getDescription());
      if (function.hasParameters()) {
        struct(out.key("parameters"), function.getParameters());
      }
      members(out, function.getExtra());
      out.endObject();
    }
    members(out, tool.getExtra());
    out.endObject();
  }

  private static void text(JsonWriter out, String key, String value) {
    if (!value.isEmpty()) {
      out.key(key).string(value);
    }
  }

  private static void strings(JsonWriter out, String key, List<String> values) {
    if (!values.isEmpty()) {
      out.key(key).beginArray();
      for (String value : values) {
        out.string(value);
      }
      out.endArray();
    }
  }

  private static void members(JsonWriter out, Struct struct) {
    for (Map.Entry<String, Value> member : struct.getFieldsMap().entrySet()) {
      value(out.key(member.getKey()), member.getValue());
    }
  }

  private static void struct(JsonWriter out, Struct struct) {
    out.beginObject();
    members(out, struct);
    out.endObject();
  }

  private static void value(JsonWriter out, Value value) {
    switch (value.getKindCase()) {
      case NUMBER_VALUE -> number(out, value.getNumberValue());
      case STRING_VALUE -> out.string(value.getStringValue());
      case BOOL_VALUE -> out.bool(value.getBoolValue());
      case STRUCT_VALUE -> struct(out, value.getStructValue());
      case LIST_VALUE -> list(out, value.getListValue());
      case NULL_VALUE, KIND_NOT_SET -> out.nullValue();
    }
  }

  private static void list(JsonWriter out, ListValue list) {
    out.beginArray();
    for (Value value : list.getValuesList()) {
      value(out, value);
    }
    out.endArray();
  }

  /** JSON has no word for what is not finite: such a number makes the text invalid, and the strict parse that follows says so. */
  private static void number(JsonWriter out, double value) {
    if (!Double.isFinite(value)) {
      out.raw(NOT_FINITE);
    } else if (value == Math.rint(value) && Math.abs(value) <= EXACT) {
      out.number((long) value);
    } else {
      out.number(value);
    }
  }
}
