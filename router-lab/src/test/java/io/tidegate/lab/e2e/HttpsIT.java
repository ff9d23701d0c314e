package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.lab.emulator.Emulator;
import io.tidegate.lab.record.ReceivedRequest;
import io.tidegate.lab.tls.SelfMadeCertificate;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Upstreams behind TLS: HTTP/2 where offered, and no request to anybody whose certificate does not fit. */
class HttpsIT {
  private static final Instant NOW = Instant.now();
  private static final Instant TOMORROW = NOW.plus(1, ChronoUnit.DAYS);
  private static final Instant LAST_WEEK = NOW.minus(7, ChronoUnit.DAYS);

  @TempDir Path folder;

  private TestBed bed(SelfMadeCertificate certificate, String tls) {
    return TestBed.builder().emulators(settings -> settings.tls(certificate)).privateMore(", tls: " + tls).publicMore(", tls: " + tls).start();
  }

  private String ca(SelfMadeCertificate certificate) {
    try {
      return "ca: '" + Files.writeString(folder.resolve("ca.pem"), "-----BEGIN CERTIFICATE-----\n"
          + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.certificate().getEncoded()) + "\n-----END CERTIFICATE-----\n") + "'";
    } catch (IOException | java.security.cert.CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest(name = "http2: {0}")
  @ValueSource(booleans = {true, false})
  @DisplayName("an upstream's certificate is checked and its protocol agreed: harmless goes out, restricted stays, streams are whole")
  void routesOverTls(boolean http2) {
    SelfMadeCertificate certificate = SelfMadeCertificate.forLoopback();
    try (TestBed bed = bed(certificate, "{" + ca(certificate) + ", http2: " + http2 + "}")) {
      for (boolean stream : new boolean[] {false, true}) {
        HttpResponse<String> harmless = bed.chat("auto", "Sort a list of numbers.", stream);
        assertThat(harmless.statusCode()).as(harmless.body()).isEqualTo(200);
        assertThat(harmless.headers().firstValue("x-tidegate-destination")).hasValue("PUBLIC");
        assertThat(harmless.body()).contains(stream ? "[DONE]" : "\"finish_reason\":\"stop\"");
        HttpResponse<String> restricted = bed.chat("auto", Samples.patient(new SplittableRandom(2)), stream);
        assertThat(restricted.statusCode()).as(restricted.body()).isEqualTo(200);
        assertThat(restricted.headers().firstValue("x-tidegate-destination")).hasValue("PRIVATE");
      }
      assertThat(calls(bed.publicOne)).hasSize(2).allMatch(request -> request.http2() == http2);
      assertThat(Stream.of(bed.privateA, bed.privateB).flatMap(emulator -> calls(emulator).stream())).hasSize(2).allMatch(request -> request.http2() == http2);
    }
  }

  private static List<ReceivedRequest> calls(Emulator emulator) {
    return emulator.received().requests().stream().filter(ReceivedRequest::modelCall).toList();
  }

  /** What does not fit about the upstream's certificate. */
  record Misfit(String name, SelfMadeCertificate certificate, boolean trusted, String more) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Misfit> misfits() {
    return Stream.of(
        new Misfit("another name", SelfMadeCertificate.forHost("models.example", LAST_WEEK, TOMORROW), true, ""),
        new Misfit("another name than serverName", SelfMadeCertificate.forLoopback(), true, ", serverName: models.example"),
        new Misfit("over", SelfMadeCertificate.forHost("models.example", LAST_WEEK, NOW.minus(1, ChronoUnit.DAYS)), true, ", serverName: models.example"),
        new Misfit("not yet valid", SelfMadeCertificate.forHost("models.example", TOMORROW, TOMORROW.plus(1, ChronoUnit.DAYS)), true, ", serverName: models.example"),
        new Misfit("of no authority the platform knows", SelfMadeCertificate.forLoopback(), false, ""));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("misfits")
  @DisplayName("A14 a certificate that does not fit gets no request, and the caller a clear refusal")
  void misfitsGetNothing(Misfit misfit) {
    String tls = "{http2: true" + (misfit.trusted ? ", " + ca(misfit.certificate) : "") + misfit.more + "}";
    try (TestBed bed = bed(misfit.certificate, tls)) {
      for (String text : List.of("Sort a list of numbers.", Samples.patient(new SplittableRandom(3)))) {
        HttpResponse<String> answer = bed.chat("auto", text, false);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(answer.body()).contains("no_permitted_upstream");
      }
      for (Emulator emulator : List.of(bed.publicOne, bed.privateA, bed.privateB)) {
        assertThat(emulator.received().requestBytes()).isZero();
      }
    }
  }

  @Test
  @DisplayName("the name to verify can be set, for an upstream that is reached by its address")
  void serverName() {
    SelfMadeCertificate certificate = SelfMadeCertificate.forHost("models.example", LAST_WEEK, TOMORROW);
    try (TestBed bed = bed(certificate, "{" + ca(certificate) + ", serverName: models.example}")) {
      assertThat(bed.chat("auto", "Sort a list of numbers.", false).statusCode()).isEqualTo(200);
    }
  }

  @Test
  @DisplayName("G1 an upstream that is to speak TLS is never spoken to in plain text")
  void noPlainText() {
    SelfMadeCertificate certificate = SelfMadeCertificate.forLoopback();
    String tls = ", tls: {" + ca(certificate) + "}";
    try (TestBed bed = TestBed.builder().privateMore(tls).publicMore(tls).start()) {
      assertThat(bed.chat("auto", Samples.patient(new SplittableRandom(4)), false).statusCode()).isEqualTo(503);
      assertThat(bed.chat("auto", "Sort a list of numbers.", false).statusCode()).isEqualTo(503);
      for (Emulator emulator : List.of(bed.publicOne, bed.privateA, bed.privateB)) {
        assertThat(emulator.received().requestBytes()).isZero();
        assertThat(emulator.received().contains("POST".getBytes(java.nio.charset.StandardCharsets.US_ASCII))).isFalse();
      }
    }
  }
}
