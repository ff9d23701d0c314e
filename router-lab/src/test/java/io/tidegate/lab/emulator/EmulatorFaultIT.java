package io.tidegate.lab.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidegate.lab.config.EmulatedDialect;
import io.tidegate.lab.config.EmulatorConfig;
import io.tidegate.lab.emulator.RawSocket.End;
import io.tidegate.lab.fault.ConnectionFaults;
import io.tidegate.lab.fault.Fault;
import io.tidegate.lab.fault.Faults;
import io.tidegate.lab.fault.StreamFaults;
import io.tidegate.lab.fault.StreamFaults.Oddity;
import io.tidegate.lab.fault.StreamFaults.UsageFault;
import io.tidegate.lab.plan.ErrorForms.Complaint;
import io.tidegate.lab.plan.Wire.Cut;
import java.net.ConnectException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each fault's effect on the wire, over HTTP/1.1. */
class EmulatorFaultIT {
  private static final String PATH = "/v1/chat/completions";
  private static final String BODY = Http.chat("gpt-5-mini", "x");
  private static final String STREAM = Http.chat("gpt-5-mini", "x", "\"stream\":true");

  private Emulator emulator;

  @BeforeEach
  void start() {
    emulator = Emulator.start(EmulatorConfig.of(EmulatedDialect.OPENAI));
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  private RawSocket raw() {
    return new RawSocket(emulator.port());
  }

  private HttpResponse<String> whole(Fault fault) {
    emulator.script(fault);
    return Http.post(emulator, PATH, BODY);
  }

  private HttpResponse<String> streamed(Fault fault) {
    emulator.script(fault);
    return Http.post(emulator, PATH, STREAM);
  }

  private static int events(RawSocket raw) {
    return raw.text().split("\ndata: ", -1).length - 1;
  }

  @Test
  @DisplayName("upstreams 9 a script strikes one call each, in order, then the standing fault, then none")
  void scripts() {
    emulator.script(Fault.none(), Faults.busy(), Faults.serverError());
    emulator.always(Faults.rateLimited());
    assertThat(Stream.generate(() -> Http.post(emulator, PATH, BODY).statusCode()).limit(5)).containsExactly(200, 503, 500, 429, 429);
    assertThat(Http.get(emulator, "/v1/models").statusCode()).as("listing is no model call").isEqualTo(200);
    emulator.clearFaults();
    assertThat(Http.post(emulator, PATH, BODY).statusCode()).isEqualTo(200);
  }

  static Stream<Arguments> statuses() {
    return Stream.of(Arguments.of(Faults.badRequest(), 400), Arguments.of(Faults.contextTooLong(), 400), Arguments.of(Faults.unauthorized(), 401),
        Arguments.of(Faults.forbidden(), 403), Arguments.of(Faults.modelNotFound(), 404), Arguments.of(Faults.unprocessable(), 422),
        Arguments.of(Faults.rateLimited(), 429), Arguments.of(Faults.serverError(), 500), Arguments.of(Faults.busy(), 503),
        Arguments.of(Faults.loading(), 503), Arguments.of(Faults.status(418, "text/plain", "teapot"), 418));
  }

  @ParameterizedTest(name = "upstreams 9 {0} gives status {1}")
  @MethodSource("statuses")
  void statusFaults(Fault fault, int status) {
    assertThat(whole(fault).statusCode()).isEqualTo(status);
    assertThat(streamed(fault).statusCode()).isEqualTo(status);
  }

  @ParameterizedTest(name = "upstreams 9 retry-after: {0}")
  @ValueSource(strings = {"1", "0", "-1", "1000000000", "Fri, 31 Dec 2027 23:59:59 GMT"})
  void retryAfter(String value) {
    assertThat(whole(Faults.rateLimited(value)).headers().firstValue("retry-after")).hasValue(value);
    assertThat(whole(Faults.rateLimitedMillis(value)).headers().firstValue("retry-after-ms")).hasValue(value);
  }

  @Test
  @DisplayName("upstreams 9 a redirect names its place")
  void redirect() {
    HttpResponse<String> answer = whole(Faults.redirect(307, "http://192.0.2.1/elsewhere"));
    assertThat(answer.statusCode()).isEqualTo(307);
    assertThat(answer.headers().firstValue("location")).hasValue("http://192.0.2.1/elsewhere");
  }

  @Test
  @DisplayName("upstreams 9 slow first token: the head at once, or late too")
  void slow() {
    long soonest = Long.MAX_VALUE;
    // A head that waits for the token is late each time; one that met a machine that stood still is not late again.
    for (int i = 0; i < 10 && soonest >= 250_000_000; i++) {
      try (RawSocket raw = raw()) {
        emulator.script(StreamFaults.slowFirstToken(Duration.ofMillis(300)));
        long before = System.nanoTime();
        raw.post(PATH, STREAM).readUntil("\r\n\r\n");
        soonest = Math.min(soonest, System.nanoTime() - before);
        raw.readUntil("data:");
        assertThat(System.nanoTime() - before).isGreaterThan(300_000_000);
      }
    }
    assertThat(soonest).as("the head").isLessThan(250_000_000);
    try (RawSocket raw = raw()) {
      emulator.script(StreamFaults.slowHead(Duration.ofMillis(300)));
      long before = System.nanoTime();
      raw.post(PATH, STREAM).readUntil("\r\n\r\n");
      assertThat(System.nanoTime() - before).isGreaterThan(300_000_000);
    }
  }

  @Test
  @DisplayName("upstreams 9 stall: n events, then silence, or pings")
  void stalls() {
    try (RawSocket raw = raw()) {
      emulator.script(StreamFaults.stall(3));
      assertThat(raw.post(PATH, STREAM).readUntil("\ndata: ", 3).readToEnd(150)).isEqualTo(End.SILENCE);
      assertThat(events(raw)).isEqualTo(3);
    }
    try (RawSocket raw = raw()) {
      emulator.script(StreamFaults.stallWithPings(3, Duration.ofMillis(20)));
      raw.post(PATH, STREAM).readUntil(": keep-alive\n\n\r\ne\r\n: keep-alive");
      assertThat(events(raw)).isEqualTo(3);
    }
    Poll.until("both clients are missed", Duration.ofSeconds(10), () -> emulator.received().cancellations().size() == 2);
  }

  @Test
  @DisplayName("upstreams 9 resets: before the head, after it, after n events, in a body")
  void resets() {
    try (RawSocket raw = raw()) {
      emulator.script(ConnectionFaults.resetBeforeHead());
      assertThat(raw.post(PATH, STREAM).readToEnd(20_000)).isEqualTo(End.RST);
      assertThat(raw.bytes()).isEmpty();
    }
    try (RawSocket raw = raw()) {
      emulator.script(ConnectionFaults.resetAfterHead());
      assertThat(raw.post(PATH, STREAM).readToEnd(20_000)).isEqualTo(End.RST);
      assertThat(raw.text()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\n").doesNotContain("data:");
    }
    try (RawSocket raw = raw()) {
      emulator.script(ConnectionFaults.resetAfter(3));
      assertThat(raw.post(PATH, STREAM).readToEnd(20_000)).isEqualTo(End.RST);
      assertThat(events(raw)).isEqualTo(3);
    }
    try (RawSocket raw = raw()) {
      emulator.script(ConnectionFaults.resetAfter(1));
      assertThat(raw.post(PATH, BODY).readToEnd(20_000)).isEqualTo(End.RST);
      assertThat(raw.text()).contains("\r\n\r\n{").doesNotEndWith("}");
    }
    assertThat(emulator.received().cancellations()).as("it was not the client who left").isEmpty();
  }

  @Test
  @DisplayName("upstreams 9 half chunk: in the size line, in data, in a code point; then FIN")
  void halves() {
    for (Cut cut : Cut.values()) {
      try (RawSocket raw = raw()) {
        emulator.script(StreamFaults.cut(4, cut));
        assertThat(raw.post(PATH, STREAM).readToEnd(20_000)).isEqualTo(End.FIN);
        byte[] bytes = raw.bytes();
        assertThat(raw.text()).doesNotContain("[DONE]").doesNotEndWith("0\r\n\r\n");
        switch (cut) {
          case SIZE_LINE -> assertThat(raw.text()).matches("(?s).*\r\n[0-9a-f]{1,2}");
          case DATA -> assertThat(raw.text()).doesNotEndWith("\r\n").contains("data:");
          case CODE_POINT -> assertThat(bytes[bytes.length - 1] & 0xc0).as("a lead byte").isEqualTo(0xc0);
        }
        assertThat(bytes[bytes.length - 1] < 0).isEqualTo(cut == Cut.CODE_POINT);
      }
    }
  }

  @Test
  @DisplayName("upstreams 9 early and missing ends: no [DONE], no finish, clean end after n, FIN, data after [DONE]")
  void ends() {
    assertThat(Http.events(streamed(StreamFaults.noDone()).body())).doesNotContain("[DONE]").anyMatch(event -> event.contains("\"stop\""));
    assertThat(Http.events(streamed(StreamFaults.noFinish()).body())).endsWith("[DONE]").noneMatch(event -> event.contains("\"stop\""));
    assertThat(Http.events(streamed(StreamFaults.endAfter(2)).body())).hasSize(2);
    List<String> late = Http.events(streamed(StreamFaults.dataAfterDone()).body());
    assertThat(late.get(late.size() - 2)).isEqualTo("[DONE]");
    try (RawSocket raw = raw()) {
      emulator.script(ConnectionFaults.closeAfter(2));
      assertThat(raw.post(PATH, STREAM).readToEnd(20_000)).isEqualTo(End.FIN);
      assertThat(events(raw)).isEqualTo(2);
      assertThat(raw.text()).doesNotEndWith("0\r\n\r\n");
    }
    try (RawSocket raw = raw()) {
      emulator.script(ConnectionFaults.closeBeforeHead());
      assertThat(raw.post(PATH, STREAM).readToEnd(20_000)).isEqualTo(End.FIN);
      assertThat(raw.bytes()).isEmpty();
    }
  }

  @Test
  @DisplayName("upstreams 9 keep-alive lines before an answer, and before a close")
  void keepAlive() {
    assertThat(streamed(StreamFaults.keepAlive(3, Duration.ofMillis(5))).body()).startsWith(": keep-alive\n\n".repeat(3) + "data: {");
    HttpResponse<String> blank = whole(StreamFaults.keepAlive(3, Duration.ofMillis(5)));
    assertThat(blank.body()).startsWith("\n\n\n{");
    assertThat(blank.headers().firstValue("content-length")).isEmpty();
    try (RawSocket raw = raw()) {
      emulator.script(StreamFaults.keepAliveThenClose(2, Duration.ofMillis(5)));
      assertThat(raw.post(PATH, STREAM).readToEnd(20_000)).isEqualTo(End.FIN);
      assertThat(raw.text()).contains(": keep-alive").doesNotContain("data:");
    }
  }

  @Test
  @DisplayName("upstreams 9 bad JSON, duplicate keys, error in 200, web pages, an error that echoes")
  void badBodies() {
    assertThatThrownBy(() -> Http.JSON.readTree(whole(Faults.badJson()).body())).isInstanceOf(com.fasterxml.jackson.core.JsonProcessingException.class);
    assertThat(whole(Faults.duplicateKeys()).body().split("\"choices\"", -1)).hasSize(3);
    assertThat(Http.events(streamed(Faults.duplicateKeys()).body()).get(2).split("\"choices\"", -1)).hasSize(3);
    HttpResponse<String> hidden = whole(Faults.errorInOk());
    assertThat(hidden.statusCode()).isEqualTo(200);
    assertThat(Http.json(hidden).has("error")).isTrue();
    assertThat(whole(Faults.html()).headers().firstValue("content-type").orElse("")).startsWith("text/html");
    HttpResponse<String> disguised = streamed(Faults.disguisedHtml());
    assertThat(disguised.headers().firstValue("content-type")).hasValue("text/event-stream");
    assertThat(disguised.body()).startsWith("<!DOCTYPE html>");
    emulator.script(Faults.errorThatEchoes(400));
    HttpResponse<String> echo = Http.post(emulator, PATH, Http.chat("gpt-5-mini", "quagga"));
    assertThat(echo.statusCode()).isEqualTo(400);
    assertThat(Http.json(echo).at("/error/message").asText()).contains("quagga");
  }

  @Test
  @DisplayName("upstreams 9 wrong types: JSON for SSE, SSE for JSON, another content-type, gzip")
  void wrongTypes() throws Exception {
    HttpResponse<String> json = streamed(Faults.jsonForSse());
    assertThat(json.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(Http.json(json).path("object").asText()).isEqualTo("chat.completion");
    HttpResponse<String> sse = whole(Faults.sseForJson());
    assertThat(sse.headers().firstValue("content-type")).hasValue("text/event-stream");
    assertThat(sse.body()).startsWith("data: ");
    assertThat(streamed(Faults.contentType("text/plain")).headers().firstValue("content-type")).hasValue("text/plain");
    emulator.script(Faults.gzip());
    HttpResponse<byte[]> packed = Http.H1.send(Http.request(emulator, PATH).POST(java.net.http.HttpRequest.BodyPublishers.ofString(BODY)).build(),
        HttpResponse.BodyHandlers.ofByteArray());
    assertThat(packed.headers().firstValue("content-encoding")).hasValue("gzip");
    try (GZIPInputStream in = new GZIPInputStream(new java.io.ByteArrayInputStream(packed.body()))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).contains("Answered by the emulated");
    }
  }

  @Test
  @DisplayName("upstreams 9 wrong answers: foreign id in mid-stream, no choices, bad index")
  void wrongAnswers() {
    List<JsonNode> chunks = Http.chunks(streamed(Faults.foreignId()).body());
    assertThat(chunks.stream().map(chunk -> chunk.path("id").asText()).distinct()).hasSize(2);
    assertThat(chunks.get(1).path("id").asText()).isNotEqualTo(chunks.get(2).path("id").asText());
    assertThat(Http.json(whole(Faults.noChoices())).has("choices")).isFalse();
    assertThat(Http.json(whole(Faults.badIndex("99"))).at("/choices/0/index").asInt()).isEqualTo(99);
    assertThat(Http.chunks(streamed(Faults.badIndex("-1")).body()).get(2).at("/choices/0/index").asInt()).isEqualTo(-1);
  }

  @Test
  @DisplayName("upstreams 9 oversized: an endless line, a million empty deltas; memory stays flat because writing waits for the client")
  void oversized() {
    try (RawSocket raw = raw()) {
      emulator.script(StreamFaults.endlessLine(8_000_000));
      assertThat(raw.post(PATH, STREAM).readUntil(8_000_001).readToEnd(500)).isEqualTo(End.SILENCE);
    }
    try (RawSocket raw = raw()) {
      emulator.script(StreamFaults.emptyDeltas(1_000_000));
      raw.post(PATH, STREAM).readUntil("\"delta\":{}");
    }
    Poll.until("the client is missed", Duration.ofSeconds(10), () -> emulator.received().inFlight() == 0);
    String body = streamed(StreamFaults.emptyDeltas(2_000)).body();
    assertThat(Http.events(body).stream().filter(event -> event.contains("\"delta\":{},\"finish_reason\":null"))).hasSize(2_000);
    assertThat(Http.events(body)).endsWith("[DONE]");
  }

  @ParameterizedTest(name = "upstreams 9 usage {0}: the last non-null says 10 + 20")
  @EnumSource
  void usage(UsageFault how) {
    List<JsonNode> counted = Http.chunks(streamed(StreamFaults.usage(how)).body()).stream().filter(chunk -> chunk.path("usage").isObject()).toList();
    assertThat(counted).hasSizeGreaterThan(1);
    assertThat(counted.get(counted.size() - 1).at("/usage/completion_tokens").asInt()).isEqualTo(20);
    if (how == UsageFault.FALLING) {
      assertThat(counted.get(0).at("/usage/completion_tokens").asInt()).isEqualTo(500);
    }
  }

  @ParameterizedTest(name = "upstreams 9 SSE written with {0}")
  @EnumSource
  void oddities(Oddity oddity) {
    String body = streamed(StreamFaults.spelling(oddity)).body();
    String expected = switch (oddity) {
      case ID -> "id: 7\ndata: {";
      case RETRY -> "retry: 1000\ndata: {";
      case EVENT -> "event: message\ndata: {";
      case CR_ONLY -> "\r\rdata: {";
      case CRLF -> "\r\n\r\ndata: {";
      case BOM -> "\ufeffdata: {";
      case TWO_DATA_LINES -> "data: {\ndata: \"id\"";
      case NO_SPACE -> "\n\ndata:{";
      case COMMENT_BETWEEN -> "\n\n:\n\n: between\ndata: {";
    };
    assertThat(body).contains(expected);
    if (oddity == Oddity.CR_ONLY) {
      assertThat(body).doesNotContain("\n");
    }
  }

  @Test
  @DisplayName("upstreams 9 HTTP/1.1 closes: announced, unannounced, as we write")
  void closes() {
    try (RawSocket raw = raw()) {
      emulator.script(ConnectionFaults.closeAnnounced());
      assertThat(raw.post(PATH, BODY).readToEnd(20_000)).isEqualTo(End.FIN);
      assertThat(raw.text()).contains("connection: close\r\n").endsWith("}");
    }
    try (RawSocket raw = raw()) {
      emulator.script(ConnectionFaults.closeUnannounced());
      assertThat(raw.post(PATH, STREAM).readToEnd(20_000)).isEqualTo(End.FIN);
      assertThat(raw.text()).doesNotContain("connection: close").endsWith("0\r\n\r\n");
    }
    try (RawSocket raw = raw()) {
      emulator.script(ConnectionFaults.idleCloseAsNextComes());
      assertThat(raw.post(PATH, BODY).readAnswer().readToEnd(150)).as("kept alive").isEqualTo(End.SILENCE);
      int answered = raw.bytes().length;
      assertThat(raw.post(PATH, BODY).readToEnd(20_000)).isNotEqualTo(End.SILENCE);
      assertThat(raw.bytes()).as("zero bytes for the second").hasSize(answered);
      assertThat(emulator.received().contains(PATH.getBytes(StandardCharsets.UTF_8))).isTrue();
    }
  }

  @Test
  @DisplayName("upstreams 9 an early answer comes before the body, which is recorded all the same")
  void early() {
    try (RawSocket raw = raw()) {
      emulator.script(ConnectionFaults.earlyAnswer(Complaint.BUSY));
      raw.write("POST " + PATH + " HTTP/1.1\r\nhost: x\r\ncontent-length: 20\r\n\r\n").readUntil("overloaded");
      assertThat(raw.text()).startsWith("HTTP/1.1 503 ").contains("connection: close");
      raw.write("0123456789quagga7890");
      assertThat(raw.readToEnd(20_000)).isEqualTo(End.FIN);
      assertThat(emulator.received().contains("quagga".getBytes(StandardCharsets.UTF_8))).isTrue();
      assertThat(emulator.received().inFlight()).isZero();
    }
  }

  @Test
  @DisplayName("upstreams 9 hang: read, never answered; the client's leaving is seen within a second")
  void hang() {
    long soonest = Long.MAX_VALUE;
    // As above: what is slow each time is slow; what met a machine that stood still is not slow again.
    for (int tries = 1; tries <= 5 && soonest >= 1_000_000_000; tries++) {
      try (RawSocket raw = raw()) {
        emulator.script(ConnectionFaults.hang());
        raw.post(PATH, BODY);
        Poll.until("it is read", Duration.ofSeconds(10), () -> emulator.received().inFlight() == 1);
        assertThat(raw.readToEnd(100)).isEqualTo(End.SILENCE);
        assertThat(raw.bytes()).isEmpty();
        assertThat(emulator.received().inFlight()).isEqualTo(1);
      }
      long left = System.nanoTime();
      int leavers = tries;
      Poll.until("the client is missed", Duration.ofSeconds(30), () -> emulator.received().cancellations().size() == leavers);
      soonest = Math.min(soonest, emulator.received().cancellations().get(tries - 1).atNanos() - left);
      assertThat(emulator.received().inFlight()).isZero();
    }
    assertThat(soonest).isLessThan(1_000_000_000);
  }

  @RepeatedTest(value = 20, name = "upstreams 9 refused connections: the port is dead at once, then back under the same number ({currentRepetition})")
  void refused() {
    int port = emulator.port();
    try (RawSocket open = raw()) {
      open.post(PATH, BODY).readUntil("chat.completion");
      emulator.refuseConnections();
      assertThat(open.readToEnd(20_000)).isNotEqualTo(End.SILENCE);
      assertThatThrownBy(() -> new Socket("127.0.0.1", port).close()).isInstanceOf(ConnectException.class);
      emulator.acceptConnections();
      assertThat(emulator.port()).isEqualTo(port);
      assertThat(Http.post(emulator, PATH, BODY).statusCode()).isEqualTo(200);
      assertThat(emulator.received().connections()).as("finding out left no trace").isLessThanOrEqualTo(2);
    }
  }

  @Test
  @DisplayName("upstreams 9 faults go together")
  void combined() {
    long before = System.nanoTime();
    HttpResponse<String> answer = whole(Faults.busy().and(StreamFaults.slowHead(Duration.ofMillis(100))));
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(System.nanoTime() - before).isGreaterThan(100_000_000);
    assertThatThrownBy(() -> Faults.busy().and(ConnectionFaults.earlyAnswer(Complaint.BUSY))).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("upstreams 9 computing goes on after client loss for the share that is set, and holds its slot")
  void computesOn() {
    EmulatorConfig config = EmulatorConfig.builder(EmulatedDialect.VLLM).computeOnShare(1).thinkTime(Duration.ofMillis(400)).build();
    try (Emulator busy = Emulator.start(config)) {
      long asked = System.nanoTime();
      try (RawSocket raw = new RawSocket(busy.port())) {
        raw.post(PATH, Http.chat("qwen3-32b", "x", "\"stream\":true")).readUntil("200 OK");
      }
      Poll.until("the client is missed", Duration.ofSeconds(10), () -> busy.received().cancellations().size() == 1);
      Poll.until("computing ends", Duration.ofSeconds(10), () -> busy.load().running() == 0);
      assertThat(System.nanoTime() - asked).as("the slot was held for as long as computing takes").isGreaterThanOrEqualTo(400_000_000);
    }
  }

  @Test
  @DisplayName("upstreams 9 paced tokens take their time")
  void paced() {
    try (Emulator slow = Emulator.start(EmulatorConfig.builder(EmulatedDialect.OPENAI).tokensPerSecond(200).build())) {
      long before = System.nanoTime();
      int pieces = Http.chunks(Http.post(slow, PATH, STREAM).body()).size();
      assertThat(System.nanoTime() - before).isGreaterThan((pieces - 3) * 5_000_000L);
    }
  }
}
