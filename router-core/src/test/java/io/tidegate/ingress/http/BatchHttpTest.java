package io.tidegate.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.ingress.BatchLimits;
import io.tidegate.ingress.Callers;
import io.tidegate.ingress.http.RawClient.Answer;
import io.tidegate.line.AnswerSink;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.LeftAttempt;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** {@code POST /v1/batch} from the socket to the line and back. */
class BatchHttpTest {
  private static final String TWO = "{\"requests\":[{\"prompt\":\"one\",\"parameters\":{\"temperature\":0}},{\"prompt\":\"two\"}]}";

  @SuppressWarnings("NullAway.Init")
  private HttpRig rig;

  @BeforeEach
  void open() throws IOException {
    rig = new HttpRig(HttpConfig.DEFAULT.withBatch(new BatchLimits(4, 1000, 2)));
  }

  @AfterEach
  void shut() throws InterruptedException {
    HttpRig.await("budget given back", () -> rig.ingress.heldBodyBytes() == 0);
    rig.close();
  }

  private Answer post(String body) throws IOException {
    return post("", body);
  }

  private Answer post(String headers, String body) throws IOException {
    try (RawClient client = rig.connect()) {
      return client.send(HttpIngressTest.post("/v1/batch", headers, body)).answer();
    }
  }

  private static String ok(int index, String id) {
    return "{\"index\":" + index + ",\"status\":200,\"usage\":{\"total_tokens\":3},\"request_id\":\"" + id
        + "\",\"target\":{\"destination\":\"PRIVATE\",\"upstream\":\"local-vllm\"},\"classification\":{\"sensitivity\":\"INTERNAL\",\"latency_class\":\"STANDARD\","
        + "\"rules\":[\"floor\",\"harmless\"],\"policy\":\"ab12\"},\"cache\":\"miss\",\"attempts\":1,\"response\":{\"usage\":{\"total_tokens\":3}}}";
  }

  @Test
  @DisplayName("R2.1 the answer is an array in input order, whatever order the items end in, each with status, usage, target and classification")
  void order() throws IOException {
    List<Runnable> ends = new ArrayList<>();
    rig.line.script = (request, sink, loop) -> {
      ends.add(() -> sink.complete(RecordingLine.route(request.id()), RecordingLine.json("{\"usage\":{\"total_tokens\":3}}")));
      if (ends.size() == 2) {
        ends.get(1).run();
        ends.get(0).run();
      }
    };
    Answer answer = post("x-tidegate-latency-class: BATCH\r\nx-tidegate-sensitivity: INTERNAL\r\n", TWO);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.has("content-type: application/json")).isTrue();
    assertThat(answer.body()).isEqualTo("[" + ok(0, rig.line.requests.get(0).id()) + "," + ok(1, rig.line.requests.get(1).id()) + "]");
    assertThat(rig.line.requests).extracting(ModelRequest::id).doesNotHaveDuplicates();
    assertThat(rig.line.requests).allMatch(request -> request.latencyWish() == LatencyClass.BATCH && request.declared() == Sensitivity.INTERNAL);
  }

  @Test
  @DisplayName("R2.1 a bad item and a failed item are errors in their places, and the answer is 200")
  void errors() throws IOException {
    rig.line.script = (request, sink, loop) -> {
      if (request.sampled()) {
        sink.refuse(new ErrorAnswer(Refusal.NO_PERMITTED_UPSTREAM, 503, "Down.", null, 2), new RouteInfo(request.id(), Sensitivity.RESTRICTED,
            LatencyClass.STANDARD, null, null, "", "ab12", RouteInfo.CacheOutcome.BYPASS, 0));
      } else {
        sink.complete(RecordingLine.route(request.id()), RecordingLine.json("{\"usage\":{\"total_tokens\":3}}"));
      }
    };
    Answer answer = post("{\"requests\":[{\"prompt\":7},{\"prompt\":\"a\",\"parameters\":{\"temperature\":0}},{\"prompt\":\"b\"}]}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("[{\"index\":0,\"status\":400,\"usage\":null,\"target\":null,\"classification\":null,\"error\":{\"message\":\"The prompt must be a "
        + "string.\",\"type\":\"invalid_request_error\",\"param\":\"prompt\",\"code\":\"invalid_request\"}}," + ok(1, rig.line.requests.get(0).id())
        + ",{\"index\":2,\"status\":503,\"usage\":null,\"request_id\":\"" + rig.line.requests.get(1).id() + "\",\"target\":null,\"classification\":{\"sensitivity\":"
        + "\"RESTRICTED\",\"latency_class\":\"STANDARD\",\"rules\":[],\"policy\":\"ab12\"},\"cache\":\"bypass\",\"attempts\":0,\"error\":{\"message\":\"Down.\",\"type\":"
        + "\"service_unavailable_error\",\"param\":null,\"code\":\"no_permitted_upstream\",\"retry_after\":2}}]");
  }

  @Test
  @DisplayName("R2.1 each item says why every attempt of it was left, and what that had cost where it is known, answered or not; others say nothing of it")
  void leftOfItems() throws IOException {
    rig.line.script = (request, sink, loop) -> {
      RouteInfo left = new RouteInfo(request.id(), Sensitivity.INTERNAL, LatencyClass.STANDARD, null, null, "", "ab12", RouteInfo.CacheOutcome.MISS, 2,
          List.of(new LeftAttempt("home", "h1", "protocol", 12, 310, 41), new LeftAttempt("home", "h2", "busy", 3)));
      if (request.prompt().json().length() % 2 == 0) {
        sink.complete(left, RecordingLine.json("{}"));
      } else {
        sink.refuse(ErrorAnswer.of(Refusal.BUSY, "later"), left);
      }
    };
    Answer answer = post("{\"requests\":[{\"prompt\":\"one\"},{\"prompt\":\"four\"}]}");
    String told = "\"attempts\":2,\"left\":[{\"upstream\":\"home\",\"why\":\"protocol\",\"ms\":12,\"input_tokens\":310,\"output_tokens\":41},"
        + "{\"upstream\":\"home\",\"why\":\"busy\",\"ms\":3}],";
    assertThat(answer.body()).contains(told + "\"response\":").contains(told + "\"error\":").doesNotContain("h1");
  }

  @Test
  @DisplayName("R2.1 an answer that is no JSON is its item's error")
  void unreadable() throws IOException {
    rig.line.script = (request, sink, loop) -> sink.complete(RecordingLine.route(request.id()), RecordingLine.json("{"));
    Answer answer = post("{\"requests\":[{\"prompt\":\"a\"}]}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).contains("\"status\":502").contains("upstream_failed");
  }

  @Test
  @DisplayName("R2.1 400 is for a malformed envelope alone, and nothing reaches the line")
  void envelope() throws IOException {
    assertThat(post("{\"requests\":[]}").status()).isEqualTo(400);
    assertThat(post("[]").status()).isEqualTo(400);
    assertThat(post("{\"requests\":[" + "{\"prompt\":\"a\"},".repeat(4) + "{\"prompt\":\"a\"}]}").status()).isEqualTo(400);
    assertThat(rig.line.untouched()).isTrue();
    assertThat(post("{\"requests\":[7]}").status()).as("every item is bad, the envelope is not").isEqualTo(200);
  }

  @Test
  @DisplayName("R2.1 G8 a batch longer than its bound is refused, announced or in chunks")
  void tooLong() throws IOException {
    assertThat(post("{\"requests\":[{\"prompt\":\"" + "a".repeat(1000) + "\"}]}").status()).isEqualTo(413);
    try (RawClient client = rig.connect()) {
      String chunk = "{\"requests\":[{\"prompt\":\"" + "a".repeat(1000) + "\"}]}";
      assertThat(client.send("POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
          + Integer.toHexString(chunk.length()) + "\r\n" + chunk + "\r\n0\r\n\r\n").answer().status()).isEqualTo(413);
    }
    assertThat(rig.line.untouched()).isTrue();
  }

  @Test
  @DisplayName("A13 the route obeys the rules of the others: method, media type, query, exact path")
  void rules() throws IOException {
    try (RawClient client = rig.connect()) {
      assertThat(client.send("GET /v1/batch HTTP/1.1\r\nHost: localhost\r\n\r\n").answer().status()).isEqualTo(405);
    }
    try (RawClient client = rig.connect()) {
      assertThat(client.send("POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}").answer().status())
          .isEqualTo(415);
    }
    try (RawClient client = rig.connect()) {
      assertThat(client.send(HttpIngressTest.post("/v1/batch?x=1", "", TWO)).answer().status()).isEqualTo(400);
    }
    try (RawClient client = rig.connect()) {
      assertThat(client.send(HttpIngressTest.post("/v1/batches/", "", TWO)).answer().status()).isEqualTo(404);
    }
    assertThat(rig.line.untouched()).isTrue();
  }

  @Test
  @DisplayName("A8 a caller who may not come in gets 401 for the whole batch")
  void unauthenticated() throws IOException {
    try (HttpRig closed = new HttpRig(HttpConfig.DEFAULT, null, (peer, key) -> null); RawClient client = closed.connect()) {
      assertThat(client.send(HttpIngressTest.post("/v1/batch", "", TWO)).answer().status()).isEqualTo(401);
      assertThat(closed.line.untouched()).isTrue();
    }
  }

  @Test
  @DisplayName("E9 a caller who leaves cancels every item, and the memory is given back")
  void leaves() throws Exception {
    List<AnswerSink> held = new CopyOnWriteArrayList<>();
    rig.line.script = (request, sink, loop) -> held.add(sink);
    try (RawClient client = rig.connect()) {
      client.send(HttpIngressTest.post("/v1/batch", "", TWO));
      HttpRig.await("both begun", () -> held.size() == 2);
      assertThat(rig.ingress.heldBodyBytes()).isPositive();
    }
    HttpRig.await("both cancelled", () -> rig.line.cancelled.get() == 2);
  }

  @Test
  @DisplayName("G8 answers that find no room in the budget become an error to ask again, and the rest stand")
  void answersAreBounded() throws IOException {
    try (HttpRig small = new HttpRig(HttpConfig.DEFAULT.withBodies(4096, 4096), null, Callers.DEFAULT); RawClient client = small.connect()) {
      small.line.script = (request, sink, loop) -> sink.complete(RecordingLine.route(request.id()),
          RecordingLine.json("{\"x\":\"" + "y".repeat(request.sampled() ? 8000 : 10) + "\"}"));
      Answer answer = client.send(HttpIngressTest.post("/v1/batch", "", TWO)).answer();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).startsWith("[{\"index\":0,\"status\":200").contains("{\"index\":1,\"status\":429");
    }
  }
}
