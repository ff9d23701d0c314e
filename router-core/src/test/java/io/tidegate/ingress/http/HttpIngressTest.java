package io.tidegate.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.tidegate.ingress.http.RawClient.Answer;
import io.tidegate.line.AnswerSink;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.LeftAttempt;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What comes in over HTTP/1 and is well, from the socket to the line and back. */
class HttpIngressTest {
  private static final String CHAT = "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"gr\u00fc\u00df\"}],\"x\":1}";
  private static final String STREAM = "{\"model\":\"auto\",\"stream\":true,\"messages\":[{}]}";

  @SuppressWarnings("NullAway.Init")
  private HttpRig rig;

  @BeforeEach
  void open() throws IOException {
    rig = new HttpRig(HttpConfig.DEFAULT.withAllowedHosts(java.util.List.of("gateway.internal")));
  }

  @AfterEach
  void shut() {
    rig.close();
    assertThat(rig.ingress.heldBodyBytes()).isZero();
    assertThat(rig.ingress.openConnections()).isZero();
  }

  static byte[] post(String path, String headers, String body) {
    byte[] json = body.getBytes(StandardCharsets.UTF_8);
    byte[] head = ("POST " + path + " HTTP/1.1\r\nHost: localhost:7400\r\nContent-Type: application/json\r\nContent-Length: " + json.length + "\r\n"
        + headers + "\r\n").getBytes(StandardCharsets.US_ASCII);
    return Unpooled.wrappedBuffer(head, json).copy().array();
  }

  private static byte[] chat(String headers) {
    return post("/v1/chat/completions", headers, CHAT);
  }

  @Test
  @DisplayName("R chat: the line gets the caller's bytes, the caller the answer and how it came about")
  void chat() throws IOException {
    try (RawClient client = rig.connect()) {
      Answer answer = client.send(chat("")).answer();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("{\"id\":\"auto\"}");
      ModelRequest request = rig.line.requests.get(0);
      assertThat(StandardCharsets.UTF_8.decode(request.prompt().json().buffer()).toString()).isEqualTo(CHAT);
      assertThat(request.operation()).isEqualTo(Operation.CHAT);
      assertThat(request.model()).isEqualTo("auto");
      assertThat(request.stream()).isFalse();
      assertThat(request.sampled()).isTrue();
      assertThat(request.caller()).isEqualTo(Caller.DEFAULT);
      assertThat(request.declared()).isEqualTo(Sensitivity.PUBLIC);
      assertThat(request.latencyWish()).isNull();
      assertThat(request.timeLeftNanos()).isZero();
      assertThat(answer.has("content-type: application/json")).isTrue();
      assertThat(answer.has("date: Thu, 01 Jan 1970 00:00:00 GMT")).isTrue();
      assertThat(answer.has("x-tidegate-request-id: " + request.id())).isTrue();
      assertThat(answer.has("x-request-id: " + request.id())).isTrue();
      assertThat(answer.has("x-tidegate-sensitivity: INTERNAL")).isTrue();
      assertThat(answer.has("x-tidegate-latency-class: STANDARD")).isTrue();
      assertThat(answer.has("x-tidegate-destination: PRIVATE")).isTrue();
      assertThat(answer.has("x-tidegate-upstream: local-vllm")).isTrue();
      assertThat(answer.has("x-tidegate-rule: floor,harmless")).isTrue();
      assertThat(answer.has("x-tidegate-policy: ab12")).isTrue();
      assertThat(answer.has("x-tidegate-cache: miss")).isTrue();
      assertThat(answer.has("x-tidegate-attempts: 1")).isTrue();
    }
  }

  @Test
  @DisplayName("R completions, embeddings and models on one connection")
  void theOtherPaths() throws IOException {
    try (RawClient client = rig.connect()) {
      client.send(post("/v1/completions", "", "{\"model\":\"m\",\"prompt\":\"x\"}"));
      assertThat(client.answer().status()).isEqualTo(200);
      client.send(post("/v1/embeddings", "", "{\"model\":\"m\",\"input\":[1,2]}"));
      assertThat(client.answer().status()).isEqualTo(200);
      Answer models = client.send("GET /v1/models HTTP/1.1\r\nHost: gateway.internal\r\nAccept: */*\r\n\r\n").answer();
      assertThat(models.body()).isEqualTo("{\"object\":\"list\",\"data\":[]}");
      assertThat(rig.line.requests).extracting(ModelRequest::operation).containsExactly(Operation.COMPLETION, Operation.EMBEDDING);
    }
  }

  @Test
  @DisplayName("A8 what a caller may say: sensitivity, latency class, cache, time; the rest is stripped")
  void facts() throws IOException {
    try (RawClient client = rig.connect()) {
      client.send(chat("X-Tidegate-Sensitivity: confidential\r\nx-tidegate-latency-class: BATCH\r\nCache-Control: max-age=3, No-Store\r\n"
          + "x-stainless-read-timeout: 59.5\r\nx-stainless-timeout: 600\r\nx-tidegate-tenant: evil\r\nx-tidegate-destination: PUBLIC\r\n"
          + "Authorization: bearer sk-1\r\nOrigin: http://localhost:7400\r\nContent-Encoding: identity\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n"));
      assertThat(client.answer().status()).isEqualTo(200);
      ModelRequest request = rig.line.requests.get(0);
      assertThat(request.declared()).isEqualTo(Sensitivity.CONFIDENTIAL);
      assertThat(request.latencyWish()).isEqualTo(LatencyClass.BATCH);
      assertThat(request.cacheDirective()).isEqualTo(CacheDirective.NO_STORE);
      assertThat(request.timeLeftNanos()).isEqualTo(59_500_000_000L);
      assertThat(request.caller()).isEqualTo(Caller.DEFAULT);
    }
  }

  @Test
  @DisplayName("B8 keys: the caller's own is known, a wrong and a missing one get the same 401")
  void keys() throws IOException {
    try (HttpRig guarded = new HttpRig(HttpConfig.DEFAULT, null,
        (peer, key) -> "right".equals(key) ? new Caller("ward", "app") : null); RawClient client = guarded.connect()) {
      Answer missing = client.send(chat("")).answer();
      Answer wrong = client.send(chat("Authorization: Bearer wrong\r\n")).answer();
      assertThat(missing.status()).isEqualTo(401);
      assertThat(wrong.body()).isEqualTo(missing.body()).doesNotContain("wrong");
      assertThat(wrong.has("x-should-retry: false")).isTrue();
      assertThat(guarded.line.untouched()).isTrue();
      assertThat(client.send(chat("Authorization: Bearer right\r\n")).answer().status()).isEqualTo(200);
      assertThat(guarded.line.requests.get(0).caller().tenant()).isEqualTo("ward");
    }
  }

  @Test
  @DisplayName("D1 a request that comes byte by byte, with chunks, reads the same")
  void byteByByte() throws IOException {
    String request = "\r\nPOST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json; charset=utf-8\r\n"
        + "Transfer-Encoding: Chunked\r\n\r\n1\r\n{\r\n00A\r\n\"model\":\"m\r\n1b\r\n\",\"messages\":[{\"role\":\"x\"}]\r\n01\r\n}\r\n000\r\n\r\n";
    try (RawClient client = rig.connect()) {
      for (byte b : request.getBytes(StandardCharsets.US_ASCII)) {
        client.send(new byte[] {b});
      }
      assertThat(client.answer().status()).isEqualTo(200);
      assertThat(client.send(chat("")).answer().status()).isEqualTo(200);
      assertThat(rig.line.requests.get(0).model()).isEqualTo("m");
    }
  }

  @Test
  @DisplayName("D1 heads cut at every place read the same")
  void cutAnywhere() throws IOException {
    byte[] request = chat("X-A: b\r\n");
    try (RawClient client = rig.connect()) {
      for (int cut = 1; cut < request.length; cut += 3) {
        client.send(java.util.Arrays.copyOf(request, cut)).send(java.util.Arrays.copyOfRange(request, cut, request.length));
        assertThat(client.answer().status()).isEqualTo(200);
      }
    }
  }

  @Test
  @DisplayName("D5 just below the bounds is let in")
  void justBelow() throws IOException {
    try (RawClient client = rig.connect()) {
      client.send(chat("X-A: " + "a".repeat(31_000) + "\r\n"));
      assertThat(client.answer().status()).isEqualTo(200);
      client.send(chat("X-A: b\r\n".repeat(97)));
      assertThat(client.answer().status()).isEqualTo(200);
      client.send("GET /" + "a".repeat(8100) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(404);
    }
  }

  @Test
  @DisplayName("D5 a body of 16 MiB is read, one byte more is 413")
  void largeBody() throws IOException {
    String start = "{\"model\":\"m\",\"messages\":[{\"content\":\"";
    int room = (16 << 20) - start.length() - 4;
    try (RawClient client = rig.connect()) {
      assertThat(client.send(post("/v1/chat/completions", "", start + "x".repeat(room) + "\"}]}")).answer().status()).isEqualTo(200);
      assertThat(rig.line.requests.get(0).prompt().json().length()).isEqualTo(16 << 20);
    }
    try (RawClient client = rig.connect()) {
      Answer answer = client.send(post("/v1/chat/completions", "", start + "x".repeat(room + 1) + "\"}]}")).answer();
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.closing()).isTrue();
    }
  }

  @Test
  @DisplayName("G8 bodies in flight are bounded together: past the bound 429, and it frees itself")
  void bodyBudget() throws IOException, InterruptedException {
    try (HttpRig small = new HttpRig(HttpConfig.DEFAULT.withBodies(100_000, 150_000)); RawClient first = small.connect();
        RawClient second = small.connect()) {
      AtomicReference<AnswerSink> waiting = new AtomicReference<>();
      small.line.script = (request, sink, loop) -> waiting.set(sink);
      String body = "{\"model\":\"m\",\"messages\":[{\"content\":\"" + "x".repeat(90_000) + "\"}]}";
      first.send(post("/v1/chat/completions", "", body));
      HttpRig.await("first request in", () -> waiting.get() != null);
      Answer busy = second.send(post("/v1/chat/completions", "", body)).answer();
      assertThat(busy.status()).isEqualTo(429);
      assertThat(busy.body()).contains("\"code\":\"busy\"");
      assertThat(busy.has("retry-after: 1")).isTrue();
      small.loops.group().execute(() -> waiting.get().complete(RecordingLine.route("a"), RecordingLine.json("{}")));
      assertThat(first.answer().status()).isEqualTo(200);
      assertThat(small.ingress.heldBodyBytes()).isZero();
    }
  }

  @Test
  @DisplayName("D10 pipelined requests are answered in order, one at a time")
  void pipelining() throws IOException, InterruptedException {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    rig.line.script = (request, sink, loop) -> {
      most.accumulateAndGet(running.incrementAndGet(), Math::max);
      loop.schedule(() -> {
        running.decrementAndGet();
        sink.complete(RecordingLine.route(request.id()), RecordingLine.json(request.model()));
      }, TimeUnit.MILLISECONDS.toNanos(request.model().hashCode() % 3));
    };
    try (RawClient client = rig.connect()) {
      java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
      for (int i = 0; i < 40; i++) {
        all.writeBytes(post("/v1/completions", "X-A: " + "a".repeat(5_000) + "\r\n", "{\"model\":\"m" + i + "\",\"prompt\":\"x\"}"));
      }
      CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
        try {
          client.send(all.toByteArray());
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      });
      for (int i = 0; i < 40; i++) {
        assertThat(client.answer().body()).isEqualTo("m" + i);
      }
      sent.join();
      assertThat(most.get()).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("D2 100-continue is said once the head is fine, and only then")
  void expectContinue() throws IOException {
    try (RawClient client = rig.connect()) {
      byte[] request = chat("Expect: 100-continue\r\n");
      int head = request.length - CHAT.getBytes(StandardCharsets.UTF_8).length;
      client.send(java.util.Arrays.copyOf(request, head));
      assertThat(client.answer().status()).isEqualTo(100);
      client.send(java.util.Arrays.copyOfRange(request, head, request.length));
      assertThat(client.answer().status()).isEqualTo(200);
      client.send("POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(404);
      assertThat(client.closed()).isTrue();
    }
  }

  @Test
  @DisplayName("D3 Connection: close and HTTP/1.0 end after their answer; HTTP/1.0 keep-alive does not")
  void persistence() throws IOException {
    try (RawClient client = rig.connect()) {
      Answer answer = client.send(chat("Connection: x, Close\r\n")).answer();
      assertThat(answer.closing()).isTrue();
      assertThat(client.closed()).isTrue();
    }
    try (RawClient client = rig.connect()) {
      assertThat(client.send("GET /v1/models HTTP/1.0\r\n\r\n").answer().status()).isEqualTo(200);
      assertThat(client.closed()).isTrue();
    }
    try (RawClient client = rig.connect()) {
      assertThat(client.send("GET /v1/models HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").answer().has("connection: keep-alive")).isTrue();
      assertThat(client.send("GET /v1/models HTTP/1.0\r\n\r\n").answer().status()).isEqualTo(200);
    }
  }

  @Test
  @DisplayName("R stream: events, [DONE], and the connection serves on")
  void stream() throws IOException {
    rig.line.script = (request, sink, loop) -> {
      sink.open(RecordingLine.route(request.id()));
      sink.events(RecordingLine.json("data: {\"a\":1}\n\ndata: {\"a\":2}\n\n"));
      loop.execute(() -> {
        sink.events(RecordingLine.json("data: {\"b\":\"" + "x".repeat(5000) + "\"}\n\n"));
        sink.close();
      });
    };
    try (RawClient client = rig.connect()) {
      for (int i = 0; i < 3; i++) {
        Answer answer = client.send(post("/v1/chat/completions", "x-stainless-read-timeout: 5\r\n", STREAM)).answer();
        assertThat(answer.has("content-type: text/event-stream; charset=utf-8")).isTrue();
        assertThat(answer.has("x-tidegate-upstream: local-vllm")).isTrue();
        assertThat(answer.body()).isEqualTo("data: {\"a\":1}\n\ndata: {\"a\":2}\n\ndata: {\"b\":\"" + "x".repeat(5000) + "\"}\n\ndata: [DONE]\n\n");
      }
      assertThat(rig.line.requests.get(0).timeLeftNanos()).as("a hint about one read is no deadline of a stream").isZero();
    }
  }

  @Test
  @DisplayName("G5 a stream that breaks says so, without [DONE], in form, so that its connection goes on")
  void brokenStream() throws IOException {
    RecordingLine.Script broken = (request, sink, loop) -> {
      sink.open(RecordingLine.route(request.id()));
      sink.events(RecordingLine.json("data: {}\n\n"));
      sink.breakOff(ErrorAnswer.of(Refusal.UPSTREAM_INCOMPLETE, "cut \u202e\"short\""));
      sink.events(RecordingLine.json("data: late\n\n"));
      sink.close();
    };
    rig.line.script = broken;
    try (RawClient client = rig.connect()) {
      Answer answer = client.send(post("/v1/chat/completions", "", STREAM)).answer();
      assertThat(answer.body()).isEqualTo("data: {}\n\ndata: {\"error\":{\"message\":\"cut \\u202e\\\"short\\\"\",\"type\":\"upstream_error\","
          + "\"param\":null,\"code\":\"upstream_incomplete\"}}\n\n");
      rig.line.script = (request, sink, loop) -> sink.complete(RecordingLine.route(request.id()), RecordingLine.json("{}"));
      assertThat(client.send(post("/v1/chat/completions", "", CHAT)).answer().status()).isEqualTo(200);
      rig.line.script = broken;
    }
    try (RawClient client = rig.connect()) {
      client.send(new String(post("/v1/chat/completions", "", STREAM), StandardCharsets.ISO_8859_1).replace("HTTP/1.1", "HTTP/1.0"));
      Answer answer = client.answer();
      assertThat(answer.has("transfer-encoding: chunked")).isFalse();
      assertThat(answer.body()).startsWith("data: {}\n\ndata: {\"error\"");
    }
  }

  @Test
  @DisplayName("G5 errors of the line: status, shape, retry hints; a second word is dropped")
  void refusals() throws IOException {
    rig.line.script = (request, sink, loop) -> {
      sink.refuse(new ErrorAnswer(Refusal.NO_PERMITTED_UPSTREAM, 503, "down", null, 600), RecordingLine.route(request.id()));
      sink.complete(RecordingLine.route(request.id()), RecordingLine.json("{}"));
      sink.refuse(ErrorAnswer.of(Refusal.INTERNAL, "late"), RecordingLine.route(request.id()));
    };
    try (RawClient client = rig.connect()) {
      Answer answer = client.send(chat("")).answer();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.body()).isEqualTo(
          "{\"error\":{\"message\":\"down\",\"type\":\"service_unavailable_error\",\"param\":null,\"code\":\"no_permitted_upstream\"}}");
      assertThat(answer.has("retry-after: 60")).isTrue();
      assertThat(answer.header("x-should-retry")).isEmpty();
      assertThat(answer.has("x-tidegate-rule: floor,harmless")).isTrue();
      rig.line.script = (request, sink, loop) -> sink.refuse(ErrorAnswer.ofParam(Refusal.NOTHING_PERMITTED, "no", "model"), RecordingLine.route(""));
      Answer second = client.send(chat("")).answer();
      assertThat(second.has("x-should-retry: false")).isTrue();
      assertThat(second.body()).contains("\"param\":\"model\"");
      assertThat(rig.ingress.refused(Refusal.NOTHING_PERMITTED)).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("G5 a defect inside is one clear 500")
  void defect() throws IOException {
    rig.line.script = (request, sink, loop) -> {
      throw new IllegalStateException("a bug with a secret");
    };
    try (RawClient client = rig.connect()) {
      Answer answer = client.send(chat("")).answer();
      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.body()).doesNotContain("secret");
      assertThat(client.send("GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n").answer().status()).isEqualTo(200);
    }
  }

  @Test
  @DisplayName("R1.2 attempts that were left are told as a structured list, without endpoints; B3 their names cannot break the header")
  void leftAttempts() throws IOException {
    rig.line.script = (request, sink, loop) -> sink.complete(left(RecordingLine.route(request.id())), RecordingLine.json("{}"));
    try (RawClient client = rig.connect()) {
      Answer answer = client.send(chat("")).answer();
      assertThat(answer.has("x-tidegate-left: home;why=reset;ms=12, ev??il;why=busy;ms=0")).isTrue();
      assertThat(answer.has("x-tidegate-attempts: 1")).isTrue();
    }
  }

  @Test
  @DisplayName("R1.2 what attempts that were left had cost is told where their upstream had said it")
  void leftTokens() throws IOException {
    rig.line.script = (request, sink, loop) -> sink.complete(new RouteInfo(request.id(), Sensitivity.PUBLIC, LatencyClass.BATCH, null, "home", "", "ab12",
        RouteInfo.CacheOutcome.MISS, 3, List.of(new LeftAttempt("home", "h1", "protocol", 12, 310, 41), new LeftAttempt("home", "h2", "idle_timeout", 5, 7, -1))),
        RecordingLine.json("{}"));
    try (RawClient client = rig.connect()) {
      assertThat(client.send(chat("")).answer().has("x-tidegate-left: home;why=protocol;ms=12;in=310;out=41, home;why=idle_timeout;ms=5;in=7")).isTrue();
    }
  }

  static RouteInfo left(RouteInfo of) {
    return new RouteInfo(of.requestId(), of.sensitivity(), of.latencyClass(), of.destination(), of.upstream(), of.rule(), of.policy(), of.cache(),
        of.attempts(), List.of(new LeftAttempt("home", "h1", "reset", 12), new LeftAttempt("ev\r\nil", "h2", "busy", 0)));
  }

  @Test
  @DisplayName("B3 names that would break a header are cleaned")
  void headerInjection() throws IOException {
    rig.line.script = (request, sink, loop) -> sink.complete(new io.tidegate.model.RouteInfo(request.id(), Sensitivity.PUBLIC,
        LatencyClass.BATCH, null, "evil\r\nx-a: b", "r\u0000", "p", io.tidegate.model.RouteInfo.CacheOutcome.HIT, 12345), RecordingLine.json("{}"));
    try (RawClient client = rig.connect()) {
      Answer answer = client.send(chat("")).answer();
      assertThat(answer.has("x-tidegate-upstream: evil??x-a: b")).isTrue();
      assertThat(answer.has("x-tidegate-attempts: 12345")).isTrue();
      assertThat(answer.has("x-tidegate-cache: hit")).isTrue();
    }
  }

  @Test
  @DisplayName("E9 a caller who leaves frees the walk at once, before and during a stream, and while requests wait behind it")
  void cancel() throws IOException, InterruptedException {
    rig.line.script = (request, sink, loop) -> {
      if (request.stream()) {
        sink.open(RecordingLine.route(request.id()));
      }
    };
    try (RawClient client = rig.connect()) {
      client.send(chat("")).send(chat(""));
      HttpRig.await("in", () -> rig.line.requests.size() == 1);
    }
    HttpRig.await("cancelled", () -> rig.line.cancelled.get() == 1);
    try (RawClient client = rig.connect()) {
      client.send(post("/v1/chat/completions", "", STREAM));
      assertThat(client.line()).contains("200");
    }
    HttpRig.await("cancelled", () -> rig.line.cancelled.get() == 2);
    assertThat(rig.line.requests).hasSize(2);
  }

  @Test
  @DisplayName("E6 a slow reader stops the line, and reading lets it go on; nothing is lost")
  void backPressure() throws IOException, InterruptedException {
    int total = 400;
    AtomicInteger sent = new AtomicInteger();
    AtomicReference<AnswerSink> to = new AtomicReference<>();
    String frame = "data: " + "x".repeat(20_000) + "\n\n";
    Runnable pump = () -> {
      while (sent.get() < total && to.get().isWritable()) {
        sent.incrementAndGet();
        to.get().events(RecordingLine.json(frame));
      }
      if (sent.get() == total && sent.getAndIncrement() == total) {
        to.get().close();
      }
    };
    rig.line.onWritable = pump;
    rig.line.script = (request, sink, loop) -> {
      to.set(sink);
      sink.open(RecordingLine.route(request.id()));
      pump.run();
    };
    try (RawClient client = rig.connect()) {
      client.socket.setReceiveBufferSize(64 << 10);
      client.send(post("/v1/chat/completions", "", STREAM));
      HttpRig.await("first event", () -> sent.get() > 0);
      Thread.sleep(100); // long enough for a line that is not stopped to send all
      assertThat(sent.get()).isLessThan(total);
      Answer answer = client.answer();
      assertThat(answer.body()).isEqualTo(frame.repeat(total) + "data: [DONE]\n\n");
      assertThat(rig.line.writable.get()).isPositive();
    }
  }

  @Test
  @DisplayName("H1 G5 draining loses no request: one that comes on a kept connection is answered, and the answer ends the connection; a silent one is closed")
  void drain() throws IOException, InterruptedException {
    AtomicReference<AnswerSink> waiting = new AtomicReference<>();
    rig.line.script = (request, sink, loop) -> waiting.set(sink);
    try (RawClient kept = rig.connect(); RawClient silent = rig.connect(); RawClient fresh = rig.connect(); RawClient busy = rig.connect()) {
      for (RawClient client : new RawClient[] {kept, silent}) {
        client.send("GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(client.answer().closing()).isFalse();
      }
      busy.send(chat("")).send(chat(""));
      HttpRig.await("in", () -> waiting.get() != null);
      HttpRig.await("all connections", () -> rig.ingress.openConnections() == 4);
      CompletableFuture<Void> drained = rig.ingress.drain(Duration.ofSeconds(20));
      // Each loop has begun to drain: what comes now comes on connections that know it.
      assertThat(rig.loops.turn(Duration.ofSeconds(20)).toCompletableFuture().join()).isTrue();
      for (RawClient client : new RawClient[] {kept, fresh}) {
        client.send("GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.closing()).isTrue();
      }
      rig.loops.group().execute(() -> waiting.get().complete(RecordingLine.route("x"), RecordingLine.json("{}")));
      Answer answer = busy.answer();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.closing()).isTrue();
      assertThat(busy.rest()).isEmpty();
      assertThat(rig.line.requests).hasSize(1);
      for (RawClient client : new RawClient[] {kept, fresh, busy}) {
        client.close();
      }
      assertThat(silent.closed()).isTrue();
      assertThat(drained).succeedsWithin(Duration.ofSeconds(20));
    }
  }

  @Test
  @DisplayName("H1 G5 a stream whose head said that the connection stays keeps that word: the next request on it is answered, and ends it")
  void drainKeepsItsWord() throws IOException, InterruptedException {
    AtomicReference<AnswerSink> waiting = new AtomicReference<>();
    rig.line.script = (request, sink, loop) -> {
      sink.open(RecordingLine.route("x"));
      waiting.set(sink);
    };
    String asks = "{\"model\":\"auto\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
    try (RawClient client = rig.connect()) {
      client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " + asks.length() + "\r\n\r\n" + asks);
      HttpRig.await("open", () -> waiting.get() != null);
      CompletableFuture<Void> drained = rig.ingress.drain(Duration.ofSeconds(20));
      rig.loops.group().execute(() -> waiting.get().close());
      Answer stream = client.answer();
      assertThat(stream.body()).contains("[DONE]");
      assertThat(stream.closing()).isFalse();
      client.send("GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n");
      Answer next = client.answer();
      assertThat(next.status()).isEqualTo(200);
      assertThat(next.closing()).isTrue();
      client.close();
      assertThat(drained).succeedsWithin(Duration.ofSeconds(20));
    }
  }

  @Test
  @DisplayName("H1 G5 draining has an end: who has no answer by then is told, and a stream ends with an error")
  void drainLimit() throws IOException, InterruptedException {
    rig.line.script = (request, sink, loop) -> {
      if (request.stream()) {
        sink.open(RecordingLine.route("x"));
      }
    };
    try (RawClient busy = rig.connect(); RawClient stream = rig.connect()) {
      busy.send(chat(""));
      String asks = "{\"model\":\"auto\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
      stream.send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " + asks.length() + "\r\n\r\n" + asks);
      HttpRig.await("in", () -> rig.line.requests.size() == 2);
      CompletableFuture<Void> drained = rig.ingress.drain(Duration.ofMillis(50));
      Answer answer = busy.answer();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.body()).contains("draining");
      assertThat(stream.answer().body()).contains("\"code\":\"draining\"");
      HttpRig.await("cancelled", () -> rig.line.cancelled.get() == 2);
      busy.close();
      stream.close();
      assertThat(drained).succeedsWithin(Duration.ofSeconds(20));
    }
  }

  @Test
  @DisplayName("D4 connections are bounded, in total and per peer")
  void connectionCaps() throws IOException {
    try (HttpRig few = new HttpRig(HttpConfig.DEFAULT.withConnections(2, 0)); RawClient a = few.connect(); RawClient b = few.connect()) {
      assertThat(a.send("GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n").answer().status()).isEqualTo(200);
      assertThat(b.send("GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n").answer().status()).isEqualTo(200);
      try (RawClient c = few.connect()) {
        assertThat(c.closed()).isTrue();
      }
    }
    try (HttpRig few = new HttpRig(HttpConfig.DEFAULT.withConnections(10, 1)); RawClient a = few.connect()) {
      assertThat(a.send("GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n").answer().status()).isEqualTo(200);
      try (RawClient b = few.connect()) {
        assertThat(b.closed()).isTrue();
      }
    }
  }
}
