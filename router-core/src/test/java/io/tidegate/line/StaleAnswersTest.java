package io.tidegate.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.fake.RecordingSink;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Destination;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.policy.Policies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StaleAnswersTest {
  private static final String OLD = "{\"n\":1}";
  private static final String NEW = "{\"n\":2}";

  private final LineRig rig = new LineRig();

  @AfterEach
  void aftermath() {
    rig.aftermath();
  }

  private void answered(Ask ask, String json, CacheOutcome outcome) {
    RecordingSink sink = rig.walk(ask);
    assertThat(sink.json).isEqualTo(json);
    assertThat(Objects.requireNonNull(sink.route).cache()).isEqualTo(outcome);
  }

  private void after(Duration time) {
    rig.loop.advance(time.toNanos());
  }

  @Test
  @DisplayName("R3.6 R3.1 whoever asks again does so as the reader did, from the reader's region, and stores what it brings")
  void asTheReader() {
    ModelRequest reader = Ask.harmless().region("east").request("r1", 5);
    ModelRequest again = Refreshing.again(reader, 7);
    assertThat(again).usingRecursiveComparison().ignoringFields("id", "arrivedNanos", "timeLeftNanos", "cacheDirective").isEqualTo(reader);
    assertThat(again.region()).isEqualTo("east");
    assertThat(again.cacheDirective()).isEqualTo(CacheDirective.NO_CACHE);
  }

  @Test
  @DisplayName("R3.6 an answer past five minutes is given at once, and asked for again behind the reader: once, however many read")
  void refreshedBehind() {
    rig.upstreams.answer(OLD);
    answered(Ask.harmless(), OLD, CacheOutcome.MISS);
    after(Duration.ofMinutes(5));
    rig.upstreams.hold();
    for (int i = 0; i < 10; i++) {
      answered(Ask.harmless(), OLD, CacheOutcome.STALE);
    }
    assertThat(rig.upstreams.sent).hasSize(2);
    rig.upstreams.last().answered(rig.upstreams.bytes(NEW), Upstreams.Usage.UNKNOWN);
    rig.loop.run();
    rig.counted(1);
    answered(Ask.harmless(), NEW, CacheOutcome.HIT);
    assertThat(rig.audit.decided).contains("r2-refresh");
  }

  @Test
  @DisplayName("R3.6 staleness is bounded: past the bound the origin is asked first")
  void bounded() {
    rig.upstreams.answer(OLD).answer(NEW);
    rig.walk(Ask.harmless());
    after(Duration.ofMinutes(65));
    answered(Ask.harmless(), NEW, CacheOutcome.MISS);
  }

  @Test
  @DisplayName("R3.6 a refresh that fails leaves the old answer, and the next reader asks again")
  void failedRefresh() {
    rig.upstreams.answer(OLD);
    rig.walk(Ask.harmless());
    after(Duration.ofMinutes(6));
    fail(3);
    answered(Ask.harmless(), OLD, CacheOutcome.STALE);
    rig.counted(1);
    rig.upstreams.answer(NEW);
    answered(Ask.harmless(), OLD, CacheOutcome.STALE);
    rig.counted(1);
    answered(Ask.harmless(), NEW, CacheOutcome.HIT);
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      rig.upstreams.fail(AttemptFailure.of(AttemptFailure.Kind.RESET));
    }
  }

  @Test
  @DisplayName("A10 C6 another policy comes between reader and refresh: nothing is asked by it for the old one's sake, and the next reader's refresh is")
  void otherPolicyBeforeTheRefresh() {
    rig.upstreams.answer(OLD);
    rig.walk(Ask.harmless());
    after(Duration.ofMinutes(6));
    Rules old = rig.rules;
    RecordingSink sink = rig.sink();
    rig.begin(Ask.harmless(), sink, rig.loop);
    assertThat(sink.json).isEqualTo(OLD);
    rig.rules = LineRig.rules(Policies.bundle("# another text, the same rules\n"));
    rig.loop.run();
    assertThat(rig.upstreams.sent).hasSize(1);
    rig.rules = old;
    rig.upstreams.answer(NEW);
    answered(Ask.harmless(), OLD, CacheOutcome.STALE);
    rig.counted(1);
    answered(Ask.harmless(), NEW, CacheOutcome.HIT);
  }

  @Test
  @DisplayName("C6 a stale answer is not given across a bundle, nor is what a refresh brings stored for the old one")
  void notAcrossBundles() {
    rig.upstreams.answer(OLD);
    rig.walk(Ask.harmless());
    after(Duration.ofMinutes(6));
    Rules old = rig.rules;
    rig.upstreams.hold();
    answered(Ask.harmless(), OLD, CacheOutcome.STALE);
    rig.counted(1);
    rig.rules = LineRig.rules(Policies.bundle("# another text, the same rules\n"));
    rig.upstreams.last().answered(rig.upstreams.bytes(NEW), Upstreams.Usage.UNKNOWN);
    rig.loop.run();
    rig.upstreams.answer("{\"n\":3}");
    answered(Ask.harmless(), "{\"n\":3}", CacheOutcome.MISS);
    rig.rules = old;
    answered(Ask.harmless(), NEW, CacheOutcome.HIT);
  }

  @Test
  @DisplayName("G8 a refresh never reads the cache, and no-store or no-cache asks for none")
  void directives() {
    rig.upstreams.answer(OLD).answer(NEW);
    rig.walk(Ask.harmless());
    after(Duration.ofMinutes(6));
    answered(Ask.harmless().cache(io.tidegate.model.CacheDirective.NO_CACHE), NEW, CacheOutcome.BYPASS);
    assertThat(rig.upstreams.sent).hasSize(2);
  }

  @Test
  @DisplayName("stale if error: past its time an answer stands in for an origin that fails, where the policy says so, and as long as it says")
  void staleIfError() {
    rig.rules = LineRig.rules(Policies.bundle("cache: {internal: {store: true, stale: 0s, staleIfError: 30m}}\n"));
    rig.upstreams.answer(OLD);
    rig.walk(Ask.harmless());
    after(Duration.ofMinutes(6));
    fail(3);
    RecordingSink sink = rig.walk(Ask.harmless());
    assertThat(sink.json).isEqualTo(OLD);
    assertThat(Objects.requireNonNull(sink.route).cache()).isEqualTo(CacheOutcome.STALE);
    assertThat(sink.route.destination()).isEqualTo(Destination.EDGE_CACHE);
    rig.upstreams.answer(NEW);
    answered(Ask.harmless(), NEW, CacheOutcome.MISS);
    after(Duration.ofMinutes(36));
    fail(3);
    assertThat(Objects.requireNonNull(rig.walk(Ask.harmless()).error).refusal()).isEqualTo(Refusal.UPSTREAM_FAILED);
  }

  @Test
  @DisplayName("stale if error: not where the policy does not say so")
  void notByDefault() {
    rig.rules = LineRig.rules(Policies.bundle("cache: {internal: {store: true, stale: 0s}}\n"));
    rig.upstreams.answer(OLD);
    rig.walk(Ask.harmless());
    after(Duration.ofMinutes(6));
    fail(3);
    assertThat(rig.walk(Ask.harmless()).error).isNotNull();
  }

  @Test
  @DisplayName("C3 what its origin filtered, or cut at a length that is not the caller's, is passed on and not stored")
  void finishReasons() {
    for (String reason : List.of("content_filter", "length", "something_new")) {
      String answer = "{\"choices\":[{\"finish_reason\":\"stop\"},{\"finish_reason\": \"" + reason + "\"}]}";
      rig.upstreams.answer(answer);
      answered(Ask.about(reason), answer, CacheOutcome.MISS);
    }
    assertThat(rig.cache.size()).isZero();
    String quoted = "{\"choices\":[{\"content\":\"\\\"finish_reason\\\":\\\"length\\\"\",\"finish_reason\":\"stop\"}]}";
    rig.upstreams.answer(quoted);
    answered(Ask.about("quoted"), quoted, CacheOutcome.MISS);
    assertThat(rig.cache.size()).isEqualTo(1);
    String running = "data: {\"choices\":[{\"finish_reason\":null}]}\n\n";
    rig.upstreams.stream(running, "data: {\"choices\":[{\"finish_reason\":\"tool_calls\"}]}\n\n").stream(running, "data: {\"choices\":[{\"finish_reason\":\"content_filter\"}]}\n\n");
    rig.walk(Ask.about("a").stream());
    rig.walk(Ask.about("b").stream());
    assertThat(rig.cache.size()).isEqualTo(2);
  }

  @Test
  @DisplayName("R3.6 observed staleness: of 20,000 reads of ten answers, from an origin that takes two seconds, 99 in 100 are at most five minutes and two seconds old")
  void observedStaleness() {
    long upstream = Duration.ofSeconds(2).toNanos();
    long began = rig.loop.nanos();
    rig.upstreams.byDefault = events -> {
      // As old as the moment at which its origin was asked for it.
      String made = "{\"at\":" + (rig.loop.nanos() - began) + "}";
      rig.loop.schedule(() -> events.answered(rig.upstreams.bytes(made), Upstreams.Usage.UNKNOWN), upstream);
    };
    SplittableRandom random = new SplittableRandom(6);
    List<Long> ages = new ArrayList<>();
    int refreshed = 0;
    for (int i = 0; i < 20_000; i++) {
      after(Duration.ofMillis(250));
      // The k-th is read 1/k as often as the first.
      int which = (int) Math.exp(random.nextDouble() * Math.log(10));
      RecordingSink sink = rig.walk(Ask.about("question " + which));
      if (sink.json == null) {
        continue; // The first time: it waits for the origin, and what it gets is new.
      }
      ages.add(rig.loop.nanos() - began - Long.parseLong(sink.json.replaceAll("[^0-9]", "")));
    }
    after(Duration.ofSeconds(3));
    refreshed = (int) rig.audit.decided.stream().filter(id -> id.endsWith("-refresh")).count();
    rig.counted(refreshed);
    Collections.sort(ages);
    assertThat(ages).hasSizeGreaterThan(19_800);
    assertThat(refreshed).isBetween(100, 200);
    assertThat(Duration.ofNanos(ages.get(ages.size() * 99 / 100))).isLessThanOrEqualTo(Duration.ofMinutes(5).plusNanos(upstream));
    assertThat(Duration.ofNanos(ages.get(ages.size() - 1))).isLessThan(Duration.ofMinutes(6));
  }
}
