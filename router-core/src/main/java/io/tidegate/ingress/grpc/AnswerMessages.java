package io.tidegate.ingress.grpc;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.tidegate.v1.ChatChoice;
import io.tidegate.v1.ChatDelta;
import io.tidegate.v1.ChatResponse;
import io.tidegate.v1.ChatStreamResponse;
import io.tidegate.v1.CompleteChoice;
import io.tidegate.v1.CompleteResponse;
import io.tidegate.v1.EmbedResponse;
import io.tidegate.v1.Embedding;
import io.tidegate.v1.FunctionCall;
import io.tidegate.v1.Message;
import io.tidegate.v1.RouteInfo;
import io.tidegate.v1.ToolCall;
import io.tidegate.v1.Usage;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/** Reads OpenAI answers into messages. Fields without a typed place go to {@code extra}, so that none is lost. */
final class AnswerMessages {
  private AnswerMessages() {}

  static ChatResponse chat(JsonText json, RouteInfo route) {
    ChatResponse.Builder to = ChatResponse.newBuilder().setRoute(route);
    members(json, 0, (key, value) -> {
      switch (key) {
        case "id" -> to.setId(text(json, value));
        case "created" -> to.setCreated(integer(json, value));
        case "model" -> to.setModel(text(json, value));
        case "choices" -> elements(json, value, choice -> to.addChoices(chatChoice(json, choice)));
        case "usage" -> usage(json, value, to::getUsageBuilder);
        default -> to.getExtraBuilder().putFields(key, any(json, value));
      }
    });
    return to.build();
  }

  static ChatStreamResponse chunk(JsonText json) {
    ChatStreamResponse.Builder to = ChatStreamResponse.newBuilder();
    members(json, 0, (key, value) -> {
      switch (key) {
        case "id" -> to.setId(text(json, value));
        case "created" -> to.setCreated(integer(json, value));
        case "model" -> to.setModel(text(json, value));
        case "choices" -> elements(json, value, choice -> to.addChoices(delta(json, choice)));
        case "usage" -> usage(json, value, to::getUsageBuilder);
        default -> to.getExtraBuilder().putFields(key, any(json, value));
      }
    });
    return to.build();
  }

  static CompleteResponse completion(JsonText json, RouteInfo route) {
    CompleteResponse.Builder to = CompleteResponse.newBuilder().setRoute(route);
    members(json, 0, (key, value) -> {
      switch (key) {
        case "id" -> to.setId(text(json, value));
        case "created" -> to.setCreated(integer(json, value));
        case "model" -> to.setModel(text(json, value));
        case "choices" -> elements(json, value, choice -> to.addChoices(completeChoice(json, choice)));
        case "usage" -> usage(json, value, to::getUsageBuilder);
        default -> to.getExtraBuilder().putFields(key, any(json, value));
      }
    });
    return to.build();
  }

  static EmbedResponse embeddings(JsonText json, RouteInfo route) {
    EmbedResponse.Builder to = EmbedResponse.newBuilder().setRoute(route);
    members(json, 0, (key, value) -> {
      switch (key) {
        case "model" -> to.setModel(text(json, value));
        case "data" -> elements(json, value, item -> to.addEmbeddings(embedding(json, item)));
        case "usage" -> usage(json, value, to::getUsageBuilder);
        default -> to.getExtraBuilder().putFields(key, any(json, value));
      }
    });
    return to.build();
  }

  private static ChatChoice chatChoice(JsonText json, int choice) {
    ChatChoice.Builder to = ChatChoice.newBuilder();
    members(json, choice, (key, value) -> {
      switch (key) {
        case "index" -> to.setIndex((int) integer(json, value));
        case "message" -> message(json, value, to.getMessageBuilder());
        case "finish_reason" -> to.setFinishReason(text(json, value));
        default -> to.getExtraBuilder().putFields(key, any(json, value));
      }
    });
    return to.build();
  }

  private static ChatDelta delta(JsonText json, int choice) {
    ChatDelta.Builder to = ChatDelta.newBuilder();
    members(json, choice, (key, value) -> {
      switch (key) {
        case "index" -> to.setIndex((int) integer(json, value));
        case "delta" -> message(json, value, to.getDeltaBuilder());
        case "finish_reason" -> to.setFinishReason(text(json, value));
        default -> to.getExtraBuilder().putFields(key, any(json, value));
      }
    });
    return to.build();
  }

  private static CompleteChoice completeChoice(JsonText json, int choice) {
    CompleteChoice.Builder to = CompleteChoice.newBuilder();
    members(json, choice, (key, value) -> {
      switch (key) {
        case "index" -> to.setIndex((int) integer(json, value));
        case "text" -> to.setText(text(json, value));
        case "finish_reason" -> to.setFinishReason(text(json, value));
        default -> to.getExtraBuilder().putFields(key, any(json, value));
      }
    });
    return to.build();
  }

  private static void message(JsonText json, int message, Message.Builder to) {
    members(json, message, (key, value) -> {
      boolean present = json.kind(value) != Kind.NULL;
      switch (key) {
        case "role" -> to.setRole(text(json, value));
        case "content" -> {
          if (json.kind(value) == Kind.STRING) {
            to.setContent(json.string(value));
          } else if (present) {
            to.getExtraBuilder().putFields(key, any(json, value));
          }
        }
        case "reasoning_content" -> {
          if (present) {
            to.setReasoningContent(text(json, value));
          }
        }
        case "name" -> to.setName(text(json, value));
        case "tool_call_id" -> to.setToolCallId(text(json, value));
        case "tool_calls" -> elements(json, value, call -> to.addToolCalls(toolCall(json, call)));
        default -> to.getExtraBuilder().putFields(key, any(json, value));
      }
    });
  }

  private static ToolCall toolCall(JsonText json, int call) {
    ToolCall.Builder to = ToolCall.newBuilder();
    members(json, call, (key, value) -> {
      switch (key) {
        case "index" -> to.setIndex((int) integer(json, value));
        case "id" -> to.setId(text(json, value));
        case "type" -> to.setType(text(json, value));
        case "function" -> {
          FunctionCall.Builder function = to.getFunctionBuilder();
          members(json, value, (name, part) -> {
            switch (name) {
              case "name" -> function.setName(text(json, part));
              case "arguments" -> function.setArguments(text(json, part));
              default -> to.getExtraBuilder().putFields("function." + name, any(json, part));
            }
          });
        }
        default -> to.getExtraBuilder().putFields(key, any(json, value));
      }
    });
    return to.build();
  }

  private static Embedding embedding(JsonText json, int item) {
    Embedding.Builder to = Embedding.newBuilder();
    members(json, item, (key, value) -> {
      switch (key) {
        case "index" -> to.setIndex((int) integer(json, value));
        case "embedding" -> {
          if (json.kind(value) == Kind.ARRAY) {
            elements(json, value, number -> to.addValues((float) json.number(number)));
          } else {
            to.getExtraBuilder().putFields(key, any(json, value));
          }
        }
        default -> to.getExtraBuilder().putFields(key, any(json, value));
      }
    });
    return to.build();
  }

  /** Absent where the upstream said nothing or {@code null}. */
  private static void usage(JsonText json, int usage, Supplier<Usage.Builder> in) {
    if (json.kind(usage) != Kind.OBJECT) {
      return;
    }
    Usage.Builder to = in.get();
    members(json, usage, (key, value) -> {
      switch (key) {
        case "prompt_tokens" -> to.setPromptTokens(integer(json, value));
        case "completion_tokens" -> to.setCompletionTokens(integer(json, value));
        case "total_tokens" -> to.setTotalTokens(integer(json, value));
        case "prompt_tokens_details" -> details(json, key, value, "cached_tokens", to::setCachedTokens, to);
        case "completion_tokens_details" -> details(json, key, value, "reasoning_tokens", to::setReasoningTokens, to);
        default -> to.getExtraBuilder().putFields(key, any(json, value));
      }
    });
  }

  /** The one count that has a place of its own; where there are others, the whole object goes to {@code extra}. */
  private static void details(JsonText json, String key, int details, String count, LongConsumer place, Usage.Builder to) {
    int node = json.member(details, count);
    place.accept(integer(json, node));
    boolean more = json.kind(details) == Kind.OBJECT ? json.next(details) - details - 1 > (node >= 0 ? 2 : 0) : json.kind(details) != Kind.NULL;
    if (more) {
      to.getExtraBuilder().putFields(key, any(json, details));
    }
  }

  private static Value any(JsonText json, int node) {
    return switch (json.kind(node)) {
      case NULL -> Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();
      case TRUE -> Value.newBuilder().setBoolValue(true).build();
      case FALSE -> Value.newBuilder().setBoolValue(false).build();
      case NUMBER -> Value.newBuilder().setNumberValue(json.number(node)).build();
      case STRING -> Value.newBuilder().setStringValue(json.string(node)).build();
      case ARRAY -> {
        ListValue.Builder list = ListValue.newBuilder();
        elements(json, node, element -> list.addValues(any(json, element)));
        yield Value.newBuilder().setListValue(list).build();
      }
      case OBJECT -> {
        Struct.Builder struct = Struct.newBuilder();
        members(json, node, (key, value) -> struct.putFields(key, any(json, value)));
        yield Value.newBuilder().setStructValue(struct).build();
      }
    };
  }

  private static String text(JsonText json, int node) {
    return json.kind(node) == Kind.STRING ? json.string(node) : "";
  }

  private static long integer(JsonText json, int node) {
    return node >= 0 && json.kind(node) == Kind.NUMBER ? (long) json.number(node) : 0;
  }

  private interface Member {
    void at(String key, int value);
  }

  private interface Element {
    void at(int node);
  }

  private static void members(JsonText json, int object, Member visit) {
    if (json.kind(object) != Kind.OBJECT) {
      return;
    }
    int end = json.next(object);
    for (int key = object + 1; key < end;) {
      int value = key + 1;
      visit.at(json.string(key), value);
      key = json.next(value);
    }
  }

  private static void elements(JsonText json, int array, Element visit) {
    if (json.kind(array) != Kind.ARRAY) {
      return;
    }
    int end = json.next(array);
    for (int node = array + 1; node < end; node = json.next(node)) {
      visit.at(node);
    }
  }
}
