package io.tidegate.admission.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AccountShareTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long SETTLE = 15 * SECOND;
  private static final long STALE = 10 * SECOND;

  private static AccountShare share(int cap, int instances) {
    return new AccountShare(cap, instances, SETTLE, STALE, 0);
  }

  @Test
  @DisplayName("R7.7 the live share evenly, once everybody must know of everybody")
  void evenly() {
    int sum = 0;
    for (int i = 0; i < 3; i++) {
      AccountShare share = share(500, 3);
      share.heard(new Leases(3, 0, true), 0);
      for (long now = 0; now <= SETTLE; now += SECOND) {
        share.heard(new Leases(3, 0, true), now);
        assertThat(share.part(now)).as("nobody else need know of it yet").isEqualTo(1);
      }
      share.heard(new Leases(3, 0, true), SETTLE * 3 / 2);
      assertThat(share.part(SETTLE * 3 / 2)).as("half-way").isBetween(80, 86);
      share.heard(new Leases(3, 0, true), 2 * SETTLE + SECOND);
      assertThat(share.leased(2 * SETTLE + SECOND)).isTrue();
      sum += share.part(2 * SETTLE + SECOND);
    }
    assertThat(sum).isEqualTo(498);
  }

  @Test
  @DisplayName("R7.7 nobody to ask: one place at first, then the static part, for ever")
  void staticPart() {
    AccountShare share = share(500, 3);
    assertThat(share.part(SETTLE - 1)).isEqualTo(1);
    share.part(SETTLE);
    assertThat(share.part(3 * SETTLE)).isEqualTo(166);
    assertThat(share.part(1_000 * SETTLE)).isEqualTo(166);
    assertThat(share.leased(1_000 * SETTLE)).isFalse();
    assertThat(share(2, 3).part(100 * SETTLE)).as("never none").isEqualTo(1);
  }

  private static AccountShare settled(int live, int lost, int instances) {
    AccountShare share = share(600, instances);
    for (long now = 0; now <= 3 * SETTLE; now += SECOND) {
      share.heard(new Leases(live, lost, true), now);
    }
    return share;
  }

  @Test
  @DisplayName("R7.7 who left has given its part to the others; who is lost keeps it, up to the routers that are configured; more than configured share alike")
  void goneAndLost() {
    assertThat(settled(2, 0, 3).part(3 * SETTLE)).isEqualTo(300);
    assertThat(settled(2, 1, 3).part(3 * SETTLE)).isEqualTo(200);
    assertThat(settled(2, 9, 3).part(2 * SETTLE)).as("old names of routers that run under new ones").isEqualTo(200);
    assertThat(settled(5, 3, 3).part(3 * SETTLE)).isEqualTo(120);
    assertThat(settled(1, 0, 3).part(3 * SETTLE)).isEqualTo(600);
  }

  @Test
  @DisplayName("R7.7 less at once, more after the time to settle")
  void shrinksAtOnce() {
    AccountShare share = settled(2, 0, 3);
    long now = 3 * SETTLE;
    share.heard(new Leases(3, 0, true), now);
    assertThat(share.part(now)).isEqualTo(200);
    for (long later = SECOND; later < SETTLE; later += SECOND) {
      share.heard(new Leases(2, 0, true), now + later);
      assertThat(share.part(now + later)).isEqualTo(200);
    }
    for (long later = SETTLE; later <= 2 * SETTLE + 2 * SECOND; later += SECOND) {
      share.heard(new Leases(2, 0, true), now + later);
    }
    assertThat(share.part(now + 2 * SETTLE + 2 * SECOND)).isEqualTo(300);
  }

  @Test
  @DisplayName("R7.7 word ends: the static part, or what it had if that is less; a list without its own name is no word")
  void silence() {
    AccountShare few = settled(2, 0, 3);
    long now = 3 * SETTLE;
    few.heard(new Leases(1, 0, false), now + STALE / 2);
    assertThat(few.part(now + STALE - 1)).isEqualTo(300);
    assertThat(few.part(now + STALE)).isEqualTo(200);
    assertThat(few.part(now + 1_000 * SETTLE)).isEqualTo(200);
    AccountShare many = settled(5, 0, 3);
    assertThat(many.part(now + 1_000 * SETTLE)).isEqualTo(120);
  }

  @Test
  void contradictionsAreRefused() {
    assertThatThrownBy(() -> new AccountShare(0, 1, SETTLE, STALE, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new AccountShare(1, 1, STALE, STALE, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Leases(0, 0, true)).isInstanceOf(IllegalArgumentException.class);
  }

  /** One router of a schedule: its share, and what it has heard. */
  private static final class Router {
    final String name;
    final AccountShare share;
    boolean cutOff;
    long heardOf = Long.MIN_VALUE;

    Router(String name, int cap, int instances, long now) {
      this.name = name;
      this.share = new AccountShare(cap, instances, SETTLE, STALE, now);
    }
  }

  @Test
  @DisplayName("R7.7 5,000 schedules: routers start, leave, die and are cut off, the agent is gone for minutes: never more than the cap together, but for the one place of "
      + "those who begin")
  void neverMoreThanTheCap() {
    int grown = 0;
    for (int seed = 0; seed < 5_000; seed++) {
      grown += schedule(new SplittableRandom(seed), seed) ? 1 : 0;
    }
    assertThat(grown).as("schedules in which somebody had more than the static part").isGreaterThan(500);
  }

  private static boolean schedule(SplittableRandom random, int seed) {
    int instances = 2 + random.nextInt(3);
    int cap = instances + random.nextInt(100);
    long ttl = 15 * SECOND;
    // Name → when it was last renewed; a lost one stays with Long.MIN_VALUE.
    TreeMap<String, Long> keys = new TreeMap<>();
    List<Router> running = new ArrayList<>();
    boolean agent = true;
    boolean grown = false;
    for (long now = 0; now < 180 * SECOND; now += SECOND) {
      int dice = random.nextInt(40);
      if (dice == 0 && running.size() < instances) {
        String name = "r" + random.nextInt(instances);
        if (running.stream().noneMatch(router -> router.name.equals(name))) {
          running.add(new Router(name, cap, instances, now));
        }
      } else if (dice == 1 && !running.isEmpty()) {
        Router leaving = running.remove(random.nextInt(running.size()));
        if (random.nextBoolean() && agent && !leaving.cutOff) {
          keys.remove(leaving.name);
        }
      } else if (dice == 2 && !running.isEmpty()) {
        Router one = running.get(random.nextInt(running.size()));
        // One that is cut off from the beginning, and it alone, cannot be known of: that is the one case in which the parts do not hold.
        one.cutOff = !one.cutOff && one.heardOf != Long.MIN_VALUE;
      } else if (dice == 3) {
        agent = !agent;
      }
      for (Router router : running) {
        if (agent && !router.cutOff) {
          keys.put(router.name, now);
        }
      }
      Set<String> live = new TreeSet<>();
      for (String name : keys.keySet()) {
        if (now - keys.get(name) < ttl) {
          live.add(name);
        }
      }
      for (Router router : running) {
        // Word comes now or up to three seconds later, but of one moment.
        if (agent && !router.cutOff && (random.nextInt(3) == 0 || now - router.heardOf >= 3 * SECOND)) {
          router.heardOf = now;
          router.share.heard(new Leases(live.size(), keys.size() - live.size(), live.contains(router.name)), now);
        }
      }
      int sum = 0;
      for (Router router : running) {
        int part = router.share.part(now);
        // The one place of those who have just begun is not taken from anybody.
        sum += part == 1 ? 0 : part;
        grown |= part > cap / instances;
      }
      assertThat(sum).as("seed %s, second %s, %s of %s running", seed, now / SECOND, running.size(), instances).isLessThanOrEqualTo(cap);
    }
    return grown;
  }
}
