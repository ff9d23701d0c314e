package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.tidegate.admission.Callers;
import io.tidegate.v1.ChatRequest;
import io.tidegate.v1.Message;
import io.tidegate.v1.RouteInfo;
import io.tidegate.v1.RouterServiceGrpc;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Conversations whose caller names them: {@code x-tidegate-session}. */
class SessionIT {
  private static final String KEY = "key-of-tenant-a-0123456789";
  private static final String OTHER = "key-of-tenant-b-0123456789";
  private static final String HARMLESS = "Sort a list of numbers in Java.";

  @TempDir Path folder;

  private TestBed bed() throws IOException {
    Path keys = Files.writeString(folder.resolve("keys"), "a:x:" + Callers.hashOf(KEY) + "\nb:x:" + Callers.hashOf(OTHER) + "\n");
    return TestBed.builder().section("callers", "{keysFile: '" + keys + "'}").section("audit", "{directory: '" + folder.resolve("audit") + "'}")
        .section("sessions", "{size: 64KiB}").start();
  }

  private static String turn(TestBed bed, String key, String session, String text) {
    HttpResponse<String> answer = bed.chat("auto", text, false, "authorization", "Bearer " + key, "x-tidegate-session", session);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.headers().firstValue("x-tidegate-sensitivity").orElseThrow() + " " + answer.headers().firstValue("x-tidegate-destination").orElseThrow()
        + " " + answer.headers().firstValue("x-tidegate-rule").orElse("");
  }

  @Test
  @DisplayName("A10 decisions 11 a raised session stays at home for every later turn, by HTTP and gRPC, across restarts; other sessions and tenants do not")
  void raisedStays() throws Exception {
    String patient = Samples.patient(new SplittableRandom(3));
    try (TestBed bed = bed()) {
      assertThat(turn(bed, KEY, "s-1", HARMLESS)).startsWith("INTERNAL PUBLIC");
      assertThat(turn(bed, KEY, "s-1", patient)).startsWith("RESTRICTED PRIVATE");
      assertThat(turn(bed, KEY, "s-1", HARMLESS)).isEqualTo("RESTRICTED PRIVATE session");
      assertThat(turn(bed, KEY, "s-2", "Sort a map.")).startsWith("INTERNAL PUBLIC");
      assertThat(turn(bed, OTHER, "s-1", HARMLESS)).startsWith("INTERNAL PUBLIC");
      ManagedChannel channel = ManagedChannelBuilder.forAddress("127.0.0.1", bed.daemon.grpcPort()).usePlaintext().disableRetry().build();
      try {
        RouteInfo route = grpc(channel, "s-1", HARMLESS);
        assertThat(route.getSensitivity().name()).isEqualTo("SENSITIVITY_RESTRICTED");
        assertThat(grpc(channel, "g-1", patient).getSensitivity().name()).isEqualTo("SENSITIVITY_RESTRICTED");
        assertThat(turn(bed, KEY, "g-1", HARMLESS)).as("raised by gRPC, seen by HTTP").isEqualTo("RESTRICTED PRIVATE session");
      } finally {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
      }
    }
    try (TestBed bed = bed()) {
      assertThat(turn(bed, KEY, "s-1", HARMLESS)).as("after a restart").isEqualTo("RESTRICTED PRIVATE session");
      assertThat(turn(bed, KEY, "s-3", HARMLESS)).startsWith("INTERNAL PUBLIC");
      assertThat(bed.metric("tidegate_session_alarm")).isZero();
    }
  }

  private static RouteInfo grpc(ManagedChannel channel, String session, String text) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + KEY);
    headers.put(Metadata.Key.of("x-tidegate-session", Metadata.ASCII_STRING_MARSHALLER), session);
    return RouterServiceGrpc.newBlockingStub(channel).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers)).chat(ChatRequest.newBuilder()
        .setModel("auto").setTemperature(0).addMessages(Message.newBuilder().setRole("user").setContent(text)).build()).getRoute();
  }

  @Test
  @DisplayName("G2 a damaged file of labels: every session RESTRICTED, an alarm, and requests without a session as before")
  void damagedFile() throws Exception {
    try (TestBed bed = bed()) {
      for (int i = 0; i < 50; i++) {
        turn(bed, KEY, "s-" + i, Samples.patient(new SplittableRandom(i)));
      }
    }
    Path file = folder.resolve("audit").resolve("sessions.labels");
    byte[] bytes = Files.readAllBytes(file);
    java.util.Arrays.fill(bytes, bytes.length - (64 << 10), bytes.length, (byte) 0);
    Files.write(file, bytes);
    try (TestBed bed = bed()) {
      assertThat(turn(bed, KEY, "new", HARMLESS)).isEqualTo("RESTRICTED PRIVATE session");
      assertThat(bed.chat("auto", HARMLESS, false).headers().firstValue("x-tidegate-destination")).hasValue("PUBLIC");
      assertThat(bed.metric("tidegate_session_alarm")).isEqualTo(1);
      assertThat(bed.admin("/admin/status")).contains("does not fit its sum");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "two words", "späte"})
  @DisplayName("A8 a session's name is 1 to 128 visible ASCII characters, given once; anything else is refused and not quoted")
  void wrongNames(String name) throws Exception {
    try (TestBed bed = bed()) {
      int status = RawHttp.status(bed.daemon.httpPort(), KEY, "x-tidegate-session: " + name);
      assertThat(status).isEqualTo(400);
      assertThat(RawHttp.status(bed.daemon.httpPort(), KEY, "x-tidegate-session: " + "a".repeat(128))).isEqualTo(200);
      assertThat(RawHttp.status(bed.daemon.httpPort(), KEY, "x-tidegate-session: " + "a".repeat(129))).isEqualTo(400);
      assertThat(RawHttp.status(bed.daemon.httpPort(), KEY, "x-tidegate-session: a\r\nx-tidegate-session: a")).isEqualTo(400);
      assertThat(RawHttp.status(bed.daemon.httpPort(), KEY, "x_tidegate_session: a")).isEqualTo(400);
      ManagedChannel channel = ManagedChannelBuilder.forAddress("127.0.0.1", bed.daemon.grpcPort()).usePlaintext().disableRetry().build();
      try {
        assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(StatusRuntimeException.class, () -> grpc(channel, "two words", HARMLESS)).getStatus()
            .getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      } finally {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
      }
    }
  }
}
