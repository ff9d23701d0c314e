package io.tidegate.upstream.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Operation;
import io.tidegate.upstream.dialect.AnswerShape.Vectors;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StreamReaderTest {
  private static final AnswerShape CHAT = new AnswerShape(Operation.CHAT, 1, false, false, Vectors.AS_SENT);
  private static final AnswerShape ASKED = new AnswerShape(Operation.CHAT, 1, true, false, Vectors.AS_SENT);
  private static final AnswerShape TWO = new AnswerShape(Operation.CHAT, 2, false, false, Vectors.AS_SENT);
  private static final AnswerShape JSON_MODE = new AnswerShape(Operation.CHAT, 1, false, true, Vectors.AS_SENT);
  private static final AnswerShape TEXT = new AnswerShape(Operation.COMPLETION, 1, false, false, Vectors.AS_SENT);
  private static final String DONE = "data: [DONE]\n\n";

  /** What a reader makes of a stream. */
  private static final class Result implements StreamReader.Output {
    private final ByteArrayOutputStream frames = new ByteArrayOutputStream();
    private boolean content;
    private int relayed;
    private int endings;
    private @Nullable Usage usage;
    private @Nullable AttemptFailure failure;
    private byte @Nullable [] lent;

    @Override
    public void frames(byte[] buffer, int offset, int length, boolean soFar, boolean same) {
      assertThat(endings).isZero();
      assertThat(length).isPositive();
      assertThat(!content || soFar).isTrue();
      content = soFar;
      frames.write(buffer, offset, length);
      if (same) {
        relayed++;
        assertThat(buffer).isSameAs(lent);
      }
    }

    @Override
    public void ended(Usage counted) {
      endings++;
      usage = counted;
    }

    @Override
    public void failed(AttemptFailure found) {
      endings++;
      failure = found;
    }

    String text() {
      return frames.toString(StandardCharsets.UTF_8).replace('"', '\'');
    }

    @Nullable Kind kind() {
      AttemptFailure found = failure;
      return found == null ? null : found.kind();
    }
  }

  private static Result read(AnswerShape shape, String stream) {
    return read(shape, Requests.bytes(stream), Integer.MAX_VALUE);
  }

  private static Result read(AnswerShape shape, byte[] stream, int step) {
    Result result = new Result();
    StreamReader reader = new StreamReader(shape, result);
    for (int at = 0; at < stream.length; at += step) {
      int length = Math.min(step, stream.length - at);
      byte[] piece = new byte[length + 2];
      System.arraycopy(stream, at, piece, 1, length);
      result.lent = piece;
      reader.feed(piece, 1, length);
      Arrays.fill(piece, (byte) '!');
      if (step > stream.length) {
        break;
      }
    }
    reader.end();
    reader.end();
    reader.feed(new byte[] {'x', '\n', '\n'}, 0, 3);
    assertThat(result.endings).isEqualTo(1);
    return result;
  }

  private static String delta(String delta) {
    return choice(0, delta, "null", "");
  }

  private static String finish(String reason) {
    return choice(0, "{}", "'" + reason + "'", "");
  }

  private static String choice(int index, String delta, String reason, String more) {
    return "data: {'id':'c1','choices':[{'index':" + index + ",'delta':" + delta + ",'finish_reason':" + reason + "}]" + more + "}\n\n";
  }

  private static final String ROLE = delta("{'role':'assistant','content':''}");
  private static final String USAGE = "{'prompt_tokens':9,'completion_tokens':2,'prompt_cache_hit_tokens':4,'completion_tokens_details':{'reasoning_tokens':1}}";
  /** An escape of the joined arguments, cut in two; in each piece its backslash is escaped, so that the piece is valid JSON. */
  private static final String TOOLS = delta("{'tool_calls':[{'index':0,'id':'t','function':{'name':'f','arguments':'{\\\\u00'}}]}")
      + delta("{'tool_calls':[{'index':0,'function':{'arguments':'e9'}}]}") + finish("tool_calls");
  private static final Usage COUNTED = new Usage(9, 2, 4, 1);

  static Stream<Arguments> whole() {
    String plain = ROLE + delta("{'content':'Hel'}") + delta("{'content':'lo'}") + finish("stop");
    String usage = "data: {'id':'c1','choices':[],'usage':" + USAGE + "}\n\n";
    return Stream.of(
        Arguments.of("plain", CHAT, plain + DONE, plain),
        Arguments.of("usage chunk not asked for", CHAT, plain + usage + DONE, plain),
        Arguments.of("usage chunk asked for", ASKED, plain + usage + DONE,
            plain + usage.replace("}}}", "},'prompt_tokens_details':{'cached_tokens':4}}}")),
        Arguments.of("usage in a content chunk", CHAT, plain + choice(0, "{}", "null", ",'usage':" + USAGE) + DONE, plain + choice(0, "{}", "null", "")),
        Arguments.of("usage null stays", CHAT, choice(0, "{'content':'a'}", "'stop'", ",'usage':null") + DONE, choice(0, "{'content':'a'}", "'stop'", ",'usage':null")),
        Arguments.of("reasoning renamed", CHAT, delta("{'reasoning':'r'}") + delta("{'reasoning':'s'}") + finish("stop") + DONE,
            delta("{'reasoning_content':'r'}") + delta("{'reasoning_content':'s'}") + finish("stop")),
        Arguments.of("reasoning as it should be", CHAT, delta("{'reasoning_content':'r'}") + finish("stop") + DONE, delta("{'reasoning_content':'r'}") + finish("stop")),
        Arguments.of("both names", CHAT, delta("{'reasoning':'r','reasoning_content':'r'}") + finish("stop") + DONE,
            delta("{'reasoning':'r','reasoning_content':'r'}") + finish("stop")),
        Arguments.of("cut by capacity", CHAT, delta("{'content':'a'}") + finish("insufficient_system_resource") + DONE, delta("{'content':'a'}") + finish("length")),
        Arguments.of("aborted", CHAT, delta("{'content':'a'}") + finish("abort") + DONE, delta("{'content':'a'}") + finish("length")),
        Arguments.of("cut in the chunk with content", CHAT, choice(0, "{'content':'a'}", "'error'", "") + DONE, choice(0, "{'content':'a'}", "'length'", "")),
        Arguments.of("tool pieces cut inside an escape", CHAT, TOOLS + DONE, TOOLS),
        Arguments.of("n = 2", TWO, choice(1, "{'content':'b'}", "null", "") + choice(0, "{'content':'a'}", "null", "") + choice(1, "{}", "'stop'", "")
            + choice(0, "{}", "'stop'", "") + DONE, choice(1, "{'content':'b'}", "null", "") + choice(0, "{'content':'a'}", "null", "")
            + choice(1, "{}", "'stop'", "") + choice(0, "{}", "'stop'", "")),
        Arguments.of("comments, ids, names", CHAT, ": keep-alive\n\n\n\nid: 7\nretry: 1\nevent: message\n" + delta("{'content':'a'}") + ":\n" + finish("stop") + DONE,
            delta("{'content':'a'}") + finish("stop")),
        Arguments.of("CR LF", CHAT, (delta("{'content':'a'}") + finish("stop") + DONE).replace("\n", "\r\n"), delta("{'content':'a'}") + finish("stop")),
        Arguments.of("CR only", CHAT, (delta("{'content':'a'}") + finish("stop") + DONE).replace("\n", "\r"), delta("{'content':'a'}") + finish("stop")),
        Arguments.of("BOM", CHAT, "\ufeff" + delta("{'content':'a'}") + finish("stop") + DONE, delta("{'content':'a'}") + finish("stop")),
        Arguments.of("no space", CHAT, (delta("{'content':'a'}") + finish("stop") + DONE).replace("data: ", "data:"), delta("{'content':'a'}") + finish("stop")),
        Arguments.of("two data lines", CHAT, "data: {'id':'c1',\ndata: 'choices':[{'index':0,'delta':{'content':'a'},'finish_reason':'stop'}]}\n\n" + DONE,
            "data: {'id':'c1', 'choices':[{'index':0,'delta':{'content':'a'},'finish_reason':'stop'}]}\n\n"),
        Arguments.of("event before any choice", CHAT, "data: {'id':'','choices':[],'prompt_filter_results':[]}\n\n" + choice(0, "{'content':'a'}", "'stop'", "") + DONE,
            "data: {'id':'','choices':[],'prompt_filter_results':[]}\n\n" + choice(0, "{'content':'a'}", "'stop'", "")),
        Arguments.of("empty answer", CHAT, ROLE + finish("stop") + DONE, ROLE + finish("stop")),
        Arguments.of("blank text outside JSON mode", CHAT, delta("{'content':'  '}") + finish("stop") + DONE, delta("{'content':'  '}") + finish("stop")),
        Arguments.of("JSON mode", JSON_MODE, delta("{'content':'  '}") + delta("{'content':'{}'}") + finish("stop") + DONE,
            delta("{'content':'  '}") + delta("{'content':'{}'}") + finish("stop")),
        Arguments.of("keep-alive after the end", CHAT, plain + DONE + "\n: bye\n\n", plain),
        Arguments.of("completion", TEXT, "data: {'id':'c','choices':[{'index':0,'text':'a','finish_reason':'stop'}]}\n\n" + DONE,
            "data: {'id':'c','choices':[{'index':0,'text':'a','finish_reason':'stop'}]}\n\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("whole")
  @DisplayName("G5 upstreams 6: a whole stream comes out as plain frames in OpenAI's form, however it was cut")
  void wholeStreamsPass(String name, AnswerShape shape, String stream, String expected) throws Exception {
    byte[] bytes = Requests.bytes(stream);
    for (int step : new int[] {1, 2, 3, 7, 16, 61, 100, 1000, Integer.MAX_VALUE}) {
      Result result = read(shape, bytes, step);
      assertThat(result.failure).as("pieces of %d", step).isNull();
      assertThat(result.text()).as("pieces of %d", step).isEqualTo(expected);
      assertThat(result.content).isTrue();
    }
    for (String frame : expected.split("\n\n")) {
      assertThat(JsonText.parse(Requests.bytes(frame.substring(6)), JsonLimits.DEFAULT).size()).isPositive();
    }
  }

  static Stream<Arguments> faults() {
    String some = ROLE + delta("{'content':'a'}");
    return Stream.of(
        Arguments.of("nothing", "", Kind.INCOMPLETE),
        Arguments.of("end without [DONE]", some + finish("stop"), Kind.INCOMPLETE),
        Arguments.of("[DONE] without a finish reason", some + DONE, Kind.INCOMPLETE),
        Arguments.of("[DONE] alone", DONE, Kind.INCOMPLETE),
        Arguments.of("Ollama's silent fault", some + delta("{}"), Kind.INCOMPLETE),
        Arguments.of("cut inside [DONE]", some + finish("stop") + "data: [DONE]", Kind.INCOMPLETE),
        Arguments.of("cut inside data", some + "data: {'id':'c1','cho", Kind.INCOMPLETE),
        Arguments.of("only comments", ": keep-alive\n\n".repeat(50), Kind.INCOMPLETE),
        Arguments.of("vLLM's error, then [DONE]", some + "data: {'error':{'message':'m','type':'InternalServerError','code':500}}\n\n" + DONE, Kind.SERVER_ERROR),
        Arguments.of("llama.cpp's error", some + "data: {'error':{'code':500,'message':'m','type':'server_error'}}\n\n", Kind.SERVER_ERROR),
        Arguments.of("old llama.cpp's error line", some + "error: {'code':500,'message':'m','type':'server_error'}\n\n", Kind.SERVER_ERROR),
        Arguments.of("old llama.cpp's error line, broken", some + "error: {'code'\n\n", Kind.SERVER_ERROR),
        Arguments.of("event: error", some + "event: error\ndata: {'message':'m'}\n\n", Kind.SERVER_ERROR),
        Arguments.of("event: error, no JSON", some + "event: error\ndata: oh\n\n", Kind.SERVER_ERROR),
        Arguments.of("event: error after the finish reason", some + finish("stop") + "event: error\ndata: {}\n\n" + DONE, Kind.SERVER_ERROR),
        Arguments.of("error as text", some + "data: {'error':'m'}\n\n", Kind.SERVER_ERROR),
        Arguments.of("flat error", some + "data: {'object':'error','message':'m','code':500}\n\n", Kind.SERVER_ERROR),
        Arguments.of("error with choices", some + "data: {'error':{},'choices':[]}\n\n", Kind.SERVER_ERROR),
        Arguments.of("rate limit in the stream", "data: {'error':{'code':429}}\n\n", Kind.RATE_LIMITED),
        Arguments.of("rate limit, code as text", "data: {'error':{'code':'429'}}\n\n", Kind.RATE_LIMITED),
        Arguments.of("busy in the stream", "data: {'error':{'code':503}}\n\n", Kind.BUSY),
        Arguments.of("account in the stream", "data: {'error':{'code':402}}\n\n", Kind.ACCOUNT),
        Arguments.of("the request's fault, in the stream", "data: {'error':{'code':400,'message':'m'}}\n\n", Kind.SERVER_ERROR),
        Arguments.of("data after [DONE]", some + finish("stop") + DONE + delta("{'content':'b'}"), Kind.PROTOCOL),
        Arguments.of("[DONE] twice", some + finish("stop") + DONE + DONE, Kind.PROTOCOL),
        Arguments.of("JSON line after [DONE]", some + finish("stop") + DONE + "{}\n", Kind.PROTOCOL),
        Arguments.of("broken JSON", some + "data: {'id':\n\n", Kind.PROTOCOL),
        Arguments.of("duplicate keys", some + "data: {'choices':[],'choices':[]}\n\n", Kind.PROTOCOL),
        Arguments.of("no JSON", some + "data: hello\n\n", Kind.PROTOCOL),
        Arguments.of("empty data", some + "data:\n\n", Kind.PROTOCOL),
        Arguments.of("no object", some + "data: [1]\n\n", Kind.PROTOCOL),
        Arguments.of("no choices", some + "data: {'id':'c1'}\n\n", Kind.PROTOCOL),
        Arguments.of("choices of another kind", some + "data: {'id':'c1','choices':{}}\n\n", Kind.PROTOCOL),
        Arguments.of("a choice that is no object", some + "data: {'id':'c1','choices':[1]}\n\n", Kind.PROTOCOL),
        Arguments.of("bad index", some + choice(1, "{'content':'b'}", "null", ""), Kind.PROTOCOL),
        Arguments.of("negative index", some + choice(-1, "{'content':'b'}", "null", ""), Kind.PROTOCOL),
        Arguments.of("no index", some + "data: {'id':'c1','choices':[{'delta':{'content':'b'}}]}\n\n", Kind.PROTOCOL),
        Arguments.of("foreign id", some + delta("{'content':'b'}").replace("c1", "c2"), Kind.PROTOCOL),
        Arguments.of("foreign id, escaped", some + delta("{'content':'b'}").replace("c1", "c\\u0032"), Kind.PROTOCOL),
        Arguments.of("foreign id of the same length in a row of plain frames", some + some + delta("{'content':'b'}") + delta("{'content':'b'}").replace("c1", "c3"),
            Kind.PROTOCOL),
        Arguments.of("id without end", delta("{'content':'b'}").replace("c1", "x".repeat(600)), Kind.PROTOCOL),
        Arguments.of("JSON for a stream", "{'choices':[]}\n", Kind.PROTOCOL),
        Arguments.of("HTML for a stream", "<html>\n", Kind.PROTOCOL),
        Arguments.of("capacity before content", ROLE + finish("insufficient_system_resource") + DONE, Kind.BUSY),
        Arguments.of("abort before content", ROLE + finish("abort") + DONE, Kind.SERVER_ERROR),
        Arguments.of("load", finish("load") + DONE, Kind.SERVER_ERROR));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  @DisplayName("G5 F1 F4 upstreams 9: a stream with a fault is a failed attempt, and shows no text of it")
  void faultsFail(String name, String stream, Kind kind) {
    byte[] bytes = Requests.bytes(stream);
    for (int step : new int[] {1, 5, 33, 128, Integer.MAX_VALUE}) {
      Result result = read(CHAT, bytes, step);
      assertThat(result.kind()).as("pieces of %d", step).isEqualTo(kind);
      assertThat(result.failure).isEqualTo(AttemptFailure.of(kind));
      assertThat(result.text()).doesNotContain("error").doesNotContain("DONE");
    }
  }

  @Test
  @DisplayName("G5 a stream of two choices is whole only when both have finished")
  void everyChoiceMustFinish() {
    String stream = choice(0, "{'content':'a'}", "'stop'", "") + choice(1, "{'content':'b'}", "null", "") + DONE;
    assertThat(read(TWO, stream).kind()).isEqualTo(Kind.INCOMPLETE);
    assertThat(read(TWO, choice(0, "{'content':'a'}", "'stop'", "") + DONE).kind()).isNull();
  }

  @Test
  @DisplayName("upstreams 2: blank JSON is a failed attempt, and does not commit before")
  void blankJsonFails() {
    Result blank = read(JSON_MODE, Requests.bytes(ROLE + delta("{'content':'   '}") + delta("{'content':'\\n\\t'}") + finish("stop") + DONE), 40);
    assertThat(blank.kind()).isEqualTo(Kind.PROTOCOL);
    assertThat(blank.content).isFalse();
    assertThat(read(JSON_MODE, ROLE + finish("stop") + DONE).kind()).isEqualTo(Kind.PROTOCOL);
    assertThat(read(JSON_MODE, delta("{'reasoning_content':'r'}") + delta("{'content':' '}") + finish("stop") + DONE).kind()).isEqualTo(Kind.PROTOCOL);
    assertThat(read(JSON_MODE, delta("{'content':' '}") + finish("length") + DONE).kind()).isNull();
    assertThat(read(JSON_MODE, delta("{'tool_calls':[{'index':0}]}") + finish("stop") + DONE).kind()).isNull();
    assertThat(read(JSON_MODE, delta("{'refusal':'no'}") + finish("stop") + DONE).kind()).isNull();
  }

  static Stream<String> contents() {
    return Stream.of(delta("{'content':'a'}"), delta("{'content':' '}"), delta("{'reasoning':'a'}"), delta("{'reasoning_content':'a'}"), delta("{'refusal':'a'}"),
        delta("{'tool_calls':[{'index':0}]}"), delta("{'function_call':{'name':'f'}}"), finish("stop"));
  }

  @ParameterizedTest
  @MethodSource("contents")
  @DisplayName("F1 text, reasoning, tool pieces, a refusal and a finish reason are content; roles, blanks and keep-alives are not")
  void knowsContent(String frame) {
    Result result = new Result();
    StreamReader reader = new StreamReader(CHAT, result);
    byte[] idle = Requests.bytes(": ping\n\n\n" + ROLE + delta("{}") + delta("{'content':null,'tool_calls':[]}") + "data: {'choices':[]}\n\n");
    reader.feed(idle, 0, idle.length);
    assertThat(result.content).isFalse();
    assertThat(result.frames.size()).isPositive();
    assertThat(reader.contentEvents()).isZero();
    byte[] bytes = Requests.bytes(frame);
    reader.feed(bytes, 0, bytes.length);
    assertThat(result.content).isTrue();
    assertThat(reader.contentEvents()).isEqualTo(1);
    reader.feed(idle, 0, idle.length);
    assertThat(reader.contentEvents()).isEqualTo(1);
  }

  @Test
  @DisplayName("A3 a fault in the piece that brings the first content leaves the attempt uncommitted")
  void faultBesideFirstContentDoesNotCommit() {
    Result result = read(CHAT, delta("{'content':'a'}") + "data: {'error':{'code':500}}\n\n");
    assertThat(result.frames.size()).isZero();
    assertThat(result.content).isFalse();
    assertThat(result.kind()).isEqualTo(Kind.SERVER_ERROR);
  }

  @Test
  @DisplayName("upstreams 9: of several usages the last counts, once")
  void lastUsageCounts() {
    String each = choice(0, "{'content':'a'}", "null", ",'usage':{'prompt_tokens':9,'completion_tokens':7}");
    String last = "data: {'id':'c1','choices':[],'usage':" + USAGE + "}\n\n";
    Result result = read(CHAT, each + each + finish("stop") + last.replace(":9,", ":8,") + last + "data: {'id':'c1','choices':[],'usage':null}\n\n" + DONE);
    assertThat(result.usage).isEqualTo(COUNTED);
    assertThat(result.text()).doesNotContain("prompt_tokens");
    assertThat(read(CHAT, delta("{'content':'a'}") + finish("stop") + DONE).usage).isEqualTo(Usage.UNKNOWN);
  }

  @Test
  @DisplayName("a piece of plain frames after the first is passed on as it came")
  void plainPiecesAreRelayed() {
    Result result = new Result();
    StreamReader reader = new StreamReader(CHAT, result);
    for (int i = 0; i < 10; i++) {
      byte[] piece = Requests.bytes(delta("{'content':'word " + i + "'}") + (i % 3 == 0 ? delta("{'content':'中 \\n'}") : ""));
      result.lent = piece;
      reader.feed(piece, 0, piece.length);
    }
    assertThat(result.relayed).isEqualTo(9);
    assertThat(reader.contentEvents()).isGreaterThanOrEqualTo(10);
    byte[] mixed = Requests.bytes(delta("{'content':'x'}") + finish("stop") + DONE);
    reader.feed(mixed, 0, mixed.length);
    assertThat(result.relayed).isEqualTo(9);
    assertThat(reader.done()).isTrue();
    assertThat(result.endings).isZero();
    reader.end();
    assertThat(result.usage).isEqualTo(Usage.UNKNOWN);
    assertThat(result.text()).endsWith(delta("{'content':'x'}") + finish("stop"));
  }

  @Test
  @DisplayName("F3 a plain frame after [DONE] is data after the end, also in a piece of its own")
  void plainFramesAfterTheEndFail() {
    Result result = new Result();
    StreamReader reader = new StreamReader(CHAT, result);
    for (String piece : new String[] {delta("{'content':'a'}"), delta("{'content':'b'}"), finish("stop") + DONE, delta("{'content':'c'}")}) {
      byte[] bytes = Requests.bytes(piece);
      result.lent = bytes;
      reader.feed(bytes, 0, bytes.length);
    }
    assertThat(result.kind()).isEqualTo(Kind.PROTOCOL);
    assertThat(result.text()).doesNotContain("'c'}");
  }

  @Test
  @DisplayName("F1 the short cut for plain frames changes nothing: random streams in random pieces come out the same")
  void shortCutChangesNothing() {
    String[] parts = {delta("{'content':'a'}"), delta("{'content':'bc'}"), delta("{'content':'中'}"), delta("{'content':'d'}"), delta("{'reasoning':'r'}"), delta("{}"),
        choice(1, "{'content':'e'}", "null", ""), ": ping\n\n", "\n", choice(0, "{'content':'f'}", "null", ",'usage':{'prompt_tokens':1}"),
        choice(0, "{'content':'g'}", "null", ",'usage':null"), "id: 4\n", delta("{'content':'h'}").replace("\n", "\r\n"), delta("{'content':''}")};
    for (int seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      StringBuilder stream = new StringBuilder();
      for (int i = random.nextInt(25); i > 0; i--) {
        stream.append(parts[random.nextInt(random.nextBoolean() ? 4 : parts.length)]);
      }
      stream.append(choice(0, "{}", "'stop'", "")).append(choice(1, "{}", "'stop'", "")).append(DONE);
      byte[] bytes = Requests.bytes(stream.toString());
      String slow = read(TWO, bytes, 1).text();
      Result fast = new Result();
      StreamReader reader = new StreamReader(TWO, fast);
      for (int at = 0; at < bytes.length; ) {
        int end = bytes.length;
        if (random.nextInt(3) > 0) {
          int next = stream.indexOf("\n\n", charAt(stream, bytes, at));
          end = next < 0 ? end : stream.substring(0, next + 2).getBytes(StandardCharsets.UTF_8).length;
        } else {
          end = Math.min(end, at + 1 + random.nextInt(200));
        }
        byte[] piece = Arrays.copyOfRange(bytes, at, end);
        fast.lent = piece;
        reader.feed(piece, 0, piece.length);
        at = end;
      }
      reader.end();
      assertThat(fast.failure).as("seed %d", seed).isNull();
      assertThat(fast.text()).as("seed %d", seed).isEqualTo(slow);
    }
  }

  private static int charAt(StringBuilder stream, byte[] bytes, int at) {
    return Math.min(stream.length(), new String(bytes, 0, at, StandardCharsets.UTF_8).length());
  }

  @Test
  @DisplayName("G8 upstreams 9: a line without end, an event without end and a flood of empty events are cut off")
  void floodsAreCutOff() {
    byte[] fill = new byte[64 << 10];
    Arrays.fill(fill, (byte) 'x');
    Result line = new Result();
    StreamReader reader = new StreamReader(CHAT, line);
    int pieces = 0;
    while (line.endings == 0 && pieces < 1024) {
      reader.feed(fill, 0, fill.length);
      pieces++;
    }
    assertThat(line.kind()).isEqualTo(Kind.OVERSIZED);
    assertThat(pieces).isEqualTo(17);

    Result event = new Result();
    StreamReader second = new StreamReader(CHAT, event);
    byte[] data = ("data: " + "y".repeat(100_000) + "\n").getBytes(StandardCharsets.US_ASCII);
    for (pieces = 0; event.endings == 0 && pieces < 1024; pieces++) {
      second.feed(data, 0, data.length);
    }
    assertThat(event.kind()).isEqualTo(Kind.OVERSIZED);
    assertThat(pieces).isLessThan(45);

    for (String idle : new String[] {delta("{'content':''}"), ": ping\n\n", "\n\n", "event: x\ndata: {'choices':[]}\n\n", "nonsense\n\n"}) {
      Result flood = new Result();
      StreamReader third = new StreamReader(CHAT, flood);
      byte[] first = Requests.bytes(delta("{'content':'a'}"));
      third.feed(first, 0, first.length);
      byte[] empty = Requests.bytes(idle.repeat(50));
      for (pieces = 0; flood.endings == 0 && pieces < 10_000; pieces++) {
        third.feed(empty, 0, empty.length);
      }
      assertThat(flood.kind()).as(idle).isEqualTo(Kind.OVERSIZED);
      assertThat(pieces).isBetween(1_000, 2_001);
    }
  }

  @Test
  @DisplayName("F1 only JSON is JSON, only an event stream is one")
  void knowsContentTypes() {
    assertThat(ContentTypes.isEventStream("text/event-stream")).isTrue();
    assertThat(ContentTypes.isEventStream("Text/Event-Stream; charset=utf-8")).isTrue();
    assertThat(ContentTypes.isEventStream("application/json")).isFalse();
    assertThat(ContentTypes.isEventStream(null)).isFalse();
    assertThat(ContentTypes.isJson("application/problem+json")).isTrue();
    assertThat(ContentTypes.isJson("text/json")).isFalse();
  }
}
