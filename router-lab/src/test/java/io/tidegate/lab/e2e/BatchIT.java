package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.lab.emulator.Emulator;
import io.tidegate.lab.plan.Request;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonWriter;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Batches through the whole daemon, with emulators that count every byte. */
class BatchIT {
  private static String batch(List<String> prompts) {
    JsonWriter out = new JsonWriter();
    out.beginObject().key("requests").beginArray();
    for (String prompt : prompts) {
      out.beginObject().key("prompt").string(prompt).key("parameters").beginObject().key("temperature").number(0).endObject().endObject();
    }
    return new String(out.endArray().endObject().toBytes(), StandardCharsets.UTF_8);
  }

  private static JsonText results(HttpResponse<String> answer) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonText.parse(answer.body().getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
  }

  private static List<Integer> items(JsonText results) {
    List<Integer> items = new ArrayList<>();
    for (int item = 1; item < results.size(); item = results.next(item)) {
      items.add(item);
    }
    return items;
  }

  private static String destination(JsonText results, int item) {
    return results.string(results.member(results.member(item, "target"), "destination"));
  }

  @Test
  @DisplayName("R2.2 G1 a mixed batch splits: the public emulator gets the permitted items and not one byte of the others, whole or cut")
  void mixedBatchSplits() throws Exception {
    try (TestBed bed = TestBed.start()) {
      SplittableRandom random = new SplittableRandom(3);
      List<String> prompts = new ArrayList<>();
      List<String> secrets = new ArrayList<>();
      List<Integer> home = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        String id = Samples.cnId(random);
        if (i % 6 == 2) {
          home.add(prompts.size());
          secrets.add(id);
          prompts.add("患者身份证号 " + id + "，请总结病历。");
        } else if (i % 6 == 4) {
          home.add(prompts.size());
          home.add(prompts.size() + 1);
          secrets.add(id.substring(0, 11));
          secrets.add(id.substring(11));
          prompts.add("the first part is " + id.substring(0, 11));
          prompts.add(id.substring(11) + " is what follows");
        } else {
          prompts.add("Explain sorting algorithm number " + i + " briefly.");
        }
      }
      HttpResponse<String> answer = bed.post("/v1/batch", batch(prompts));
      JsonText results = results(answer);
      List<Integer> items = items(results);
      assertThat(items).hasSameSizeAs(prompts);
      for (int i = 0; i < prompts.size(); i++) {
        int item = items.get(i);
        assertThat(results.number(results.member(item, "index"))).isEqualTo(i);
        assertThat(results.number(results.member(item, "status"))).isEqualTo(200);
        assertThat(destination(results, item)).as("item %d", i).isEqualTo(home.contains(i) ? "PRIVATE" : "PUBLIC");
        assertThat(results.member(results.member(item, "usage"), "total_tokens")).as("usage").isPositive();
      }
      assertThat(bed.publicOne.received().modelCalls()).isEqualTo(prompts.size() - home.size());
      for (String secret : secrets) {
        assertThat(bed.publicOne.received().contains(secret.getBytes(StandardCharsets.UTF_8))).as("bytes of a restricted item").isFalse();
      }
      assertThat(bed.publicOne.received().contains("sorting algorithm number 0".getBytes(StandardCharsets.UTF_8))).as("the recorder does record").isTrue();
    }
  }

  /** On the emulator's loop, which then serves nobody else: probes of the private ones would be late, which moves no request that is under way. */
  private static void holdAChat(Request request, CountDownLatch until) {
    try {
      if (request.method().equals("POST") && !until.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("held for too long");
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  @DisplayName("R2.4 1,024 equal requests in flight on all loops make one call; each has its answer and its own id")
  void singleFlight() throws Exception {
    try (TestBed bed = TestBed.builder().section("batch", "{parallel: 256}").start()) {
      CountDownLatch allIn = new CountDownLatch(1);
      for (Emulator each : List.of(bed.publicOne, bed.privateA, bed.privateB)) {
        each.received().onRequest(request -> holdAChat(request, allIn));
      }
      List<String> prompts = java.util.Collections.nCopies(256, "Explain quicksort.");
      List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        CompletableFuture<HttpResponse<String>> call = new CompletableFuture<>();
        calls.add(call);
        Thread thread = new Thread(() -> call.complete(bed.post("/v1/batch", batch(prompts))));
        thread.setDaemon(true);
        thread.start();
      }
      try {
        // A request joins the call under way in the turn of its loop that decides it.
        GrpcClientIT.await(Duration.ofSeconds(25), "all are decided", () -> bed.metric("tidegate_decisions_total") == 1024);
      } finally {
        allIn.countDown();
      }
      java.util.Set<String> ids = new java.util.HashSet<>();
      for (CompletableFuture<HttpResponse<String>> call : calls) {
        JsonText results = results(call.get());
        for (int item : items(results)) {
          assertThat(results.number(results.member(item, "status"))).isEqualTo(200);
          ids.add(results.string(results.member(item, "request_id")));
        }
      }
      assertThat(ids).hasSize(1024);
      assertThat(bed.publicOne.received().modelCalls() + bed.privateA.received().modelCalls() + bed.privateB.received().modelCalls()).isEqualTo(1);
      assertThat(bed.metric("tidegate_coalesced_total")).isEqualTo(1023);
    }
  }
}
