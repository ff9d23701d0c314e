package io.tidegate.dispatch.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.region.RegionHold.State;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RegionHoldTest {
  private static final long SECOND = 1_000_000_000L;

  private final RegionHold hold = new RegionHold(30 * SECOND, 20 * SECOND);

  @Test
  @DisplayName("R3.3 a region that starts is no region that comes back")
  void startsAtOnce() {
    hold.seen(false, -5 * SECOND);
    assertThat(hold.state()).isEqualTo(State.NEW);
    hold.seen(true, 0);
    assertThat(hold.share(0)).isEqualTo(1);
  }

  @Test
  @DisplayName("R3.3 lost at once, nothing for the hold time, then a ramp, then all")
  void comesBack() {
    hold.seen(true, 0);
    hold.seen(false, SECOND);
    assertThat(hold.share(2 * SECOND)).isZero();
    assertThat(hold.lost()).isTrue();
    hold.seen(true, 10 * SECOND);
    assertThat(hold.share(40 * SECOND - 1)).isZero();
    assertThat(hold.share(40 * SECOND)).isEqualTo(0.05);
    assertThat(hold.share(50 * SECOND)).isEqualTo(0.5);
    assertThat(hold.share(60 * SECOND - 1)).isLessThan(1);
    assertThat(hold.state()).isEqualTo(State.RETURNING);
    assertThat(hold.share(60 * SECOND)).isEqualTo(1);
    assertThat(hold.state()).isEqualTo(State.SERVING);
  }

  @Test
  @DisplayName("R3.3 one break, and the hold begins anew")
  void breaks() {
    hold.seen(true, 0);
    hold.seen(false, 0);
    hold.seen(true, SECOND);
    hold.seen(false, 29 * SECOND);
    hold.seen(true, 30 * SECOND);
    assertThat(hold.share(32 * SECOND)).isZero();
    assertThat(hold.share(59 * SECOND)).isZero();
    assertThat(hold.share(80 * SECOND)).isEqualTo(1);
  }

  @Test
  @DisplayName("R3.3 whatever comes: no share until somebody has been well for the hold time without a break")
  void property() {
    for (int seed = 0; seed < 2_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      RegionHold any = new RegionHold(30 * SECOND, random.nextBoolean() ? 0 : 20 * SECOND);
      long now = random.nextLong(-100 * SECOND, 100 * SECOND);
      boolean well = true;
      boolean everLost = false;
      any.seen(true, now);
      long wellSince = now;
      for (int step = 0; step < 60; step++) {
        now += random.nextLong(0, 25 * SECOND);
        double share = any.share(now);
        boolean mayServe = well && (!everLost || now - wellSince >= 30 * SECOND);
        assertThat(share > 0).as("seed %d step %d", seed, step).isEqualTo(mayServe);
        assertThat(share).isBetween(0.0, 1.0);
        boolean next = random.nextInt(3) > 0;
        if (next && !well) {
          wellSince = now;
        }
        everLost |= !next;
        well = next;
        any.seen(next, now);
      }
    }
  }
}
