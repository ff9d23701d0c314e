package io.tidegate.lab.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.lab.config.EmulatedDialect;
import io.tidegate.lab.config.EmulatorConfig;
import io.tidegate.lab.record.RecordOverflow;
import io.tidegate.lab.record.ReceivedRequest;
import io.tidegate.lab.tls.SelfMadeCertificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The record is complete, or says that it is not. */
class RecordIT {
  private static final String PATH = "/v1/chat/completions";
  private static final String BODY = Http.chat("gpt-5-mini", "quagga");

  private static Emulator start() {
    return Emulator.start(EmulatorConfig.of(EmulatedDialect.OPENAI));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  @DisplayName("G1 every byte of a connection counts and is kept, the same number as was sent")
  void everyByte() {
    try (Emulator emulator = start(); RawSocket raw = new RawSocket(emulator.port())) {
      assertThat(emulator.received().bytesReceived()).isZero();
      String head = "POST " + PATH + " HTTP/1.1\r\nhost: x\r\nx-hidden: okapi\r\ncontent-length: " + BODY.length() + "\r\n\r\n";
      raw.write(head + BODY).readUntil("chat.completion");
      assertThat(emulator.received().bytesReceived()).isEqualTo(head.length() + BODY.length());
      assertThat(emulator.received().requestBytes()).isEqualTo(head.length() + BODY.length());
      assertThat(emulator.received().contains(bytes("quagga"))).isTrue();
      assertThat(emulator.received().contains(bytes("x-hidden: okapi"))).isTrue();
      assertThat(emulator.received().contains(bytes("zebra"))).isFalse();
      ReceivedRequest request = emulator.received().requests().get(0);
      assertThat(request.request().field("x-hidden")).isEqualTo("okapi");
      assertThat(request.modelCall()).isTrue();
      assertThat(request.toString()).doesNotContain("quagga").doesNotContain("okapi");
      emulator.received().clear();
      assertThat(emulator.received().contains(bytes("quagga"))).isFalse();
      raw.post(PATH, BODY).readUntil("answer no. 2");
      assertThat(emulator.received().contains(bytes("quagga"))).as("an open connection is still recorded").isTrue();
    }
  }

  @Test
  @DisplayName("G1 bytes that no parser accepts, or that never become a request, are in the record")
  void garbage() {
    try (Emulator emulator = start(); RawSocket raw = new RawSocket(emulator.port()); RawSocket unfinished = new RawSocket(emulator.port())) {
      assertThat(raw.write("\0\1 quagga-in-garbage\r\n\r\n").readToEnd(20_000)).isEqualTo(RawSocket.End.FIN);
      assertThat(emulator.received().contains(bytes("quagga-in-garbage"))).isTrue();
      unfinished.write("POST " + PATH + " HTTP/1.1\r\ncontent-length: 100\r\n\r\nhalf an okapi");
      Poll.until("it is read", Duration.ofSeconds(20), () -> emulator.received().contains(bytes("half an okapi")));
      assertThat(emulator.received().requestCount()).isZero();
    }
  }

  @Test
  @DisplayName("G1 texts in HTTP/2 header fields are found although HPACK hides them, and bodies cut over frames")
  void http2() {
    try (Emulator emulator = Emulator.start(EmulatorConfig.builder(EmulatedDialect.OPENAI).windowBytes(20).build());
        H2Client client = new H2Client(emulator.port())) {
      assertThat(client.post(PATH, BODY, "x-hidden", "okapi-in-hpack").end()).isEqualTo("end");
      assertThat(Canary.search(emulator, "okapi-in-hpack")).isNotEmpty();
      assertThat(Canary.search(emulator, "\"content\":\"quagga\"")).isNotEmpty();
    }
  }

  @Test
  @DisplayName("G8 a full record closes connections and refuses to testify")
  void overflow() {
    try (Emulator emulator = Emulator.start(EmulatorConfig.builder(EmulatedDialect.OPENAI).recordLimitBytes(1000).build());
        RawSocket raw = new RawSocket(emulator.port())) {
      raw.post(PATH, Http.chat("gpt-5-mini", "x".repeat(2000)));
      assertThat(raw.readToEnd(20_000)).isNotEqualTo(RawSocket.End.SILENCE);
      assertThat(raw.bytes()).isEmpty();
      assertThatThrownBy(() -> emulator.received().contains(bytes("quagga"))).isInstanceOf(RecordOverflow.class);
      assertThatThrownBy(() -> Canary.search(emulator, "quagga")).isInstanceOf(RecordOverflow.class);
      assertThat(emulator.received().bytesReceived()).isGreaterThan(2000);
    }
  }

  @Test
  @DisplayName("G1 an emulator that only counts refuses to testify about content")
  void countsOnly() {
    try (Emulator emulator = Emulator.start(EmulatorConfig.builder(EmulatedDialect.OPENAI).recording(false).build())) {
      assertThat(Http.post(emulator, PATH, BODY).statusCode()).isEqualTo(200);
      assertThat(emulator.received().modelCalls()).isEqualTo(1);
      assertThatThrownBy(() -> emulator.received().requests()).isInstanceOf(RecordOverflow.class);
    }
  }

  @Test
  @DisplayName("G1 connections are counted even if they say nothing")
  void connections() {
    try (Emulator emulator = start()) {
      try (RawSocket raw = new RawSocket(emulator.port())) {
        Poll.until("it is counted", Duration.ofSeconds(20), () -> emulator.received().openConnections() == 1);
        assertThat(raw.bytes()).isEmpty();
      }
      Poll.until("it is gone", Duration.ofSeconds(20), () -> emulator.received().openConnections() == 0);
      assertThat(emulator.received().connections()).isEqualTo(1);
      assertThat(emulator.received().bytesReceived()).isZero();
    }
  }

  @Test
  @DisplayName("G1 a canary is found in every spelling, through a real request")
  void spellings() {
    String text = "Zoë \"4711\" / 身份证 \n?";
    Canary.forms(text).forEach((form, spelled) -> {
      try (Emulator emulator = start(); RawSocket raw = new RawSocket(emulator.port())) {
        // Not JSON in every case; the record must not care.
        String latin = new String(spelled, StandardCharsets.UTF_8);
        if (form.startsWith("utf-16")) {
          return;
        }
        raw.post(PATH, "{\"before\":\"" + latin + "\"}").readUntil("HTTP/1.1 ");
        List<Canary.Sighting> seen = Canary.search(emulator, text);
        assertThat(seen).as(form).extracting(Canary.Sighting::form).contains(form);
        assertThat(Canary.search(emulator, "another text, " + text)).as(form).isEmpty();
      }
    });
  }

  @Test
  @DisplayName("G1 a text in the name of the server that a TLS client says in the clear is found")
  void serverName() throws Exception {
    try (Emulator emulator = Emulator.start(EmulatorConfig.builder(EmulatedDialect.OPENAI).tls(SelfMadeCertificate.forLoopback()).build());
        SSLSocket socket = (SSLSocket) SSLSocketFactory.getDefault().createSocket("127.0.0.1", emulator.port())) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName("patient-4711.example")));
      socket.setSSLParameters(parameters);
      assertThatThrownBy(socket::startHandshake).as("nobody trusts its certificate").isInstanceOf(IOException.class);
      Poll.until("the hello is read", Duration.ofSeconds(20), () -> !Canary.search(emulator, "patient-4711").isEmpty());
      assertThat(Canary.search(emulator, "patient-4712")).isEmpty();
    }
  }
}
