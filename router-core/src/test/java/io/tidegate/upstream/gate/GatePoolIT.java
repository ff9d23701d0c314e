package io.tidegate.upstream.gate;

import static io.tidegate.upstream.gate.GateRig.LOOPBACK;
import static io.tidegate.upstream.gate.GateRig.TIMES;
import static io.tidegate.upstream.gate.GateRig.await;
import static io.tidegate.upstream.gate.GateRig.clearance;
import static io.tidegate.upstream.gate.GateRig.endpoint;
import static io.tidegate.upstream.gate.GateRig.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.decide.Clearance;
import io.tidegate.decide.DecisionFixture;
import io.tidegate.model.Destination;
import io.tidegate.model.Dialect;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatePoolIT {
  private final Upstream home = upstream("home", Zone.PRIVATE, Dialect.OPENAI, List.of(LOOPBACK), null, 2);
  private final GateRig rig = new GateRig(home);
  private final List<AutoCloseable> toClose = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    rig.close();
    for (AutoCloseable each : toClose) {
      each.close();
    }
  }

  private RawUpstream server(RawUpstream.Script script) {
    RawUpstream server = new RawUpstream(script);
    toClose.add(server);
    return server;
  }

  private static void answerStream(RawUpstream.Turn turn, String... pieces) throws IOException {
    turn.streamHead();
    for (String piece : pieces) {
      turn.chunk(piece);
    }
    turn.lastChunk();
  }

  @Test
  @DisplayName("one connection serves request after request, whole answers and streams alike")
  void connectionIsReused() {
    RawUpstream server = server(turn -> {
      if (turn.request.contains("text/event-stream")) {
        answerStream(turn, GateRig.event("a", false), GateRig.event("b", true) + "data: [DONE]\n\n");
      } else {
        turn.json(200, RawUpstream.ANSWER);
      }
    });
    for (int i = 0; i < 5; i++) {
      assertThat(rig.send(home, server.port(), false).outcome()).isEqualTo("answered");
      GateRig.Listener stream = rig.send(home, server.port(), true);
      assertThat(stream.outcome()).isEqualTo("ended");
      assertThat(stream.text.toString()).isEqualTo(GateRig.event("a", false) + GateRig.event("b", true));
      assertThat(stream.content).isTrue();
    }
    assertThat(server.connections).hasValue(1);
    assertThat(rig.connections()).isEqualTo(1);
  }

  @Test
  @DisplayName("G8 past the bound of connections an attempt fails at once")
  void poolIsBounded() throws InterruptedException {
    CountDownLatch go = new CountDownLatch(1);
    RawUpstream server = server(turn -> {
      try {
        go.await(5, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      turn.json(200, RawUpstream.ANSWER);
    });
    List<GateRig.Listener> two = List.of(rig.send(home, server.port(), false), rig.send(home, server.port(), false));
    GateRig.Listener third = rig.send(home, server.port(), false);
    assertThat(third.outcome()).isEqualTo("POOL_FULL");
    go.countDown();
    assertThat(two).allMatch(listener -> listener.outcome().equals("answered"));
    assertThat(rig.send(home, server.port(), false).outcome()).isEqualTo("answered");
    assertThat(server.connections).hasValue(2);
  }

  @ParameterizedTest
  @DisplayName("F3 a connection whose end leaves doubt is not used again")
  @ValueSource(strings = {"close", "http10", "noLength", "leftover", "heldOpenAfterDone"})
  void doubtfulConnectionsAreClosed(String how) {
    RawUpstream server = server(turn -> {
      switch (how) {
        case "close" -> turn.json(200, RawUpstream.ANSWER, "Connection: close\r\n");
        case "http10" -> turn.send("HTTP/1.0 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + RawUpstream.ANSWER.length()
            + "\r\n\r\n" + RawUpstream.ANSWER);
        case "noLength" -> {
          turn.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + RawUpstream.ANSWER);
          turn.close = true;
        }
        case "leftover" -> {
          turn.json(200, RawUpstream.ANSWER);
          turn.send("HT");
        }
        case "heldOpenAfterDone" -> {
          turn.streamHead();
          turn.chunk(GateRig.event("a", true) + "data: [DONE]\n\n");
        }
        default -> throw new IllegalStateException(how);
      }
    });
    boolean stream = how.endsWith("Done");
    String expected = stream ? "ended" : "answered";
    assertThat(rig.send(home, server.port(), stream).outcome()).isEqualTo(expected);
    await("connection closed", () -> rig.connections() == 0);
    assertThat(rig.send(home, server.port(), stream).outcome()).isEqualTo(expected);
    assertThat(server.connections).hasValue(2);
  }

  @Test
  @DisplayName("F4 data on an idle connection closes it; the next request does not read it as its answer")
  void unaskedAnswer() {
    RawUpstream talkative = server(turn -> {
      turn.json(200, RawUpstream.ANSWER);
      if (turn.connection == 1) {
        // A second answer that nobody asked for.
        turn.json(200, RawUpstream.ANSWER.replace("hello", "another's secret"));
      }
    });
    assertThat(rig.send(home, talkative.port(), false).outcome()).isEqualTo("answered");
    await("connection closed", () -> rig.connections() == 0);
    GateRig.Listener next = rig.send(home, talkative.port(), false);
    assertThat(next.outcome()).isEqualTo("answered");
    assertThat(next.text.toString()).doesNotContain("another's secret");
  }

  @Test
  @DisplayName("an idle close that crosses our write is tried once more on a new connection, as not a byte had come")
  void idleCloseAsWeWrite() {
    RawUpstream server = server(turn -> {
      if (turn.connection == 1 && turn.number == 2) {
        turn.close = true;
      } else {
        turn.json(200, RawUpstream.ANSWER);
      }
    });
    assertThat(rig.send(home, server.port(), false).outcome()).isEqualTo("answered");
    assertThat(rig.send(home, server.port(), false).outcome()).isEqualTo("answered");
    assertThat(server.connections).hasValue(2);
    assertThat(server.requests).hasSize(3);
  }

  @Test
  @DisplayName("a new connection that closes without a byte, and a used one with a byte, are not tried again")
  void noSecondWriteOtherwise() {
    RawUpstream server = server(turn -> turn.close = true);
    assertThat(rig.send(home, server.port(), false).outcome()).isEqualTo("RESET");
    assertThat(server.requests).hasSize(1);
    RawUpstream halting = server(turn -> {
      if (turn.number == 2) {
        turn.send("H");
        turn.close = true;
      } else {
        turn.json(200, RawUpstream.ANSWER);
      }
    });
    assertThat(rig.send(home, halting.port(), false).outcome()).isEqualTo("answered");
    assertThat(rig.send(home, halting.port(), false).outcome()).isEqualTo("RESET");
    assertThat(halting.requests).hasSize(2);
  }

  @Test
  @DisplayName("an unused connection is closed after the idle time, and not before")
  void idleConnectionsAreReaped() {
    GateConfig config = new GateConfig(1 << 20, 64 << 10, 32 << 10, 1 << 20, Duration.ofMillis(100));
    RawUpstream server = server(turn -> turn.json(200, RawUpstream.ANSWER));
    try (GateRig other = new GateRig(config, home)) {
      long begun = System.nanoTime();
      assertThat(other.send(home, server.port(), false).outcome()).isEqualTo("answered");
      await("connection reaped", () -> other.connections() == 0);
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(config.idleConnection());
    }
  }

  @Test
  @DisplayName("F4 under cancels and resets no answer reaches another request")
  void noCrossTalk() {
    RawUpstream server = server(turn -> {
      int at = turn.request.indexOf("token-");
      String token = turn.request.substring(at, turn.request.indexOf('"', at));
      int number = Integer.parseInt(token.substring(6));
      if (number % 7 == 3) {
        turn.reset();
        return;
      }
      turn.json(200, RawUpstream.ANSWER.replace("hello", token));
    });
    Upstream wide = upstream("home", Zone.PRIVATE, Dialect.OPENAI, List.of(LOOPBACK), null, 16);
    try (GateRig other = new GateRig(wide)) {
      for (int round = 0; round < 40; round++) {
        List<GateRig.Listener> listeners = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
          listeners.add(other.send(GatePoolIT.tagged(wide, round * 10 + i), endpoint("home", server.port()), null, TIMES, false));
          if (i % 5 == 4) {
            GateRig.Listener cancelled = listeners.get(i);
            other.onLoop(() -> {
              Objects.requireNonNull(cancelled.attempt).cancel();
              return true;
            });
          }
        }
        for (int i = 0; i < 10; i++) {
          int number = round * 10 + i;
          GateRig.Listener listener = listeners.get(i);
          if (i % 5 != 4) {
            String outcome = listener.outcome();
            assertThat(outcome).isIn("answered", "RESET");
            if (outcome.equals("answered")) {
              assertThat(listener.text.toString()).contains("\"token-" + number + "\"");
            }
          }
          assertThat(listener.ends).isLessThanOrEqualTo(1);
        }
      }
    }
  }

  static Clearance tagged(Upstream upstream, int number) {
    return DecisionFixture.clearance(DecisionFixture.decision(
        DecisionFixture.request("r" + number, Operation.CHAT, "m", false,
            "{\"messages\":[{\"role\":\"user\",\"content\":\"token-" + number + "\"}]}"), Sensitivity.INTERNAL,
        Destination.PRIVATE), upstream);
  }

  @Test
  @DisplayName("clearances that differ share a connection, each with its own bytes")
  void bytesAreTheClearancesOwn() {
    RawUpstream server = server(turn -> turn.json(200, RawUpstream.ANSWER));
    rig.send(clearance("r1", home), endpoint("home", server.port()), null, TIMES, false).outcome();
    rig.send(tagged(home, 5), endpoint("home", server.port()), null, TIMES, false).outcome();
    assertThat(server.requests.get(0)).endsWith("\r\n\r\n" + GateRig.BODY);
    assertThat(server.requests.get(1)).endsWith("\r\n\r\n{\"messages\":[{\"role\":\"user\",\"content\":\"token-5\"}]}");
    assertThat(server.connections).hasValue(1);
  }
}
