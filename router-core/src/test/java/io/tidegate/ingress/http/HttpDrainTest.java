package io.tidegate.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.ingress.http.RawClient.Answer;
import io.tidegate.line.AnswerSink;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A listener that stops: nobody loses a request by it. */
class HttpDrainTest {
  @SuppressWarnings("NullAway.Init")
  private HttpRig rig;

  @BeforeEach
  void open() throws IOException {
    // Who asks has longer than a busy machine stands still.
    rig = new HttpRig(HttpConfig.DEFAULT.withDrainQuiet(Duration.ofSeconds(15)));
  }

  @AfterEach
  void shut() {
    rig.close();
    assertThat(rig.ingress.heldBodyBytes()).isZero();
    assertThat(rig.ingress.openConnections()).isZero();
  }

  @Test
  @DisplayName("H1 G5 draining loses no request: one that comes on a kept connection is answered, and the answer ends the connection")
  void drain() throws IOException, InterruptedException {
    AtomicReference<AnswerSink> waiting = new AtomicReference<>();
    rig.line.script = (request, sink, loop) -> waiting.set(sink);
    try (RawClient kept = rig.connect(); RawClient fresh = rig.connect(); RawClient busy = rig.connect()) {
      kept.send("GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(kept.answer().closing()).isFalse();
      busy.send(HttpIngressTest.chat("")).send(HttpIngressTest.chat(""));
      HttpRig.await("in", () -> waiting.get() != null);
      HttpRig.await("all connections", () -> rig.ingress.openConnections() == 3);
      CompletableFuture<Void> drained = rig.ingress.drain(Duration.ZERO, Duration.ofSeconds(20));
      rig.turn();
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
      assertThat(drained).succeedsWithin(Duration.ofSeconds(20));
    }
  }

  @Test
  @DisplayName("H1 G5 draining closes connections on which nothing comes, whether they were used or not")
  void drainSilent() throws IOException, InterruptedException {
    try (HttpRig plain = new HttpRig(HttpConfig.DEFAULT); RawClient kept = plain.connect(); RawClient fresh = plain.connect()) {
      kept.send("GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(kept.answer().closing()).isFalse();
      HttpRig.await("both connections", () -> plain.ingress.openConnections() == 2);
      long begun = System.nanoTime();
      CompletableFuture<Void> drained = plain.ingress.drain(Duration.ZERO, Duration.ofSeconds(60));
      for (RawClient client : new RawClient[] {kept, fresh}) {
        assertThat(client.closed()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).as("not at once: a request may be on its way").isGreaterThanOrEqualTo(HttpConfig.DEFAULT.drainQuiet());
      }
      assertThat(drained).succeedsWithin(Duration.ofSeconds(20));
    }
  }

  @Test
  @DisplayName("H1 connections go to a successor one after the other: the first at once, the last is kept for a while")
  void drainBitByBit() throws IOException, InterruptedException {
    try (RawClient first = rig.connect(); RawClient last = rig.connect()) {
      // On one event loop, in the order in which they came.
      for (RawClient client : new RawClient[] {first, last}) {
        client.send("GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(client.answer().closing()).isFalse();
      }
      rig.ingress.drain(Duration.ofHours(1), Duration.ofHours(2));
      rig.turn();
      first.send("GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(first.answer().closing()).isTrue();
      last.send("GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(last.answer().closing()).isFalse();
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
      CompletableFuture<Void> drained = rig.ingress.drain(Duration.ZERO, Duration.ofSeconds(20));
      rig.turn();
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
      busy.send(HttpIngressTest.chat(""));
      String asks = "{\"model\":\"auto\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
      stream.send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " + asks.length() + "\r\n\r\n" + asks);
      HttpRig.await("in", () -> rig.line.requests.size() == 2);
      CompletableFuture<Void> drained = rig.ingress.drain(Duration.ZERO, Duration.ofMillis(50));
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
}
