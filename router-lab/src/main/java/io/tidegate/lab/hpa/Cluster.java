package io.tidegate.lab.hpa;

import java.util.ArrayDeque;

/** Replicas, of which a new one takes a while to start; and what is remarkable about how they came and went. */
public final class Cluster {
  private static final long WITHIN_SECONDS = 600;

  private final int startSeconds;
  /** When each of the replicas that are not ready will be. */
  private final ArrayDeque<Long> starting = new ArrayDeque<>();
  private int ready;
  private int fewest;
  private int most;
  private int lastStep;
  private int changes;
  private int turns;
  private long lastTurn = Long.MIN_VALUE / 2;
  private int quickTurns;

  public Cluster(int replicas, int startSeconds) {
    this.ready = replicas;
    this.fewest = replicas;
    this.most = replicas;
    this.startSeconds = startSeconds;
  }

  public int replicas() {
    return ready + starting.size();
  }

  /** Replicas that serve at {@code second}. */
  public int ready(long second) {
    while (!starting.isEmpty() && starting.getFirst() <= second) {
      starting.removeFirst();
      ready++;
    }
    return ready;
  }

  /** Those that have not started yet go first. */
  public void scale(long second, int wanted) {
    ready(second);
    int step = Integer.signum(wanted - replicas());
    if (step == 0) {
      return;
    }
    changes++;
    if (lastStep != 0 && step != lastStep) {
      turns++;
      if (second - lastTurn < WITHIN_SECONDS) {
        quickTurns++;
      }
      lastTurn = second;
    }
    lastStep = step;
    while (replicas() < wanted) {
      starting.addLast(second + startSeconds);
    }
    while (replicas() > wanted) {
      if (starting.pollLast() == null) {
        ready--;
      }
    }
    fewest = Math.min(fewest, wanted);
    most = Math.max(most, wanted);
  }

  public int fewest() {
    return fewest;
  }

  public int most() {
    return most;
  }

  public int changes() {
    return changes;
  }

  /** Changes of direction. */
  public int turns() {
    return turns;
  }

  /** Changes of direction less than ten minutes after another. */
  public int quickTurns() {
    return quickTurns;
  }
}
