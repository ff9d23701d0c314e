package io.tidegate.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.admission.limit.Ending;
import io.tidegate.admission.limit.LimitRules;
import io.tidegate.admission.limit.Permit;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.HealthBoard.HealthRules;
import io.tidegate.dispatch.HealthBoard.RegionTimes;
import io.tidegate.model.Dialect;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.policy.RouteStep.When;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RegionBoardTest {
  private static final long SECOND = 1_000_000_000L;
  private static final HealthRules RULES = new HealthRules(3, 5 * SECOND, 60 * SECOND, 300 * SECOND);

  private long now;

  private static Endpoint at(String id, String region) {
    return new Endpoint("llm", id, "10.0.0.1", 8000, 1, false).in(region);
  }

  private HealthBoard board(LimitRules limits) {
    HealthBoard board = new HealthBoard(() -> now, RULES, limits, new RegionTimes(30 * SECOND, 0));
    board.endpoints("llm", List.of(at("a", "east"), at("b", "west")));
    return board;
  }

  private static int admitted(HealthBoard board, Balancer balancer, String place, int tries, List<Permit> held) {
    int count = 0;
    for (int i = 0; i < tries; i++) {
      Optional<Endpoint> endpoint = balancer.pick(place, Set.of());
      Permit permit = endpoint.isEmpty() ? null : board.places().admit(endpoint.get(), false, false);
      if (permit != null) {
        held.add(permit);
        count++;
      }
    }
    return count;
  }

  @Test
  @DisplayName("R3.3 R7 a whole region's load moves: the other's limit holds, and what does not fit is told that it is full")
  void limitsHold() {
    HealthBoard board = board(new LimitRules(Set.of("llm"), Map.of(), 1));
    Balancer balancer = new Balancer(board);
    List<Permit> held = new ArrayList<>();
    int west = admitted(board, balancer, "llm@west", 1_000, held);
    assertThat(west).as("its own load").isBetween(1, 64);
    board.failed(at("a", "east"), AttemptFailure.of(Kind.CONNECT_REFUSED));
    assertThat(admitted(board, balancer, "llm@west", 1_000, held)).as("more, now that the east is gone").isZero();
    assertThat(board.whyNone("llm@west").kind()).isEqualTo(Kind.POOL_FULL);
    assertThat(board.whyNone("llm@east").kind()).isEqualTo(Kind.CONNECT_REFUSED);
    assertThat(board.places().free("llm@west")).isZero();
    assertThat(board.inFlight(at("b", "west"))).isZero();
  }

  @Test
  @DisplayName("R3.3 R7.7 one account is one account, in whatever region it is used")
  void oneAccount() {
    HealthBoard board = board(new LimitRules(Set.of(), Map.of("llm", 5), 1));
    Balancer balancer = new Balancer(board);
    List<Permit> held = new ArrayList<>();
    assertThat(admitted(board, balancer, "llm@east", 3, held)).isEqualTo(3);
    assertThat(admitted(board, balancer, "llm@west", 10, held)).isEqualTo(2);
    assertThat(board.places().limits()).filteredOn(limit -> limit.endpoint().isEmpty()).hasSize(1);
    board.failed(at("a", "east"), new AttemptFailure(Kind.ACCOUNT, 402, false, 0, null));
    assertThat(balancer.pick("llm@west", Set.of())).isEmpty();
    assertThat(board.accountAlarm("llm")).isTrue();
    board.reopenAccount("llm");
    assertThat(board.accountAlarm("llm")).isFalse();
  }

  @Test
  @DisplayName("R3.3 R7.4 a place of the account that is kept for who was called is kept in every region")
  void keptInTheAccount() {
    HealthBoard board = board(new LimitRules(Set.of(), Map.of("llm", 2), 1));
    Balancer balancer = new Balancer(board);
    List<Permit> held = new ArrayList<>();
    assertThat(admitted(board, balancer, "llm@east", 1, held)).isEqualTo(1);
    board.places().keep("llm@east");
    assertThat(board.places().free("llm@west")).as("one place calls one").isZero();
    assertThat(admitted(board, balancer, "llm@west", 1, held)).isZero();
    assertThat(board.whyNone("llm@west").kind()).isEqualTo(Kind.POOL_FULL);
    assertThat(board.places().admit(at("b", "west"), false, false)).as("who looked before").isNull();
    assertThat(balancer.pick("llm@east", Set.of(), null, "", true)).as("who was called").isPresent();
    board.places().unkeep("llm@east");
    assertThat(board.places().free("llm@west")).isEqualTo(1);
  }

  @Test
  @DisplayName("R7.4 who was called takes any place there is, also where fewer are left than were called")
  void fewerThanCalled() {
    HealthBoard board = board(new LimitRules(Set.of("llm"), Map.of(), 1));
    Balancer balancer = new Balancer(board);
    List<Permit> held = new ArrayList<>();
    admitted(board, balancer, "llm@west", 1_000, held);
    held.remove(0).close(Ending.OTHER, now);
    board.places().keep("llm@west");
    board.places().keep("llm@west");
    assertThat(balancer.pick("llm@west", Set.of())).as("a newcomer").isEmpty();
    assertThat(balancer.pick("llm@west", Set.of(), null, "", true)).isPresent();
    assertThat(board.whyNone("llm@west", true).kind()).as("and is not told that it is full").isNotEqualTo(Kind.POOL_FULL);
  }

  @Test
  @DisplayName("R3.3 a region's endpoints are picked in that region only, counted together, and one that moves region is a new one there")
  void apart() {
    HealthBoard board = board(LimitRules.NONE);
    Balancer balancer = new Balancer(board);
    assertThat(balancer.pick("llm@east", Set.of())).contains(at("a", "east"));
    assertThat(balancer.pick("llm@west", Set.of())).contains(at("b", "west"));
    assertThat(balancer.pick("llm", Set.of())).isEmpty();
    assertThat(balancer.pick("llm@mars", Set.of())).isEmpty();
    board.failed(at("a", "east"), AttemptFailure.of(Kind.CONNECT_REFUSED));
    assertThat(board.standing("llm")).isEqualTo(new HealthBoard.Standing(1, 2, false));
    assertThat(board.snapshot().get("llm")).hasSize(2);
    board.endpoints("llm", List.of(at("a", "west"), at("b", "west")));
    assertThat(balancer.pick("llm@east", Set.of())).isEmpty();
    assertThat(board.standing("llm")).isEqualTo(new HealthBoard.Standing(2, 2, false));
    assertThat(board.share("llm@east")).isZero();
    board.endpoints("llm", List.of(at("a", "east"), at("b", "west")));
    now += 29 * SECOND;
    assertThat(board.share("llm@east")).as("came back by discovery, and is held").isZero();
    now += SECOND;
    assertThat(board.share("llm@east")).isEqualTo(1);
  }

  @Test
  @DisplayName("R3.3 A4 arranging never changes which candidates there are, nor their steps' order")
  void sameCandidates() {
    for (int seed = 0; seed < 2_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      HealthBoard board = new HealthBoard(() -> now, RULES, LimitRules.NONE, new RegionTimes(30 * SECOND, 20 * SECOND));
      List<Candidate> candidates = new ArrayList<>();
      for (int step = 0; step < 3; step++) {
        Upstream upstream = upstream("u" + random.nextInt(2));
        List<Endpoint> endpoints = new ArrayList<>();
        for (String region : List.of("east", "north", "west").subList(0, random.nextInt(4))) {
          candidates.add(new Candidate(upstream, "m", step, When.ALWAYS, null, Endpoint.place(upstream.name(), region)));
          endpoints.add(new Endpoint(upstream.name(), region, "10.0.0.1", 80, 1, false).in(region));
        }
        board.endpoints(upstream.name(), endpoints);
        for (Endpoint endpoint : endpoints) {
          if (random.nextBoolean()) {
            board.failed(endpoint, AttemptFailure.of(Kind.CONNECT_REFUSED));
          }
        }
        now += random.nextLong(40 * SECOND);
        endpoints.forEach(endpoint -> board.probed(endpoint, true));
      }
      List<Candidate> arranged = RegionTurns.arranged(List.copyOf(candidates), board, random);
      assertThat(arranged).containsExactlyInAnyOrderElementsOf(candidates);
      assertThat(arranged.stream().map(Candidate::step).toList()).isSorted();
      assertThat(arranged.stream().map(each -> each.upstream().name()).toList()).isEqualTo(candidates.stream().map(each -> each.upstream().name()).toList());
    }
  }

  private static Upstream upstream(String name) {
    return new Upstream(name, Zone.PRIVATE, Dialect.VLLM, List.of("*"), null, Map.of(), false, false, "/v1", List.of(), null, null, true, List.of(), null,
        Duration.ofSeconds(1), 8);
  }
}
