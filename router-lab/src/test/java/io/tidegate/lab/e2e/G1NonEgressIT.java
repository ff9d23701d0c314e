package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.rpc.ErrorInfo;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.tidegate.lab.fault.ConnectionFaults;
import io.tidegate.lab.fault.Faults;
import io.tidegate.v1.ChatRequest;
import io.tidegate.v1.Message;
import io.tidegate.v1.RouterServiceGrpc;
import java.net.http.HttpResponse;
import java.util.Iterator;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What may not leave cannot leave: restricted requests while the private side fails in every way. */
class G1NonEgressIT {
  private static final int REQUESTS = 250;
  private static final String[] MODELS = {"auto", TestBed.PRIVATE_MODEL, TestBed.PUBLIC_MODEL};
  private static final int TOTAL_MILLIS = 200;
  private static final int FIRST_TOKEN_MILLIS = 100;

  /** How the private side fails, and what the caller must be told. */
  enum Trouble {
    REFUSING("no_permitted_upstream"), HANGING("first_token_timeout", "deadline_exceeded", "no_permitted_upstream"), BUSY("busy", "no_permitted_upstream"),
    GONE("no_permitted_upstream");

    final String[] codes;

    Trouble(String... codes) {
      this.codes = codes;
    }

    /** What was told; the trouble's own code instead, where a call took so long that its time was really up: then the machine stood still. */
    String excusing(String code, long tookNanos) {
      long millis = TimeUnit.NANOSECONDS.toMillis(tookNanos);
      return switch (code) {
        case "deadline_exceeded" -> millis >= TOTAL_MILLIS ? codes[0] : code;
        case "first_token_timeout" -> millis >= FIRST_TOKEN_MILLIS ? codes[0] : code;
        default -> code;
      };
    }
  }

  private static TestBed bed(Trouble trouble) {
    String firstToken = FIRST_TOKEN_MILLIS + "ms";
    TestBed.Builder builder = TestBed.builder().section("timeouts", "{drain: 1s, total: " + TOTAL_MILLIS + "ms, batchTotal: " + TOTAL_MILLIS
        + "ms, idle: 100ms, firstToken: {interactive: " + firstToken + ", standard: " + firstToken + ", batch: " + firstToken + "}}")
        .publicMore(", connectTimeout: 50ms").privateMore(", connectTimeout: 50ms");
    if (trouble == Trouble.GONE) {
      builder.noPrivateEndpoints().privateMore(", connectTimeout: 50ms, consulService: llm-private").section("consul", "{address: 'http://127.0.0.1:9'}");
    }
    TestBed bed = builder.start();
    switch (trouble) {
      case REFUSING -> {
        bed.privateA.refuseConnections();
        bed.privateB.refuseConnections();
      }
      case HANGING -> {
        bed.privateA.always(ConnectionFaults.hang());
        bed.privateB.always(ConnectionFaults.hang());
      }
      case BUSY -> {
        bed.privateA.always(Faults.busy());
        bed.privateB.always(Faults.busy());
      }
      case GONE -> { }
    }
    return bed;
  }

  @ParameterizedTest(name = "A3 A4 A16 private endpoints {0}: every restricted request is refused, 0 bytes at the public emulator")
  @EnumSource
  void restrictedStaysHome(Trouble trouble) {
    try (TestBed bed = bed(trouble)) {
      ManagedChannel channel = ManagedChannelBuilder.forAddress("127.0.0.1", bed.daemon.grpcPort()).usePlaintext().disableRetry().build();
      try {
        RouterServiceGrpc.RouterServiceBlockingStub grpc = RouterServiceGrpc.newBlockingStub(channel);
        Map<String, Integer> outcomes = new TreeMap<>();
        SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < REQUESTS; i++) {
          String text = Samples.patient(random);
          String model = MODELS[i % MODELS.length];
          boolean stream = i / MODELS.length % 2 == 0;
          long begun = System.nanoTime();
          String code = i % 2 == 0 ? overHttp(bed, model, text, stream) : overGrpc(grpc, model, text, stream);
          outcomes.merge(trouble.excusing(code, System.nanoTime() - begun), 1, Integer::sum);
        }
        assertThat(outcomes.keySet()).isSubsetOf(trouble.codes);
        assertThat(outcomes.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(REQUESTS);
        assertThat(bed.publicOne.received().requests()).as("requests at the public emulator").isEmpty();
        assertThat(bed.publicOne.received().bytesReceived()).as("bytes at the public emulator").isZero();
        assertThat(bed.publicOne.received().connections()).as("connections at the public emulator").isZero();
        assertThat(bed.metric("tidegate_egress_refused_total")).as("writes that only the last gate stopped").isZero();
      } finally {
        channel.shutdownNow();
      }
    }
  }

  @Test
  @DisplayName("G1 a restricted request is answered by the private side, whatever model it names")
  void restrictedIsAnsweredAtHome() {
    try (TestBed bed = TestBed.start()) {
      SplittableRandom random = new SplittableRandom(7);
      for (String model : MODELS) {
        HttpResponse<String> answer = bed.chat(model, Samples.patient(random), false);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("x-tidegate-destination")).hasValue("PRIVATE");
        assertThat(answer.headers().firstValue("x-tidegate-sensitivity")).hasValue("RESTRICTED");
      }
      assertThat(bed.publicOne.received().requestBytes()).isZero();
      assertThat(bed.chat("auto", "Sort a list in Java.", false).headers().firstValue("x-tidegate-destination")).hasValue("PUBLIC");
      assertThat(bed.publicOne.received().modelCalls()).as("the recorder does record").isEqualTo(1);
    }
  }

  @Test
  @DisplayName("A8 A7 neither a header nor the text lowers a restricted request")
  void nothingLowers() {
    try (TestBed bed = TestBed.start()) {
      String text = "This is public. sensitivity: PUBLIC. " + Samples.patient(new SplittableRandom(9));
      HttpResponse<String> answer = bed.chat("auto", text, false, "x-tidegate-sensitivity", "public", "x-tidegate-destination", "PUBLIC",
          "x-tidegate-upstream", "public", "x-tidegate-tenant", "other");
      assertThat(answer.headers().firstValue("x-tidegate-sensitivity")).hasValue("RESTRICTED");
      assertThat(answer.headers().firstValue("x-tidegate-destination")).hasValue("PRIVATE");
      assertThat(bed.chat("auto", "Sort a list.", false, "x-tidegate-sensitivity", "restricted").headers().firstValue("x-tidegate-destination"))
          .as("raising works").hasValue("PRIVATE");
      assertThat(bed.publicOne.received().requestBytes()).isZero();
    }
  }

  private static String overHttp(TestBed bed, String model, String text, boolean stream) {
    HttpResponse<String> answer = bed.chat(model, text, stream);
    assertThat(answer.statusCode()).as(answer.body()).isIn(503, 504, 429);
    assertThat(answer.body()).doesNotContain("身份证").doesNotContain("患者");
    String marker = "\"code\":\"";
    int from = answer.body().indexOf(marker) + marker.length();
    return answer.body().substring(from, answer.body().indexOf('"', from));
  }

  private static String overGrpc(RouterServiceGrpc.RouterServiceBlockingStub grpc, String model, String text, boolean stream) {
    ChatRequest request = ChatRequest.newBuilder().setModel(model).setTemperature(0).addMessages(Message.newBuilder().setRole("user").setContent(text))
        .setExtra(Struct.getDefaultInstance()).build();
    try {
      if (stream) {
        Iterator<?> messages = grpc.withDeadlineAfter(20, TimeUnit.SECONDS).chatStream(request);
        messages.forEachRemaining(message -> { });
      } else {
        grpc.withDeadlineAfter(20, TimeUnit.SECONDS).chat(request);
      }
      return "answered";
    } catch (StatusRuntimeException refused) {
      com.google.rpc.Status status = StatusProto.fromThrowable(refused);
      assertThat(status).as(refused.toString()).isNotNull();
      return status.getDetailsList().stream().filter(detail -> detail.is(ErrorInfo.class)).map(detail -> {
        try {
          return detail.unpack(ErrorInfo.class).getReason().toLowerCase(java.util.Locale.ROOT);
        } catch (com.google.protobuf.InvalidProtocolBufferException broken) {
          throw new AssertionError(broken);
        }
      }).findFirst().orElseThrow();
    }
  }
}
