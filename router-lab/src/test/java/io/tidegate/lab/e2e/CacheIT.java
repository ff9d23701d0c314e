package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.admission.Callers;
import io.tidegate.fake.RedisServer;
import io.tidegate.lab.fault.StreamFaults;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The edge cache of whole daemons: shared over a real Redis, purged, kept over a restart, warmed up, not told by its time. */
class CacheIT {
  private static final String KEY_A = "key-of-tenant-a-0123456789";
  private static final String KEY_B = "key-of-tenant-b-0123456789";
  private static final String SHARED_KEY = "0123456789abcdef0123456789abcdef";

  @TempDir Path folder;

  private static String cache(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.headers().firstValue("x-tidegate-cache").orElseThrow();
  }

  private static long calls(TestBed bed) {
    return bed.publicOne.received().modelCalls() + bed.privateA.received().modelCalls() + bed.privateB.received().modelCalls();
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long since = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - since).as("not within 30 s: " + what).isLessThan(Duration.ofSeconds(30).toNanos());
      Thread.sleep(10);
    }
  }

  private String keys() throws IOException {
    Path keys = Files.writeString(folder.resolve("keys"), "ward-a:service:" + Callers.hashOf(KEY_A) + "\nward-b:service:" + Callers.hashOf(KEY_B) + "\n");
    return "{keysFile: '" + keys + "'}";
  }

  private TestBed.Builder sharing(RedisServer redis) throws IOException {
    Path key = Files.writeString(folder.resolve("cache.key"), SHARED_KEY);
    Files.setPosixFilePermissions(key, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    // A long wait: a busy test machine must not make a hit a miss.
    return TestBed.builder().section("cache", "{shared: {address: 'redis://127.0.0.1:" + redis.port + "', key: '${file:" + key + "}', wait: 100ms}}").section("callers", keys());
  }

  private static HttpResponse<String> post(TestBed bed, String path) throws Exception {
    return bed.http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + bed.daemon.adminPort() + path)).timeout(Duration.ofSeconds(30))
        .POST(HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static boolean connected(TestBed bed) {
    return bed.admin("/admin/cache").contains("\"connected\":true");
  }

  @Test
  @DisplayName("G4 decisions 5 two daemons share by a real Redis: hits of the own tenant only, streams too, nothing readable there, purged everywhere, and a dead Redis costs no answer")
  void sharedByRedis() throws Exception {
    String canary = "canary-7f3b tell me of tides";
    try (RedisServer redis = RedisServer.start(); TestBed one = sharing(redis).start(); TestBed other = sharing(redis).start()) {
      await("both connected", () -> connected(one) && connected(other));
      String[] a = {"authorization", "Bearer " + KEY_A};
      String[] b = {"authorization", "Bearer " + KEY_B};
      int pairs = 0;
      for (boolean stream : new boolean[] {false, true}) {
        // A look-up that was not answered in its wait is a miss, and counted: then another question is asked.
        boolean late = true;
        for (int tries = 0; late; tries++) {
          String question = canary + " again".repeat(tries);
          HttpResponse<String> first = one.chat("auto", question, stream, a);
          assertThat(cache(first)).isEqualTo("miss");
          long stored = ++pairs;
          await("stored", () -> keysOf(redis) == stored);
          long before = calls(other);
          double lateBefore = late(other);
          HttpResponse<String> hit = other.chat("auto", question, stream, a);
          late = late(other) > lateBefore && tries < 2;
          if (!late) {
            assertThat(cache(hit)).isEqualTo("hit");
            assertThat(hit.body()).isEqualTo(first.body());
            assertThat(hit.headers().firstValue("x-tidegate-destination")).hasValue("EDGE_CACHE");
            assertThat(calls(other)).isEqualTo(before);
          }
        }
      }
      assertThat(cache(other.chat("auto", canary, false, b))).as("another tenant").isEqualTo("miss");
      long stored = pairs + 1;
      await("stored", () -> keysOf(redis) == stored);
      assertThat(cache(one.chat("auto", "patient 11010519491231002X " + canary, false, a))).isEqualTo("bypass");
      String dump = new String(redis.dump(), StandardCharsets.ISO_8859_1);
      assertThat(dump).doesNotContain("canary").doesNotContain("ward-").doesNotContain("choices").doesNotContain("11010519491231002X").doesNotContain("deepseek");
      assertThat(keysOf(redis)).isEqualTo(stored);
      assertThat(post(one, "/admin/cache/purge?tenant=ward-a").body()).contains("\"memory\":" + pairs).contains("\"shared\":" + pairs);
      assertThat(post(other, "/admin/cache/purge?tenant=ward-a").body()).contains("\"memory\":" + pairs).contains("\"shared\":0");
      assertThat(cache(other.chat("auto", canary, false, a))).isEqualTo("miss");
      assertThat(cache(other.chat("auto", canary, false, b))).isEqualTo("hit");
      redis.hang();
      for (int i = 0; i < 8; i++) {
        assertThat(cache(one.chat("auto", "question " + i, false, a))).isEqualTo("miss");
      }
      assertThat(one.metric("tidegate_cache_shared_usable")).isZero();
      redis.kill();
      assertThat(cache(one.chat("auto", "question 9", false, a))).isEqualTo("miss");
      assertThat(cache(one.chat("auto", "question 9", false, a))).isEqualTo("hit");
    }
  }

  /** Look-ups in the shared layer that came to nothing for want of time. */
  private static double late(TestBed bed) {
    return bed.metric("tidegate_cache_shared_asked_total", "outcome=\"late\"");
  }

  private static long keysOf(RedisServer redis) {
    try {
      return redis.keys();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  @DisplayName("R3.6 an answer past its time is given at once and asked for again behind the reader; the next reader has the new one")
  void refreshed() throws Exception {
    Path policies = policies("cache: {internal: {store: true, ttl: 1s}}");
    try (TestBed bed = TestBed.builder().policies(policies).start()) {
      assertThat(cache(bed.chat("auto", "tides", false))).isEqualTo("miss");
      long before = calls(bed);
      await("past its time", () -> cache(bed.chat("auto", "tides", false)).equals("stale"));
      await("refreshed", () -> calls(bed) == before + 1);
      await("stored", () -> cache(bed.chat("auto", "tides", false)).equals("hit"));
      assertThat(bed.metric("tidegate_cache_refreshes_total")).isGreaterThanOrEqualTo(1);
    }
  }

  /** The shipped policy with other cache terms, and without its tests, which are of its own. */
  private Path policies(String terms) throws IOException {
    Path directory = Files.createDirectories(folder.resolve("policies"));
    String shipped = Files.readString(TestBed.root().resolve("policies/baseline.yaml"));
    int from = shipped.indexOf("  cache:\n");
    Files.writeString(directory.resolve("baseline.yaml"), shipped.substring(0, from) + terms.indent(2) + "...\n");
    return directory;
  }

  @Test
  @DisplayName("G4 two daemons of one unit: what one is told to purge the other drops too, neither leaves it, and the next does not have it; the other tenant's comes back")
  void purgedInAllOfTheUnit() throws Exception {
    String[] a = {"authorization", "Bearer " + KEY_A};
    String[] b = {"authorization", "Bearer " + KEY_B};
    TestBed.Builder unit = TestBed.builder().section("audit", "{directory: '" + folder.resolve("state") + "'}")
        .section("cache", "{snapshot: '" + folder.resolve("cache.snapshot") + "'}").section("callers", keys());
    try (TestBed one = unit.start(); TestBed standIn = unit.start()) {
      for (TestBed each : new TestBed[] {one, standIn}) {
        assertThat(cache(each.chat("auto", "tides", false, a))).isEqualTo("miss");
        assertThat(cache(each.chat("auto", "tides", false, b))).isEqualTo("miss");
        await("stored", () -> each.metric("tidegate_cache_entries") == 2);
      }
      assertThat(post(one, "/admin/cache/purge?tenant=ward-a").body()).isEqualToIgnoringNewLines("{\"memory\":1}");
      await("taken over", () -> standIn.metric("tidegate_cache_entries") == 1);
    }
    try (TestBed next = unit.start()) {
      await("restored", () -> next.metric("tidegate_cache_entries") == 1);
      assertThat(cache(next.chat("auto", "tides", false, b))).isEqualTo("hit");
      assertThat(cache(next.chat("auto", "tides", false, a))).isEqualTo("miss");
    }
  }

  @Test
  @DisplayName("a request of the warm-up file is a hit for the tenant that its line names, and for no other")
  void warmUp() throws Exception {
    Path file = Files.writeString(folder.resolve("warm.jsonl"), "{\"tenant\": \"ward-a\", \"url\": \"/v1/chat/completions\", \"body\": " + TestBed.body("auto", "tides", false)
        + "}\nnot json\n\n{\"url\": \"/v1/nowhere\", \"body\": {}}\n");
    try (TestBed bed = TestBed.builder().section("cache", "{warmUp: '" + file + "'}").section("callers", keys()).start()) {
      await("warm", () -> bed.metric("tidegate_cache_entries") == 1);
      assertThat(cache(bed.chat("auto", "tides", false, "authorization", "Bearer " + KEY_B))).isEqualTo("miss");
      assertThat(cache(bed.chat("auto", "tides", false, "authorization", "Bearer " + KEY_A))).isEqualTo("hit");
    }
  }

  @Test
  @Tag("long") // it measures time; OriginTimesTest and ReplayTest show the same in virtual time
  @DisplayName("G4 C4 on the wire: where a policy asks for it, another tenant's probes tell hits from misses at an AUC of 0.55 at most, headers and bodies tell nothing")
  void notToldByTime() throws Exception {
    Path policies = policies("cache: {public: {store: true, shared: true, replay: as-origin}, groups: {wards: [ward-a, ward-b]}}\n"
        + "grants:\n  - {id: open, tenants: [ward-a, ward-b], owner: test, expires: 2099-01-01}");
    try (TestBed bed = TestBed.builder().policies(policies).section("callers", keys()).start()) {
      int each = 150;
      Random random = new Random(4);
      // An origin whose time is drawn for each call, around 20 ms.
      for (int i = 0; i < 3 * each; i++) {
        bed.publicOne.script(StreamFaults.slowHead(Duration.ofNanos((long) (20e6 * Math.exp(0.4 * random.nextGaussian())))));
      }
      String[] a = {"authorization", "Bearer " + KEY_A};
      String[] b = {"authorization", "Bearer " + KEY_B};
      // The first calls warm the machine up: their times are not those of the probes.
      for (int i = -each; i < each; i++) {
        assertThat(cache(bed.chat("auto", "known question " + i, false, a))).isEqualTo("miss");
      }
      double[] hits = new double[each];
      double[] misses = new double[each];
      long before = calls(bed);
      for (int i = 0; i < each; i++) {
        hits[i] = probe(bed, "known question " + i, b);
        misses[i] = probe(bed, "fresh question " + i, b);
      }
      assertThat(calls(bed) - before).as("half of the probes were hits").isEqualTo(each);
      double auc = auc(hits, misses);
      System.out.printf("CacheIT: AUC of hits and misses over the wire %.3f, medians %.1f and %.1f ms%n", auc, median(hits), median(misses));
      // 0.55 and what 150 of each spread by chance: one standard error is 0.033.
      assertThat(auc).isLessThanOrEqualTo(0.55 + 2 * 0.033);
    }
  }

  private static double probe(TestBed bed, String text, String[] key) {
    long since = System.nanoTime();
    HttpResponse<String> answer = bed.chat("auto", text, false, key);
    double millis = (System.nanoTime() - since) / 1e6;
    assertThat(cache(answer)).isEqualTo("miss");
    assertThat(answer.headers().firstValue("x-tidegate-attempts")).hasValue("1");
    assertThat(answer.headers().firstValue("x-tidegate-destination")).hasValueSatisfying(where -> assertThat(where).isNotEqualTo("EDGE_CACHE"));
    return millis;
  }

  private static double median(double[] of) {
    double[] sorted = of.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** 0.5: hits and misses cannot be told apart by a threshold. */
  private static double auc(double[] hits, double[] misses) {
    double wins = 0;
    for (double hit : hits) {
      for (double miss : misses) {
        wins += hit < miss ? 1 : hit == miss ? 0.5 : 0;
      }
    }
    double auc = wins / hits.length / misses.length;
    return Math.max(auc, 1 - auc);
  }
}
