package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.tidegate.admission.Callers;
import io.tidegate.v1.CacheOutcome;
import io.tidegate.v1.ChatRequest;
import io.tidegate.v1.Message;
import io.tidegate.v1.RouterServiceGrpc;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two tenants with keys, and the default one: nobody gets, or sees a trace of, what another tenant's requests left in the edge cache. */
class G4IsolationIT {
  private static final String KEY_A = "key-of-tenant-a-0123456789";
  private static final String SECOND_KEY_A = "other-key-of-tenant-a-0123456789";
  private static final String KEY_B = "key-of-tenant-b-0123456789";
  private static final String PROMPT = "Sort a list of numbers in Java.";

  @TempDir Path folder;
  private TestBed bed;

  @BeforeEach
  void start() throws IOException {
    Path keys = Files.writeString(folder.resolve("keys"), "ward-a:service:" + Callers.hashOf(KEY_A) + "\nward-a:batch:" + Callers.hashOf(SECOND_KEY_A)
        + "\nward-b:service:" + Callers.hashOf(KEY_B) + "\n");
    bed = TestBed.builder().section("callers", "{keysFile: '" + keys + "'}").start();
  }

  @AfterEach
  void stop() {
    bed.close();
  }

  private HttpResponse<String> ask(String key, String text, boolean stream, String... more) {
    List<String> headers = new ArrayList<>(List.of(more));
    if (!key.isEmpty()) {
      headers.addAll(List.of("authorization", "Bearer " + key));
    }
    HttpResponse<String> answer = bed.chat("auto", text, stream, headers.toArray(String[]::new));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer;
  }

  private static String cache(HttpResponse<String> answer) {
    return answer.headers().firstValue("x-tidegate-cache").orElseThrow();
  }

  private long calls() {
    return bed.publicOne.received().modelCalls() + bed.privateA.received().modelCalls() + bed.privateB.received().modelCalls();
  }

  @Test
  @DisplayName("G4 C1 a tenant's own repeat is a hit, another tenant's is a miss, in both orders, streamed or not")
  void anotherTenantMisses() {
    for (boolean stream : new boolean[] {false, true}) {
      HttpResponse<String> first = ask(KEY_A, PROMPT, stream);
      assertThat(cache(first)).isEqualTo("miss");
      HttpResponse<String> again = ask(KEY_A, PROMPT, stream);
      assertThat(cache(again)).isEqualTo("hit");
      assertThat(again.headers().firstValue("x-tidegate-destination")).hasValue("EDGE_CACHE");
      assertThat(again.body()).isEqualTo(first.body());
      assertThat(cache(ask(SECOND_KEY_A, PROMPT, stream))).as("another caller of the same tenant").isEqualTo("hit");
      long before = calls();
      HttpResponse<String> other = ask(KEY_B, PROMPT, stream);
      assertThat(cache(other)).isEqualTo("miss");
      assertThat(calls()).as("it was computed, not copied").isEqualTo(before + 1);
      assertThat(cache(ask(KEY_B, PROMPT, stream))).isEqualTo("hit");
      assertThat(cache(ask("", PROMPT, stream))).as("nor the tenant without a key").isEqualTo("miss");
    }
  }

  @Test
  @DisplayName("G4 over gRPC the same tenants are as apart, and the doors share a tenant's answers or do not, but never across")
  void overGrpc() throws InterruptedException {
    ManagedChannel channel = ManagedChannelBuilder.forAddress("127.0.0.1", bed.daemon.grpcPort()).usePlaintext().disableRetry().build();
    try {
      assertThat(cache(ask(KEY_A, PROMPT, false))).isEqualTo("miss");
      assertThat(overGrpc(channel, KEY_B)).isEqualTo(CacheOutcome.CACHE_OUTCOME_MISS);
      overGrpc(channel, KEY_A);
      assertThat(overGrpc(channel, KEY_A)).isEqualTo(CacheOutcome.CACHE_OUTCOME_HIT);
      assertThat(overGrpc(channel, KEY_B)).isEqualTo(CacheOutcome.CACHE_OUTCOME_HIT);
    } finally {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  private static CacheOutcome overGrpc(ManagedChannel channel, String key) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + key);
    return RouterServiceGrpc.newBlockingStub(channel).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .chat(ChatRequest.newBuilder().setModel("auto").setTemperature(0).addMessages(Message.newBuilder().setRole("user").setContent(PROMPT)).build())
        .getRoute().getCache();
  }

  @Test
  @DisplayName("decisions 5 restricted and confidential answers are never kept, not even for their own tenant")
  void restrictedIsNeverKept() {
    String patient = Samples.patient(new SplittableRandom(5));
    for (int i = 1; i <= 3; i++) {
      assertThat(cache(ask(KEY_A, patient, false))).isEqualTo("bypass");
      assertThat(cache(ask(KEY_A, PROMPT, false, "x-tidegate-sensitivity", "confidential"))).isEqualTo("bypass");
      assertThat(calls()).isEqualTo(2 * i);
    }
    assertThat(cache(ask(KEY_A, PROMPT, false))).as("what was raised is not found lower down").isEqualTo("miss");
    assertThat(cache(ask(KEY_A, PROMPT, false, "x-tidegate-sensitivity", "restricted"))).as("nor the other way").isEqualTo("bypass");
  }

  @Test
  @DisplayName("C8 no-store keeps nothing; no-cache asks anew and keeps the new answer")
  void directives() {
    assertThat(cache(ask(KEY_A, PROMPT, false, "cache-control", "no-store"))).isEqualTo("bypass");
    assertThat(cache(ask(KEY_A, PROMPT, false))).as("nothing was kept").isEqualTo("miss");
    assertThat(cache(ask(KEY_A, PROMPT, false, "cache-control", "no-store"))).as("nor read").isEqualTo("bypass");
    long before = calls();
    assertThat(cache(ask(KEY_A, PROMPT, false, "cache-control", "no-cache"))).isEqualTo("bypass");
    assertThat(calls()).isEqualTo(before + 1);
    assertThat(cache(ask(KEY_A, PROMPT, false))).isEqualTo("hit");
  }

  @Test
  @DisplayName("B8 a wrong key and a tenant named in a header get nobody's answers")
  void noHeaderNamesATenant() {
    ask(KEY_A, PROMPT, false);
    assertThat(bed.chat("auto", PROMPT, false, "authorization", "Bearer " + KEY_A + "x").statusCode()).isEqualTo(401);
    assertThat(cache(ask(KEY_B, PROMPT, false, "x-tidegate-tenant", "ward-a", "x-tenant", "ward-a"))).isEqualTo("miss");
  }

  @Test
  @DisplayName("G4 the upstream's own prompt cache is parted as well: another user_id and cache_salt for each tenant")
  void upstreamCachesAreParted() {
    List<String> marks = new ArrayList<>();
    for (String key : List.of(KEY_A, SECOND_KEY_A, KEY_B)) {
      bed.publicOne.received().clear();
      ask(key, PROMPT, false, "cache-control", "no-store");
      String body = new String(bed.publicOne.received().requests().stream().filter(request -> request.modelCall()).findFirst().orElseThrow().request().body(),
          java.nio.charset.StandardCharsets.UTF_8);
      marks.add(body.replaceFirst(".*\"user_id\":\"([^\"]+)\".*", "$1"));
    }
    assertThat(marks.get(0)).isEqualTo(marks.get(1)).isNotEqualTo(marks.get(2)).doesNotContain("ward", "{");
  }
}
