package io.tidegate.lab.hpa;

import java.util.List;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;

/**
 * An autoscaler over a load, second by second in steps of five: the daemon looks at its counters every step, the autoscaler asks every third.
 *
 * @param cluster as it was at the end
 * @param seconds that the load was watched for
 * @param shortSeconds in which the replicas that were ready took less than there was
 * @param unserved part of the load that did not fit
 * @param replicaHours that were paid for
 */
public record HpaRun(Cluster cluster, long seconds, long shortSeconds, double unserved, double replicaHours) {
  public static final int STEP_SECONDS = 5;

  /** @param eachTakes requests a second that one replica serves */
  public static HpaRun of(RateCurve load, HpaRules rules, int startSeconds, double eachTakes, LongConsumer look, IntFunction<List<Reading>> metrics) {
    Cluster cluster = new Cluster(rules.min(), startSeconds);
    Hpa hpa = new Hpa(rules);
    double came = 0;
    double lost = 0;
    long shortSeconds = 0;
    double replicaSeconds = 0;
    for (long second = 0; second < load.seconds(); second += STEP_SECONDS) {
      look.accept(second);
      if (second % Hpa.ROUND_SECONDS == 0) {
        cluster.scale(second, hpa.round(second, cluster.replicas(), metrics.apply(cluster.replicas())));
      }
      double rate = load.at(second);
      double over = rate - cluster.ready(second) * eachTakes;
      came += rate * STEP_SECONDS;
      if (over > 0) {
        lost += over * STEP_SECONDS;
        shortSeconds += STEP_SECONDS;
      }
      replicaSeconds += (double) cluster.replicas() * STEP_SECONDS;
    }
    return new HpaRun(cluster, load.seconds(), shortSeconds, came == 0 ? 0 : lost / came, replicaSeconds / 3600);
  }

  @Override
  public String toString() {
    return String.format(java.util.Locale.ROOT, "replicas %d to %d, %d changes, %d of direction (%d within 10 min of another), short %.2f %% of the time, "
        + "unserved %.3f %%, %.0f replica hours", cluster.fewest(), cluster.most(), cluster.changes(), cluster.turns(), cluster.quickTurns(),
        100.0 * shortSeconds / seconds, 100 * unserved, replicaHours);
  }
}
