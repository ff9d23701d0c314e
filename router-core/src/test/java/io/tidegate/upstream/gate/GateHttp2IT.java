package io.tidegate.upstream.gate;

import static io.tidegate.upstream.gate.GateRig.LOOPBACK;
import static io.tidegate.upstream.gate.GateRig.TIMES;
import static io.tidegate.upstream.gate.GateRig.clearance;
import static io.tidegate.upstream.gate.GateRig.endpoint;
import static io.tidegate.upstream.gate.GateRig.event;
import static io.tidegate.upstream.gate.GateRig.millis;
import static io.tidegate.upstream.gate.GateRig.seconds;
import static io.tidegate.upstream.gate.GateRig.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.tidegate.line.Upstreams.AttemptTimes;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Dialect;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GateHttp2IT {
  private static final AuditReceipt RECEIPT = new AuditReceipt("r1", 1);

  @TempDir
  static Path folder;

  private static TestCertificate certificate;

  private final List<AutoCloseable> toClose = new ArrayList<>();
  private Upstream cloud;
  private GateRig rig;

  @BeforeAll
  static void makeCertificate() {
    certificate = TestCertificate.make(folder, "h2", "ip:127.0.0.1", "+0d", 2);
  }

  @BeforeEach
  void open() {
    cloud = upstream("cloud", Zone.PUBLIC, Dialect.DEEPSEEK, List.of(LOOPBACK), new Upstream.Tls(certificate.pem().toString(), null, true), 8);
    rig = new GateRig(cloud);
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
    for (AutoCloseable each : toClose) {
      each.close();
    }
  }

  private H2Upstream server(int maxStreams, H2Upstream.Script script) {
    try {
      H2Upstream server = new H2Upstream(certificate, maxStreams, script);
      toClose.add(server);
      return server;
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }

  private GateRig.Listener send(H2Upstream server, boolean stream) {
    return rig.send(clearance("r1", cloud), endpoint("cloud", server.port()), RECEIPT, TIMES, stream);
  }

  @Test
  @DisplayName("HTTP/2 where offered: whole answers and streams share one connection")
  void sharedConnection() {
    H2Upstream server = server(100, call -> {
      if (call.number % 2 == 1) {
        call.json(RawUpstream.ANSWER);
      } else {
        call.head(200, "text/event-stream", false);
        call.data(event("a", false), false);
        call.data(event("b", true) + "data: [DONE]\n\n", true);
      }
    });
    for (int i = 0; i < 4; i++) {
      assertThat(send(server, false).outcome()).isEqualTo("answered");
      GateRig.Listener stream = send(server, true);
      assertThat(stream.outcome()).isEqualTo("ended");
      assertThat(stream.text.toString()).isEqualTo(event("a", false) + event("b", true));
    }
    assertThat(server.connections).hasValue(1);
    assertThat(server.requests.get(0))
        .isEqualTo("POST https /v1/chat/completions Bearer key-of-cloud " + GateRig.BODY.length() + " " + GateRig.BODY);
    assertThat(server.resets).isEmpty();
  }

  @Test
  @DisplayName("requests that come while the connection is being made wait for it")
  void waitersShare() {
    H2Upstream server = server(100, call -> call.json(RawUpstream.ANSWER));
    List<GateRig.Listener> listeners = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      listeners.add(send(server, false));
    }
    assertThat(listeners).allMatch(listener -> listener.outcome().equals("answered"));
    assertThat(server.connections).hasValue(1);
  }

  @Test
  @DisplayName("G1 the last check holds for HTTP/2, too")
  void lastCheck() {
    H2Upstream server = server(100, call -> call.json(RawUpstream.ANSWER));
    assertThat(send(server, false).outcome()).isEqualTo("answered");
    assertThat(rig.send(clearance("r1", cloud), endpoint("cloud", server.port()), null, TIMES, false).outcome()).isEqualTo("GATE_REFUSED");
    assertThat(rig.send(clearance("r9", cloud), endpoint("cloud", server.port()), RECEIPT, TIMES, false).outcome()).isEqualTo("GATE_REFUSED");
    assertThat(server.streams).hasValue(1);
    assertThat(rig.meters.egressRefused).hasValue(2);
  }

  @Test
  @DisplayName("no more streams than the peer allows: MAX 1")
  void maxConcurrentStreams() {
    List<H2Upstream.Call> held = new CopyOnWriteArrayList<>();
    H2Upstream server = server(1, held::add);
    GateRig.Listener first = send(server, false);
    GateRig.await("first request", () -> held.size() == 1);
    assertThat(send(server, false).outcome()).isEqualTo("POOL_FULL");
    held.get(0).ctx.executor().execute(() -> held.get(0).json(RawUpstream.ANSWER));
    assertThat(first.outcome()).isEqualTo("answered");
    assertThat(server.streams).hasValue(1);
  }

  @Test
  @DisplayName("GOAWAY below our stream: certainly unprocessed, tried again on a new connection at no cost")
  void goAwayBelow() {
    H2Upstream server = server(100, call -> {
      if (call.connection == 1) {
        call.goAwayBefore();
      } else {
        call.json(RawUpstream.ANSWER);
      }
    });
    assertThat(send(server, false).outcome()).isEqualTo("answered");
    assertThat(server.connections).hasValue(2);
  }

  @Test
  @DisplayName("GOAWAY below our stream again and again: told as unprocessed")
  void goAwayForEver() {
    H2Upstream server = server(100, H2Upstream.Call::goAwayBefore);
    GateRig.Listener listener = send(server, false);
    assertThat(listener.outcome()).isEqualTo("REFUSED_STREAM");
    assertThat(Objects.requireNonNull(listener.failure).unprocessed()).isTrue();
    assertThat(server.connections).hasValue(2);
  }

  @Test
  @DisplayName("GOAWAY above our stream: its answer is still taken, the next request gets a new connection")
  void goAwayAbove() {
    H2Upstream server = server(100, call -> {
      if (call.connection == 1) {
        call.goAwayAfter();
      }
      call.json(RawUpstream.ANSWER);
    });
    assertThat(send(server, false).outcome()).isEqualTo("answered");
    assertThat(send(server, false).outcome()).isEqualTo("answered");
    assertThat(server.connections).hasValue(2);
    GateRig.await("old connection closed", () -> rig.connections() == 1);
  }

  @Test
  @DisplayName("REFUSED_STREAM is told as unprocessed, another reset as a reset")
  void resets() {
    H2Upstream server = server(100, call -> call.reset(call.number == 1 ? Http2Error.REFUSED_STREAM : Http2Error.INTERNAL_ERROR));
    GateRig.Listener refused = send(server, false);
    assertThat(refused.outcome()).isEqualTo("REFUSED_STREAM");
    assertThat(Objects.requireNonNull(refused.failure).unprocessed()).isTrue();
    GateRig.Listener reset = send(server, false);
    assertThat(reset.outcome()).isEqualTo("RESET");
    assertThat(Objects.requireNonNull(reset.failure).unprocessed()).isFalse();
    assertThat(server.connections).hasValue(1);
  }

  @Test
  @DisplayName("a stream that is cut ends as a failure; wrong types and statuses as over HTTP/1.1")
  void faults() {
    H2Upstream server = server(100, call -> {
      switch (call.number) {
        case 1 -> {
          call.head(200, "text/event-stream", false);
          call.data(event("a", false), false);
          call.reset(Http2Error.INTERNAL_ERROR);
        }
        case 2 -> {
          call.head(200, "text/event-stream", false);
          call.data(event("a", true), true);
        }
        case 3 -> call.head(200, "text/html", true);
        case 4 -> call.head(503, "application/json", true);
        case 5 -> call.head(302, "application/json", true);
        default -> call.ctx.close();
      }
    });
    assertThat(List.of(send(server, true).outcome(), send(server, true).outcome(), send(server, false).outcome(),
        send(server, false).outcome(), send(server, false).outcome()))
        .containsExactly("RESET", "INCOMPLETE", "PROTOCOL", "BUSY", "PROTOCOL");
    assertThat(server.connections).hasValue(1);
  }

  @Test
  @DisplayName("a connection lost without a byte of an answer is tried once more, as over HTTP/1.1")
  void connectionLost() {
    H2Upstream server = server(100, call -> {
      if (call.connection == 1 && call.number == 2) {
        call.ctx.close();
      } else {
        call.json(RawUpstream.ANSWER);
      }
    });
    assertThat(send(server, false).outcome()).isEqualTo("answered");
    assertThat(send(server, false).outcome()).isEqualTo("answered");
    assertThat(server.connections).hasValue(2);
  }

  @Test
  @DisplayName("a caller that leaves resets its stream and nothing else")
  void cancel() {
    H2Upstream server = server(100, call -> {
      call.head(200, "text/event-stream", false);
      call.data(event("a", false), false);
    });
    GateRig.Listener leaving = send(server, true);
    GateRig.await("content", () -> leaving.content);
    rig.onLoop(() -> {
      Objects.requireNonNull(leaving.attempt).cancel();
      return true;
    });
    GateRig.await("reset at the server", () -> server.resets.equals(List.of(Http2Error.CANCEL.code())));
    assertThat(leaving.ends).isZero();
    assertThat(rig.connections()).isEqualTo(1);
  }

  @Test
  @DisplayName("time limits hold for a stream of HTTP/2, and end it alone")
  void timeouts() {
    H2Upstream server = server(100, call -> {
      if (call.number != 2) {
        call.json(RawUpstream.ANSWER);
      }
    });
    // The limits below are for an answer, not for a connection that is still to be made.
    assertThat(send(server, false).outcome()).isEqualTo("answered");
    GateRig.Listener slow = rig.send(clearance("r1", cloud), endpoint("cloud", server.port()), RECEIPT,
        new AttemptTimes(seconds(2), seconds(2), seconds(9)), false);
    GateRig.await("its request", () -> server.requests.size() == 2);
    assertThat(send(server, false).outcome()).isEqualTo("answered");
    assertThat(slow.outcome()).isEqualTo("FIRST_TOKEN_TIMEOUT");
    assertThat(server.connections).hasValue(1);
  }

  @Test
  @DisplayName("where h2 is not chosen, HTTP/1.1 over the same TLS")
  void fallsBack() {
    try (RawUpstream server = new RawUpstream(certificate.serverContext().getServerSocketFactory(), turn -> turn.json(200, RawUpstream.ANSWER))) {
      List<GateRig.Listener> listeners = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        listeners.add(rig.send(clearance("r1", cloud), endpoint("cloud", server.port()), RECEIPT, TIMES, false));
      }
      assertThat(listeners).allMatch(listener -> listener.outcome().equals("answered"));
    }
  }
}
