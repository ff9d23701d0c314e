package io.tidegate.upstream.dialect;

import static io.tidegate.model.Dialect.DEEPSEEK;
import static io.tidegate.model.Dialect.LLAMA_CPP;
import static io.tidegate.model.Dialect.OLLAMA;
import static io.tidegate.model.Dialect.OPENAI;
import static io.tidegate.model.Dialect.VLLM;
import static io.tidegate.model.Operation.CHAT;
import static io.tidegate.model.Operation.COMPLETION;
import static io.tidegate.model.Operation.EMBEDDING;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.Dialect;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import io.tidegate.model.Sensitivity;
import io.tidegate.upstream.dialect.AnswerShape.Vectors;
import io.tidegate.wire.JsonText;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class RequestDialectTest {
  static Stream<Arguments> requests() {
    return Stream.of(
        // Model.
        row(OPENAI, CHAT, false, "{'model':'other'}", "{'model':'served'}"),
        row(OPENAI, CHAT, false, "{ 'model' : 'auto' , 'x' : [ 1 ] }", "{ 'model' : 'served' , 'x' : [ 1 ] }"),
        row(OPENAI, CHAT, false, "{'messages':[]}", "{'messages':[],'model':'served'}"),
        row(OPENAI, EMBEDDING, false, "{'model':'m','input':'a','encoding_format':'base64'}", "{'model':'served','input':'a','encoding_format':'base64'}"),
        // Usage is always asked for.
        row(OPENAI, CHAT, true, "{'model':'served','stream':true}", "{'model':'served','stream':true,'stream_options':{'include_usage':true}}"),
        row(OPENAI, CHAT, true, "{'model':'served','stream_options':null}", "{'model':'served','stream_options':{'include_usage':true}}"),
        row(OPENAI, CHAT, true, "{'model':'served','stream_options':{}}", "{'model':'served','stream_options':{'include_usage':true}}"),
        row(OPENAI, CHAT, true, "{'model':'served','stream_options':{'x':1,'include_usage':false}}",
            "{'model':'served','stream_options':{'x':1,'include_usage':true}}"),
        row(OPENAI, CHAT, true, "{'model':'served','stream_options':{'include_usage':true}}", "{'model':'served','stream_options':{'include_usage':true}}"),
        row(OLLAMA, COMPLETION, true, "{'model':'served'}", "{'model':'served','stream_options':{'include_usage':true}}"),
        row(OPENAI, EMBEDDING, true, "{'model':'served'}", "{'model':'served'}"),
        // Token limit.
        row(OPENAI, CHAT, false, "{'model':'served','max_completion_tokens':5}", "{'model':'served','max_completion_tokens':5}"),
        row(VLLM, CHAT, false, "{'model':'served','max_completion_tokens':5,'cache_salt':'x'}",
            "{'model':'served','max_completion_tokens':5,'cache_salt':'t-Hash_1'}"),
        row(OLLAMA, CHAT, false, "{'model':'served','max_completion_tokens':5}", "{'model':'served','max_tokens':5}"),
        row(OLLAMA, CHAT, false, "{'model':'served','max_tokens':9,'max_completion_tokens':5}", "{'model':'served','max_tokens':5}"),
        row(OLLAMA, CHAT, false, "{'max_completion_tokens':5,'model':'served','max_tokens':null}", "{'model':'served','max_tokens':5}"),
        row(OLLAMA, CHAT, false, "{'model':'served','max_completion_tokens':null}", "{'model':'served','max_completion_tokens':null}"),
        row(OLLAMA, CHAT, false, "{'model':'served','max_tokens':9}", "{'model':'served','max_tokens':9}"),
        row(DEEPSEEK, CHAT, false, "{'model':'served','max_completion_tokens':5,'user_id':'x'}", "{'model':'served','max_tokens':5,'user_id':'t-Hash_1'}"),
        row(LLAMA_CPP, CHAT, false, "{'model':'served','max_completion_tokens':5}", "{'model':'served','max_completion_tokens':5,'max_tokens':5}"),
        row(LLAMA_CPP, CHAT, false, "{'model':'served','max_completion_tokens':5,'max_tokens':6}",
            "{'model':'served','max_completion_tokens':5,'max_tokens':6}"),
        row(OLLAMA, COMPLETION, false, "{'model':'served','max_completion_tokens':5}", "{'model':'served','max_completion_tokens':5}"),
        // Reasoning of earlier turns.
        row(VLLM, CHAT, false, "{'model':'served','cache_salt':1,'messages':[{'role':'assistant','reasoning_content':'r','tool_calls':[]},{'role':'tool'}]}",
            "{'model':'served','cache_salt':'t-Hash_1','messages':[{'role':'assistant','reasoning':'r','tool_calls':[]},{'role':'tool'}]}"),
        row(OLLAMA, CHAT, false, "{'model':'served','messages':[{'reasoning_content':'r'},{'reasoning_content':'','reasoning':'s'}]}",
            "{'model':'served','messages':[{'reasoning':'r'},{'reasoning_content':'','reasoning':'s'}]}"),
        row(DEEPSEEK, CHAT, false, "{'model':'served','user_id':'','messages':[{'reasoning':''},{'reasoning_content':'r'}]}",
            "{'model':'served','user_id':'t-Hash_1','messages':[{'reasoning_content':''},{'reasoning_content':'r'}]}"),
        row(LLAMA_CPP, CHAT, false, "{'model':'served','messages':[{'reasoning':'x'},'odd',[{'reasoning':1}]]}",
            "{'model':'served','messages':[{'reasoning_content':'x'},'odd',[{'reasoning':1}]]}"),
        row(OPENAI, CHAT, false, "{'model':'served','messages':[{'reasoning':'x'}]}", "{'model':'served','messages':[{'reasoning':'x'}]}"),
        row(VLLM, CHAT, false, "{'model':'served','cache_salt':'a','messages':'odd'}", "{'model':'served','cache_salt':'t-Hash_1','messages':'odd'}"),
        // Cache isolation.
        row(DEEPSEEK, CHAT, false, "{'model':'served'}", "{'model':'served','user_id':'t-Hash_1'}"),
        row(DEEPSEEK, COMPLETION, false, "{'user_id':{'a':1},'model':'served'}", "{'user_id':'t-Hash_1','model':'served'}"),
        row(VLLM, COMPLETION, false, "{'model':'served'}", "{'model':'served','cache_salt':'t-Hash_1'}"),
        row(VLLM, EMBEDDING, false, "{'model':'served','priority':-5}", "{'model':'served'}"),
        row(VLLM, CHAT, true, "{'priority':-9,'model':'x','cache_salt':'theirs','stream':true}",
            "{'model':'served','cache_salt':'t-Hash_1','stream':true,'stream_options':{'include_usage':true}}"),
        row(OLLAMA, CHAT, false, "{'model':'served','priority':1,'user_id':'u','cache_salt':'c'}", "{'model':'served','priority':1,'user_id':'u','cache_salt':'c'}"));
  }

  private static Arguments row(Dialect dialect, Operation operation, boolean stream, String body, String sent) {
    return Arguments.of(dialect, operation, stream, body, sent);
  }

  @ParameterizedTest
  @MethodSource("requests")
  @DisplayName("A2 G4 upstreams 6: a request is the caller's bytes but for the edits its dialect needs")
  void editsOnlyWhatTheDialectNeeds(Dialect dialect, Operation operation, boolean stream, String body, String sent) {
    assertThat(Requests.encode(dialect, operation, body, stream)).isEqualTo(sent);
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  @DisplayName("A2 every field of a full request comes through, byte by byte, and the result is strict JSON")
  void unknownFieldsPassUntouched(Dialect dialect) {
    String rest = "'messages' : [ {'role':'user','content':[{'type':'text','text':'h\\u00e9\\n'}],'name':'n'} ],'tools':[{'function':{'parameters':"
        + "{'enum':[1.0,1e3]}}}],'n':2,'logit_bias':{'50256':-100},'metadata':{'a':'b'},'stop':['x'],'unknown':{'deep':[[{}]]},'stream':true";
    String sent = Requests.encode(dialect, CHAT, "{" + rest + ",'model':'x'}", true);
    assertThat(sent).startsWith("{" + rest + ",'model':'served'");
    JsonText json = Requests.json(sent);
    assertThat(json.stringEquals(json.member(0, "model"), "served")).isTrue();
  }

  @Test
  @DisplayName("A2 a request that needs no edit is sent as the very bytes that were scanned")
  void withoutEditsBytesAreShared() {
    Prompt prompt = new Prompt(Requests.json("{'model':'served','messages':[]}"));
    ModelRequest request = new ModelRequest("r", CHAT, prompt, "served", false, false, true, Caller.DEFAULT, Sensitivity.PUBLIC, null, 0,
        CacheDirective.DEFAULT, 0);
    assertThat(RequestDialect.encode(request, Requests.upstream(OPENAI), "served", "t").buffer()).isEqualTo(prompt.json().buffer());
    assertThat(RequestDialect.encode(request, Requests.upstream(OPENAI), "served", "t").source()).isSameAs(prompt.json());
  }

  @Test
  @DisplayName("B3 a model name that needs escapes is written so")
  void modelNamesAreEscaped() {
    Prompt prompt = new Prompt(Requests.json("{'model':'served'}"));
    ModelRequest request = new ModelRequest("r", CHAT, prompt, "served", false, false, true, Caller.DEFAULT, Sensitivity.PUBLIC, null, 0,
        CacheDirective.DEFAULT, 0);
    java.nio.ByteBuffer sent = RequestDialect.encode(request, Requests.upstream(OPENAI), "a\"b\n中", "t").buffer();
    assertThat(java.nio.charset.StandardCharsets.UTF_8.decode(sent).toString()).isEqualTo("{\"model\":\"a\\\"b\\n中\"}");
  }

  static Stream<Arguments> shapes() {
    return Stream.of(
        Arguments.of(CHAT, "{}", new AnswerShape(CHAT, 1, true, false, Vectors.AS_SENT)),
        Arguments.of(CHAT, "{'n':3}", new AnswerShape(CHAT, 3, true, false, Vectors.AS_SENT)),
        Arguments.of(CHAT, "{'n':null}", new AnswerShape(CHAT, 1, true, false, Vectors.AS_SENT)),
        Arguments.of(CHAT, "{'n':-4}", new AnswerShape(CHAT, 1, true, false, Vectors.AS_SENT)),
        Arguments.of(CHAT, "{'n':1e9}", new AnswerShape(CHAT, 4096, true, false, Vectors.AS_SENT)),
        Arguments.of(CHAT, "{'response_format':{'type':'json_object'}}", new AnswerShape(CHAT, 1, true, true, Vectors.AS_SENT)),
        Arguments.of(CHAT, "{'response_format':{'type':'json_schema'}}", new AnswerShape(CHAT, 1, true, true, Vectors.AS_SENT)),
        Arguments.of(CHAT, "{'response_format':{'type':'text'}}", new AnswerShape(CHAT, 1, true, false, Vectors.AS_SENT)),
        Arguments.of(COMPLETION, "{'prompt':'a','n':2}", new AnswerShape(COMPLETION, 2, true, false, Vectors.AS_SENT)),
        Arguments.of(COMPLETION, "{'prompt':['a','b'],'n':2}", new AnswerShape(COMPLETION, 4, true, false, Vectors.AS_SENT)),
        Arguments.of(COMPLETION, "{'prompt':[1,2,3]}", new AnswerShape(COMPLETION, 1, true, false, Vectors.AS_SENT)),
        Arguments.of(COMPLETION, "{'prompt':[[1,2],[3]]}", new AnswerShape(COMPLETION, 2, true, false, Vectors.AS_SENT)),
        Arguments.of(EMBEDDING, "{'input':['a','b','c']}", new AnswerShape(EMBEDDING, 3, true, false, Vectors.AS_SENT)),
        Arguments.of(EMBEDDING, "{'input':[1,2],'encoding_format':'base64'}", new AnswerShape(EMBEDDING, 1, true, false, Vectors.BASE64)),
        Arguments.of(EMBEDDING, "{'input':'a','encoding_format':'float'}", new AnswerShape(EMBEDDING, 1, true, false, Vectors.FLOAT)));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  @DisplayName("F1 what a whole answer must look like is read off the request")
  void readsTheShape(Operation operation, String body, AnswerShape shape) {
    assertThat(AnswerShape.of(operation, Requests.json(body), true)).isEqualTo(shape);
  }
}
