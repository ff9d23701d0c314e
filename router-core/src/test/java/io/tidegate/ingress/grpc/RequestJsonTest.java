package io.tidegate.ingress.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.tidegate.v1.ChatRequest;
import io.tidegate.v1.CompleteRequest;
import io.tidegate.v1.ContentPart;
import io.tidegate.v1.EmbedRequest;
import io.tidegate.v1.Function;
import io.tidegate.v1.FunctionCall;
import io.tidegate.v1.Message;
import io.tidegate.v1.Tool;
import io.tidegate.v1.ToolCall;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestJsonTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Value text(String value) {
    return Value.newBuilder().setStringValue(value).build();
  }

  static Value number(double value) {
    return Value.newBuilder().setNumberValue(value).build();
  }

  static Struct struct(Object... keysAndValues) {
    Struct.Builder struct = Struct.newBuilder();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      struct.putFields((String) keysAndValues[i], (Value) keysAndValues[i + 1]);
    }
    return struct.build();
  }

  /** Equal as JSON, and strictly valid. */
  private static void same(byte[] written, String expected) {
    try {
      assertThat(JsonText.parse(written.clone(), JsonLimits.DEFAULT).length()).isEqualTo(written.length);
      JsonNode tree = JSON.readTree(written);
      assertThat(tree).isEqualTo(JSON.readTree(expected.replace('\'', '"')));
    } catch (JsonException | java.io.IOException e) {
      throw new AssertionError(new String(written, StandardCharsets.UTF_8), e);
    }
  }

  private static Message user(String text) {
    return Message.newBuilder().setRole("user").setContent(text).build();
  }

  @Test
  @DisplayName("the least that can be said")
  void minimal() {
    same(RequestJson.chat(ChatRequest.newBuilder().setModel("auto").addMessages(user("hi")).build(), false),
        "{'model':'auto','messages':[{'role':'user','content':'hi'}]}");
  }

  @Test
  @DisplayName("every typed field of a chat has its place; integers are integers")
  void everyChatField() {
    ChatRequest request = ChatRequest.newBuilder().setModel("m").addMessages(user("hi")).setTemperature(0.5).setTopP(1).setMaxTokens(100).setN(2)
        .addStop("a").addStop("b").setSeed(9_007_199_254_740_993L).setUser("u").setIncludeUsage(true)
        .setToolChoice(text("auto")).setResponseFormat(struct("type", text("json_object")))
        .addTools(Tool.newBuilder().setFunction(Function.newBuilder().setName("f").setDescription("d").setParameters(struct("type", text("object")))
            .setExtra(struct("strict", Value.newBuilder().setBoolValue(true).build()))))
        .setExtra(struct("logit_bias", Value.newBuilder().setStructValue(struct("50", number(-100))).build(), "top_k", number(40),
            "min_p", number(0.05))).build();
    same(RequestJson.chat(request, true), """
        {'model':'m','messages':[{'role':'user','content':'hi'}],'temperature':0.5,'top_p':1,'max_tokens':100,'n':2,'stop':['a','b'],
         'tools':[{'type':'function','function':{'name':'f','description':'d','parameters':{'type':'object'},'strict':true}}],
         'tool_choice':'auto','response_format':{'type':'json_object'},'seed':9007199254740993,'user':'u','stream':true,
         'stream_options':{'include_usage':true},'logit_bias':{'50':-100},'top_k':40,'min_p':0.05}""");
  }

  @Test
  @DisplayName("zero, when it is set, is sent")
  void setZeroes() {
    same(RequestJson.chat(ChatRequest.newBuilder().setModel("m").addMessages(user("")).setTemperature(0).setMaxTokens(0).setN(0).setSeed(0).setTopP(0)
        .build(), false), "{'model':'m','messages':[{'role':'user','content':''}],'temperature':0,'top_p':0,'max_tokens':0,'n':0,'seed':0}");
  }

  @Test
  @DisplayName("messages: parts, tool calls with null content, tool results, names, reasoning, and what has no typed place")
  void messages() {
    ChatRequest request = ChatRequest.newBuilder().setModel("m")
        .addMessages(Message.newBuilder().setRole("user").setName("bob")
            .addParts(ContentPart.newBuilder().setType("text").setText("look"))
            .addParts(ContentPart.newBuilder().setType("image_url").setExtra(struct("image_url", Value.newBuilder().setStructValue(struct("url",
                text("data:image/png;base64,AA"))).build()))))
        .addMessages(Message.newBuilder().setRole("assistant").setReasoningContent("hm").addToolCalls(ToolCall.newBuilder().setId("t1")
            .setFunction(FunctionCall.newBuilder().setName("f").setArguments("{\"a\":1}"))))
        .addMessages(Message.newBuilder().setRole("tool").setToolCallId("t1").setContent("ok"))
        .addMessages(Message.newBuilder().setRole("assistant").setContent("done").setExtra(struct("refusal",
            Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build())))
        .build();
    same(RequestJson.chat(request, false), """
        {'model':'m','messages':[
          {'role':'user','content':[{'type':'text','text':'look'},{'type':'image_url','image_url':{'url':'data:image/png;base64,AA'}}],'name':'bob'},
          {'role':'assistant','content':null,'tool_calls':[{'id':'t1','type':'function','function':{'name':'f','arguments':'{\\"a\\":1}'}}],
           'reasoning_content':'hm'},
          {'role':'tool','content':'ok','tool_call_id':'t1'},
          {'role':'assistant','content':'done','refusal':null}]}""");
  }

  @Test
  @DisplayName("a custom tool and a call of one are written without a made-up function")
  void customTools() {
    Value custom = Value.newBuilder().setStructValue(struct("name", text("grep"), "input", text("x"))).build();
    ChatRequest request = ChatRequest.newBuilder().setModel("m")
        .addTools(Tool.newBuilder().setType("custom").setExtra(struct("custom", Value.newBuilder().setStructValue(struct("name", text("grep"))).build())))
        .addMessages(Message.newBuilder().setRole("assistant").addToolCalls(ToolCall.newBuilder().setId("t").setType("custom").setExtra(struct("custom", custom))))
        .build();
    same(RequestJson.chat(request, false), """
        {'model':'m','messages':[{'role':'assistant','content':null,'tool_calls':[{'id':'t','type':'custom','custom':{'name':'grep','input':'x'}}]}],
         'tools':[{'type':'custom','custom':{'name':'grep'}}]}""");
  }

  @Test
  @DisplayName("values of every kind, nested")
  void values() {
    Value list = Value.newBuilder().setListValue(ListValue.newBuilder().addValues(number(1)).addValues(text("x"))
        .addValues(Value.newBuilder().setBoolValue(false)).addValues(Value.newBuilder().setNullValue(NullValue.NULL_VALUE)).addValues(Value.newBuilder())
        .addValues(Value.newBuilder().setListValue(ListValue.newBuilder())).addValues(Value.newBuilder().setStructValue(struct()))).build();
    same(RequestJson.chat(ChatRequest.newBuilder().setModel("m").addMessages(user("q")).setExtra(struct("v", list)).build(), false),
        "{'model':'m','messages':[{'role':'user','content':'q'}],'v':[1,'x',false,null,null,[],{}]}");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, -1, 9_007_199_254_740_992d, -9_007_199_254_740_992d, 0.1, 1e-7, 1e300, -2.5, 1e21})
  @DisplayName("numbers keep their value; whole ones have no fraction")
  void numbers(double value) throws JsonException {
    byte[] written = RequestJson.chat(ChatRequest.newBuilder().setModel("m").addMessages(user("q")).setExtra(struct("v", number(value))).build(), false);
    JsonText json = JsonText.parse(written, JsonLimits.DEFAULT);
    assertThat(json.number(json.member(0, "v"))).isEqualTo(value);
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      assertThat(new String(written, StandardCharsets.UTF_8)).contains("\"v\":" + (long) value + "}");
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  @DisplayName("A12 a number JSON has no word for makes a text that the strict parse refuses")
  void notFinite(double value) {
    for (ChatRequest request : Arrays.asList(
        ChatRequest.newBuilder().setModel("m").addMessages(user("q")).setTemperature(value).build(),
        ChatRequest.newBuilder().setModel("m").addMessages(user("q")).setExtra(struct("v", number(value))).build())) {
      assertThatThrownBy(() -> JsonText.parse(RequestJson.chat(request, false), JsonLimits.DEFAULT)).isInstanceOf(JsonException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"model", "messages", "temperature", "stream", "stream_options", "user"})
  @DisplayName("A12 a field given typed and again in extra is refused by the strict parse, so neither hides the other")
  void duplicates(String name) {
    ChatRequest request = ChatRequest.newBuilder().setModel("m").addMessages(user("q")).setTemperature(1).setUser("u").setIncludeUsage(true)
        .setExtra(struct(name, text("other"))).build();
    assertThatThrownBy(() -> JsonText.parse(RequestJson.chat(request, true), JsonLimits.DEFAULT)).isInstanceOf(JsonException.class);
  }

  @Test
  @DisplayName("A12 content given as text and as parts is refused by the strict parse")
  void contentTwice() {
    ChatRequest request = ChatRequest.newBuilder().setModel("m").addMessages(user("q").toBuilder().addParts(ContentPart.newBuilder().setType("text"))).build();
    assertThatThrownBy(() -> JsonText.parse(RequestJson.chat(request, false), JsonLimits.DEFAULT)).isInstanceOf(JsonException.class);
  }

  @Test
  @DisplayName("text of every kind survives")
  void anyText() throws JsonException {
    String odd = "\u0000\u001f\"\\/\n\u2028 é 中文 \ud83d\ude00";
    JsonText json = JsonText.parse(RequestJson.chat(ChatRequest.newBuilder().setModel("m").addMessages(user(odd)).build(), false), JsonLimits.DEFAULT);
    assertThat(json.string(json.member(json.member(0, "messages") + 1, "content"))).isEqualTo(odd);
  }

  @Test
  @DisplayName("completions: one prompt as text, several as a list, every field")
  void completions() {
    same(RequestJson.complete(CompleteRequest.newBuilder().setModel("m").addPrompt("a").build()), "{'model':'m','prompt':'a'}");
    same(RequestJson.complete(CompleteRequest.newBuilder().setModel("m").addPrompt("a").addPrompt("b").setTemperature(0.1).setTopP(0.2).setMaxTokens(3)
        .setN(4).addStop("s").setSuffix("x").setSeed(-5).setUser("u").setExtra(struct("echo", Value.newBuilder().setBoolValue(true).build())).build()),
        "{'model':'m','prompt':['a','b'],'temperature':0.1,'top_p':0.2,'max_tokens':3,'n':4,'stop':['s'],'suffix':'x','seed':-5,'user':'u','echo':true}");
  }

  @Test
  @DisplayName("embeddings ask for numbers")
  void embeddings() {
    same(RequestJson.embed(EmbedRequest.newBuilder().setModel("m").addInput("a").addInput("b").setDimensions(8).setUser("u").build()),
        "{'model':'m','input':['a','b'],'encoding_format':'float','dimensions':8,'user':'u'}");
  }

  @Test
  @DisplayName("every field of the request messages is written: a new one cannot be forgotten")
  void noFieldIsForgotten() throws InvalidProtocolBufferException, JsonProcessingException {
    for (var field : ChatRequest.getDescriptor().getFields()) {
      if (!field.getName().equals("hints") && !field.getName().equals("extra") && !field.getName().equals("include_usage")) {
        assertThat(new String(RequestJson.chat(Filled.chat(), true), StandardCharsets.UTF_8)).contains('"' + field.getName() + '"');
      }
    }
    for (var field : CompleteRequest.getDescriptor().getFields()) {
      if (!field.getName().equals("hints") && !field.getName().equals("extra")) {
        assertThat(new String(RequestJson.complete(Filled.complete()), StandardCharsets.UTF_8)).contains('"' + field.getName() + '"');
      }
    }
  }

  /** Messages with every field set, by their descriptors. */
  private static final class Filled {
    static ChatRequest chat() {
      ChatRequest.Builder all = ChatRequest.newBuilder();
      fill(all);
      return all.build();
    }

    static CompleteRequest complete() {
      CompleteRequest.Builder all = CompleteRequest.newBuilder();
      fill(all);
      return all.build();
    }

    private static void fill(com.google.protobuf.Message.Builder to) {
      for (var field : to.getDescriptorForType().getFields()) {
        Object value = switch (field.getJavaType()) {
          case INT -> 1;
          case LONG -> 1L;
          case DOUBLE -> 1.0;
          case FLOAT -> 1f;
          case BOOLEAN -> true;
          case STRING -> "s";
          default -> null;
        };
        if (value == null && field.getJavaType() == com.google.protobuf.Descriptors.FieldDescriptor.JavaType.MESSAGE && !field.getName().equals("extra")
            && !field.getName().equals("hints")) {
          value = field.getMessageType().equals(Value.getDescriptor()) ? text("v") : to.newBuilderForField(field).build();
        }
        if (value != null) {
          if (field.isRepeated()) {
            to.addRepeatedField(field, value);
          } else {
            to.setField(field, value);
          }
        }
      }
    }
  }
}
