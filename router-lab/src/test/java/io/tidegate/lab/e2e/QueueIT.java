package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.lab.fault.Fault;
import io.tidegate.lab.fault.StreamFaults;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The waiting room over sockets: who is served, in which order, and who is turned away. No time is measured. */
class QueueIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Pattern WHO = Pattern.compile("I am ([isb][0-9]|holder)\\.");
  private static final Map<Character, String> CLASSES = Map.of('i', "INTERACTIVE", 's', "STANDARD", 'b', "BATCH");

  private final Map<String, CompletableFuture<HttpResponse<String>>> answers = new TreeMap<>();

  private void ask(TestBed bed, String who) {
    HttpRequest request = HttpRequest.newBuilder(bed.uri("/v1/chat/completions")).timeout(Duration.ofMinutes(2)).header("content-type", "application/json")
        .header("x-tidegate-sensitivity", "RESTRICTED").header("x-tidegate-latency-class", CLASSES.get(who.charAt(0)))
        .POST(HttpRequest.BodyPublishers.ofString(TestBed.body("auto", "I am " + who + ".", false))).build();
    answers.put(who, bed.http.sendAsync(request, BodyHandlers.ofString()));
  }

  /** Asks, and waits until it is in the waiting room. */
  private void waits(TestBed bed, String who) {
    String depth = "latency_class=\"" + CLASSES.get(who.charAt(0)).toLowerCase(Locale.ROOT) + "\"";
    double before = bed.metric("tidegate_queue_depth", depth);
    ask(bed, who);
    GrpcClientIT.await(PATIENCE, who + " waits", () -> bed.metric("tidegate_queue_depth", depth) == before + 1);
  }

  private List<String> turnedAway() {
    return answers.entrySet().stream().filter(each -> each.getValue().isDone()).map(Map.Entry::getKey).toList();
  }

  @Test
  @DisplayName("R7.4 over sockets: full, batch is told so at once with Retry-After and makes way; then interactive, standard and batch are served, each in its order")
  void order() throws Exception {
    List<String> served = Collections.synchronizedList(new ArrayList<>());
    try (TestBed bed = TestBed.builder().section("limits", "{adaptive: false, queue: {total: 6}}").privateMore(", maxInFlight: 1")
        .section("timeouts", "{drain: 2s, idle: 5m, firstToken: {interactive: 10m, standard: 10m, batch: 10m}}").start()) {
      for (var each : List.of(bed.privateA, bed.privateB)) {
        each.received().onRequest(request -> {
          Matcher who = WHO.matcher(new String(request.body(), StandardCharsets.UTF_8));
          if (who.find()) {
            served.add(who.group(1));
          }
        });
      }
      for (var each : List.of(bed.privateA, bed.privateB)) {
        each.always(StreamFaults.stall(3));
      }
      try (Socket holder = hold(bed)) {
        assertThat(served).containsExactly("holder");
        for (var each : List.of(bed.privateA, bed.privateB)) {
          each.clearFaults();
          each.always(Fault.none());
        }
        for (String who : List.of("b1", "s1", "b2", "i1", "s2", "b3")) {
          waits(bed, who);
        }
        assertThat(turnedAway()).as("six fit").isEmpty();
        waits(bed, "i2");
        waits(bed, "i3");
        ask(bed, "b4");
        GrpcClientIT.await(PATIENCE, "three are turned away", () -> turnedAway().size() == 3);
        List<String> away = turnedAway();
        assertThat(away).allMatch(who -> who.startsWith("b")).contains("b4");
        for (String who : away) {
          HttpResponse<String> busy = answers.get(who).get();
          assertThat(busy.statusCode()).as(busy.body()).isEqualTo(429);
          assertThat(busy.body()).contains("\"code\":\"busy\"");
          assertThat(Integer.parseInt(busy.headers().firstValue("retry-after").orElse("0"))).isBetween(1, 60);
          assertThat(busy.headers().firstValue("x-tidegate-attempts")).as("nothing was sent").contains("0");
        }
        assertThat(served).as("the place is still taken").containsExactly("holder");
        assertThat(bed.metric("tidegate_shed_total", "latency_class=\"batch\"", "reason=\"full\"")).isEqualTo(3);
        assertThat(bed.metric("tidegate_shed_total")).as("nobody else").isEqualTo(3);
        holder.setSoLinger(true, 0);
      }
      for (String who : List.of("i1", "i2", "i3", "s1", "s2")) {
        assertThat(answers.get(who).get(60, TimeUnit.SECONDS).statusCode()).as(who).isEqualTo(200);
      }
      String last = answers.keySet().stream().filter(who -> who.startsWith("b")).filter(who -> code(who) == 200).reduce((a, b) -> a + b).orElse("none");
      assertThat(served).containsExactly("holder", "i1", "i2", "i3", "s1", "s2", last);
      GrpcClientIT.await(PATIENCE, "every place is free", () -> bed.metric("tidegate_in_flight", "upstream=\"private\"") == 0);
      assertThat(bed.metric("tidegate_queue_depth")).isZero();
      assertThat(bed.metric("tidegate_permit_closed_again_total")).isZero();
      assertThat(bed.publicOne.received().modelCalls()).as("G1 however full it is").isZero();
    }
  }

  private int code(String who) {
    try {
      return answers.get(who).get(60, TimeUnit.SECONDS).statusCode();
    } catch (Exception broken) {
      throw new IllegalStateException(who, broken);
    }
  }

  /** A stream that stays under way until its caller leaves. */
  private static Socket hold(TestBed bed) throws Exception {
    String body = TestBed.body("auto", "I am holder.", true);
    Socket socket = new Socket("127.0.0.1", bed.daemon.httpPort());
    socket.getOutputStream().write(("POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nx-tidegate-sensitivity: RESTRICTED\r\n"
        + "content-length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.UTF_8));
    // Once its first token is here, what the server does next no longer follows the faults of then.
    socket.setSoTimeout(30_000);
    StringBuilder seen = new StringBuilder();
    while (seen.indexOf("\"content\":") < 0) {
      seen.append((char) socket.getInputStream().read());
      assertThat(seen.length()).isLessThan(16 << 10);
    }
    return socket;
  }
}
