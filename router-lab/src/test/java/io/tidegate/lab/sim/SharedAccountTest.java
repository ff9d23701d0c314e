package io.tidegate.lab.sim;

import static io.tidegate.lab.sim.SimTests.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.admission.limit.LimitRules;
import io.tidegate.admission.share.AccountShare;
import io.tidegate.admission.share.Leases;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Three routers on one account of a provider, chat traffic at one and a half times what the account takes. */
class SharedAccountTest {
  private static final int CAP = 60;
  private static final int ROUTERS = 3;
  private static final long SETTLE = 15 * SECOND;
  private static final long STALE = 10 * SECOND;
  private static final long MINUTE = 60 * SECOND;

  private final VirtualTime time = new VirtualTime();
  private final Account account = new Account(CAP);
  private final ModelServer provider;
  private final Trace chat;
  private final List<Router> routers = new ArrayList<>();

  SharedAccountTest() throws IOException {
    Trace all = SimTests.traces().read(Trace.CHAT);
    ServiceModel service = ServiceModel.USUAL.times(CAP * 1.5 * (all.lengthNanos() / 1e9) / all.arrivals().size() / ServiceModel.USUAL.meanSeconds(all));
    provider = new ModelServer(time, service, 10_000, 0, new SplittableRandom(71)).of(account);
    chat = all.between(0, 12 * MINUTE);
  }

  private void routers(int instances) {
    for (int i = 0; i < ROUTERS; i++) {
      routers.add(new Router(time, Setting.cloud("c").limited(new LimitRules(Set.of(), Map.of("cloud", CAP), instances)), Map.of("c", provider), 72 + i));
    }
  }

  /** Share of requests sent that the provider answered by 429. */
  private double refused(Function<Arrival, Service> to) {
    List<Outcome> outcomes = Simulation.play(time, chat, to, routers, arrival -> Ask.of(arrival, 60 * SECOND).streamed());
    long sent = routers.stream().mapToLong(Router::sent).sum();
    assertThat(sent).isGreaterThan(2_000);
    double share = (double) account.refused() / sent;
    System.out.printf("R7.7 429s %d of %d sent (%.4f), most in flight %d of %d, answered %d of %d%n", account.refused(), sent, share, account.most(), CAP,
        outcomes.stream().filter(Outcome::answered).count(), outcomes.size());
    return share;
  }

  private Function<Arrival, Service> inTurn() {
    int[] turn = {0};
    return arrival -> routers.get(turn[0]++ % ROUTERS);
  }

  @Test
  @DisplayName("R7.7 three instances, the static split: no 429 at all")
  void staticSplit() {
    routers(ROUTERS);
    assertThat(refused(inTurn())).isZero();
    assertThat(account.most()).isEqualTo(CAP);
  }

  @Test
  @DisplayName("R7.7 negative control: three that each take the cap for their own cause 429s, many times the bar")
  void everyoneTheWhole() {
    routers(1);
    assertThat(refused(inTurn())).isGreaterThan(0.01);
  }

  /** The agent's keys, and what each router hears of them. */
  private final class Agent {
    final TreeMap<String, Boolean> live = new TreeMap<>();
    boolean down;

    /** That router starts: it takes its lease, and knows nothing. */
    void follow(int index) {
      String name = "r" + index;
      live.put(name, true);
      AccountShare share = new AccountShare(CAP, ROUTERS, SETTLE, STALE, time.nanos());
      SplittableRandom random = new SplittableRandom(80 + index);
      time.at(time.nanos(), new Runnable() {
        @Override
        public void run() {
          if (!down && live.getOrDefault(name, false)) {
            int held = (int) live.values().stream().filter(each -> each).count();
            share.heard(new Leases(held, live.size() - held, true), time.nanos());
          }
          routers.get(index).health().places().accountPart("cloud", share.part(time.nanos()));
          if (time.nanos() < chat.lengthNanos() && live.containsKey(name)) {
            time.schedule(this, (long) ((0.5 + 2 * random.nextDouble()) * SECOND));
          }
        }
      });
    }
  }

  @Test
  @DisplayName("R7.7 leases: two use the whole cap while the third is gone, give it back when it returns, the agent lost for three minutes: 429s <= 0.1 %")
  void leases() {
    routers(ROUTERS);
    Agent agent = new Agent();
    for (int i = 0; i < ROUTERS; i++) {
      agent.follow(i);
    }
    // It takes no more requests, answers those it has, and then gives its lease back.
    time.at(3 * MINUTE, () -> agent.live.remove("r2"));
    time.at(5 * MINUTE, () -> agent.follow(2));
    time.at(7 * MINUTE, () -> agent.down = true);
    time.at(10 * MINUTE, () -> agent.down = false);
    int[] used = new int[12];
    for (int second = 0; second < 720; second++) {
      int minute = second / 60;
      time.at(second * SECOND, () -> used[minute] = Math.max(used[minute], provider.inFlight()));
    }
    int[] turn = {0};
    double share = refused(arrival -> {
      boolean away = arrival.atNanos() >= 2 * MINUTE && arrival.atNanos() < 5 * MINUTE;
      return routers.get(turn[0]++ % (away ? 2 : ROUTERS));
    });
    assertThat(share).isLessThanOrEqualTo(0.001);
    assertThat(used[4]).as("two use what three had").isGreaterThan(CAP - 5);
    assertThat(used[9]).as("the agent is lost: the static split").isBetween(CAP - 5, CAP);
  }
}
