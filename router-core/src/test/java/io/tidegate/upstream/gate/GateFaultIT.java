package io.tidegate.upstream.gate;

import static io.tidegate.upstream.gate.GateRig.LOOPBACK;
import static io.tidegate.upstream.gate.GateRig.clearance;
import static io.tidegate.upstream.gate.GateRig.connectingWithin;
import static io.tidegate.upstream.gate.GateRig.endpoint;
import static io.tidegate.upstream.gate.GateRig.event;
import static io.tidegate.upstream.gate.GateRig.millis;
import static io.tidegate.upstream.gate.GateRig.seconds;
import static io.tidegate.upstream.gate.GateRig.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.decide.Clearance;
import io.tidegate.decide.DecisionFixture;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.fake.FreePorts;
import io.tidegate.line.Upstreams.Attempt;
import io.tidegate.line.Upstreams.AttemptTimes;
import io.tidegate.model.Destination;
import io.tidegate.model.Dialect;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GateFaultIT {
  private static final String OK_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

  private final Upstream home = upstream("home", Zone.PRIVATE, Dialect.LLAMA_CPP, List.of(LOOPBACK), null, 4);
  private final GateRig rig = new GateRig(new GateConfig(64 << 10, 4 << 10, 8 << 10, 256 << 10, Duration.ofSeconds(30)), home);

  @AfterEach
  void close() {
    rig.close();
  }

  private record Fault(String name, boolean stream, String outcome, RawUpstream.Script script) {}

  private static Fault whole(String name, String outcome, RawUpstream.Script script) {
    return new Fault(name, false, outcome, script);
  }

  private static Fault stream(String name, String outcome, RawUpstream.Script script) {
    return new Fault(name, true, outcome, script);
  }

  private static RawUpstream.Script raw(String answer) {
    return turn -> {
      turn.send(answer);
      turn.close = true;
    };
  }

  private static RawUpstream.Script chunks(String... pieces) {
    return turn -> {
      turn.streamHead();
      for (String piece : pieces) {
        turn.chunk(piece);
      }
      turn.lastChunk();
    };
  }

  /** The limit that is to be met is short, the others are out of the way. */
  private static AttemptTimes times(String outcome) {
    return new AttemptTimes(outcome.equals("FIRST_TOKEN_TIMEOUT") ? millis(300) : seconds(10),
        outcome.equals("IDLE_TIMEOUT") ? millis(300) : seconds(10), outcome.equals("TOTAL_TIMEOUT") ? seconds(1) : seconds(20));
  }

  static Stream<Arguments> faults() {
    String json = RawUpstream.ANSWER;
    return Stream.of(
        whole("reset before a byte", "RESET", RawUpstream.Turn::reset),
        whole("closed inside the head", "RESET", raw("HTTP/1.1 200 OK\r\nContent-Ty")),
        whole("closed inside the body", "RESET", raw(OK_HEAD + "Content-Length: 500\r\n\r\n" + json)),
        whole("closed inside a chunk", "RESET", raw(OK_HEAD + "Transfer-Encoding: chunked\r\n\r\nff\r\n{\"id\"")),
        whole("bad chunk size", "PROTOCOL", raw(OK_HEAD + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n")),
        whole("two lengths", "PROTOCOL", raw(OK_HEAD + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}")),
        whole("length and chunked", "PROTOCOL", raw(OK_HEAD + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")),
        whole("other transfer coding", "PROTOCOL", raw(OK_HEAD + "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")),
        whole("no HTTP at all", "PROTOCOL", raw("220 mail.example.org ESMTP\r\n\r\n")),
        whole("switching protocols", "PROTOCOL", raw("HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n")),
        whole("endless interim answers", "PROTOCOL", raw("HTTP/1.1 102 Processing\r\n\r\n".repeat(20))),
        whole("head too large", "OVERSIZED", raw("HTTP/1.1 200 OK\r\n" + "X-Pad: 0123456789\r\n".repeat(2000) + "\r\n")),
        whole("HTML", "PROTOCOL", raw("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>")),
        whole("no content type", "PROTOCOL", raw("HTTP/1.1 200 OK\r\nContent-Length: " + json.length() + "\r\n\r\n" + json)),
        whole("SSE for JSON", "PROTOCOL", chunks(event("a", true), "data: [DONE]\n\n")),
        whole("gzip", "PROTOCOL", turn -> turn.json(200, json, "Content-Encoding: gzip\r\n")),
        whole("no content", "PROTOCOL", raw("HTTP/1.1 204 No Content\r\n\r\n")),
        whole("redirect", "PROTOCOL", raw("HTTP/1.1 302 Found\r\nLocation: http://example.org/\r\nContent-Length: 0\r\n\r\n")),
        whole("redirect that holds an answer", "PROTOCOL", turn -> turn.json(307, json, "Location: /v2\r\n")),
        whole("another success that holds an answer", "PROTOCOL", turn -> turn.json(201, json)),
        whole("broken JSON", "PROTOCOL", turn -> turn.json(200, "{\"choices\":[")),
        whole("error inside 200", "PROTOCOL", turn -> turn.json(200, "{\"error\":{\"message\":\"canary\"}}")),
        whole("no finish reason", "INCOMPLETE", turn -> turn.json(200, json.replace("\"stop\"", "null"))),
        whole("announced too large", "OVERSIZED", raw(OK_HEAD + "Content-Length: 70000\r\n\r\n{")),
        whole("chunked too large", "OVERSIZED", chunkedJson(40)),
        whole("400", "REQUEST_REJECTED", turn -> turn.json(400, "{\"error\":{\"message\":\"bad max_tokens\"}}")),
        whole("401", "ACCOUNT", turn -> turn.json(401, "{\"error\":\"Unauthorized\"}")),
        whole("402", "ACCOUNT", turn -> turn.json(402, "{\"error\":{\"message\":\"Insufficient Balance\"}}")),
        whole("429", "RATE_LIMITED", turn -> turn.json(429, "{}", "Retry-After: 3\r\n")),
        whole("503 busy", "BUSY", turn -> turn.json(503, "{\"error\":{\"message\":\"server busy\"}}")),
        whole("503 loading", "LOADING", turn -> turn.json(503, "{\"error\":{\"message\":\"Loading model\",\"type\":\"unavailable_error\"}}")),
        whole("500 with an endless body", "SERVER_ERROR", raw("HTTP/1.1 500 X\r\nContent-Type: text/plain\r\n\r\n" + "x".repeat(100_000))),
        whole("stalls before the head", "FIRST_TOKEN_TIMEOUT", turn -> turn.clientLeaves(3000)),
        whole("blank lines only", "FIRST_TOKEN_TIMEOUT", turn -> {
          turn.send(OK_HEAD + "Transfer-Encoding: chunked\r\n\r\n");
          for (int i = 0; i < 20 && !turn.clientLeaves(50); i++) {
            turn.chunk("\n");
          }
        }),
        stream("JSON for SSE", "PROTOCOL", turn -> turn.json(200, json)),
        stream("gzip stream", "PROTOCOL", raw("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: gzip\r\n\r\nx")),
        stream("no [DONE]", "INCOMPLETE", chunks(event("a", true))),
        stream("no finish reason, [DONE]", "INCOMPLETE", chunks(event("a", false), "data: [DONE]\n\n")),
        stream("data after [DONE]", "PROTOCOL", chunks(event("a", true) + "data: [DONE]\n\n" + event("b", true))),
        stream("error event", "SERVER_ERROR", chunks(event("a", false), "data: {\"error\":{\"message\":\"canary\"}}\n\n")),
        stream("cut inside an event", "RESET", turn -> {
          turn.streamHead();
          turn.chunk(event("a", false) + "data: {\"id\":\"c1\",");
          turn.reset();
        }),
        stream("stalls before content", "FIRST_TOKEN_TIMEOUT", turn -> {
          turn.streamHead();
          for (int i = 0; i < 40 && !turn.clientLeaves(30); i++) {
            turn.chunk(": ping\n\n");
          }
        }),
        stream("stalls after content, with pings", "IDLE_TIMEOUT", turn -> {
          turn.streamHead();
          turn.event("a", false);
          for (int i = 0; i < 40 && !turn.clientLeaves(30); i++) {
            turn.chunk(": ping\n\n");
          }
        }),
        stream("never ends", "TOTAL_TIMEOUT", turn -> {
          turn.streamHead();
          while (!turn.clientLeaves(20)) {
            turn.event("a", false);
          }
        }),
        stream("too much in all", "OVERSIZED", turn -> {
          turn.streamHead();
          for (int i = 0; i < 40; i++) {
            turn.chunk(event("x".repeat(10_000), false));
          }
        })).map(fault -> Arguments.of(fault.name, fault));
  }

  private static RawUpstream.Script chunkedJson(int kilobytes) {
    return turn -> {
      turn.send(OK_HEAD + "Transfer-Encoding: chunked\r\n\r\n");
      for (int i = 0; i < kilobytes * 2; i++) {
        turn.chunk("[" + "1,".repeat(1000));
      }
    };
  }

  @ParameterizedTest(name = "F1 {0}")
  @DisplayName("F1 each fault of an upstream has its outcome, closes the connection, and shows no text of it")
  @MethodSource("faults")
  void fault(String name, Fault fault) {
    try (RawUpstream server = new RawUpstream(fault.script)) {
      GateRig.Listener listener = rig.send(clearance("r1", home), endpoint("home", server.port()), null, times(fault.outcome), fault.stream);
      assertThat(listener.outcome()).isEqualTo(fault.outcome);
      AttemptFailure failure = Objects.requireNonNull(listener.failure);
      assertThat(String.valueOf(failure.message())).doesNotContain("canary");
      assertThat(listener.ends).isEqualTo(1);
      if (failure.status() == 0) {
        GateRig.await("connection closed", () -> rig.connections() == 0);
      }
    }
  }

  @Test
  @DisplayName("429: what the upstream asks is kept; 400: its words pass through")
  void whatErrorsSay() {
    try (RawUpstream limiting = new RawUpstream(turn -> turn.json(429, "{}", "Retry-After: 3\r\n"));
        RawUpstream rejecting = new RawUpstream(turn -> turn.json(422, "{\"error\":{\"message\":\"bad max_tokens\"}}"))) {
      GateRig.Listener limited = rig.send(home, limiting.port(), false);
      assertThat(limited.outcome()).isEqualTo("RATE_LIMITED");
      assertThat(Objects.requireNonNull(limited.failure).retryAfterMillis()).isEqualTo(3000);
      GateRig.Listener rejected = rig.send(home, rejecting.port(), false);
      assertThat(rejected.outcome()).isEqualTo("REQUEST_REJECTED");
      assertThat(rejected.failure).isEqualTo(new AttemptFailure(AttemptFailure.Kind.REQUEST_REJECTED, 422, false, 0, "bad max_tokens"));
    }
  }

  @Test
  @DisplayName("R1.2 a blank answer, and a stream that breaks behind its count of tokens, say what they cost")
  void whatFailuresCost() {
    String usage = "\"usage\":{\"prompt_tokens\":310,\"completion_tokens\":41}";
    try (RawUpstream blank = new RawUpstream(turn -> turn.json(200, "{\"choices\":[]," + usage + "}", ""));
        RawUpstream cut = new RawUpstream(turn -> {
          turn.streamHead();
          turn.chunk("data: {\"choices\":[]," + usage + "}\n\n");
          turn.lastChunk();
        })) {
      for (GateRig.Listener each : List.of(rig.send(home, blank.port(), false), rig.send(home, cut.port(), true))) {
        each.outcome();
        AttemptFailure failure = Objects.requireNonNull(each.failure);
        assertThat(failure.inputTokens()).as(failure.kind().name()).isEqualTo(310);
        assertThat(failure.outputTokens()).isEqualTo(41);
      }
    }
  }

  @Test
  @DisplayName("interim answers before the real one are skipped")
  void interimAnswers() {
    try (RawUpstream server = new RawUpstream(turn -> {
      turn.send("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n");
      turn.json(200, RawUpstream.ANSWER);
    })) {
      assertThat(rig.send(home, server.port(), false).outcome()).isEqualTo("answered");
      assertThat(rig.send(home, server.port(), false).outcome()).isEqualTo("answered");
      assertThat(server.connections).hasValue(1);
    }
  }

  @Test
  @DisplayName("blank lines before JSON and pings before content are keep-alives, and hold the answer up only")
  void keepAlives() {
    try (RawUpstream server = new RawUpstream(turn -> {
      if (turn.request.contains("text/event-stream")) {
        turn.streamHead();
        turn.chunk(": keep-alive\n\n");
        turn.chunk(event("a", true));
        turn.chunk("data: [DONE]\n\n");
        turn.lastChunk();
      } else {
        turn.send(OK_HEAD + "Transfer-Encoding: chunked\r\n\r\n");
        turn.chunk("\n\n");
        turn.chunk(RawUpstream.ANSWER);
        turn.lastChunk();
      }
    })) {
      assertThat(rig.send(home, server.port(), false).outcome()).isEqualTo("answered");
      GateRig.Listener stream = rig.send(home, server.port(), true);
      assertThat(stream.outcome()).isEqualTo("ended");
      assertThat(stream.text.toString()).isEqualTo(event("a", true));
    }
  }

  @Test
  @DisplayName("a refused connection is known at once, and certainly unprocessed")
  void connectionRefused() throws IOException {
    GateRig.Listener listener = rig.send(home, FreePorts.number(), false);
    assertThat(listener.outcome()).isEqualTo("CONNECT_REFUSED");
    assertThat(Objects.requireNonNull(listener.failure).unprocessed()).isTrue();
    Upstream hasty = connectingWithin(Duration.ofSeconds(2), home);
    try (GateRig other = new GateRig(hasty)) {
      GateRig.Listener unknown = other.send(clearance("r1", hasty), endpoint("home", "no-such-host.invalid", 1), null, GateRig.TIMES, false);
      assertThat(unknown.outcome()).isEqualTo("CONNECT_TIMEOUT");
    }
  }

  @Test
  @DisplayName("a port that takes no connection costs the connect time-out and no more")
  void connectTimeout() {
    Upstream slow = connectingWithin(Duration.ofMillis(200),
        upstream("slow", Zone.PRIVATE, Dialect.VLLM, List.of(LOOPBACK), new Upstream.Tls(null, null, false), 4));
    try (RawUpstream silent = new RawUpstream(turn -> turn.clientLeaves(5000)); GateRig other = new GateRig(slow)) {
      // Accepts TCP and never answers the TLS hello: the time-out covers both.
      assertThat(other.send(clearance("r1", slow), endpoint("slow", silent.port()), null, GateRig.TIMES, false).outcome())
          .isEqualTo("CONNECT_TIMEOUT");
      assertThat(other.connections()).isZero();
    }
  }

  @Test
  @DisplayName("a caller that leaves frees the upstream within a second, and hears no more")
  void cancelFreesTheUpstream() throws Exception {
    long nanos = Long.MAX_VALUE;
    // A machine that stood still is not the gate's fault; a gate that takes long takes long every time.
    for (int tries = 0; tries < 5 && nanos >= seconds(1); tries++) {
      nanos = freedAfterNanos();
    }
    assertThat(nanos).isLessThan(seconds(1));
  }

  private long freedAfterNanos() throws Exception {
    CompletableFuture<Long> left = new CompletableFuture<>();
    try (RawUpstream server = new RawUpstream(turn -> {
      turn.streamHead();
      turn.event("a", false);
      if (turn.clientLeaves(20_000)) {
        left.complete(System.nanoTime());
      }
    })) {
      GateRig.Listener listener = rig.send(home, server.port(), true);
      GateRig.await("content", () -> listener.content);
      long cancelled = rig.onLoop(() -> {
        Attempt attempt = Objects.requireNonNull(listener.attempt);
        attempt.cancel();
        attempt.cancel();
        attempt.resume();
        return System.nanoTime();
      });
      long nanos = left.get(30, TimeUnit.SECONDS) - cancelled;
      assertThat(listener.ends).isZero();
      assertThat(rig.connections()).isZero();
      return nanos;
    }
  }

  @Test
  @DisplayName("G8 a paused stream holds back the upstream: what is not read stays in its own socket")
  void backPressure() {
    AtomicInteger sent = new AtomicInteger();
    CompletableFuture<Boolean> paused = new CompletableFuture<>();
    try (RawUpstream server = new RawUpstream(turn -> {
      turn.socket.setSendBufferSize(16 << 10);
      turn.streamHead();
      for (int i = 0; i < 6_000; i++) {
        if (i == 200) {
          // Most is sent to one that is known not to read.
          paused.join();
        }
        turn.chunk(event("x".repeat(4000), false));
        sent.incrementAndGet();
      }
      turn.chunk(event("y", true) + "data: [DONE]\n\n");
      turn.lastChunk();
    }); GateRig wide = new GateRig(new GateConfig(1 << 20, 4 << 10, 8 << 10, 256 << 20, Duration.ofSeconds(30)), home)) {
      GateRig.Listener listener = wide.send(clearance("r1", home), endpoint("home", server.port()), null,
          new AttemptTimes(seconds(5), seconds(3), seconds(60)), true);
      GateRig.await("content", () -> listener.content);
      wide.onLoop(() -> {
        Objects.requireNonNull(listener.attempt).pause();
        return paused.complete(true);
      });
      GateRig.await("writer blocked", () -> {
        int before = sent.get();
        LockSupport.parkNanos(millis(3_900));
        return sent.get() == before;
      });
      assertThat(sent.get()).isLessThan(4_500);
      // Longer than the idle limit: while we do not read, the silence is ours.
      assertThat(listener.end).isNotDone();
      wide.onLoop(() -> {
        Objects.requireNonNull(listener.attempt).resume();
        return true;
      });
      assertThat(listener.outcome()).isEqualTo("ended");
      assertThat(sent).hasValue(6_000);
    }
  }

  @Test
  @DisplayName("an early answer to a large request closes the connection rather than reuse it half written")
  void earlyAnswer() throws IOException {
    String large = "{\"messages\":[{\"role\":\"user\",\"content\":\"" + "x".repeat(4 << 20) + "\"}]}";
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
      server.setReceiveBufferSize(16 << 10);
      Thread thread = new Thread(() -> {
        try (Socket socket = server.accept()) {
          socket.getOutputStream().write(("HTTP/1.1 413 X\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}").getBytes());
          socket.getOutputStream().flush();
          socket.setSoTimeout(5000);
          while (socket.getInputStream().read(new byte[100]) > 0 && rig.connections() > 0) {
            // Slowly, until it is closed.
          }
        } catch (IOException e) {
          // Closed: as it should be.
        }
      });
      thread.setDaemon(true);
      thread.start();
      Clearance clearance = DecisionFixture.clearance(DecisionFixture.decision(
          DecisionFixture.request("r1", Operation.CHAT, "m", false, large),
          Sensitivity.INTERNAL, Destination.PRIVATE), home);
      GateRig.Listener listener = rig.send(clearance, endpoint("home", server.getLocalPort()), null, GateRig.TIMES, false);
      assertThat(listener.outcome()).isEqualTo("REQUEST_REJECTED");
      GateRig.await("connection closed", () -> rig.connections() == 0);
    }
  }
}
