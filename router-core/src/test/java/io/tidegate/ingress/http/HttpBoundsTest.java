package io.tidegate.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.ingress.http.RawClient.Answer;
import io.tidegate.line.AnswerSink;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What may be held at a time, and what is said past that. */
class HttpBoundsTest {
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

  @Test
  @DisplayName("D5 a body of 16 MiB is read, one byte more is 413")
  void largeBody() throws IOException {
    String start = "{\"model\":\"m\",\"messages\":[{\"content\":\"";
    int room = (16 << 20) - start.length() - 4;
    try (RawClient client = rig.connect()) {
      assertThat(client.send(HttpIngressTest.post("/v1/chat/completions", "", start + "x".repeat(room) + "\"}]}")).answer().status()).isEqualTo(200);
      assertThat(rig.line.requests.get(0).prompt().json().length()).isEqualTo(16 << 20);
    }
    try (RawClient client = rig.connect()) {
      Answer answer = client.offer(HttpIngressTest.post("/v1/chat/completions", "", start + "x".repeat(room + 1) + "\"}]}")).answer();
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
      first.send(HttpIngressTest.post("/v1/chat/completions", "", body));
      HttpRig.await("first request in", () -> waiting.get() != null);
      Answer busy = second.send(HttpIngressTest.post("/v1/chat/completions", "", body)).answer();
      assertThat(busy.status()).isEqualTo(429);
      assertThat(busy.body()).contains("\"code\":\"busy\"");
      assertThat(busy.has("retry-after: 1")).isTrue();
      small.loops.group().execute(() -> waiting.get().complete(RecordingLine.route("a"), RecordingLine.json("{}")));
      assertThat(first.answer().status()).isEqualTo(200);
      assertThat(small.ingress.heldBodyBytes()).isZero();
    }
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
      client.send(HttpIngressTest.post("/v1/chat/completions", "", HttpIngressTest.STREAM));
      HttpRig.await("the line is stopped", () -> sent.get() > 0 && !to.get().isWritable());
      assertThat(sent.get()).isLessThan(total);
      Answer answer = client.answer();
      assertThat(answer.body()).isEqualTo(frame.repeat(total) + "data: [DONE]\n\n");
      assertThat(rig.line.writable.get()).isPositive();
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
