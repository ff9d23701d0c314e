package io.tidegate.dispatch;

import static io.tidegate.dispatch.HealthBoardTest.endpoint;
import static io.tidegate.dispatch.balance.SessionKeyTest.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.HealthBoard.HealthRules;
import io.tidegate.model.Balance;
import io.tidegate.model.Balance.Method;
import io.tidegate.model.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole picks: board, method and request together. */
class BalancerMethodsTest {
  private static final long SECOND = 1_000_000_000L;

  private long now;
  private final HealthBoard board = new HealthBoard(() -> now, new HealthRules(5, 5 * SECOND, 60 * SECOND, 300 * SECOND, 30 * SECOND));
  private final Balancer balancer = new Balancer(board);

  private List<Endpoint> endpoints(int count, Balance balance) {
    List<Endpoint> all = IntStream.range(0, count).mapToObj(i -> endpoint("e" + i, 1)).toList();
    board.balance("vllm", balance);
    board.endpoints("vllm", all);
    return all;
  }

  private static Balance by(Method method) {
    return Balance.DEFAULT.with(method);
  }

  private Endpoint pick(String session, String... tried) {
    return balancer.pick("vllm", Set.of(tried), request("t", "a", session, "{\"model\":\"m\"}"), "m").orElseThrow();
  }

  private void fail(Endpoint endpoint, Kind kind, int times) {
    for (int i = 0; i < times; i++) {
      board.failed(endpoint, AttemptFailure.of(kind));
    }
  }

  private Map<String, Endpoint> homes(int sessions) {
    Map<String, Endpoint> homes = new HashMap<>();
    IntStream.range(0, sessions).forEach(i -> homes.put("s" + i, pick("s" + i)));
    return homes;
  }

  @Test
  @DisplayName("R4.5 the same session has the same endpoint while that is well; sessions are spread over all")
  void sessionsStay() {
    endpoints(3, Balance.DEFAULT);
    Map<String, Endpoint> homes = homes(300);
    assertThat(new HashSet<>(homes.values())).hasSize(3);
    for (int turn = 0; turn < 5; turn++) {
      homes.forEach((session, home) -> assertThat(pick(session)).isEqualTo(home));
    }
    assertThat(board.picks("vllm", PickReason.HOME)).isEqualTo(300 * 6);
  }

  @Test
  @DisplayName("R4.5 one of three is killed: only its sessions move, to the others in turn, counted; within one hold time they return")
  void killedAndBack() {
    List<Endpoint> all = endpoints(3, Balance.DEFAULT);
    Map<String, Endpoint> homes = homes(300);
    Endpoint killed = all.get(1);
    board.failed(killed, AttemptFailure.of(Kind.CONNECT_REFUSED));
    Map<String, Integer> guests = new HashMap<>();
    homes.forEach((session, home) -> {
      Endpoint at = pick(session);
      if (home.equals(killed)) {
        assertThat(at).isNotEqualTo(killed);
        guests.merge(at.id(), 1, Integer::sum);
      } else {
        assertThat(at).isEqualTo(home);
      }
    });
    long moved = homes.values().stream().filter(killed::equals).count();
    assertThat(board.picks("vllm", PickReason.AWAY_EJECTED)).isEqualTo(moved);
    assertThat(Math.abs(guests.get("e0") - guests.get("e2"))).isLessThanOrEqualTo(1);
    now += 5 * SECOND;
    assertThat(pick("any")).as("one request is the probe").isEqualTo(killed);
    board.succeeded(killed);
    homes.forEach((session, home) -> assertThat(pick(session)).isEqualTo(home));
    assertThat(board.picks("vllm", PickReason.PROBE)).isEqualTo(1);
    assertThat(board.ejections("vllm", EjectionCause.UNREACHABLE)).isEqualTo(1);
  }

  @Test
  @DisplayName("R4.5 each anomaly is counted by its reason: tried, rate limited, busy, over its load; and is left when it clears")
  void reasons() {
    endpoints(3, Balance.DEFAULT);
    Endpoint home = pick("s");
    assertThat(pick("s", home.id())).isNotEqualTo(home);
    assertThat(board.picks("vllm", PickReason.AWAY_TRIED)).isEqualTo(1);
    board.failed(home, new AttemptFailure(Kind.RATE_LIMITED, 429, false, 3_000, null));
    assertThat(pick("s")).isNotEqualTo(home);
    assertThat(board.picks("vllm", PickReason.AWAY_COOLING)).isEqualTo(1);
    now += 3 * SECOND;
    board.failed(home, AttemptFailure.of(Kind.BUSY));
    assertThat(pick("s")).isNotEqualTo(home);
    assertThat(board.picks("vllm", PickReason.AWAY_BUSY)).isEqualTo(1);
    now += 3 * SECOND;
    EndpointLoad load = board.enter(home);
    assertThat(pick("s")).isNotEqualTo(home);
    assertThat(board.picks("vllm", PickReason.AWAY_LOADED)).isEqualTo(1);
    load.leave();
    assertThat(pick("s")).isEqualTo(home);
  }

  @Test
  @DisplayName("R4.4 however many requests one session sends, no endpoint has more than 1.25 times the mean in flight")
  void boundedLoad() {
    List<Endpoint> all = endpoints(5, Balance.DEFAULT);
    SplittableRandom random = new SplittableRandom(51);
    List<EndpointLoad> under = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      if (under.size() > 200) {
        under.remove(random.nextInt(under.size())).leave();
      }
      Endpoint at = pick(random.nextInt(10) < 8 ? "loud" : "s" + random.nextInt(50));
      under.add(board.enter(at));
      int bound = (int) Math.ceil(1.25 * under.size() / 5);
      assertThat(board.inFlight(at)).isLessThanOrEqualTo(bound);
    }
    assertThat(all).allSatisfy(endpoint -> assertThat(board.inFlight(endpoint)).isPositive());
  }

  @Test
  @DisplayName("R4.5 without a session the default takes turns by weight; HASH keeps a caller together all the same")
  void withoutASession() {
    endpoints(3, Balance.DEFAULT);
    assertThat(IntStream.range(0, 3).mapToObj(i -> pick(null)).distinct()).hasSize(3);
    endpoints(3, by(Method.HASH));
    assertThat(IntStream.range(0, 9).mapToObj(i -> pick(null)).distinct()).hasSize(1);
  }

  @Test
  @DisplayName("R4.11 without a session, and away from home, the default passes over whoever has more in flight for its weight, and turns stay by weight")
  void slowOneIsPassedOver() {
    endpoints(4, Balance.DEFAULT);
    Endpoint slow = pick(null);
    EndpointLoad load = board.enter(slow);
    for (int i = 0; i < 12; i++) {
      assertThat(pick(null)).isNotEqualTo(slow);
    }
    Endpoint home = pick("s");
    Endpoint other = IntStream.range(0, 8).mapToObj(i -> pick("s", home.id())).filter(at -> !at.equals(slow)).findAny().orElseThrow();
    assertThat(IntStream.range(0, 12).mapToObj(i -> pick("s", home.id()))).isNotEmpty().doesNotContain(slow).contains(other);
    load.leave();
    assertThat(IntStream.range(0, 12).mapToObj(i -> pick(null))).contains(slow);
    board.endpoints("vllm", List.of(endpoint("a", 3), endpoint("b", 1)));
    assertThat(IntStream.range(0, 8).filter(i -> pick(null).id().equals("b")).count()).as("idle ones by weight").isEqualTo(2);
    Map<String, Integer> under = new HashMap<>();
    IntStream.range(0, 40).forEach(i -> {
      Endpoint at = pick(null);
      board.enter(at);
      under.merge(at.id(), 1, Integer::sum);
    });
    assertThat(under).as("loaded ones by weight").isEqualTo(Map.of("a", 30, "b", 10));
  }

  @Test
  @DisplayName("R4.11 who works ten times slower is left by its sessions and passed over, asked once a second, and taken back when it is as the others")
  void slowHome() {
    List<Endpoint> all = endpoints(5, Balance.DEFAULT);
    Endpoint slow = pick("s");
    Runnable working = () -> {
      for (int i = 0; i < 40; i++) {
        all.forEach(each -> board.served(each, each.equals(slow) ? 2 * SECOND : SECOND / 5, 300, 100));
      }
    };
    assertThat(pick("s")).isEqualTo(slow);
    working.run();
    assertThat(IntStream.range(0, 20).mapToObj(i -> pick("s"))).doesNotContain(slow);
    assertThat(board.picks("vllm", PickReason.AWAY_SLOW)).isEqualTo(20);
    assertThat(IntStream.range(0, 20).mapToObj(i -> pick(null))).doesNotContain(slow);
    List<EndpointLoad> busy = new ArrayList<>();
    all.stream().filter(each -> !each.equals(slow)).forEach(each -> IntStream.range(0, 11).forEach(i -> busy.add(board.enter(each))));
    assertThat(pick(null)).as("where the others have ten times as much to do").isEqualTo(slow);
    busy.forEach(EndpointLoad::leave);
    now += SECOND + 1;
    assertThat(pick("s")).as("asked again").isEqualTo(slow);
    EndpointLoad asked = board.enter(slow);
    assertThat(IntStream.range(0, 20).mapToObj(i -> pick("s"))).doesNotContain(slow);
    asked.leave();
    for (int i = 0; i < 40; i++) {
      board.served(slow, SECOND / 5, 300, 100);
    }
    assertThat(pick("s")).isEqualTo(slow);
  }

  @Test
  @DisplayName("R4.11 long answers, long prompts and small differences do not make an endpoint slow, nor do two of which one must be the slower")
  void notSlow() {
    List<Endpoint> all = endpoints(3, Balance.DEFAULT);
    Endpoint home = pick("s");
    for (int i = 0; i < 40; i++) {
      all.forEach(each -> board.served(each, each.equals(home) ? 30 * SECOND : SECOND, 300, each.equals(home) ? 1_200 : 40));
    }
    assertThat(pick("s")).isEqualTo(home);
    endpoints(2, Balance.DEFAULT);
    Endpoint one = pick("s");
    for (int i = 0; i < 40; i++) {
      board.served(one, 30 * SECOND, 300, 40);
    }
    assertThat(pick("s")).isEqualTo(one);
  }

  @Test
  @DisplayName("R4.5 every loop, and every process with the same key, sends a session to the same endpoint")
  void loopsAgree() {
    endpoints(7, Balance.DEFAULT);
    Balancer other = new Balancer(board);
    other.pick("vllm", Set.of());
    homes(100).forEach((session, home) ->
        assertThat(other.pick("vllm", Set.of(), request("t", "a", session, "{}"), "m")).contains(home));
  }

  @Test
  @DisplayName("R4.1 ROUND_ROBIN leaves weights aside, SMOOTH does not")
  void roundRobin() {
    board.balance("vllm", by(Method.ROUND_ROBIN));
    board.endpoints("vllm", List.of(endpoint("a", 9), endpoint("b", 1)));
    assertThat(IntStream.range(0, 10).filter(i -> pick(null).id().equals("b")).count()).isEqualTo(5);
    board.balance("vllm", by(Method.SMOOTH));
    assertThat(IntStream.range(0, 10).filter(i -> pick(null).id().equals("b")).count()).isEqualTo(1);
  }

  @Test
  @DisplayName("R4.2 LEAST_CONNECTIONS sees what other loops have under way, PEAK_EWMA what they measured")
  void sharedAcrossLoops() {
    List<Endpoint> all = endpoints(2, by(Method.LEAST_CONNECTIONS));
    EndpointLoad load = board.enter(all.get(0));
    for (int i = 0; i < 20; i++) {
      assertThat(pick(null)).isEqualTo(all.get(1));
    }
    board.balance("vllm", by(Method.PEAK_EWMA));
    load.leave();
    board.enter(all.get(0)).firstToken(14, SECOND, now);
    board.enter(all.get(1)).firstToken(14, SECOND / 10, now);
    for (int i = 0; i < 20; i++) {
      assertThat(pick(null)).isEqualTo(all.get(1));
    }
  }

  @Test
  @DisplayName("R4.2 R4.11 LEAST_CONNECTIONS of a few endpoints: never one that has more under way than another, equal ones in turn")
  void leastOfAll() {
    List<Endpoint> all = endpoints(5, by(Method.LEAST_CONNECTIONS));
    all.subList(0, 4).forEach(board::enter);
    for (int i = 0; i < 50; i++) {
      assertThat(pick(null)).isEqualTo(all.get(4));
    }
    board.enter(all.get(4));
    Map<Endpoint, Integer> turns = new HashMap<>();
    for (int i = 0; i < 10; i++) {
      turns.merge(pick(null), 1, Integer::sum);
    }
    assertThat(turns.values()).containsExactly(2, 2, 2, 2, 2);
  }

  @Test
  @DisplayName("R4.2 R4.11 LEAST_CONNECTIONS counts what is under way at an endpoint ten times slower ten times")
  void leastWork() {
    List<Endpoint> all = endpoints(5, by(Method.LEAST_CONNECTIONS));
    for (int i = 0; i < 16; i++) {
      all.forEach(endpoint -> board.served(endpoint, endpoint.equals(all.get(0)) ? 10 * SECOND : SECOND, 100, 100));
    }
    for (int i = 0; i < 36; i++) {
      Endpoint at = pick(null);
      assertThat(at).as("pick %d", i).isNotEqualTo(all.get(0));
      board.enter(at);
    }
    for (int i = 0; i < 5; i++) {
      board.enter(pick(null));
    }
    assertThat(all).as("each had nine times what the slow one takes for one, and has one more now").extracting(board::inFlight).containsExactly(1, 10, 10, 10, 10);
  }

  @Test
  @DisplayName("R4.2 LEAST_CONNECTIONS of many endpoints: the less loaded of two that are drawn")
  void leastOfTwo() {
    List<Endpoint> all = endpoints(40, by(Method.LEAST_CONNECTIONS));
    all.subList(0, 20).forEach(board::enter);
    long busy = IntStream.range(0, 4_000).filter(i -> all.indexOf(pick(null)) < 20).count();
    assertThat(busy).as("both of two, a quarter of all").isBetween(800L, 1_200L);
  }

  @Test
  @DisplayName("R4.7 PREFIX sends a prompt that goes on where its beginning went")
  void prefix() {
    endpoints(4, by(Method.PREFIX));
    String start = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"" + "word ".repeat(800);
    Endpoint first = balancer.pick("vllm", Set.of(), request("t", "a", null, start + "\"}]}"), "m").orElseThrow();
    for (int i = 0; i < 10; i++) {
      assertThat(balancer.pick("vllm", Set.of(), request("t", "a", null, start + i + "\"}]}"), "m")).contains(first);
    }
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  @DisplayName("G1 R4.8 whatever the method: nothing but the upstream's own, nothing tried, nothing that is out; nothing if all are")
  void neverWider(Method method) {
    List<Endpoint> all = endpoints(6, by(method));
    board.endpoints("other", List.of(new Endpoint("other", "x", "10.1.1.1", 1, 1, false)));
    board.failed(all.get(0), AttemptFailure.of(Kind.CONNECT_REFUSED));
    for (int i = 0; i < 200; i++) {
      assertThat(pick("s" + i, "e1", "e2")).isIn(all.get(3), all.get(4), all.get(5));
    }
    all.forEach(endpoint -> board.failed(endpoint, AttemptFailure.of(Kind.CONNECT_REFUSED)));
    assertThat(balancer.pick("vllm", Set.of(), request("t", "a", "s", "{}"), "m")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  @DisplayName("R4.8 an endpoint that is busy stands behind the others, and is taken where it is all that is left")
  void busyIsLast(Method method) {
    List<Endpoint> all = endpoints(3, by(method));
    board.failed(all.get(0), AttemptFailure.of(Kind.BUSY));
    for (int i = 0; i < 50; i++) {
      assertThat(pick("s" + i)).isNotEqualTo(all.get(0));
    }
    assertThat(pick("s", "e1", "e2")).isEqualTo(all.get(0));
  }

  @Test
  @DisplayName("R4.9 an endpoint that came back takes its share slowly")
  void slowStart() {
    Balance slowly = new Balance(Method.SMOOTH, 125, Duration.ofSeconds(10), 100, Duration.ofSeconds(100));
    List<Endpoint> all = endpoints(2, slowly);
    now = 1000 * SECOND;
    board.failed(all.get(0), AttemptFailure.of(Kind.CONNECT_REFUSED));
    now += 5 * SECOND;
    assertThat(pick(null)).isEqualTo(all.get(0));
    board.succeeded(all.get(0));
    // At 10 %: one of eleven; at half time: one of three; then every second.
    assertThat(IntStream.range(0, 110).filter(i -> pick(null).equals(all.get(0))).count()).isEqualTo(10);
    now += 50 * SECOND;
    assertThat(IntStream.range(0, 90).filter(i -> pick(null).equals(all.get(0))).count()).isBetween(29L, 31L);
    now += 50 * SECOND;
    assertThat(IntStream.range(0, 90).filter(i -> pick(null).equals(all.get(0))).count()).isBetween(44L, 46L);
  }
}
