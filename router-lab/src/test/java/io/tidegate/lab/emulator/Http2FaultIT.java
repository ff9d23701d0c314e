package io.tidegate.lab.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.lab.config.EmulatedDialect;
import io.tidegate.lab.config.EmulatorConfig;
import io.tidegate.lab.fault.ConnectionFaults;
import io.tidegate.lab.fault.StreamFaults;
import io.tidegate.lab.plan.ErrorForms.Complaint;
import io.tidegate.lab.plan.Wire.Cut;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Each fault's effect on the wire where HTTP/2 has a form of its own. */
class Http2FaultIT {
  private static final String PATH = "/v1/chat/completions";
  private static final String STREAM = Http.chat("qwen3-32b", "x", "\"stream\":true");

  private Emulator emulator;
  private H2Client client;

  @BeforeEach
  void start() {
    emulator = Emulator.start(EmulatorConfig.of(EmulatedDialect.VLLM));
    client = new H2Client(emulator.port());
  }

  @AfterEach
  void stop() {
    client.close();
    emulator.close();
  }

  @Test
  @DisplayName("upstreams 9 HTTP/2 resets hit one stream; a refused one says so; others go on")
  void resets() {
    emulator.script(ConnectionFaults.resetBeforeHead(), ConnectionFaults.resetAfter(2), ConnectionFaults.refusedStream());
    assertThat(client.post(PATH, STREAM).end()).isEqualTo("reset INTERNAL_ERROR");
    H2Client.Stream second = client.post(PATH, STREAM);
    assertThat(second.end()).isEqualTo("reset INTERNAL_ERROR");
    assertThat(second.status).isEqualTo("200");
    assertThat(client.post(PATH, STREAM).end()).isEqualTo("reset REFUSED_STREAM");
    assertThat(client.post(PATH, STREAM).end()).isEqualTo("end");
    assertThat(emulator.received().connections()).isEqualTo(1);
    assertThat(emulator.received().cancellations()).isEmpty();
  }

  @Test
  @DisplayName("upstreams 9 GOAWAY that includes our stream: it is answered")
  void goAwayAfter() {
    emulator.script(ConnectionFaults.goAwayAfterUs());
    H2Client.Stream stream = client.post(PATH, STREAM);
    assertThat(stream.end()).isEqualTo("end");
    assertThat(Http.events(stream.body())).endsWith("[DONE]");
    Poll.until("goaway is seen", Duration.ofSeconds(20), () -> !client.goAways.isEmpty());
    assertThat(client.goAways.get(0)).isGreaterThanOrEqualTo(3);
  }

  @Test
  @DisplayName("upstreams 9 GOAWAY before our stream: it is certainly not processed")
  void goAwayBefore() {
    emulator.script(ConnectionFaults.goAwayBeforeUs());
    H2Client.Stream stream = client.post(PATH, STREAM);
    // Netty's client closes streams above the last one itself.
    assertThat(stream.end()).isIn("closed", "reset REFUSED_STREAM");
    assertThat(client.goAways.get(0)).isLessThan(3);
    assertThat(stream.body()).isEmpty();
    assertThat(emulator.received().inFlight()).isZero();
    assertThat(emulator.received().cancellations()).isEmpty();
  }

  @Test
  @DisplayName("upstreams 9 cut and clean but early ends over HTTP/2")
  void ends() {
    emulator.script(StreamFaults.cut(3, Cut.DATA), StreamFaults.endAfter(2), ConnectionFaults.closeAfter(2));
    H2Client.Stream cut = client.post(PATH, STREAM);
    assertThat(cut.end()).isEqualTo("end");
    assertThat(cut.body()).doesNotContain("[DONE]").doesNotEndWith("\n\n");
    H2Client.Stream early = client.post(PATH, STREAM);
    assertThat(early.end()).isEqualTo("end");
    assertThat(Http.events(early.body())).hasSize(2);
    assertThat(client.post(PATH, STREAM).end()).isIn("closed", "reset CANCEL");
    Poll.until("the connection is gone", Duration.ofSeconds(20), () -> !client.connected());
  }

  @Test
  @DisplayName("upstreams 9 MAX_CONCURRENT_STREAMS from the start, or lowered later")
  void maxStreams() {
    try (Emulator one = Emulator.start(EmulatorConfig.builder(EmulatedDialect.VLLM).maxStreams(1).build()); H2Client narrow = new H2Client(one.port())) {
      assertThat(narrow.post(PATH, STREAM).end()).isEqualTo("end");
      assertThat(narrow.maxStreams).isEqualTo(1);
    }
    emulator.script(ConnectionFaults.limitStreams(2));
    assertThat(client.post(PATH, STREAM).end()).isEqualTo("end");
    Poll.until("settings are seen", Duration.ofSeconds(20), () -> client.maxStreams == 2);
  }

  @Test
  @DisplayName("upstreams 9 a tiny window makes long requests slow, not lost")
  void tinyWindow() {
    try (Emulator tiny = Emulator.start(EmulatorConfig.builder(EmulatedDialect.VLLM).windowBytes(100).build()); H2Client narrow = new H2Client(tiny.port())) {
      H2Client.Stream stream = narrow.post(PATH, Http.chat("qwen3-32b", "long ".repeat(2000)));
      assertThat(stream.end()).isEqualTo("end");
      assertThat(stream.body()).contains("10000 characters");
    }
  }

  @Test
  @DisplayName("upstreams 9 a cancelled stream frees its slot within a second, the connection stays")
  void cancel() {
    long soonest = Long.MAX_VALUE;
    // What is slow each time is slow; what met a machine that stood still is not slow again.
    for (int tries = 1; tries <= 5 && soonest >= 1_000_000_000; tries++) {
      emulator.script(StreamFaults.stall(2));
      H2Client.Stream stream = client.post(PATH, STREAM);
      Poll.until("it stalls", Duration.ofSeconds(20), () -> Http.events(stream.body()).size() == 2);
      assertThat(emulator.load().running()).isEqualTo(1);
      long left = System.nanoTime();
      stream.cancel();
      Poll.until("the slot is free", Duration.ofSeconds(30), () -> emulator.load().running() == 0);
      soonest = Math.min(soonest, System.nanoTime() - left);
      assertThat(emulator.received().cancellations()).hasSize(tries);
      assertThat(emulator.received().openConnections()).isEqualTo(1);
    }
    assertThat(soonest).isLessThan(1_000_000_000);
    assertThat(client.post(PATH, STREAM).end()).isEqualTo("end");
  }

  @Test
  @DisplayName("upstreams 9 an early answer over HTTP/2")
  void early() {
    emulator.script(ConnectionFaults.earlyAnswer(Complaint.RATE_LIMIT));
    H2Client.Stream stream = client.post(PATH, STREAM);
    assertThat(stream.end()).isEqualTo("end");
    assertThat(stream.status).isEqualTo("429");
  }
}
