package io.tidegate.admission.limit;

import java.util.Arrays;

/**
 * Gradient2 on time to first token: how long requests stand in the target's own queue, whatever the length of their answers (R7.6). A window is at
 * least a second and ten samples; gradient = clamp(1.5 · base / now, 0.5, 1); limit = limit · gradient + 4, smoothed by 0.2.
 *
 * <p>These things differ from the source, each because it is fed by language models:
 * <ul>
 *   <li>A window is judged by its lower fifth, not its mean. Prompts differ by a hundredfold, and a standing queue delays the quickest too.
 *   <li>Unless answers are alike: then slots come free in step, most requests meet a free one, and the others wait for a whole answer. So it counts
 *       as well how many stand in the target's queue: rate · (mean time − usual time), Little's law. What is usual is learnt by size of prompt,
 *       from requests that were sent while less than half the limit was in use. An eighth of the limit may stand there; what is missing of that
 *       is what the limit rises by, 4 at most, and half of what is too much it loses at once.
 *   <li>The base falls at once and rises only while the limit is at its floor or under half in use. The source lets it rise with every window;
 *       under steady load it then takes the queue for normal, and the limit drifts up.
 *   <li>Each step down, and each doubling, is judged by what was sent after it. What was sent before tells of a limit that is no longer.
 *   <li>It starts by doubling until a queue shows, and then takes the last doubling back. A delay below {@link #HARMLESS_NANOS} is none. While it
 *       starts, it doubles at once when it is used up and nearly everything in flight has begun: nobody stands in a queue then, and a burst of long
 *       answers need not wait for the clock.
 *   <li>Where no answer is streamed nothing shows a queue. Then the limit rises by {@value #ROOM} in a second in which it was in use and nobody said
 *       busy, up to {@value #UNSEEN_CEILING} (as many sequences as vLLM runs at once by default); how long answers take does not matter. Once it has
 *       heard that it is too high, it rises by one: four would be back above a small server's slots before the next second.
 * </ul>
 */
public final class Gradient implements Algorithm {
  static final long WINDOW_NANOS = 1_000_000_000L;
  static final int SAMPLES = 10;
  /** Longest a thinly used target is judged as one window. */
  private static final long LONGEST_WINDOW_NANOS = 2_000_000_000L;
  private static final int FEWEST = 5;
  private static final int KEPT = 256;
  private static final double TOLERANCE = 1.5;
  private static final double SMOOTHING = 0.2;
  private static final int ROOM = 4;
  private static final int LEAST_ROOM = 2;
  private static final double BUSY_DECREASE = 0.9;
  static final long HARMLESS_NANOS = 25_000_000L;

  /** So long after the last first token, a target counts as one that shows none. */
  private static final long UNSEEN_NANOS = 10_000_000_000L;
  static final int UNSEEN_CEILING = 256;

  private int floor;
  private int ceiling;
  private final int highest;
  private boolean capped;
  private final long[] samples = new long[KEPT];
  private final UsualTimes usual = new UsualTimes();
  private double limit;
  private long base;
  private int seen;
  private int most;
  private boolean starting = true;
  private boolean begun;
  private boolean seenEver;
  private boolean raised;
  private long raisedNanos;
  private long seenNanos;
  private long windowStartNanos;
  private long busyUntilNanos;
  private boolean wasBusy;
  /** Of this window: how much longer than usual its requests took, and how many of them there is a usual time for. */
  private double delayNanos;
  private double sumNanos;
  private int compared;
  private int answers;
  private boolean doubled;
  /** When the limit was last doubled or lowered: who was sent before says nothing about what it is now. */
  private boolean changed;
  private long changedNanos;

  /** @param start the limit before anything is known */
  public Gradient(int start, int floor, int ceiling) {
    if (floor < 1 || start < floor || ceiling < start) {
      throw new IllegalArgumentException("the bounds of a limit contradict each other");
    }
    this.floor = floor;
    this.ceiling = ceiling;
    this.highest = ceiling;
    this.limit = start;
  }

  /** A capacity that is known. The limit starts there: a server that is told its slots needs no search. */
  @Override
  public void cap(int places) {
    int before = ceiling;
    ceiling = Math.min(highest, places);
    floor = Math.min(floor, ceiling);
    // All of a capacity that grew, or that was just learnt, is offered; below it the search goes on from where it was.
    limit = !capped || ceiling > before || limit > ceiling ? ceiling : limit;
    capped = true;
  }

  @Override
  public int limit() {
    return (int) limit;
  }

  @Override
  public void firstToken(long nanos, int ahead, int promptBytes, int inFlight, int silent, long nowNanos) {
    seenEver = true;
    seenNanos = nowNanos;
    if (!begun) {
      begun = true;
      windowStartNanos = nowNanos;
    }
    if (changed && nowNanos - nanos - changedNanos < 0) {
      return;
    }
    note(nanos, ahead, promptBytes);
    most = Math.max(most, inFlight);
    if (starting && silent * 10 <= inFlight && inFlight * 10 >= limit() * 9) {
      twice(nowNanos);
    }
    long age = nowNanos - windowStartNanos;
    if (age >= WINDOW_NANOS && seen >= SAMPLES || age >= LONGEST_WINDOW_NANOS && seen >= FEWEST) {
      judge(silent, nowNanos, age);
      open(nowNanos);
    }
  }

  private void note(long nanos, int ahead, int promptBytes) {
    samples[seen++ % KEPT] = nanos;
    sumNanos += nanos;
    if (ahead * 2 < shown() || limit() <= floor) {
      usual.learn(promptBytes, nanos);
    }
    double known = usual.nanos(promptBytes);
    if (known >= 0) {
      delayNanos += nanos - known;
      compared++;
    }
  }

  /** What it is known to have taken: a limit that was just doubled may be twice too high. */
  private double shown() {
    return starting && doubled ? limit / 2 : limit;
  }

  private void open(long nowNanos) {
    windowStartNanos = nowNanos;
    seen = 0;
    most = 0;
    answers = 0;
    compared = 0;
    delayNanos = 0;
    sumNanos = 0;
  }

  private void twice(long nowNanos) {
    limit = Math.min(ceiling, limit * 2);
    doubled = true;
    changed(nowNanos);
  }

  private void changed(long nowNanos) {
    changed = true;
    changedNanos = nowNanos;
    open(nowNanos);
  }

  /** Requests that stand in the target's queue, of this window; 0 while too little is known. */
  private double queued(long age) {
    if (compared < FEWEST || compared * 2 < seen) {
      return 0;
    }
    double delay = delayNanos / compared;
    return delay < HARMLESS_NANOS ? 0 : delay * Math.max(seen, answers) / age;
  }

  @Override
  public void answered(int inFlight, boolean told, long nowNanos) {
    answers++;
    // How long an answer took says how long it is, so it is only noted that it came.
    if (told || seenEver && nowNanos - seenNanos < UNSEEN_NANOS) {
      return;
    }
    if (inFlight * 10 >= limit() * 9 && !justBusy(nowNanos) && (!raised || nowNanos - raisedNanos >= WINDOW_NANOS)) {
      raised = true;
      raisedNanos = nowNanos;
      limit = Math.max(limit, Math.min(Math.min(ceiling, UNSEEN_CEILING), limit + (starting ? ROOM : 1)));
    }
  }

  @Override
  public void busy(long nowNanos) {
    if (!justBusy(nowNanos)) {
      wasBusy = true;
      starting = false;
      busyUntilNanos = nowNanos + WINDOW_NANOS;
      limit = Math.max(floor, limit * BUSY_DECREASE);
    }
  }

  private boolean justBusy(long nowNanos) {
    return wasBusy && nowNanos - busyUntilNanos < 0;
  }

  private void judge(int silent, long nowNanos, long age) {
    int count = Math.min(seen, KEPT);
    Arrays.sort(samples, 0, count);
    long now = Math.max(1, samples[count / 5]);
    boolean idle = most * 2 < limit;
    if (base == 0 || now < base) {
      base = now;
    } else if (idle || limit() <= floor) {
      base += (now - base) / 4;
    }
    double gradient = now - base < HARMLESS_NANOS ? 1 : Math.max(0.5, Math.min(1, TOLERANCE * base / now));
    double room = Math.max(LEAST_ROOM, limit / 8);
    double queued = queued(age);
    if (gradient == 1 && queued <= room && idle) {
      return;
    }
    if (starting && gradient == 1 && queued <= room) {
      // As many as come in the time that they take are silent anyway. More: some already wait whose first token will tell.
      if (silent - sumNanos / age <= room) {
        twice(nowNanos);
      }
      return;
    }
    if (starting) {
      starting = false;
      limit = doubled ? limit / 2 : limit;
    }
    double before = limit;
    double over = queued - room;
    double wanted = limit * (1 - SMOOTHING * (1 - gradient)) + (over > 0 ? -Math.min(limit / 2, over) / 2 : Math.min(ROOM, -over) * SMOOTHING);
    limit = Math.max(floor, Math.min(ceiling, wanted));
    if (limit < before) {
      changed(nowNanos);
    }
  }
}
