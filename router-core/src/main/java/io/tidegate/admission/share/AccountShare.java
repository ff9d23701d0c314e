package io.tidegate.admission.share;

/**
 * This router's part of an account's cap (R7.7). Confined to whoever listens to the leases.
 *
 * <p>Equal parts for all that hold a lease. Those that lost theirs without giving it back may be cut off and still send: a part stays theirs, as long as no more
 * than the configured number of routers is counted that way. A part shrinks at once. It grows only after the time to settle, in which everybody else has
 * heard the same, or has noticed that it hears nothing, and then within the same time again; so the parts of all together stay within the cap while routers come and go.
 *
 * <pre>
 * hears                          part
 * nothing yet                    one place; after the time to settle without a word, the static part
 * leases, its own among them     cap / max(live, min(live + lost, configured))
 * leases without its own         as nothing
 * nothing any more               the static part, or what it had, whichever is less
 * </pre>
 *
 * The static part is cap / configured: it holds without anybody to ask, if no more routers run than are configured. A router that starts where it can hear
 * nothing, while the others hear each other and fewer run than are configured, is the one that nobody can know of: then they have more than the cap together.
 */
public final class AccountShare {
  private final int cap;
  private final int instances;
  private final long settleNanos;
  private final long staleNanos;
  private final long bornNanos;
  private int part = 1;
  private boolean everHeard;
  private int heard;
  private long heardNanos;
  private int wanted = 1;
  private long wantedSinceNanos;
  private long grownNanos;

  /**
   * @param instances routers that are configured to share it
   * @param settleNanos longer than {@code staleNanos}, by what word of a change takes
   * @param staleNanos without word for so long, it hears nothing
   */
  public AccountShare(int cap, int instances, long settleNanos, long staleNanos, long nowNanos) {
    if (cap < 1 || instances < 1 || staleNanos <= 0 || settleNanos <= staleNanos) {
      throw new IllegalArgumentException("an account's share needs a cap, routers, and more time to settle than to notice silence");
    }
    this.cap = cap;
    this.instances = instances;
    this.settleNanos = settleNanos;
    this.staleNanos = staleNanos;
    this.bornNanos = nowNanos;
    this.wantedSinceNanos = nowNanos;
    this.grownNanos = nowNanos;
  }

  /** Word of the leases, as they are now. */
  public void heard(Leases leases, long nowNanos) {
    if (!leases.own()) {
      return;
    }
    int divisor = Math.max(leases.live(), Math.min(leases.live() + leases.lost(), instances));
    everHeard = true;
    heard = Math.max(1, cap / divisor);
    heardNanos = nowNanos;
    settle(nowNanos);
  }

  /** Places that may be used now. To be asked again a few times within the time to settle. */
  public int part(long nowNanos) {
    settle(nowNanos);
    return part;
  }

  /** Whether it goes by leases now, rather than by what is configured. */
  public boolean leased(long nowNanos) {
    return everHeard && nowNanos - heardNanos < staleNanos;
  }

  private void settle(long nowNanos) {
    int now = target(nowNanos);
    if (now != wanted) {
      // A smaller growth than was waited for may have been waited for long enough.
      wantedSinceNanos = now > wanted || wanted <= part ? nowNanos : wantedSinceNanos;
      wanted = now;
    }
    if (now <= part) {
      part = now;
    } else {
      long calm = wantedSinceNanos + settleNanos;
      // Step by step: what the others have in flight beyond their smaller part must first be answered.
      long more = (nowNanos - (grownNanos - calm > 0 ? grownNanos : calm)) / Math.max(1, settleNanos / now);
      if (more > 0) {
        part = (int) Math.min(now, part + more);
        grownNanos = nowNanos;
      }
    }
  }

  private int target(long nowNanos) {
    int fixed = Math.max(1, cap / instances);
    if (leased(nowNanos)) {
      return heard;
    }
    if (everHeard) {
      return Math.min(fixed, part);
    }
    return nowNanos - bornNanos < settleNanos ? 1 : fixed;
  }
}
