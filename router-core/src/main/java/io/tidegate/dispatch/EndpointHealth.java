package io.tidegate.dispatch;

import io.tidegate.dispatch.HealthBoard.HealthRules;

/**
 * How one endpoint fares: a pure state machine.
 *
 * <table>
 * <caption>state × event → state</caption>
 * <tr><th></th><th>HEALTHY</th><th>EJECTED</th><th>PROBING</th></tr>
 * <tr><td>SUCCESS</td><td>HEALTHY, failures 0; after {@code maxEjectNanos} of health also ejections 0</td><td>same: belongs to an attempt
 *     sent before</td><td>HEALTHY</td></tr>
 * <tr><td>FAILURE</td><td>one more; at the limit EJECTED</td><td>same</td><td>EJECTED, twice as long</td></tr>
 * <tr><td>REFUSAL</td><td>EJECTED at once</td><td>same</td><td>EJECTED, twice as long</td></tr>
 * <tr><td>INCONCLUSIVE</td><td>same</td><td>same</td><td>EJECTED, due in a quarter of {@code ejectNanos}: somebody
 *     else may try, but not everybody in turn</td></tr>
 * <tr><td>LIMITED</td><td>same</td><td>same</td><td>EJECTED, longer: a 429 is no failure, and shows no recovery</td></tr>
 * <tr><td>OUTLIER</td><td>EJECTED at once</td><td>same</td><td>same: the probe tells</td></tr>
 * <tr><td>ASKED</td><td>same</td><td>PROBING if its time is over: the asker's request is the probe</td><td>PROBING anew if the last
 *     probe has not reported for {@code maxEjectNanos}</td></tr>
 * <tr><td>PROBE_GOOD</td><td>bad probes 0</td><td>same: health may lie, only a request reopens</td><td>same</td></tr>
 * <tr><td>PROBE_BAD</td><td>one more bad probe; at the limit EJECTED</td><td>same, not due before {@code ejectNanos} from now, but never
 *     later than {@code maxEjectNanos} after the ejection: a lying probe cannot keep it out for ever</td><td>same</td></tr>
 * </table>
 *
 * @param failures consecutive failed attempts
 * @param badProbes consecutive failed active probes; counted apart, so that a good probe does not hide failing requests
 * @param ejections how often in a row it was ejected; doubles the time
 * @param sinceNanos when the state was entered
 * @param untilNanos EJECTED: when a probe is due; PROBING: when the probe counts as lost
 */
public record EndpointHealth(State state, int failures, int badProbes, int ejections, long sinceNanos, long untilNanos) {
  private static final int MOST_TIMES = 10;

  /** Where an endpoint stands. */
  public enum State { HEALTHY, EJECTED, PROBING }

  /** What can be learnt about it. */
  public enum Event { SUCCESS, FAILURE, REFUSAL, INCONCLUSIVE, LIMITED, OUTLIER, ASKED, PROBE_GOOD, PROBE_BAD }

  static EndpointHealth start(long nowNanos) {
    return new EndpointHealth(State.HEALTHY, 0, 0, 0, nowNanos, nowNanos);
  }

  /** The state after {@code event}; this very object if nothing changed. */
  public EndpointHealth next(Event event, long nowNanos, HealthRules rules) {
    return switch (state) {
      case HEALTHY -> switch (event) {
        case SUCCESS -> recovered(nowNanos, rules);
        case FAILURE -> failures + 1 < rules.ejectAfterFailures()
            ? new EndpointHealth(state, failures + 1, badProbes, ejections, sinceNanos, untilNanos) : outlier(nowNanos, rules);
        case OUTLIER -> outlier(nowNanos, rules);
        case REFUSAL -> ejected(nowNanos, rules);
        case INCONCLUSIVE, LIMITED, ASKED -> this;
        case PROBE_GOOD -> badProbes == 0 ? this : new EndpointHealth(state, failures, 0, ejections, sinceNanos, untilNanos);
        case PROBE_BAD -> badProbes + 1 < rules.ejectAfterFailures()
            ? new EndpointHealth(state, failures, badProbes + 1, ejections, sinceNanos, untilNanos) : ejected(nowNanos, rules);
      };
      case EJECTED -> switch (event) {
        case SUCCESS, FAILURE, REFUSAL, INCONCLUSIVE, LIMITED, OUTLIER, PROBE_GOOD -> this;
        case ASKED -> due(nowNanos) ? probing(nowNanos, rules) : this;
        case PROBE_BAD -> postponed(nowNanos, rules);
      };
      case PROBING -> switch (event) {
        case SUCCESS -> new EndpointHealth(State.HEALTHY, 0, 0, ejections, nowNanos, nowNanos);
        case FAILURE, LIMITED -> outlier(nowNanos, rules);
        case REFUSAL -> ejected(nowNanos, rules);
        case INCONCLUSIVE -> new EndpointHealth(State.EJECTED, failures, badProbes, ejections, nowNanos, nowNanos + rules.ejectNanos() / 4);
        case ASKED -> due(nowNanos) ? probing(nowNanos, rules) : this;
        case OUTLIER, PROBE_GOOD, PROBE_BAD -> this;
      };
    };
  }

  /** Whether an asker would now be given the endpoint as a probe. */
  boolean due(long nowNanos) {
    return nowNanos - untilNanos >= 0;
  }

  private EndpointHealth recovered(long nowNanos, HealthRules rules) {
    boolean forgiven = ejections > 0 && nowNanos - sinceNanos >= rules.maxEjectNanos();
    return failures == 0 && badProbes == 0 && !forgiven ? this
        : new EndpointHealth(state, 0, 0, forgiven ? 0 : ejections, sinceNanos, untilNanos);
  }

  private EndpointHealth ejected(long nowNanos, HealthRules rules) {
    long nanos = Math.min(rules.maxEjectNanos(), rules.ejectNanos() << Math.min(ejections, 20));
    return new EndpointHealth(State.EJECTED, failures + 1, badProbes, ejections + 1, nowNanos, nowNanos + nanos);
  }

  /** For its answers: so long × how often (R4.8). */
  private EndpointHealth outlier(long nowNanos, HealthRules rules) {
    if (rules.outlierNanos() == 0) {
      return ejected(nowNanos, rules);
    }
    long nanos = rules.outlierNanos() * Math.min(ejections + 1, MOST_TIMES);
    return new EndpointHealth(State.EJECTED, failures + 1, badProbes, ejections + 1, nowNanos, nowNanos + nanos);
  }

  private EndpointHealth probing(long nowNanos, HealthRules rules) {
    return new EndpointHealth(State.PROBING, failures, badProbes, ejections, nowNanos, nowNanos + rules.maxEjectNanos());
  }

  private EndpointHealth postponed(long nowNanos, HealthRules rules) {
    long latest = sinceNanos + rules.maxEjectNanos();
    long wished = nowNanos + rules.ejectNanos();
    long until = wished - latest < 0 ? wished : latest;
    return until - untilNanos > 0 ? new EndpointHealth(state, failures, badProbes + 1, ejections, sinceNanos, until) : this;
  }
}
