package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.tidegate.lab.emulator.Canary;
import io.tidegate.v1.ChatRequest;
import io.tidegate.v1.ChatStreamResponse;
import io.tidegate.v1.Message;
import io.tidegate.v1.RouterServiceGrpc;
import io.tidegate.wire.JsonWriter;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Done-when 8: nothing of what was found reaches the public emulator, in any spelling, and the caller reads its own values again. The emulator
 * repeats what it is told, so both ways are seen.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TransformationIT {
  private static final int REQUESTS = 150;
  private static final ObjectMapper JSON = new ObjectMapper();
  /** The shipped example, public first. */
  private static String policy() throws IOException {
    return Files.readString(TestBed.root().resolve("policies/examples/pseudonyms/cleaned.yaml"))
        .replace("standard: [private, {to: public, after: pseudonymise}]", "standard: [{to: public, after: pseudonymise}, private]")
        .replace("confidential: {links: strip}", "confidential: {links: off}");
  }


  private TestBed bed;
  private ManagedChannel channel;

  @BeforeAll
  void start(@TempDir Path policies) throws IOException {
    Files.writeString(policies.resolve("cleaned.yaml"), policy());
    bed = TestBed.builder().policies(policies).emulators(emulator -> emulator.echoes(true).thinks(false)).start();
    channel = ManagedChannelBuilder.forAddress("127.0.0.1", bed.daemon.grpcPort()).usePlaintext().disableRetry().build();
  }

  @BeforeEach
  void forget() {
    bed.publicOne.received().clear();
  }

  @AfterAll
  void stop() throws InterruptedException {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    bed.close();
  }

  /** A message, and what in it must not leave. */
  private record Sample(String text, List<String> originals) {
    static Sample of(SplittableRandom random) {
      List<String> originals = new ArrayList<>();
      StringBuilder text = new StringBuilder("Bitte 请整理：");
      for (int i = 0, n = 1 + random.nextInt(4); i < n; i++) {
        String value = switch (random.nextInt(4)) {
          case 0 -> "+86 138-" + (1000 + random.nextInt(9000)) + "-" + (1000 + random.nextInt(9000));
          case 1 -> "13" + (100_000_000 + random.nextInt(899_999_999));
          case 2 -> "li.lei" + random.nextInt(1000) + "@kunde-" + random.nextInt(1000) + ".example.org";
          default -> "zoë." + random.nextInt(100) + "@firm" + random.nextInt(1000) + ".example.com";
        };
        originals.add(value.startsWith("zoë.") ? value.substring("zoë.".length()) : value);
        text.append(random.nextBoolean() ? " – \"" : "，").append(value).append(random.nextBoolean() ? "\"\n" : " 😀 ");
        if (random.nextInt(3) == 0) {
          text.append("again ").append(value).append(" \\ ");
        }
      }
      return new Sample(text.append("fine").toString(), originals);
    }
  }

  @Test
  @DisplayName("decisions 3, 13: HTTP, HTTP streams, gRPC and gRPC streams: 0 originals at the public emulator, every answer restored exactly")
  void bothWays() throws IOException {
    SplittableRandom random = new SplittableRandom(4);
    List<String> originals = new ArrayList<>();
    RouterServiceGrpc.RouterServiceBlockingStub grpc = RouterServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    for (int i = 0; i < REQUESTS; i++) {
      Sample sample = Sample.of(random);
      originals.addAll(sample.originals());
      String read = switch (i % 4) {
        case 0 -> whole(bed.chat("auto", sample.text(), false));
        case 1 -> streamed(bed.chat("auto", sample.text(), true));
        case 2 -> grpc.chat(grpcChat(sample.text())).getChoices(0).getMessage().getContent();
        default -> {
          StringBuilder all = new StringBuilder();
          grpc.chatStream(grpcChat(sample.text())).forEachRemaining(message -> all.append(content(message)));
          yield all.toString();
        }
      };
      assertThat(read).as("answer %d", i).isEqualTo(sample.text());
    }
    assertThat(bed.publicOne.received().modelCalls()).as("requests that went out cleaned").isEqualTo(REQUESTS);
    assertThat(Canary.searchAll(bed.publicOne, originals)).as("originals at the public emulator").isEmpty();
    assertThat(Canary.searchAll(bed.publicOne, List.of("Bitte"))).as("the search does find what is there").isNotEmpty();
    assertThat(bed.metric("tidegate_egress_refused_total")).isZero();
  }

  @Test
  @DisplayName("Values inside tool arguments and JSON answers come back escaped as JSON")
  void toolArguments() throws IOException {
    String mail = "li.lei@kunde.example.org";
    String tool = "{\"type\":\"function\",\"function\":{\"name\":\"send\",\"parameters\":{\"type\":\"object\",\"properties\":{\"to\":{\"type\":\"string\",\"enum\":[\"" + mail
        + "\"]},\"text\":{\"type\":\"string\"}}}}}";
    for (boolean stream : new boolean[] {false, true}) {
      HttpResponse<String> answer = bed.post("/v1/chat/completions", "{\"model\":\"auto\",\"stream\":" + stream
          + ",\"messages\":[{\"role\":\"user\",\"content\":\"write to " + mail + "\"}],\"tools\":[" + tool + "],\"tool_choice\":\"required\"}");
      String arguments = stream ? streamedArguments(answer.body())
          : JSON.readTree(answer.body()).at("/choices/0/message/tool_calls/0/function/arguments").asText();
      assertThat(JSON.readTree(arguments).path("to").asText()).as(answer.body()).isEqualTo(mail);
      assertThat(answer.headers().firstValue("x-tidegate-destination")).hasValue("PUBLIC");
    }
    assertThat(Canary.search(bed.publicOne, mail)).isEmpty();
  }

  @Test
  @DisplayName("A whole history is cleaned the same way; what the caller sees is the first class")
  void history() throws IOException {
    String mail = "li.lei@kunde.example.org";
    HttpResponse<String> answer = bed.post("/v1/chat/completions", "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"write to " + mail
        + "\"},{\"role\":\"assistant\",\"content\":\"Dear " + mail + "\"},{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"shorter, " + mail + "\"}]}]}");
    assertThat(whole(answer)).isEqualTo("shorter, " + mail);
    assertThat(answer.headers().firstValue("x-tidegate-sensitivity")).hasValue("CONFIDENTIAL");
    assertThat(Canary.search(bed.publicOne, mail)).isEmpty();
  }

  @Test
  @DisplayName("G1 what cannot be cleaned stays at home, with 0 bytes at the public emulator")
  void staysHome() throws IOException {
    SplittableRandom random = new SplittableRandom(8);
    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String id = Samples.cnId(random);
      bodies.add(message("number " + java.util.Base64.getEncoder().encodeToString(("the id is " + id).getBytes(StandardCharsets.UTF_8))));
      bodies.add("{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"身份证 " + id.substring(0, 9) + "\"},{\"role\":\"user\",\"content\":\"" + id.substring(9) + "\"}]}");
      bodies.add("{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"metadata\":{\"" + id + "\":\"x\"}}");
      bodies.add(message(io.tidegate.assay.Placeholders.expand("mail a.b@c.example.org and use {{github_token}}", random)));
    }
    for (String body : bodies) {
      HttpResponse<String> answer = bed.post("/v1/chat/completions", body);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(answer.headers().firstValue("x-tidegate-destination")).as(body.replaceAll("\\d", "0")).hasValue("PRIVATE");
    }
    assertThat(bed.publicOne.received().requestBytes()).isZero();
  }

  private static String message(String text) {
    return "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":" + JsonWriter.quote(text) + "}]}";
  }

  private static ChatRequest grpcChat(String text) {
    return ChatRequest.newBuilder().setModel("auto").setTemperature(0).addMessages(Message.newBuilder().setRole("user").setContent(text)).build();
  }

  private static String content(ChatStreamResponse message) {
    return message.getChoicesCount() == 0 ? "" : message.getChoices(0).getDelta().getContent();
  }

  private static String whole(HttpResponse<String> answer) throws IOException {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body()).at("/choices/0/message/content").asText();
  }

  private static String streamed(HttpResponse<String> answer) throws IOException {
    assertThat(answer.body()).endsWith("data: [DONE]\n\n");
    StringBuilder all = new StringBuilder();
    for (JsonNode event : events(answer.body())) {
      all.append(event.at("/choices/0/delta/content").asText());
    }
    return all.toString();
  }

  private static String streamedArguments(String body) throws IOException {
    StringBuilder all = new StringBuilder();
    for (JsonNode event : events(body)) {
      all.append(event.at("/choices/0/delta/tool_calls/0/function/arguments").asText());
    }
    return all.toString();
  }

  private static List<JsonNode> events(String body) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    for (String line : body.split("\n")) {
      if (line.startsWith("data: {")) {
        events.add(JSON.readTree(line.substring(6)));
      }
    }
    return events;
  }
}
