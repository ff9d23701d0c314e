package io.tidegate.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.ingress.http.HttpRig.Wait;
import io.tidegate.ingress.http.RawClient.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Every wait for a caller has an end (hazard D4). */
class SlowPeersTest {
  private static final String HEAD = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

  @SuppressWarnings("NullAway.Init")
  private HttpRig rig;

  /** Each test does so first. */
  private void open(Wait quick) throws IOException {
    rig = new HttpRig(HttpRig.quick(quick));
  }

  @AfterEach
  void shut() {
    rig.close();
    assertThat(rig.ingress.heldBodyBytes()).isZero();
  }

  @Test
  @DisplayName("D4 a connection that says nothing is closed")
  void silent() throws IOException {
    open(Wait.HEADER);
    try (RawClient client = rig.connect()) {
      assertThat(client.closed()).isTrue();
    }
  }

  @Test
  @DisplayName("D4 half a preface of HTTP/2 is waited for no longer than a head")
  void halfPreface() throws IOException {
    open(Wait.HEADER);
    try (RawClient client = rig.connect()) {
      assertThat(client.send("PRI * HT").closed()).isTrue();
    }
  }

  @Test
  @DisplayName("D4 a head that drips gets 408")
  void slowHead() throws IOException {
    // The same wait holds before the first byte, where it ends without a word.
    Duration longer = Duration.ofSeconds(10);
    rig = new HttpRig(HttpConfig.DEFAULT.withTimeouts(Duration.ofSeconds(2), longer, longer, longer, longer, longer));
    try (RawClient client = rig.connect()) {
      AtomicBoolean stop = new AtomicBoolean();
      Thread drip = drip(client, HEAD + "X-A: ", stop);
      Answer answer = client.answer();
      stop.set(true);
      join(drip);
      assertThat(answer.status()).isEqualTo(408);
      assertThat(answer.closing()).isTrue();
      assertThat(rig.line.untouched()).isTrue();
    }
  }

  @Test
  @DisplayName("D4 a body that drips gets 408, with a length and with chunks")
  void slowBody() throws IOException {
    open(Wait.BODY);
    for (String framing : new String[] {"Content-Length: 100000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nffff\r\n"}) {
      try (RawClient client = rig.connect()) {
        AtomicBoolean stop = new AtomicBoolean();
        Thread drip = drip(client, HEAD + framing, stop);
        Answer answer = client.answer();
        stop.set(true);
        join(drip);
        assertThat(answer.status()).isEqualTo(408);
        assertThat(rig.line.untouched()).isTrue();
      }
    }
  }

  @Test
  @DisplayName("D4 a connection idle between requests is closed without a word")
  void idle() throws IOException {
    open(Wait.IDLE);
    try (RawClient client = rig.connect()) {
      assertThat(client.send("GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n").answer().status()).isEqualTo(200);
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  @DisplayName("E6 a caller who takes nothing is cut off, and the walk freed")
  void stalledReader() throws IOException, InterruptedException {
    open(Wait.WRITE);
    rig.line.script = (request, sink, loop) -> {
      sink.open(RecordingLine.route(request.id()));
      sink.events(RecordingLine.json("data: " + "x".repeat(8 << 20) + "\n\n"));
    };
    try (RawClient client = rig.connect()) {
      client.send(HEAD + "Content-Length: 45\r\n\r\n{\"model\":\"m\",\"messages\":[{}],\"stream\":true  }");
      HttpRig.await("cancelled", () -> rig.line.cancelled.get() == 1);
      HttpRig.await("closed", () -> rig.ingress.openConnections() == 0);
    }
  }

  @Test
  @DisplayName("R a stream that waits is kept alive by comment lines of one line feed")
  void ping() throws IOException {
    open(Wait.PING);
    rig.line.script = (request, sink, loop) -> {
      sink.open(RecordingLine.route(request.id()));
      loop.schedule(sink::close, 700_000_000);
    };
    try (RawClient client = rig.connect()) {
      Answer answer = client.send(HEAD + "Content-Length: 45\r\n\r\n{\"model\":\"m\",\"messages\":[{}],\"stream\":true  }").answer();
      assertThat(answer.body()).startsWith(": waiting\n").endsWith(": waiting\ndata: [DONE]\n\n").doesNotContain("waiting\n\n");
    }
  }

  @Test
  @DisplayName("D3 after a refusal the rest is drained for a moment only")
  void lingering() throws IOException {
    open(Wait.LINGER);
    try (RawClient client = rig.connect()) {
      assertThat(client.send("BREW / HTTP/1.1\r\n").answer().status()).isEqualTo(400);
      HttpRig.await("closed", () -> rig.ingress.openConnections() == 0);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Thread drip(RawClient client, String first, AtomicBoolean stop) throws IOException {
    client.send(first);
    Thread thread = new Thread(() -> {
      try {
        while (!stop.get()) {
          client.send("a");
          Thread.sleep(20);
        }
      } catch (IOException | InterruptedException closed) {
        stop.set(true);
      }
    });
    thread.start();
    return thread;
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
