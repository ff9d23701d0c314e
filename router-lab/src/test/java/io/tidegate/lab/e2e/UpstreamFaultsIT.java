package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.lab.fault.ConnectionFaults;
import io.tidegate.lab.fault.Fault;
import io.tidegate.lab.fault.Faults;
import io.tidegate.lab.fault.StreamFaults;
import io.tidegate.lab.plan.Wire;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each fault of upstreams.md section 9, over the wire, on the only endpoint of the only upstream the request may use: what the caller gets. A
 * second table runs the same faults with a healthy second endpoint: what can be saved is.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UpstreamFaultsIT {
  private static final Duration TOTAL = Duration.ofSeconds(4);
  private static final Duration FIRST_TOKEN = Duration.ofMillis(900);
  private static final int TRIES = 5;

  private TestBed bed;
  /** Its endpoints never see a 429, whose cooling of up to a minute would take one of them out of play. */
  private TestBed pair;

  /**
   * @param stream whether the request asks for a stream
   * @param status HTTP status when there is no other endpoint
   * @param contains what the body must hold
   * @param saved whether a healthy second endpoint gives a whole answer
   */
  record Row(String name, Fault fault, boolean stream, int status, String contains, boolean saved) {
    /** Whether an attempt takes all the time that a first token may take. */
    boolean waits() {
      return contains.equals("first_token_timeout");
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Row> faults() {
    return Stream.of(
        new Row("slow TTFT, headers late", StreamFaults.slowHead(Duration.ofSeconds(5)), true, 504, "first_token_timeout", true),
        new Row("slow TTFT, headers now", StreamFaults.slowFirstToken(Duration.ofSeconds(5)), true, 504, "first_token_timeout", true),
        new Row("slow TTFT, no stream", StreamFaults.slowHead(Duration.ofSeconds(5)), false, 504, "first_token_timeout", true),
        new Row("stall after 3 events", StreamFaults.stall(3), true, 200, "upstream_incomplete", false),
        new Row("stall with pings: pings do not reset the gap", StreamFaults.stallWithPings(3, Duration.ofMillis(100)), true, 200, "upstream_incomplete", false),
        new Row("reset before the head", ConnectionFaults.resetBeforeHead(), true, 502, "upstream_failed", true),
        new Row("reset after the head", ConnectionFaults.resetAfterHead(), true, 502, "upstream_failed", true),
        new Row("reset after 3 events", ConnectionFaults.resetAfter(3), true, 200, "upstream_incomplete", false),
        new Row("closed before the head", ConnectionFaults.closeBeforeHead(), false, 502, "upstream_failed", true),
        new Row("closed after 3 events", ConnectionFaults.closeAfter(3), true, 200, "upstream_incomplete", false),
        new Row("hang", ConnectionFaults.hang(), false, 504, "first_token_timeout", true),
        new Row("429 without Retry-After", Faults.rateLimited(), false, 429, "rate_limited", false),
        new Row("429 with Retry-After 1", Faults.rateLimited("1"), false, 429, "rate_limited", false),
        new Row("429 with Retry-After 10^9", Faults.rateLimited("1000000000"), false, 429, "rate_limited", false),
        new Row("429 with Retry-After -1", Faults.rateLimited("-1"), false, 429, "rate_limited", false),
        new Row("503 busy", Faults.busy(), false, 429, "busy", true),
        new Row("503 loading", Faults.loading(), false, 503, "no_permitted_upstream", true),
        new Row("402", Faults.paymentRequired(), false, 503, "no_permitted_upstream", false),
        new Row("401", Faults.unauthorized(), false, 503, "no_permitted_upstream", false),
        new Row("500", Faults.serverError(), false, 502, "upstream_failed", true),
        new Row("400 passes through", Faults.badRequest(), false, 400, "invalid_request", false),
        new Row("422 passes through", Faults.unprocessable(), false, 422, "invalid_request", false),
        new Row("redirect is not followed (A15)", Faults.redirect(307, "http://127.0.0.1:1/"), false, 502, "upstream_failed", true),
        new Row("keep-alive comments, then an answer", StreamFaults.keepAlive(5, Duration.ofMillis(50)), true, 200, "[DONE]", true),
        new Row("bad JSON", Faults.badJson(), false, 502, "upstream_failed", true),
        new Row("duplicate keys", Faults.duplicateKeys(), false, 502, "upstream_failed", true),
        new Row("error inside 200", Faults.errorInOk(), false, 502, "upstream_failed", true),
        new Row("HTML", Faults.html(), false, 502, "upstream_failed", true),
        new Row("HTML that calls itself JSON", Faults.disguisedHtml(), false, 502, "upstream_failed", true),
        new Row("JSON for SSE", Faults.jsonForSse(), true, 502, "upstream_failed", true),
        new Row("SSE for JSON", Faults.sseForJson(), false, 502, "upstream_failed", true),
        new Row("gzip", Faults.gzip(), false, 502, "upstream_failed", true),
        new Row("no choices", Faults.noChoices(), false, 502, "upstream_failed", true),
        new Row("no [DONE]", StreamFaults.noDone(), true, 200, "upstream_incomplete", false),
        new Row("no finish reason", StreamFaults.noFinish(), true, 200, "upstream_incomplete", false),
        new Row("fails inside the stream", StreamFaults.failInStream(3), true, 200, "upstream_incomplete", false),
        new Row("a line without end", StreamFaults.endlessLine(8 << 20), true, 200, "upstream_incomplete", false),
        new Row("half a chunk", StreamFaults.cut(3, Wire.Cut.DATA), true, 200, "upstream_incomplete", false),
        new Row("half a chunk, in its size line", StreamFaults.cut(3, Wire.Cut.SIZE_LINE), true, 200, "upstream_incomplete", false),
        new Row("half a character", StreamFaults.cut(3, Wire.Cut.CODE_POINT), true, 200, "upstream_incomplete", false),
        new Row("foreign id in mid-stream", Faults.foreignId(), true, 200, "upstream_incomplete", false),
        new Row("Connection: close", ConnectionFaults.closeAnnounced(), false, 200, "finish_reason", true),
        new Row("duplicate usage", StreamFaults.usage(StreamFaults.UsageFault.TWICE), true, 200, "[DONE]", true),
        new Row("spelling: CR only", StreamFaults.spelling(StreamFaults.Oddity.CR_ONLY), true, 200, "[DONE]", true),
        new Row("spelling: BOM", StreamFaults.spelling(StreamFaults.Oddity.BOM), true, 200, "[DONE]", true),
        new Row("spelling: id:", StreamFaults.spelling(StreamFaults.Oddity.ID), true, 200, "[DONE]", true),
        new Row("spelling: event:", StreamFaults.spelling(StreamFaults.Oddity.EVENT), true, 200, "[DONE]", true),
        new Row("spelling: two data lines", StreamFaults.spelling(StreamFaults.Oddity.TWO_DATA_LINES), true, 200, "[DONE]", true));
  }

  @BeforeAll
  void start() {
    bed = newBed();
    pair = newBed();
  }

  private static TestBed newBed() {
    return TestBed.builder().section("timeouts", "{drain: 1s, total: " + TOTAL.toMillis() + "ms, batchTotal: " + TOTAL.toMillis()
        + "ms, idle: 700ms, firstToken: {interactive: " + FIRST_TOKEN.toMillis() + "ms, standard: " + FIRST_TOKEN.toMillis()
        + "ms, batch: " + FIRST_TOKEN.toMillis() + "ms}}")
        .section("health", "{interval: 60s, ejectAfter: 100, eject: 100ms, maxEject: 100ms, accountPause: 1s}")
        .publicMore(", connectTimeout: 500ms").privateMore(", connectTimeout: 500ms").start();
  }

  @AfterAll
  void stop() {
    bed.close();
    pair.close();
  }

  private static HttpResponse<String> restricted(TestBed at, boolean stream) {
    // Restricted, so that only the private upstream is in play; raised by header, so that each text differs in nothing else.
    return at.chat("auto", "Tell a short story.", stream, "x-tidegate-sensitivity", "restricted");
  }

  /**
   * The answer to a request that had time left for whatever its attempts met. One that took all its time says just that: the machine stood still, and
   * the request is made again. So does one that took all the time for a first token where no fault takes it.
   */
  private HttpResponse<String> struckBy(Row row) {
    for (int tries = 1; ; tries++) {
      bed.privateA.always(row.fault);
      bed.privateB.always(row.fault);
      long begun = System.nanoTime();
      HttpResponse<String> answer = restricted(bed, row.stream);
      if (System.nanoTime() - begun < (row.waits() ? TOTAL : FIRST_TOKEN).toNanos() || tries == TRIES) {
        return answer;
      }
      recover();
    }
  }

  @ParameterizedTest(name = "upstreams.md 9: {0}")
  @MethodSource("faults")
  void whatTheCallerGets(Row row) {
    HttpResponse<String> answer = struckBy(row);
    assertThat(answer.body()).contains(row.contains);
    assertThat(answer.statusCode()).isEqualTo(row.status);
    if (row.status != 200) {
      assertThat(answer.headers().firstValue("content-type").orElse("")).startsWith("application/json");
    } else if (row.contains.equals("upstream_incomplete")) {
      assertThat(answer.body()).as("a cut stream never looks whole").doesNotContain("[DONE]");
    }
    if (row.status == 429) {
      assertThat(Integer.parseInt(answer.headers().firstValue("retry-after").orElse("0"))).isBetween(1, 60);
    }
    assertThat(bed.publicOne.received().requestBytes()).isZero();
    recover();
  }

  @ParameterizedTest(name = "failover: {0}")
  @MethodSource("faults")
  void whatASecondEndpointSaves(Row row) {
    if (!row.saved) {
      return;
    }
    pair.privateA.always(row.fault);
    try {
      for (int i = 0; i < 2; i++) {
        HttpResponse<String> answer = savedFrom(row);
        assertThat(answer.statusCode()).as(answer.body() + pair.daemon.status()).isEqualTo(200);
        assertThat(answer.body()).contains(row.stream ? "[DONE]" : "\"finish_reason\":\"stop\"");
      }
    } finally {
      pair.privateA.clearFaults();
    }
  }

  /** As {@link #struckBy}: an attempt at the well endpoint that took all the time for a first token met a machine that stood still. */
  private HttpResponse<String> savedFrom(Row row) {
    for (int tries = 1; ; tries++) {
      long begun = System.nanoTime();
      HttpResponse<String> answer = restricted(pair, row.stream);
      if (answer.statusCode() == 200 || System.nanoTime() - begun < FIRST_TOKEN.multipliedBy(row.waits() ? 2 : 1).toNanos() || tries == TRIES) {
        return answer;
      }
    }
  }

  /** Cooling and closed accounts must not reach into the next row. */
  private void recover() {
    bed.privateA.clearFaults();
    bed.privateB.clearFaults();
    GrpcClientIT.await("the private side answers again", () -> restricted(bed, false).statusCode() == 200);
  }

  @Test
  @DisplayName("E9 G8 an HTTP client that leaves frees the upstream within a second")
  void leavingFrees() throws Exception {
    bed.privateA.always(StreamFaults.slowEvents(Duration.ofMillis(100)));
    bed.privateB.always(StreamFaults.slowEvents(Duration.ofMillis(100)));
    long soonest = Long.MAX_VALUE;
    // What is slow each time is slow; what met a machine that stood still is not slow again.
    for (int tries = 1; tries <= TRIES && soonest >= 1_000_000_000; tries++) {
      try (java.net.Socket socket = new java.net.Socket("127.0.0.1", bed.daemon.httpPort())) {
        byte[] body = TestBed.body("auto", "Tell a long story.", true).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        socket.getOutputStream().write(("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "x-tidegate-sensitivity: restricted\r\nContent-Length: " + body.length + "\r\n\r\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        socket.getOutputStream().write(body);
        assertThat(socket.getInputStream().readNBytes(200)).asString().startsWith("HTTP/1.1 200");
      }
      long left = System.nanoTime();
      GrpcClientIT.await("the upstream is free", () -> bed.privateA.received().inFlight() + bed.privateB.received().inFlight() == 0);
      soonest = Math.min(soonest, System.nanoTime() - left);
    }
    assertThat(soonest).isLessThan(1_000_000_000);
  }
}
