package io.tidegate.upstream.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ErrorReaderTest {
  private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");

  private static AttemptFailure read(int status, Map<String, String> headers, String body) {
    return ErrorReader.read(status, headers::get, Requests.bytes(body), NOW);
  }

  static Stream<Arguments> statuses() {
    return Stream.of(
        // DeepSeek.
        Arguments.of(400, "{'error':{'message':'bad format','type':'invalid_request_error','param':null,'code':'invalid_request_error'}}", Kind.REQUEST_REJECTED, "bad format"),
        Arguments.of(401, "{'error':{'message':'Authentication Fails (no such user)','code':'invalid_request_error'}}", Kind.ACCOUNT, null),
        Arguments.of(402, "{'error':{'message':'Insufficient Balance','type':'unknown_error','param':null,'code':'invalid_request_error'}}", Kind.ACCOUNT, null),
        Arguments.of(422, "{'error':{'message':'max_tokens too large'}}", Kind.REQUEST_REJECTED, "max_tokens too large"),
        Arguments.of(429, "{'error':{'message':'slow down','code':'rate_limit_reached_error'}}", Kind.RATE_LIMITED, null),
        Arguments.of(500, "{'error':{'message':'oops'}}", Kind.SERVER_ERROR, null),
        Arguments.of(503, "{'error':{'message':'Server overloaded'}}", Kind.BUSY, null),
        // vLLM.
        Arguments.of(401, "{'error':'Unauthorized'}", Kind.ACCOUNT, null),
        Arguments.of(404, "{'error':{'message':'The model `x` does not exist.','type':'NotFoundError','param':null,'code':404}}", Kind.REQUEST_REJECTED,
            "The model `x` does not exist."),
        Arguments.of(400, "{'object':'error','message':'flat','type':'BadRequestError','param':null,'code':400}", Kind.REQUEST_REJECTED, "flat"),
        Arguments.of(503, "{'error':{'message':'queue full','type':'ServiceUnavailableError','code':503}}", Kind.BUSY, null),
        // llama.cpp.
        Arguments.of(503, "{'error':{'code':503,'message':'Loading model','type':'unavailable_error'}}", Kind.LOADING, null),
        Arguments.of(503, "{'error':'loading model'}", Kind.LOADING, null),
        Arguments.of(400, "{'error':{'code':400,'message':'too long','type':'exceed_context_size_error','n_prompt_tokens':9,'n_ctx':4}}", Kind.REQUEST_REJECTED, "too long"),
        Arguments.of(501, "{'error':{'code':501,'message':'no embeddings','type':'not_supported_error'}}", Kind.SERVER_ERROR, null),
        // Ollama.
        Arguments.of(404, "{'error':{'message':'model not found','type':'not_found_error','param':null,'code':null}}", Kind.REQUEST_REJECTED, "model not found"),
        Arguments.of(503, "{'error':{'message':'server busy, please try again','type':'api_error','code':null}}", Kind.BUSY, null),
        Arguments.of(400, "{'error':'native text'}", Kind.REQUEST_REJECTED, "native text"),
        // Anything else.
        Arguments.of(403, "", Kind.ACCOUNT, null),
        Arguments.of(413, "<html>413</html>", Kind.REQUEST_REJECTED, null),
        Arguments.of(400, "{'error':{'message':7}}", Kind.REQUEST_REJECTED, null),
        Arguments.of(400, "{'error':null,'message':'m'}", Kind.REQUEST_REJECTED, null),
        Arguments.of(400, "{'error':{'message':'a','message':'b'}}", Kind.REQUEST_REJECTED, null),
        Arguments.of(408, "", Kind.SERVER_ERROR, null),
        Arguments.of(409, "", Kind.SERVER_ERROR, null),
        Arguments.of(502, "<html>", Kind.SERVER_ERROR, null),
        Arguments.of(504, "", Kind.SERVER_ERROR, null),
        Arguments.of(599, "", Kind.SERVER_ERROR, null),
        Arguments.of(301, "", Kind.PROTOCOL, null),
        Arguments.of(307, "{'error':{'message':'moved'}}", Kind.PROTOCOL, null),
        Arguments.of(204, "", Kind.PROTOCOL, null),
        Arguments.of(405, "", Kind.PROTOCOL, null),
        Arguments.of(600, "", Kind.PROTOCOL, null));
  }

  @ParameterizedTest
  @MethodSource("statuses")
  @DisplayName("upstreams 1 to 5: each status and error form has its meaning")
  void mapsErrors(int status, String body, Kind kind, String message) {
    AttemptFailure failure = read(status, Map.of(), body);
    assertThat(failure).isEqualTo(new AttemptFailure(kind, status, false, 0, message));
  }

  @ParameterizedTest
  @CsvSource(nullValues = "-", delimiter = '|', value = {
      "- | - | 0", "1 | - | 1000", "7 | - | 7000", "0 | - | 1000", "-1 | - | 1000", "1000000000 | - | 60000", "2.5 | - | 2500", "99999999999999999999 | - | 60000",
      "soon | - | 0", "'' | - | 0", "1e3 | - | 0", "0x10 | - | 0", "NaN | - | 0", "1.2.3 | - | 0", "-- | - | 0", "123456789012345678901234567890 | - | 0",
      "Tue, 24 Nov 2026 10:00:20 GMT | - | 20000", "Tue, 24 Nov 2026 09:00:00 GMT | - | 1000", "Wed, 24 Nov 2027 10:00:00 GMT | - | 60000",
      "Mon, 24 Nov 2026 10:00:20 GMT | - | 0", "2026-11-24T10:00:20Z | - | 0",
      "- | 1500 | 1500", "30 | 1500 | 1500", "30 | junk | 30000", "- | 0 | 1000", "- | -5 | 1000", "- | 999999999999 | 60000", "- | 250.5 | 1000"})
  @DisplayName("upstreams 9: Retry-After in all its forms is clamped to 1 s … 60 s")
  void clampsRetryAfter(String seconds, String millis, long expected) {
    Map<String, String> headers = new java.util.HashMap<>();
    headers.put("retry-after", seconds);
    headers.put("retry-after-ms", millis);
    assertThat(read(429, headers, "").retryAfterMillis()).isEqualTo(expected);
    assertThat(read(503, headers, "").retryAfterMillis()).isEqualTo(expected);
    assertThat(read(500, headers, "").retryAfterMillis()).isEqualTo(expected);
    assertThat(read(400, headers, "").retryAfterMillis()).isZero();
    assertThat(read(402, headers, "").retryAfterMillis()).isZero();
  }

  @Test
  @DisplayName("upstreams 1: x-should-retry beats the status")
  void shouldRetryBeatsTheStatus() {
    String body = "{'error':{'message':'m'}}";
    assertThat(read(400, Map.of("x-should-retry", "true"), body).kind()).isEqualTo(Kind.SERVER_ERROR);
    assertThat(read(400, Map.of("x-should-retry", "false"), body).kind()).isEqualTo(Kind.REQUEST_REJECTED);
    assertThat(read(401, Map.of("x-should-retry", "true"), body).kind()).isEqualTo(Kind.ACCOUNT);
  }

  @Test
  @DisplayName("G8 a body past its bound is not read")
  void largeBodiesAreNotRead() {
    String body = "{'error':{'message':'" + "a".repeat(ErrorReader.MAX_BODY_BYTES) + "'}}";
    assertThat(read(400, Map.of(), body)).isEqualTo(new AttemptFailure(Kind.REQUEST_REJECTED, 400, false, 0, null));
  }

  static Stream<Arguments> messages() {
    return Stream.of(
        Arguments.of("plain words, with 3 numbers: 128000 > 65536", "plain words, with 3 numbers: 128000 > 65536"),
        Arguments.of("a\r\nb\tc\u0000d\u001b[31me", "a b c d [31me"),
        Arguments.of("rtl\u202eevil\u200bzero\u2028line\ufeffbom\ue000", "rtl evil zero line bom"),
        Arguments.of("模型不存在 😀", "模型不存在 😀"),
        Arguments.of("lone \ud800 half", "lone half"),
        Arguments.of("Incorrect API key provided: sk-abcdEFGH1234.", "Incorrect API key provided: ***"),
        Arguments.of("key:sk-abcdEFGH1234 bad", "*** bad"),
        Arguments.of("header 'Authorization: Bearer abc.def' refused", "header 'Authorization: *** ***' refused"),
        Arguments.of("use api_key=hunter2 now", "use api_key=*** now"),
        Arguments.of("Bearer x9 denied", "Bearer *** denied"),
        Arguments.of("the next token is a secret in this context", "the next token is a secret in this context"),
        Arguments.of("connect http://user:pw@10.0.0.1:80/path failed", "connect http://***@10.0.0.1:80/path failed"),
        Arguments.of("see https://host/a?sig=abc", "see https://host/a?***"),
        Arguments.of("id 0123456789abcdef0123456789abcdef done", "id *** done"),
        Arguments.of("model deepseek-coder-v2-lite-instruct-q4-k-m not found", "model deepseek-coder-v2-lite-instruct-q4-k-m not found"),
        Arguments.of("task-runner ask-me", "task-runner ask-me"),
        Arguments.of("   ", null),
        Arguments.of("", null));
  }

  @ParameterizedTest
  @MethodSource("messages")
  @DisplayName("B2 B3 decisions 34: a message is one line of printable characters, without keys or credentials")
  void cleansMessages(String raw, String clean) {
    assertThat(CleanMessage.of(raw)).isEqualTo(clean);
  }

  @Test
  @DisplayName("G8 a message is cut, and never inside a character")
  void cutsLongMessages() {
    assertThat(CleanMessage.of("word ".repeat(100))).hasSize(300).endsWith("…");
    String smileys = "😀".repeat(200);
    assertThat(CleanMessage.of(smileys)).hasSizeLessThanOrEqualTo(300).isEqualTo("😀".repeat(149) + "…");
    assertThat(CleanMessage.of("x y ".repeat(100_000))).hasSize(300);
    assertThat(CleanMessage.of(null)).isNull();
  }
}
