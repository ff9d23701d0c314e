package io.tidegate.discovery;

import static io.tidegate.discovery.SeenEndpoints.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.discovery.DiscoveryStatus.Watched;
import io.tidegate.fake.FakeConsul;
import io.tidegate.fake.FakeConsul.Query;
import io.tidegate.fake.FakeConsul.Reply;
import io.tidegate.fake.FakeConsul.Row;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Secret;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class ConsulFaultTest {
  private final FakeConsul consul = new FakeConsul();
  private final SeenEndpoints seen = new SeenEndpoints();
  private ConsulDiscovery discovery = discovery(config(), seen, null);

  private ConsulConfig config() {
    return ConsulConfig.defaults(consul.url()).withWait(Duration.ofSeconds(20), Duration.ofSeconds(1))
        .withPace(2, Duration.ofMillis(20), Duration.ofMillis(20), Duration.ofMillis(100));
  }

  private static ConsulDiscovery discovery(ConsulConfig config, Endpoints endpoints, @Nullable OwnRegistration own) {
    return new ConsulDiscovery(config, List.of(Upstreams.upstream("local", "vllm")), endpoints, own, System::nanoTime,
        new SplittableRandom(1));
  }

  private Watched status() {
    return discovery.of("local");
  }

  @BeforeEach
  void twoInstances() {
    consul.put("vllm", Row.passing("a", "127.0.0.1", 8001));
    consul.put("vllm", Row.passing("b", "127.0.0.2", 8002));
  }

  @AfterEach
  void stop() {
    discovery.close();
    consul.close();
  }

  private void startAndSeeBoth() {
    discovery.start();
    seen.await(list -> list.size() == 2);
  }

  @Test
  @DisplayName("K1 changes arrive by blocking queries: added, weight on warning, critical, removed")
  void followsChanges() {
    startAndSeeBoth();
    assertThat(seen.last()).containsExactly(new Endpoint("local", "n1/a", "127.0.0.1", 8001, 1, true),
        new Endpoint("local", "n1/b", "127.0.0.2", 8002, 1, true));
    consul.put("vllm", new Row("n1", "a", "127.0.0.1", 8001, "warning", 9, 4));
    seen.await(list -> list.get(0).weight() == 4);
    consul.put("vllm", Row.passing("a", "127.0.0.1", 8001).with("critical"));
    seen.await(list -> list.size() == 1);
    consul.remove("vllm", "n1", "b");
    seen.await(List::isEmpty);
    assertThat(status().failures()).isZero();
  }

  @Test
  @DisplayName("R3.2 upstreams 8 a query carries index, wait, datacenter and token, and neither passing nor near unless told")
  void queryIsAsTheContractSays() {
    discovery = discovery(config().withToken(new Secret("t0ken")).withDatacenter("dc 1"), seen, null);
    startAndSeeBoth();
    until("a blocking query", () -> consul.queries().size() >= 2);
    Query first = consul.queries().get(0);
    assertThat(first).extracting(Query::path, Query::index, Query::longest, Query::datacenter, Query::token)
        .containsExactly("/v1/health/service/vllm", 0L, null, "dc%201", "t0ken");
    assertThat(consul.queries().get(1)).extracting(Query::index, Query::longest).containsExactly(12L, "20000ms");
  }

  private static String rows(int count) {
    return IntStream.range(0, count).mapToObj(i -> Row.passing("i" + i, "127.0.0.1", 1 + i).json()).collect(Collectors.joining(","));
  }

  static List<Reply> brokenReplies() {
    String many = rows(10_001);
    return List.of(Reply.of(500, "No cluster leader"), Reply.of(403, "Permission denied"), Reply.of(404, ""), Reply.of(429, ""),
        Reply.of(301, "").header("Location", "http://127.0.0.1:1/"), Reply.of(200, "").index(50), Reply.of(200, "not json").index(50),
        Reply.of(200, "[{\"Node\":").index(50), Reply.of(200, "{}").index(50), Reply.of(204, ""),
        Reply.of(200, "[" + many + "]").index(50), Reply.of(200, "[" + " ".repeat(17 << 20) + "]").index(50));
  }

  @ParameterizedTest
  @MethodSource("brokenReplies")
  @DisplayName("K1 a broken answer leaves the last good list, is counted, and is asked again")
  void brokenAnswerKeepsTheList(Reply reply) {
    startAndSeeBoth();
    consul.answer(reply);
    consul.wake();
    until("failure counted", () -> status().failures() == 1);
    assertThat(seen.lists()).hasSize(1);
    consul.put("vllm", Row.passing("c", "127.0.0.3", 8003));
    seen.await(list -> list.size() == 3);
    assertThat(status().failures()).isEqualTo(1);
  }

  @Test
  @DisplayName("K1 10,000 entries are one list")
  void tenThousandEntries() {
    String many = rows(10_000);
    startAndSeeBoth();
    consul.answer(Reply.of(200, "[" + many + "]").index(90));
    consul.wake();
    seen.await(list -> list.size() == 10_000);
  }

  @Test
  @DisplayName("K1 a query that hangs, or drips, ends at its time-out and keeps the list")
  void hungQueryTimesOut() {
    discovery = discovery(config().withWait(Duration.ofSeconds(1), Duration.ofMillis(200)), seen, null);
    startAndSeeBoth();
    consul.answer(Reply.hanging(), Reply.dripping());
    consul.wake();
    until("both time out", Duration.ofSeconds(20), () -> status().failures() >= 2);
    assertThat(seen.lists()).hasSize(1);
    consul.put("vllm", Row.passing("c", "127.0.0.3", 8003));
    seen.await(list -> list.size() == 3);
  }

  @Test
  @DisplayName("R3.2 K1 an index that goes back restarts at 0 and the answer counts when it is repeated")
  void indexGoingBackRestarts() {
    startAndSeeBoth();
    consul.remove("vllm", "n1", "b");
    seen.await(list -> list.size() == 1);
    consul.answer(Reply.of(200, "[]").index(2).header("X-Consul-KnownLeader", "true"));
    consul.wake();
    until("went back", () -> status().wentBack() == 1);
    until("asked from 0 again", () -> consul.queries().stream().filter(query -> query.index() == 0).count() == 2);
    until("believed then", () -> consul.queries().get(consul.queries().size() - 1).index() > 0);
    assertThat(seen.lists()).noneMatch(List::isEmpty);
  }

  @Test
  @DisplayName("K1 an index that stays 0 is asked as 1, at the bucket's pace and no faster")
  void badIndexDoesNotSpin() {
    discovery = discovery(config().withPace(2, Duration.ofMillis(300), Duration.ofMillis(20), Duration.ofMillis(100)), seen, null);
    consul.answer(IntStream.range(0, 4).mapToObj(i -> Reply.of(200, "[]").index(0)).toArray(Reply[]::new));
    long begun = System.nanoTime();
    discovery.start();
    until("four answers", () -> consul.queries().size() >= 4);
    List<Query> queries = consul.queries().subList(0, 4);
    assertThat(queries).extracting(Query::index).containsExactly(0L, 1L, 1L, 1L);
    // Two at once, then one a refill; counted from before the first token is taken, which is never after its call arrives. A wait may be cut to whole
    // milliseconds. The pace itself is PaceTest's, in numbers.
    assertThat((queries.get(2).atNanos() - begun) / 1_000_000).isGreaterThanOrEqualTo(290);
    assertThat((queries.get(3).atNanos() - begun) / 1_000_000).isGreaterThanOrEqualTo(590);
  }

  @Test
  @DisplayName("K1 an empty list from a leaderless Consul wipes nothing, one from a healthy Consul does")
  void leaderlessDoesNotWipe() {
    startAndSeeBoth();
    consul.leaderless(true);
    consul.clear("vllm");
    until("doubted", () -> status().doubted() >= 3);
    assertThat(seen.lists()).hasSize(1);
    consul.leaderless(false);
    seen.await(List::isEmpty);
  }

  @Test
  @DisplayName("K1 an empty list for want of rights wipes nothing")
  void aclFilteredDoesNotWipe() {
    startAndSeeBoth();
    consul.filteredByAcls(true);
    until("doubted", () -> status().doubted() >= 3);
    assertThat(seen.lists()).hasSize(1);
    assertThat(status().endpoints()).isEqualTo(2);
    consul.filteredByAcls(false);
    consul.clear("vllm");
    seen.await(List::isEmpty);
  }

  @Test
  @DisplayName("K1 rows of a server that heard no leader for long do not change what is known")
  void staleServerIsDoubted() {
    startAndSeeBoth();
    consul.answer(Reply.of(200, "[" + Row.passing("old", "127.0.0.9", 1).json() + "]").index(99).header("X-Consul-LastContact", "60000"));
    consul.wake();
    until("doubted", () -> status().doubted() == 1);
    assertThat(seen.lists()).hasSize(1);
  }

  @Test
  @DisplayName("K1 an empty list wipes nothing while our own registration is hidden from us")
  void hiddenOwnRegistrationMeansBlind() {
    OwnRegistration own = new OwnRegistration() {
      @Override
      public boolean registered() {
        return true;
      }

      @Override
      public String service() {
        return "tidegate";
      }

      @Override
      public String id() {
        return "me";
      }
    };
    discovery = discovery(config(), seen, own);
    consul.put("tidegate", Row.passing("me", "127.0.0.1", 7400));
    startAndSeeBoth();
    consul.clear("tidegate");
    consul.clear("vllm");
    until("doubted", () -> status().doubted() >= 3);
    assertThat(seen.lists()).hasSize(1);
    consul.put("tidegate", Row.passing("me", "127.0.0.1", 7400));
    seen.await(List::isEmpty);
  }

  @Test
  @DisplayName("K1 the grace bridges a flap")
  void graceBridgesFlaps() {
    discovery = discovery(config().withGraces(Duration.ofSeconds(10), Duration.ofSeconds(10)), seen, null);
    startAndSeeBoth();
    consul.clear("vllm");
    // Only who holds an empty list asks for less than the longest wait.
    until("held", () -> consul.queries().stream().anyMatch(query -> query.index() > 0 && !"20000ms".equals(query.longest())));
    consul.put("vllm", Row.passing("a", "127.0.0.1", 8001));
    seen.await(list -> list.size() == 1);
    assertThat(seen.lists()).noneMatch(List::isEmpty);
  }

  @Test
  @DisplayName("K1 a list that stays empty counts after the grace")
  void emptyAfterTheGrace() {
    discovery = discovery(config().withGraces(Duration.ofMillis(600), Duration.ofMillis(600)), seen, null);
    startAndSeeBoth();
    long begun = System.nanoTime();
    consul.clear("vllm");
    seen.await(List::isEmpty);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofMillis(600));
  }

  @Test
  @DisplayName("R3.2 K1 Consul goes and comes: the list stays, the age rises and falls, a low index is no trouble")
  void outageChangesNothingButTheAge() {
    startAndSeeBoth();
    consul.down();
    until("failing", () -> status().failures() >= 3);
    until("age rises", () -> status().ageNanos() > Duration.ofMillis(300).toNanos());
    assertThat(seen.lists()).hasSize(1);
    assertThat(status().endpoints()).isEqualTo(2);
    long up = System.nanoTime();
    consul.up();
    // The clock is read before the age: it is younger than that only if it was confirmed since.
    until("age falls", () -> System.nanoTime() - up > status().ageNanos());
    assertThat(seen.lists()).hasSize(1);
    consul.put("vllm", Row.passing("c", "127.0.0.3", 8003));
    seen.await(list -> list.size() == 3);
  }

  @Test
  @DisplayName("K1 a Consul that comes back without its memory wipes nothing while services register again")
  void amnesiaDoesNotWipe() {
    startAndSeeBoth();
    consul.down();
    until("failing", () -> status().failures() >= 1);
    consul.clear("vllm");
    int asked = consul.queries().size();
    consul.up();
    until("asked", () -> consul.queries().size() > asked);
    consul.put("vllm", Row.passing("a", "127.0.0.1", 8001));
    seen.await(list -> list.size() == 1);
    assertThat(seen.lists()).noneMatch(List::isEmpty);
  }

  @Test
  @DisplayName("K1 while Consul is away it is asked at the back-off's pace")
  void failuresBackOff() {
    discovery = discovery(config().withPace(2, Duration.ofMillis(1), Duration.ofMillis(100), Duration.ofMillis(400)), seen, null);
    consul.answer(IntStream.range(0, 5).mapToObj(i -> Reply.of(500, "")).toArray(Reply[]::new));
    discovery.start();
    seen.await(list -> list.size() == 2);
    List<Query> queries = consul.queries();
    long[] leastMillis = {50, 100, 200, 200, 200};
    for (int i = 0; i < leastMillis.length; i++) {
      long gapMillis = (queries.get(i + 1).atNanos() - queries.get(i).atNanos()) / 1_000_000;
      assertThat(gapMillis).as("wait %s", i).isGreaterThanOrEqualTo(leastMillis[i]);
    }
  }

  @Test
  @DisplayName("A14 a rogue registration is dropped with a count, and the rest stays")
  void rogueRegistrationIsDropped() {
    startAndSeeBoth();
    consul.put("vllm", Row.passing("rogue", "203.0.113.7", 443));
    until("dropped", () -> status().dropped().get(Drop.OUTSIDE_NETWORKS) == 1);
    consul.put("vllm", Row.passing("named", "api.example", 443));
    until("dropped", () -> status().dropped().get(Drop.NOT_AN_ADDRESS) == 1);
    assertThat(status().droppedNow()).isEqualTo(2);
    assertThat(seen.lists()).hasSize(1);
  }

  @Test
  @DisplayName("K1 a receiver that throws is told again")
  void receiverIsToldAgain() {
    AtomicInteger calls = new AtomicInteger();
    discovery = discovery(config(), (upstream, list) -> {
      if (calls.incrementAndGet() == 1) {
        throw new IllegalStateException("first");
      }
      seen.replace(upstream, list);
    }, null);
    startAndSeeBoth();
    assertThat(calls.get()).isEqualTo(2);
  }

  @Test
  @DisplayName("H1 closing ends a blocked query and its thread at once")
  void closeIsPrompt() {
    startAndSeeBoth();
    until("blocked", () -> consul.queries().size() >= 2);
    long from = System.nanoTime();
    discovery.close();
    assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(2));
    assertThat(Thread.getAllStackTraces().keySet()).noneMatch(thread -> thread.getName().equals("consul-watch-local"));
  }
}
