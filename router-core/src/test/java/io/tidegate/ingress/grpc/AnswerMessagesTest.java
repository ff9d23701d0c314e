package io.tidegate.ingress.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import io.tidegate.v1.ChatRequest;
import io.tidegate.v1.ChatResponse;
import io.tidegate.v1.ChatStreamResponse;
import io.tidegate.v1.CompleteResponse;
import io.tidegate.v1.EmbedResponse;
import io.tidegate.v1.Message;
import io.tidegate.v1.RouteInfo;
import io.tidegate.v1.Usage;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AnswerMessagesTest {
  private static final RouteInfo ROUTE = RouteInfo.newBuilder().setRequestId("r1").build();

  private static JsonText json(String text) throws JsonException {
    return JsonText.parse(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
  }

  private static Struct extra(String text) throws InvalidProtocolBufferException {
    Struct.Builder struct = Struct.newBuilder();
    JsonFormat.parser().merge(text.replace('\'', '"'), struct);
    return struct.build();
  }

  @Test
  @DisplayName("a chat answer: typed fields in their places, the rest in extra, nothing lost")
  void chat() throws Exception {
    ChatResponse read = AnswerMessages.chat(json("""
        {'id':'c1','object':'chat.completion','created':1700000000,'model':'m','system_fingerprint':null,'choices':[
          {'index':1,'finish_reason':'stop','logprobs':{'content':[{'token':'a','logprob':-0.5}]},
           'message':{'role':'assistant','content':'hi','reasoning_content':'hm','refusal':null,'annotations':[]}}],
         'usage':{'prompt_tokens':3,'completion_tokens':4,'total_tokens':7,'prompt_tokens_details':{'cached_tokens':2},
           'completion_tokens_details':{'reasoning_tokens':1,'audio_tokens':5},'prompt_cache_hit_tokens':2}}"""), ROUTE);
    assertThat(read.getRoute()).isEqualTo(ROUTE);
    assertThat(read.getId()).isEqualTo("c1");
    assertThat(read.getCreated()).isEqualTo(1_700_000_000L);
    assertThat(read.getModel()).isEqualTo("m");
    assertThat(read.getExtra()).isEqualTo(extra("{'object':'chat.completion','system_fingerprint':null}"));
    assertThat(read.getChoicesList()).singleElement().satisfies(choice -> {
      assertThat(choice.getIndex()).isEqualTo(1);
      assertThat(choice.getFinishReason()).isEqualTo("stop");
      assertThat(choice.getExtra()).isEqualTo(extra("{'logprobs':{'content':[{'token':'a','logprob':-0.5}]}}"));
      assertThat(choice.getMessage().getContent()).isEqualTo("hi");
      assertThat(choice.getMessage().getReasoningContent()).isEqualTo("hm");
      assertThat(choice.getMessage().getExtra()).isEqualTo(extra("{'refusal':null,'annotations':[]}"));
    });
    assertThat(read.getUsage()).isEqualTo(Usage.newBuilder().setPromptTokens(3).setCompletionTokens(4).setTotalTokens(7).setCachedTokens(2)
        .setReasoningTokens(1).setExtra(extra("{'completion_tokens_details':{'reasoning_tokens':1,'audio_tokens':5},'prompt_cache_hit_tokens':2}")).build());
  }

  @Test
  @DisplayName("null content is unset, not empty; null usage is absent")
  void nulls() throws Exception {
    ChatResponse read = AnswerMessages.chat(json("""
        {'choices':[{'index':0,'finish_reason':null,'message':{'role':'assistant','content':null,'reasoning_content':null,'tool_calls':null}}],
         'usage':null}"""), ROUTE);
    Message message = read.getChoices(0).getMessage();
    assertThat(message.hasContent()).isFalse();
    assertThat(message.hasReasoningContent()).isFalse();
    assertThat(message.hasExtra()).isFalse();
    assertThat(read.hasUsage()).isFalse();
    assertThat(read.getChoices(0).getFinishReason()).isEmpty();
    ChatResponse empty = AnswerMessages.chat(json("{'choices':[{'message':{'content':''}}]}"), ROUTE);
    assertThat(empty.getChoices(0).getMessage().hasContent()).isTrue();
  }

  @Test
  @DisplayName("tool calls, whole and of other kinds")
  void toolCalls() throws Exception {
    ChatResponse read = AnswerMessages.chat(json("""
        {'choices':[{'message':{'role':'assistant','content':null,'tool_calls':[
          {'id':'t1','type':'function','function':{'name':'f','arguments':'{}','strict':true}},
          {'id':'t2','type':'custom','custom':{'name':'g','input':'x'}}]}}]}"""), ROUTE);
    Message message = read.getChoices(0).getMessage();
    assertThat(message.getToolCalls(0).getFunction().getName()).isEqualTo("f");
    assertThat(message.getToolCalls(0).getFunction().getArguments()).isEqualTo("{}");
    assertThat(message.getToolCalls(0).getExtra()).isEqualTo(extra("{'function.strict':true}"));
    assertThat(message.getToolCalls(1).hasFunction()).isFalse();
    assertThat(message.getToolCalls(1).getExtra()).isEqualTo(extra("{'custom':{'name':'g','input':'x'}}"));
  }

  @Test
  @DisplayName("pieces of a stream: role, content, tool call pieces with their index, finish reason, usage at the end")
  void chunks() throws Exception {
    ChatStreamResponse role = AnswerMessages.chunk(json("{'id':'c','choices':[{'index':0,'delta':{'role':'assistant','content':''},'finish_reason':null}],'usage':null}"));
    assertThat(role.getChoices(0).getDelta().getRole()).isEqualTo("assistant");
    assertThat(role.hasUsage()).isFalse();
    assertThat(role.hasRoute()).isFalse();
    ChatStreamResponse piece = AnswerMessages.chunk(json("""
        {'choices':[{'index':2,'delta':{'tool_calls':[{'index':1,'function':{'arguments':'{\\\\'a'}}]}}]}""".replace("\\\\'", "\\\\\\\"")));
    assertThat(piece.getChoices(0).getIndex()).isEqualTo(2);
    assertThat(piece.getChoices(0).getDelta().getToolCalls(0).getIndex()).isEqualTo(1);
    ChatStreamResponse last = AnswerMessages.chunk(json("{'choices':[],'usage':{'prompt_tokens':1,'completion_tokens':2,'total_tokens':3}}"));
    assertThat(last.getUsage().getTotalTokens()).isEqualTo(3);
    assertThat(AnswerMessages.chunk(json("{'choices':[{'index':0,'delta':{},'finish_reason':'length'}]}")).getChoices(0).getFinishReason()).isEqualTo("length");
  }

  @Test
  @DisplayName("completions")
  void completions() throws Exception {
    CompleteResponse read = AnswerMessages.completion(json(
        "{'id':'x','object':'text_completion','created':1,'model':'m','choices':[{'index':0,'text':'t','finish_reason':'length','logprobs':null}],'usage':{'prompt_tokens':1}}"), ROUTE);
    assertThat(read.getChoices(0).getText()).isEqualTo("t");
    assertThat(read.getChoices(0).getFinishReason()).isEqualTo("length");
    assertThat(read.getChoices(0).getExtra()).isEqualTo(extra("{'logprobs':null}"));
    assertThat(read.getUsage().getPromptTokens()).isEqualTo(1);
  }

  @Test
  @DisplayName("embeddings, as numbers and as what an upstream sends instead")
  void embeddings() throws Exception {
    EmbedResponse read = AnswerMessages.embeddings(json(
        "{'object':'list','model':'m','data':[{'object':'embedding','index':1,'embedding':[0.5,-1,2e-3]},{'index':0,'embedding':'AACAPw=='}],'usage':{'total_tokens':4}}"), ROUTE);
    assertThat(read.getEmbeddings(0).getValuesList()).containsExactly(0.5f, -1f, 0.002f);
    assertThat(read.getEmbeddings(0).getIndex()).isEqualTo(1);
    assertThat(read.getEmbeddings(1).getExtra()).isEqualTo(extra("{'embedding':'AACAPw=='}"));
    assertThat(read.getUsage().getTotalTokens()).isEqualTo(4);
    assertThat(read.getExtra()).isEqualTo(extra("{'object':'list'}"));
  }

  @Test
  @DisplayName("F1 fields of the wrong kind do no harm")
  void wrongKinds() throws Exception {
    ChatResponse read = AnswerMessages.chat(json("{'id':7,'created':'x','model':null,'choices':{'a':1},'usage':[1]}"), ROUTE);
    assertThat(read).isEqualTo(ChatResponse.newBuilder().setRoute(ROUTE).build());
    assertThat(AnswerMessages.chat(json("[1,2]"), ROUTE)).isEqualTo(ChatResponse.newBuilder().setRoute(ROUTE).build());
    assertThat(AnswerMessages.chat(json("{'choices':[3,{'message':'x'}]}"), ROUTE).getChoicesCount()).isEqualTo(2);
  }

  @Test
  @DisplayName("an answer's message can be sent back as history: what came is what goes")
  void roundTrip() throws Exception {
    String message = "{'role':'assistant','content':null,'reasoning_content':'hm','tool_calls':[{'id':'t1','type':'function','function':{'name':'f','arguments':'{}'}}],'refusal':null}";
    ChatResponse read = AnswerMessages.chat(json("{'choices':[{'message':" + message + "}]}"), ROUTE);
    JsonText again = JsonText.parse(RequestJson.chat(ChatRequest.newBuilder().setModel("m").addMessages(read.getChoices(0).getMessage()).build(), false),
        JsonLimits.DEFAULT);
    Value.Builder sent = Value.newBuilder();
    Value.Builder came = Value.newBuilder();
    JsonFormat.parser().merge(StandardCharsets.UTF_8.decode(again.buffer()).toString(), sent);
    JsonFormat.parser().merge(message.replace('\'', '"'), came);
    assertThat(sent.getStructValue().getFieldsOrThrow("messages").getListValue().getValues(0)).isEqualTo(came.build());
  }
}
