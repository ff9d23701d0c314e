package io.tidegate.lab.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.lab.chaos.ChaosProxy;
import io.tidegate.lab.config.EmulatedDialect;
import io.tidegate.lab.config.EmulatorConfig;
import io.tidegate.lab.emulator.RawSocket.End;
import io.tidegate.lab.fault.StreamFaults;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ChaosProxyIT {
  private static final String PATH = "/v1/chat/completions";
  private static final String BODY = Http.chat("gpt-5-mini", "x");

  private Emulator emulator;
  private ChaosProxy proxy;

  @BeforeEach
  void start() {
    emulator = Emulator.start(EmulatorConfig.of(EmulatedDialect.OPENAI));
    proxy = new ChaosProxy(new InetSocketAddress("127.0.0.1", emulator.port()));
  }

  @AfterEach
  void stop() {
    proxy.close();
    emulator.close();
  }

  @Test
  @DisplayName("issue 3 the relay passes bytes, and passes them late")
  void delays() {
    try (RawSocket raw = new RawSocket(proxy.port())) {
      raw.post(PATH, BODY).readUntil("chat.completion");
      proxy.delay(Duration.ofMillis(100));
      long before = System.nanoTime();
      raw.post(PATH, BODY).readUntil("answer no. 2");
      assertThat(System.nanoTime() - before).isGreaterThan(200_000_000);
    }
    Poll.until("closes pass too", Duration.ofSeconds(20), () -> emulator.received().openConnections() == 0);
  }

  @Test
  @DisplayName("issue 3 a black hole swallows bytes and closes")
  void blackHole() {
    try (RawSocket raw = new RawSocket(proxy.port())) {
      raw.post(PATH, BODY).readUntil("chat.completion");
      int before = raw.bytes().length;
      proxy.blackHole(true);
      emulator.refuseConnections();
      assertThat(raw.post(PATH, BODY).readToEnd(150)).as("neither answer nor close").isEqualTo(End.SILENCE);
      assertThat(raw.bytes().length - before).isLessThan(4096);
      assertThat(emulator.received().modelCalls()).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("issue 3 a reset comes after so many bytes and not before")
  void resets() {
    proxy.resetAfter(50);
    try (RawSocket raw = new RawSocket(proxy.port())) {
      assertThat(raw.post(PATH, BODY).readToEnd(20_000)).isEqualTo(End.RST);
      assertThat(raw.bytes().length).isEqualTo(50);
    }
  }

  @Test
  @DisplayName("issue 3 half open: the server's side is gone, the client is not told")
  void halfOpen() {
    emulator.script(StreamFaults.stall(1));
    try (RawSocket raw = new RawSocket(proxy.port())) {
      raw.post(PATH, Http.chat("gpt-5-mini", "x", "\"stream\":true")).readUntil("assistant");
      proxy.halfOpen();
      Poll.until("the server misses its client", Duration.ofSeconds(20), () -> emulator.received().cancellations().size() == 1);
      assertThat(raw.readToEnd(150)).isEqualTo(End.SILENCE);
    }
    Poll.until("the relay is gone", Duration.ofSeconds(20), () -> proxy.open() == 0);
  }
}
