package io.tidegate.admission.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Permits, the accounts' algorithm, and what a target can take. */
class LimiterTest {
  private static final long SECOND = 1_000_000_000L;

  private static Permit take(Limiter limiter) {
    Permit permit = Permit.take(limiter, null, () -> { }, 0);
    assertThat(permit).isNotNull();
    return permit;
  }

  @Test
  @DisplayName("R7.2 a permit closes once: the second call is counted and frees nothing")
  void closesOnce() {
    Limiter limiter = new Limiter(new Aimd(2));
    AtomicInteger freed = new AtomicInteger();
    Permit one = Permit.take(limiter, null, freed::incrementAndGet, 0);
    take(limiter);
    assertThat(one).isNotNull();
    one.close(Ending.OTHER, 1);
    one.close(Ending.OTHER, 2);
    assertThat(limiter.inFlight()).isEqualTo(1);
    assertThat(limiter.closedAgain()).isEqualTo(1);
    assertThat(freed).hasValue(1);
  }

  @Test
  @DisplayName("R7.7 where the account is full the endpoint's place is given back too")
  void bothOrNone() {
    Limiter endpoint = new Limiter(new Aimd(5));
    Limiter account = new Limiter(new Aimd(1));
    assertThat(Permit.take(endpoint, account, () -> { }, 0)).isNotNull();
    assertThat(Permit.take(endpoint, account, () -> { }, 0)).isNull();
    assertThat(endpoint.inFlight()).isEqualTo(1);
    assertThat(account.inFlight()).isEqualTo(1);
  }

  @Test
  @DisplayName("R7.7 a router's part becomes smaller at once and larger again; what was given up on a 429 stays given up")
  void changingPart() {
    Limiter limiter = new Limiter(new Aimd(100));
    List<Permit> taken = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      taken.add(take(limiter));
    }
    limiter.cap(40);
    assertThat(limiter.limit()).isEqualTo(40);
    assertThat(limiter.tryTake()).isFalse();
    assertThat(limiter.room()).as("those in flight are answered").isZero();
    taken.get(0).close(Ending.BUSY, SECOND);
    assertThat(limiter.limit()).isEqualTo(36);
    limiter.cap(60);
    assertThat(limiter.limit()).isEqualTo(56);
    limiter.cap(1);
    assertThat(limiter.limit()).isEqualTo(1);
    assertThatThrownBy(() -> limiter.cap(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("R7.7 three routers together never pass the account's cap, and use all of it that divides")
  void sharedAccount() {
    int together = 0;
    for (int i = 0; i < 3; i++) {
      Limiter share = new LimitRules(Set.of(), Map.of("deepseek", 500), 3).account("deepseek");
      assertThat(share).isNotNull();
      while (share.tryTake()) {
        together++;
      }
    }
    assertThat(together).isEqualTo(498);
  }

  @Test
  @DisplayName("R7.7 a 429 takes a tenth, twenty at once take it once, and it comes back to the cap and never above")
  void additiveIncrease() {
    Limiter limiter = new Limiter(new Aimd(500));
    List<Permit> permits = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      permits.add(take(limiter));
    }
    for (int i = 0; i < 20; i++) {
      permits.remove(0).close(Ending.BUSY, i);
    }
    assertThat(limiter.limit()).isEqualTo(450);
    for (int second = 1; second <= 30; second++) {
      permits.get(0).firstToken(100, second * SECOND);
      permits.remove(0).close(Ending.ANSWERED, second * SECOND);
      if (limiter.hasRoom()) {
        permits.add(take(limiter));
      }
    }
    assertThat(limiter.limit()).isEqualTo(500);
  }

  @Test
  @DisplayName("R7.2 capacity is limit / mean service time of the last ten minutes, and forgets what is older")
  void capacity() {
    Limiter limiter = new Limiter(new Aimd(20));
    assertThat(limiter.capacity()).isZero();
    for (int i = 0; i < 30; i++) {
      Permit permit = Permit.take(limiter, null, () -> { }, 0);
      assertThat(permit).isNotNull();
      permit.close(Ending.ANSWERED, (i % 3 + 1) * SECOND);
    }
    assertThat(limiter.capacity()).isEqualTo(10.0);
    long later = 1_200 * SECOND;
    Permit permit = Permit.take(limiter, null, () -> { }, later);
    assertThat(permit).isNotNull();
    permit.close(Ending.ANSWERED, later + SECOND / 2);
    assertThat(limiter.capacity()).isEqualTo(40.0);
  }

  @Test
  @DisplayName("R7.2 a ceiling that changes while somebody learns is not lost: lowered or raised, it holds when the learning ends")
  void ceilingWhileLearning() {
    AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> { });
    Limiter limiter = new Limiter(new Algorithm() {
      @Override
      public int limit() {
        meanwhile.getAndSet(() -> { }).run();
        return 100;
      }

      @Override
      public void firstToken(long nanos, int ahead, int promptBytes, int inFlight, int silent, long nowNanos) {}

      @Override
      public void answered(int inFlight, boolean told, long nowNanos) {}

      @Override
      public void busy(long nowNanos) {}
    });
    for (int places : new int[] {2, 7, 1, 100}) {
      meanwhile.set(() -> limiter.ceiling(places));
      take(limiter).close(Ending.ANSWERED, SECOND);
      assertThat(limiter.limit()).isEqualTo(places);
    }
  }

  @Test
  @DisplayName("R7.2 threads that take and give never pass the limit and leave nothing behind")
  void manyThreads() throws InterruptedException {
    Limiter limiter = new Limiter(new Aimd(7));
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(4);
    for (int t = 0; t < 4; t++) {
      new Thread(() -> {
        for (int i = 0; i < 20_000; i++) {
          Permit permit = Permit.take(limiter, null, () -> { }, 0);
          if (permit != null) {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            inside.decrementAndGet();
            permit.close(Ending.OTHER, 1);
          }
        }
        done.countDown();
      }).start();
    }
    done.await();
    assertThat(most.get()).isLessThanOrEqualTo(7);
    assertThat(limiter.inFlight()).isZero();
  }
}
