package io.tidegate.upstream.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Operation;
import io.tidegate.upstream.dialect.AnswerReader.Answer;
import io.tidegate.upstream.dialect.AnswerShape.Vectors;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerReaderTest {
  private static final AnswerShape CHAT = new AnswerShape(Operation.CHAT, 1, false, false, Vectors.AS_SENT);
  private static final AnswerShape TWO = new AnswerShape(Operation.CHAT, 2, false, false, Vectors.AS_SENT);
  private static final AnswerShape JSON_MODE = new AnswerShape(Operation.CHAT, 1, false, true, Vectors.AS_SENT);
  private static final AnswerShape TEXT = new AnswerShape(Operation.COMPLETION, 2, false, false, Vectors.AS_SENT);

  private static Answer read(AnswerShape shape, String body) {
    return AnswerReader.read(shape, "application/json", Requests.bytes(body));
  }

  private static String chat(String message, String reason) {
    return "{'id':'c1','choices':[{'index':0,'message':" + message + ",'finish_reason':" + reason + "}]}";
  }

  private static String normalised(Answer answer) {
    byte[] json = answer.json();
    assertThat(json).as("failure %s", answer.failure()).isNotNull();
    return new String(json, StandardCharsets.UTF_8).replace('"', '\'');
  }

  static Stream<String> whole() {
    return Stream.of(
        chat("{'role':'assistant','content':'hi'}", "'stop'"),
        chat("{'content':'','refusal':'no'}", "'stop'"),
        chat("{'content':''}", "'stop'"),
        chat("{'content':null,'tool_calls':[{'id':'t','function':{'name':'f','arguments':'{}'}}]}", "'tool_calls'"),
        chat("{'content':'x','reasoning_content':'because'}", "'length'"),
        chat("{'content':'x'}", "'a reason of tomorrow'"),
        chat("{'content':'x','reasoning':null}", "'stop'"),
        chat("{'content':'x','reasoning':'a','reasoning_content':'b'}", "'stop'"),
        "\n\n\n " + chat("{'content':'after blank lines'}", "'stop'"),
        "{'error':null,'choices':[{'index':0,'message':{'content':'a'},'finish_reason':'stop'}],'usage':null,'unknown':{'x':[1]}}",
        "{'choices':[{'index':0,'message':{'content':'a'},'finish_reason':'stop'}],'usage':{'prompt_tokens_details':{'cached_tokens':3}}}");
  }

  @ParameterizedTest
  @MethodSource("whole")
  @DisplayName("G5 a whole answer in OpenAI's form passes as the very bytes that came")
  void wholeAnswersPassUntouched(String body) {
    byte[] bytes = Requests.bytes(body);
    byte[] copy = bytes.clone();
    Answer answer = AnswerReader.read(CHAT, "application/json; charset=utf-8", bytes);
    assertThat(answer.failure()).isNull();
    assertThat(answer.json()).isSameAs(bytes).isEqualTo(copy);
  }

  static Stream<Arguments> normalisations() {
    return Stream.of(
        Arguments.of(chat("{'content':'x','reasoning':'r'}", "'stop'"), chat("{'content':'x','reasoning_content':'r'}", "'stop'")),
        Arguments.of(chat("{'content':'x'}", "'insufficient_system_resource'"), chat("{'content':'x'}", "'length'")),
        Arguments.of(chat("{'content':'x'}", "'abort'"), chat("{'content':'x'}", "'length'")),
        Arguments.of(chat("{'content':'','reasoning':'r'}", "'error'"), chat("{'content':'','reasoning_content':'r'}", "'length'")),
        Arguments.of(chat("{'tool_calls':[{}]}", "'unload'"), chat("{'tool_calls':[{}]}", "'length'")),
        Arguments.of(usage("{'prompt_tokens':9,'prompt_cache_hit_tokens':4}", ""),
            usage("{'prompt_tokens':9,'prompt_cache_hit_tokens':4,'prompt_tokens_details':{'cached_tokens':4}}", "")),
        Arguments.of(usage("{'prompt_tokens_details':null,'prompt_cache_hit_tokens':0}", ""),
            usage("{'prompt_tokens_details':{'cached_tokens':0},'prompt_cache_hit_tokens':0}", "")),
        Arguments.of(usage("{'prompt_tokens_details':{'audio_tokens':1},'prompt_cache_hit_tokens':5}", ""),
            usage("{'prompt_tokens_details':{'audio_tokens':1,'cached_tokens':5},'prompt_cache_hit_tokens':5}", "")),
        Arguments.of(usage("{'prompt_tokens_details':{'cached_tokens':null},'prompt_cache_hit_tokens':5}", ""),
            usage("{'prompt_tokens_details':{'cached_tokens':5},'prompt_cache_hit_tokens':5}", "")),
        Arguments.of(usage("{'prompt_tokens':9}", ",'timings':{'cache_n':7}"),
            usage("{'prompt_tokens':9,'prompt_tokens_details':{'cached_tokens':7}}", ",'timings':{'cache_n':7}")));
  }

  private static String usage(String usage, String more) {
    return "{'choices':[{'index':0,'message':{'content':'a'},'finish_reason':'stop'}],'usage':" + usage + more + "}";
  }

  @ParameterizedTest
  @MethodSource("normalisations")
  @DisplayName("upstreams 6: each dialect's answer comes out in OpenAI's form")
  void normalisesDialects(String body, String expected) {
    assertThat(normalised(read(CHAT, body))).isEqualTo(expected);
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(CHAT, "", Kind.PROTOCOL),
        Arguments.of(CHAT, "<html>Bad gateway</html>", Kind.PROTOCOL),
        Arguments.of(CHAT, "{'choices':[", Kind.PROTOCOL),
        Arguments.of(CHAT, chat("{'content':'a','content':'b'}", "'stop'"), Kind.PROTOCOL),
        Arguments.of(CHAT, chat("{'content':'a'}", "'stop'") + "x", Kind.PROTOCOL),
        Arguments.of(CHAT, "data: {}\n\n", Kind.PROTOCOL),
        Arguments.of(CHAT, "[]", Kind.PROTOCOL),
        Arguments.of(CHAT, "null", Kind.PROTOCOL),
        Arguments.of(CHAT, "{}", Kind.PROTOCOL),
        Arguments.of(CHAT, "{'choices':null}", Kind.PROTOCOL),
        Arguments.of(CHAT, "{'choices':[]}", Kind.PROTOCOL),
        Arguments.of(CHAT, "{'choices':{}}", Kind.PROTOCOL),
        Arguments.of(CHAT, "{'choices':['a']}", Kind.PROTOCOL),
        Arguments.of(CHAT, "{'error':{'message':'m','code':500}}", Kind.PROTOCOL),
        Arguments.of(CHAT, "{'error':'Unauthorized'}", Kind.PROTOCOL),
        Arguments.of(CHAT, "{'object':'error','message':'m','code':40303}", Kind.PROTOCOL),
        Arguments.of(CHAT, "{'error':{'message':'m'},'choices':[{'index':0,'message':{'content':'a'},'finish_reason':'stop'}]}", Kind.PROTOCOL),
        Arguments.of(CHAT, "{'choices':[{'index':1,'message':{'content':'a'},'finish_reason':'stop'}]}", Kind.PROTOCOL),
        Arguments.of(CHAT, "{'choices':[{'index':-1,'message':{'content':'a'},'finish_reason':'stop'}]}", Kind.PROTOCOL),
        Arguments.of(CHAT, "{'choices':[{'index':0.5,'message':{'content':'a'},'finish_reason':'stop'}]}", Kind.PROTOCOL),
        Arguments.of(CHAT, "{'choices':[{'index':'0','message':{'content':'a'},'finish_reason':'stop'}]}", Kind.PROTOCOL),
        Arguments.of(CHAT, "{'choices':[{'message':{'content':'a'},'finish_reason':'stop'}]}", Kind.PROTOCOL),
        Arguments.of(CHAT, "{'choices':[{'index':0,'finish_reason':'stop'}]}", Kind.PROTOCOL),
        Arguments.of(CHAT, "{'choices':[{'index':0,'message':'a','finish_reason':'stop'}]}", Kind.PROTOCOL),
        Arguments.of(TWO, "{'choices':[{'index':0,'message':{},'finish_reason':'stop'},{'index':0,'message':{},'finish_reason':'stop'}]}", Kind.PROTOCOL),
        Arguments.of(CHAT, chat("{'content':'a'}", "null"), Kind.INCOMPLETE),
        Arguments.of(CHAT, "{'choices':[{'index':0,'message':{'content':'a'}}]}", Kind.INCOMPLETE),
        Arguments.of(TWO, "{'choices':[{'index':0,'message':{'content':'a'},'finish_reason':'stop'},{'index':1,'message':{'content':'b'},'finish_reason':null}]}",
            Kind.INCOMPLETE),
        Arguments.of(CHAT, chat("{'content':''}", "'insufficient_system_resource'"), Kind.BUSY),
        Arguments.of(CHAT, chat("{'content':null}", "'abort'"), Kind.SERVER_ERROR),
        Arguments.of(CHAT, chat("{'content':''}", "'load'"), Kind.SERVER_ERROR),
        Arguments.of(JSON_MODE, chat("{'content':'   \\n\\t  '}", "'stop'"), Kind.PROTOCOL),
        Arguments.of(JSON_MODE, chat("{'content':''}", "'stop'"), Kind.PROTOCOL),
        Arguments.of(JSON_MODE, chat("{'content':null,'reasoning_content':'thought'}", "'stop'"), Kind.PROTOCOL),
        Arguments.of(CHAT, "{'choices':" + "[".repeat(70) + "]".repeat(70) + "}", Kind.OVERSIZED));
  }

  @ParameterizedTest
  @MethodSource("failures")
  @DisplayName("F1 upstreams 9: bad JSON, errors in a 200, foreign shapes, cut and blank answers are failed attempts")
  void failsWhatIsNoWholeAnswer(AnswerShape shape, String body, Kind kind) {
    Answer answer = read(shape, body);
    assertThat(answer.json()).isNull();
    assertThat(answer.failure()).isNotNull();
    assertThat(answer.failure().kind()).isEqualTo(kind);
    assertThat(answer.failure().message()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/html", "text/event-stream", "text/plain", "application/jsonx", "application/octet-stream", "", "json"})
  @DisplayName("F1 upstreams 9: a wrong content type is refused")
  void refusesWrongTypes(String type) {
    byte[] body = Requests.bytes(chat("{'content':'a'}", "'stop'"));
    assertThat(AnswerReader.read(CHAT, type, body).failure()).isNotNull();
    assertThat(AnswerReader.read(CHAT, null, body).failure()).isNotNull();
  }

  @Test
  @DisplayName("G5 JSON mode takes an answer with text, a tool call or a refusal")
  void jsonModeTakesAnswers() {
    assertThat(read(JSON_MODE, chat("{'content':' {} '}", "'stop'")).failure()).isNull();
    assertThat(read(JSON_MODE, chat("{'content':null,'refusal':'no'}", "'stop'")).failure()).isNull();
    assertThat(read(JSON_MODE, chat("{'content':'  '}", "'length'")).failure()).isNull();
    assertThat(read(JSON_MODE, chat("{'content':null,'tool_calls':[{'id':'a'}]}", "'stop'")).failure()).isNull();
  }

  @Test
  @DisplayName("F6 usage is read in each dialect's form, and nonsense counts as not said")
  void readsUsage() {
    assertThat(read(CHAT, usage("{'prompt_tokens':10,'completion_tokens':5,'prompt_tokens_details':{'cached_tokens':3},"
        + "'completion_tokens_details':{'reasoning_tokens':2}}", "")).usage()).isEqualTo(new Usage(10, 5, 3, 2));
    assertThat(read(CHAT, usage("{'prompt_tokens':10,'prompt_cache_hit_tokens':8,'prompt_cache_miss_tokens':2}", "")).usage()).isEqualTo(new Usage(10, -1, 8, -1));
    assertThat(read(CHAT, usage("{'prompt_tokens':4}", ",'timings':{'cache_n':1}")).usage()).isEqualTo(new Usage(4, -1, 1, -1));
    assertThat(read(CHAT, usage("{'prompt_tokens':-4,'completion_tokens':1e15,'prompt_tokens_details':[],'completion_tokens_details':null}", "")).usage())
        .isEqualTo(Usage.UNKNOWN);
    assertThat(read(CHAT, usage("{'prompt_tokens':'10','completion_tokens':1.5}", "")).usage()).isEqualTo(Usage.UNKNOWN);
    assertThat(read(CHAT, usage("[1]", "")).usage()).isEqualTo(Usage.UNKNOWN);
    assertThat(read(CHAT, chat("{'content':'a'}", "'stop'")).usage()).isEqualTo(Usage.UNKNOWN);
  }

  @Test
  @DisplayName("F1 completions are checked alike")
  void readsCompletions() {
    String body = "{'choices':[{'index':1,'text':'b','finish_reason':'stop'},{'index':0,'text':'','finish_reason':'length'}]}";
    assertThat(normalised(read(TEXT, body))).isEqualTo(body);
    assertThat(read(TEXT, "{'choices':[{'index':0,'text':null,'finish_reason':'stop'}]}").failure()).isNotNull();
    assertThat(read(TEXT, "{'choices':[{'index':2,'text':'a','finish_reason':'stop'}]}").failure()).isNotNull();
    assertThat(read(TEXT, "{'choices':[{'index':0,'text':'','finish_reason':'abort'}]}").failure()).isNotNull();
    assertThat(normalised(read(TEXT, "{'choices':[{'index':0,'text':'a','finish_reason':'abort'}]}"))).contains("'length'");
  }

  private static AnswerShape embedding(int inputs, Vectors vectors) {
    return new AnswerShape(Operation.EMBEDDING, inputs, false, false, vectors);
  }

  @Test
  @DisplayName("upstreams 6: vectors come out in the form asked for")
  void embeddingsComeAsAsked() {
    String floats = "{'data':[{'index':0,'embedding':[1.5,-2]}],'usage':{'prompt_tokens':3}}";
    String base64 = "{'data':[{'index':0,'embedding':'AADAPwAAAMA='}],'usage':{'prompt_tokens':3}}";
    String numbers = "{'data':[{'index':0,'embedding':[1.5,-2.0]}],'usage':{'prompt_tokens':3}}";
    assertThat(normalised(read(embedding(1, Vectors.AS_SENT), floats))).isEqualTo(floats);
    assertThat(normalised(read(embedding(1, Vectors.FLOAT), floats))).isEqualTo(floats);
    assertThat(normalised(read(embedding(1, Vectors.BASE64), floats))).isEqualTo(base64);
    assertThat(normalised(read(embedding(1, Vectors.BASE64), base64))).isEqualTo(base64);
    assertThat(normalised(read(embedding(1, Vectors.AS_SENT), base64))).isEqualTo(base64);
    assertThat(normalised(read(embedding(1, Vectors.FLOAT), base64))).isEqualTo(numbers);
    assertThat(read(embedding(1, Vectors.FLOAT), floats).usage()).isEqualTo(new Usage(3, -1, -1, -1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{'data':[]}", "{}", "{'data':null}", "{'data':[{'index':0}]}", "{'data':[{'index':0,'embedding':[]}]}",
      "{'data':[{'index':0,'embedding':''}]}", "{'data':[{'index':0,'embedding':['a']}]}", "{'data':[{'index':0,'embedding':[[1]]}]}",
      "{'data':[{'index':5,'embedding':[1]}]}", "{'data':[{'embedding':[1]}]}", "{'data':[{'index':0,'embedding':[1]},{'index':0,'embedding':[1]}]}",
      "{'data':[{'index':0,'embedding':[1]}]}", "[[1.0]]", "{'data':[{'index':0,'embedding':'AADA'},{'index':1,'embedding':[1]}]}",
      "{'data':[{'index':0,'embedding':'!'},{'index':1,'embedding':[1]}]}", "{'error':'x','data':[{'index':0,'embedding':[1]},{'index':1,'embedding':[1]}]}"})
  @DisplayName("F1 an embedding answer without one good vector for each input is a failed attempt")
  void failsPartialEmbeddings(String body) {
    Answer answer = read(embedding(2, Vectors.FLOAT), body);
    assertThat(answer.failure()).isNotNull();
    assertThat(answer.failure().kind()).isEqualTo(Kind.PROTOCOL);
  }
}
